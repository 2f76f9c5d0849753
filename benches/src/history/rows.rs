//! Messages of thirty days, and the plain statements that count them.

use crate::Failure;
use crate::postgres::{Database, run};
use chrono::{TimeDelta, Utc};
use sqlx::{PgConnection, Row as _};
use std::time::Instant;

/// Rows of one statement.
const AT_ONCE: i64 = 1_000_000;
/// How many still wait.
const WAITING: i64 = 500;

/// A figure counted from the rows.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Plain {
    /// What the status tells.
    Status,
    /// What the metrics of a week tell.
    Week,
}

/// Whose messages they are.
pub(crate) struct History {
    company: i64,
}

impl History {
    /// Writes so many, the oldest first, and their counts.
    pub(crate) async fn make(database: &Database, messages: i64) -> Result<Self, Failure> {
        let started = Instant::now();
        let mut admin = database.admin().await?;
        run(&mut admin, TARGETS).await?;
        // Neither triggers nor foreign keys look at rows that are counted and checked as a whole.
        run(
            &mut admin,
            "set session_replication_role = replica; set synchronous_commit = off; set maintenance_work_mem = '512MB'",
        )
        .await?;
        let indexes = drop_indexes(&mut admin).await?;
        write(&mut admin, messages, started).await?;
        for index in &indexes {
            run(&mut admin, index).await?;
        }
        let store = database.store(2).await?;
        store::outbox::rebuild_sums(&store, Utc::now() - TimeDelta::days(8)).await?;
        store.pool().close().await;
        run(&mut admin, "vacuum analyze erp_outbox").await?;
        run(&mut admin, "vacuum analyze erp_outbox_sums").await?;
        eprintln!(
            "history: ready after {:.0} s",
            started.elapsed().as_secs_f64()
        );
        let company = sqlx::query_scalar("select company_id from users where login = 'ana'");
        Ok(Self {
            company: company.fetch_one(&mut admin).await?,
        })
    }

    /// Milliseconds of a plain count, some times over.
    pub(crate) async fn count(
        &self,
        database: &Database,
        plain: Plain,
        quick: bool,
    ) -> Result<Vec<f64>, Failure> {
        let mut admin = database.admin().await?;
        run(&mut admin, "set jit = off").await?;
        let statement = match plain {
            Plain::Status => STATUS,
            Plain::Week => WEEK,
        };
        let statement = statement.replace("{company}", &self.company.to_string());
        let mut taken = Vec::new();
        for _ in 0..if quick { 1 } else { 3 } {
            let started = Instant::now();
            run(&mut admin, &statement).await?;
            taken.push(started.elapsed().as_secs_f64() * 1e3);
        }
        Ok(taken)
    }
}

/// The messages, a million at a time.
async fn write(admin: &mut PgConnection, messages: i64, started: Instant) -> Result<(), Failure> {
    let until = Utc::now().to_rfc3339();
    for from in (1..=messages).step_by(usize::try_from(AT_ONCE)?) {
        let to = messages.min(from + AT_ONCE - 1);
        let insert = MESSAGES
            .replace("{from}", &from.to_string())
            .replace("{to}", &to.to_string())
            .replace("{messages}", &messages.to_string())
            .replace("{waiting}", &WAITING.to_string())
            .replace("{until}", &until);
        run(admin, &insert).await?;
        eprintln!(
            "history: {to} messages after {:.0} s",
            started.elapsed().as_secs_f64()
        );
    }
    Ok(())
}

/// Takes the indexes away that no constraint needs; answers how they are made again.
async fn drop_indexes(admin: &mut PgConnection) -> Result<Vec<String>, Failure> {
    let rows = sqlx::query(
        "select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) from pg_index i
         where i.indrelid = 'erp_outbox'::regclass
           and not exists (select from pg_constraint c where c.conindid = i.indexrelid)
         order by 1",
    )
    .fetch_all(&mut *admin)
    .await?;
    let mut definitions = Vec::with_capacity(rows.len());
    for row in rows {
        let name: String = row.get(0);
        run(admin, &format!("drop index {name}")).await?;
        definitions.push(row.get(1));
    }
    Ok(definitions)
}

/// Two connections of the demo's site and a webhook that is switched on.
const TARGETS: &str = "
    insert into connections (company_id, name, kind, warehouse_id, base_url, push_kinds)
    select c.company_id, 'Bench ' || n, c.kind, c.warehouse_id, 'http://127.0.0.1:9', array['document.result']
    from (select * from connections order by id limit 1) c, generate_series(1, 2) n;
    insert into webhook_endpoints (company_id, name, url, events, secret, active, created_at, created_by, updated_at)
    select c.company_id, 'Bench', 'http://127.0.0.1:9/', '{}', '', true, now(), 'Bench', now()
    from (select * from connections order by id limit 1) c";

/// In the order of their arrival, spread evenly; a tenth goes to the webhook, a fiftieth needs retries.
const MESSAGES: &str = "
    insert into erp_outbox (id, saga_id, company_id, idempotency_key, event_type, destination, endpoint_id,
        connection_id, lane, aggregate_key, payload, payload_hash, correlation_id, status, attempts, next_run_at, last_error,
        cause, result_payload, processing_started_at, processed_at, created_at, updated_at)
    select lpad(to_hex(n), 32, '0')::uuid, ('1' || lpad(to_hex(n), 31, '0'))::uuid, e.company_id, 'bench-' || n,
        'document.result', goes.destination, goes.endpoint_id, goes.connection_id,
        message_lane(goes.destination, goes.endpoint_id, goes.connection_id),
        'document:' || n % 250000, jsonb_build_object('document', n % 250000, 'number', 'B-' || n), '\\x00',
        'bench', s.status,
        case s.status when 'dead' then 5 when 'completed' then case n % 50 when 7 then 1 + (n / 50) % 4 else 0 end
                      else 0 end,
        s.at, case s.status when 'dead' then 'It does not answer.' end, case s.status when 'dead' then 'unreachable' end,
        case s.status when 'completed' then '{\"number\": \"N-1\"}'::jsonb end,
        case when s.status <> 'pending' then s.at + interval '50 ms' end,
        case when s.status in ('completed', 'discarded') then s.at + (1 + n % 20) * interval '100 ms' end,
        s.at, case s.status when 'pending' then s.at else s.at + interval '2 s' end
    from generate_series({from}, {to}) n
    cross join (select * from webhook_endpoints where name = 'Bench') e
    cross join (select min(id) as low, max(id) as high from connections where name like 'Bench %') t
    cross join lateral (
        select case when n % 10 = 0 then 'webhook' else 'connection' end as destination,
               case when n % 10 = 0 then e.id end as endpoint_id,
               case when n % 10 > 0 then case n % 2 when 1 then t.low else t.high end end as connection_id) goes
    cross join lateral (
        select case when n > {messages} - {waiting} then 'pending' when n % 5003 = 0 then 'dead'
                    when n % 3001 = 0 then 'discarded' else 'completed' end as status,
               timestamptz '{until}' - interval '30 days' * (1 - n::float8 / {messages}) as at) s";

const STATUS: &str = "
    select count(*) filter (where o.status = 'pending'), count(*) filter (where o.status = 'completed'),
           count(*) filter (where o.status = 'dead')
    from erp_outbox o join connections c on c.id = o.connection_id where o.company_id = {company}";

const WEEK: &str = "
    select count(*), avg(extract(epoch from o.processed_at - o.processing_started_at)), sum(o.attempts),
           max(o.attempts)
    from erp_outbox o join connections c on c.id = o.connection_id
    where o.company_id = {company} and o.status = 'completed' and o.processed_at >= now() - interval '168 h'";
