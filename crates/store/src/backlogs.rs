//! What waits for each system and how it moves: runs of `sync_runs` and messages of `erp_outbox`.

use crate::error::word;
use crate::{Result, Scope, Store};
use chrono::{DateTime, Utc};
use domain::monitoring::{Backlog, SystemBacklog};
use domain::user::Caller;

/// Systems shown at once.
const SHOWN: i64 = 1_000;

struct SystemRow {
    lane: String,
    kind: String,
    name: String,
    waiting: i64,
    dead: i64,
    oldest_at: Option<DateTime<Utc>>,
    arrived: i64,
    drained: i64,
}

impl TryFrom<SystemRow> for SystemBacklog {
    type Error = crate::Error;
    fn try_from(row: SystemRow) -> Result<Self> {
        Ok(Self {
            kind: word("erp_outbox", "destination", &row.kind)?,
            lane: row.lane,
            name: row.name,
            backlog: Backlog {
                waiting: row.waiting,
                dead: row.dead,
                oldest_at: row.oldest_at,
                arrived: row.arrived,
                drained: row.drained,
            },
        })
    }
}

/// The caller's systems, with what arrived and was drained since the beginning of that minute.
pub async fn of_caller(
    store: &Store,
    caller: &Caller,
    since: DateTime<Utc>,
) -> Result<Vec<SystemBacklog>> {
    let (company, sites) = (caller.company_id.0, caller.warehouse_ids());
    read(
        store,
        Scope::from(caller),
        Some(company),
        Some(&sites),
        since,
    )
    .await
}

/// The same of every tenant: for the gauges of a process.
pub async fn of_all(store: &Store, since: DateTime<Utc>) -> Result<Vec<SystemBacklog>> {
    read(store, Scope::System, None, None, since).await
}

async fn read(
    store: &Store,
    scope: Scope,
    company: Option<i64>,
    sites: Option<&[i64]>,
    since: DateTime<Utc>,
) -> Result<Vec<SystemBacklog>> {
    let mut tx = store.begin(scope).await?;
    let (minute, hour) = crate::outbox::sums::since(since);
    let rows = sqlx::query_as!(
        SystemRow,
        r#"with systems as (
               select 'connection:' || id as lane, 'connection' as kind, name from connections
               where ($1::bigint is null or company_id = $1) and ($2::bigint[] is null or warehouse_id = any($2))
               union all
               select 'webhook:' || id, 'webhook', name from webhook_endpoints
               where ($1::bigint is null or company_id = $1) and deleted_at is null
               union all
               select 'email', 'email', 'E-mail'),
           tenants as (
               select id from companies where $1::bigint is null or id = $1),
           moves as (
               select lane, (status <> 'dead')::int as waiting, (status = 'dead')::int as dead,
                      case when status <> 'dead' then created_at end as at, (created_at >= $3)::int as arrived,
                      0 as drained
               from erp_outbox
               where status in ('pending', 'in_progress', 'dead') and ($1::bigint is null or company_id = $1)
               union all
               select s.lane, 0, 0, null, s.arrived, s.completed + s.discarded
               from tenants t
               join erp_outbox_sums s on s.company_id = t.id and s.grain = 'minute' and s.bucket >= $3
                    and s.bucket < $5
               union all
               select s.lane, 0, 0, null, s.arrived, s.completed + s.discarded
               from tenants t
               join erp_outbox_sums s on s.company_id = t.id and s.grain = 'hour' and s.bucket >= $5
               union all
               select d.lane, 0, 0, null, d.arrived, d.completed + d.discarded
               from tenants t
               join erp_outbox_deltas d on d.company_id = t.id and d.bucket >= $3
               union all
               select 'connection:' || connection_id, (state in ('queued', 'running'))::int, 0,
                      case when state in ('queued', 'running') then requested_at end,
                      (requested_at >= $3)::int, coalesce(finished_at >= $3, false)::int
               from sync_runs
               where (state in ('queued', 'running') or requested_at >= $3 or finished_at >= $3)
                 and ($1::bigint is null or company_id = $1)),
           sums as (
               select lane, sum(waiting) as waiting, sum(dead) as dead, min(at) as oldest_at,
                      sum(arrived) as arrived, sum(drained) as drained
               from moves group by lane)
           select s.lane as "lane!", s.kind as "kind!", s.name as "name!", coalesce(m.waiting, 0) as "waiting!",
                  coalesce(m.dead, 0) as "dead!", m.oldest_at, coalesce(m.arrived, 0)::bigint as "arrived!",
                  coalesce(m.drained, 0)::bigint as "drained!"
           from systems s
           left join sums m on m.lane = s.lane
           where s.kind <> 'email' or m.lane is not null
           order by s.kind, natural_order(s.name), s.name, s.lane
           limit $4"#,
        company,
        sites,
        minute,
        SHOWN,
        hour,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter().map(SystemBacklog::try_from).collect()
}

/// Seconds since the last good call of every account: for the gauges of a process.
pub async fn silences(store: &Store, now: DateTime<Utc>) -> Result<Vec<(i64, f64)>> {
    let mut tx = store.begin(Scope::System).await?;
    let rows = sqlx::query!(
        r#"select id, extract(epoch from $1 - last_ok_at)::float8 as "age!"
           from connections where last_ok_at is not null
           order by id
           limit $2"#,
        now,
        SHOWN,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.age)).collect())
}
