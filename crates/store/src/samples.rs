//! `minute_samples`, and what the Operations page reads.

use crate::connections::undelivered;
use crate::error::word;
use crate::{Result, Scope, Store, Tx};
use chrono::{DateTime, Utc};
use domain::ConnectionId;
use domain::connection::Health;
use domain::monitoring::{AccountFigures, CursorAge, OperationsView, Point, Traffic, Window};
use domain::user::Caller;
use std::collections::BTreeMap;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Series {
    /// Requests to Crossdock.
    Api,
    /// Calls to upstream systems.
    Upstream,
    /// Open live links.
    Sockets,
}

impl Series {
    fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Upstream => "upstream",
            Self::Sockets => "sockets",
        }
    }
}

/// Figures of one minute of one node.
#[derive(Debug, Clone)]
pub struct Sample {
    /// What.
    pub series: Series,
    /// Tenant, or 0.
    pub company_id: i64,
    /// Account, or 0.
    pub connection_id: i64,
    /// Requests within the minute.
    pub requests: i64,
    /// Failed ones.
    pub errors: i64,
    /// Requests by duration.
    pub buckets: Vec<i64>,
    /// Level at the end.
    pub value: f64,
}

/// Adds a node's minute in one statement; a minute that is there already is left alone.
pub async fn record(
    tx: &mut Tx,
    node: &str,
    minute: DateTime<Utc>,
    samples: &[Sample],
) -> Result<()> {
    let series: Vec<String> = samples
        .iter()
        .map(|s| s.series.as_str().to_owned())
        .collect();
    let companies: Vec<i64> = samples.iter().map(|s| s.company_id).collect();
    let connections: Vec<i64> = samples.iter().map(|s| s.connection_id).collect();
    let requests: Vec<i64> = samples.iter().map(|s| s.requests).collect();
    let errors: Vec<i64> = samples.iter().map(|s| s.errors).collect();
    // Arrays of arrays must be rectangular in PostgreSQL; as texts they need not be.
    let buckets: Vec<String> = samples.iter().map(|s| array(&s.buckets)).collect();
    let values: Vec<f64> = samples.iter().map(|s| s.value).collect();
    sqlx::query!(
        "insert into minute_samples (at, node, series, company_id, connection_id, requests, errors, buckets, value)
         select $1, $2, s.series, s.company, s.connection, s.requests, s.errors, s.buckets::bigint[], s.value
         from unnest($3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[], $9::float8[])
              as s (series, company, connection, requests, errors, buckets, value)
         on conflict do nothing",
        minute,
        node,
        &series,
        &companies,
        &connections,
        &requests,
        &errors,
        &buckets,
        &values,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

fn array(counts: &[i64]) -> String {
    let counts: Vec<String> = counts.iter().map(i64::to_string).collect();
    format!("{{{}}}", counts.join(","))
}

/// Notes every company's queue once a minute, whichever node is first, and tells the screens.
pub async fn record_queues(tx: &mut Tx, minute: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
    let first = sqlx::query!(
        "insert into minute_samples (at, node, series, company_id, value, age_seconds)
         select $1, '', 'queue', c.id, count(o.id),
                coalesce(extract(epoch from $2 - min(o.created_at)), 0)
         from companies c
         left join erp_outbox o on o.company_id = c.id and o.status in ('pending', 'in_progress')
         group by c.id
         on conflict do nothing",
        minute,
        now,
    )
    .execute(tx.conn())
    .await?;
    if first.rows_affected() > 0 {
        sqlx::query!(
            "insert into live_feed (company_id, topics, what) select id, array['operations'], 'sampled' from companies"
        )
        .execute(tx.conn())
        .await?;
        tx.told();
    }
    Ok(())
}

/// Alerts shown at once.
const ALERTS: i64 = 20;

/// Everything the Operations page shows.
pub async fn view(
    store: &Store,
    caller: &Caller,
    window: Window,
    now: DateTime<Utc>,
) -> Result<OperationsView> {
    let since = now - chrono::Duration::minutes(window.minutes().0);
    let (accounts, upstream) = accounts(store, caller, since).await?;
    let (sockets, nodes) = nodes(store, caller, now).await?;
    Ok(OperationsView {
        at: now,
        api: api_traffic(store, caller, since).await?,
        upstream,
        sockets,
        nodes,
        queue: crate::outbox::figures(store, caller, now).await?,
        accounts,
        backlogs: crate::backlogs::of_caller(store, caller, since).await?,
        cursors: cursors(store, caller).await?,
        alerts: crate::alerts::list(store, caller, ALERTS).await?,
        history: history(store, caller, window, now).await?,
    })
}

/// The window step by step, oldest first; steps without figures are left out.
pub async fn history(
    store: &Store,
    caller: &Caller,
    window: Window,
    now: DateTime<Utc>,
) -> Result<Vec<Point>> {
    let (minutes, step) = window.minutes();
    let since = now - chrono::Duration::minutes(minutes);
    let mut reading = store.read(caller).await?;
    let rows = reading.all(sqlx::query!(
        r#"with told as (
               select date_bin(make_interval(mins => $3::int), at, timestamptz '2000-01-01') as step, at, series, node,
                      requests, errors, buckets, value, age_seconds
               from minute_samples
               where at >= $2 and (company_id = 0 or company_id = $1)
                 and (connection_id = 0 or connection_id in (
                     select id from connections where company_id = $1 and warehouse_id = any($4)))),
           counted as (
               select step, series, sum(requests)::bigint as requests, sum(errors)::bigint as errors
               from told group by step, series),
           spread as (
               select step, series, array_agg(total order by place) as buckets
               from (select step, series, b.place, sum(b.count)::bigint as total
                     from told, unnest(buckets) with ordinality as b (count, place)
                     group by step, series, b.place) sums
               group by step, series),
           levels as (
               select step, series, max(level) as level, max(age) as age
               from (select step, at, series, sum(value) as level, max(age_seconds) as age
                     from told group by step, at, series) minutes
               group by step, series)
           select c.step as "step!", c.series as "series!", c.requests as "requests!", c.errors as "errors!",
                  coalesce(s.buckets, '{}') as "buckets!", l.level as "level!", l.age as "age!"
           from counted c
           join levels l using (step, series)
           left join spread s using (step, series)
           order by c.step"#,
        caller.company_id.0,
        since,
        i32::try_from(step).unwrap_or(1),
        &caller.warehouse_ids(),
    )).await?;
    let mut points: BTreeMap<DateTime<Utc>, Point> = BTreeMap::new();
    for row in rows {
        let point = points.entry(row.step).or_insert_with(|| Point {
            at: row.step,
            ..Point::default()
        });
        match row.series.as_str() {
            "api" => point.api = Traffic::of(row.requests, row.errors, &row.buckets),
            "upstream" => point.upstream = Traffic::of(row.requests, row.errors, &row.buckets),
            "sockets" => point.sockets = row.level,
            _ => (point.queue, point.queue_age) = (row.level, row.age),
        }
    }
    Ok(points.into_values().collect())
}

/// All requests to Crossdock within the window.
pub async fn api_traffic(store: &Store, caller: &Caller, since: DateTime<Utc>) -> Result<Traffic> {
    let mut reading = store.read(caller).await?;
    let row = reading.one(sqlx::query!(
        r#"select coalesce(sum(requests), 0)::bigint as "requests!", coalesce(sum(errors), 0)::bigint as "errors!",
                  coalesce((select array_agg(total order by place)
                            from (select b.place, sum(b.count)::bigint as total
                                  from minute_samples, unnest(buckets) with ordinality as b (count, place)
                                  where series = 'api' and at >= $1
                                  group by b.place) sums), '{}') as "buckets!"
           from minute_samples where series = 'api' and at >= $1"#,
        since,
    )).await?;
    Ok(Traffic::of(row.requests, row.errors, &row.buckets))
}

/// The caller's accounts with their calls within the window, and all calls together.
pub async fn accounts(
    store: &Store,
    caller: &Caller,
    since: DateTime<Utc>,
) -> Result<(Vec<AccountFigures>, Traffic)> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = sqlx::query!(
        r#"select c.id, c.name, c.health, c.last_ok_at, coalesce(sum(m.requests), 0)::bigint as "requests!",
                  coalesce(sum(m.errors), 0)::bigint as "errors!",
                  coalesce((select array_agg(total order by place)
                            from (select b.place, sum(b.count)::bigint as total
                                  from minute_samples x, unnest(x.buckets) with ordinality as b (count, place)
                                  where x.series = 'upstream' and x.at >= $3 and x.connection_id = c.id
                                  group by b.place) sums), '{}') as "buckets!"
           from connections c
           left join minute_samples m on m.series = 'upstream' and m.at >= $3 and m.connection_id = c.id
           where c.company_id = $1 and c.warehouse_id = any($2)
           group by c.id
           order by natural_order(c.name), c.name, c.id
           limit 200"#,
        caller.company_id.0,
        &caller.warehouse_ids(),
        since,
    )
    .fetch_all(tx.conn())
    .await?;
    let ids: Vec<ConnectionId> = rows.iter().map(|row| ConnectionId(row.id)).collect();
    let mut known = undelivered(&mut tx, caller.company_id, &ids).await?;
    let (mut accounts, mut all, mut requests, mut errors) = (Vec::new(), Vec::new(), 0, 0);
    for row in rows {
        let undelivered = known.remove(&ConnectionId(row.id));
        let called: Health = word("connections", "health", &row.health)?;
        requests += row.requests;
        errors += row.errors;
        add(&mut all, &row.buckets);
        accounts.push(AccountFigures {
            id: ConnectionId(row.id),
            name: row.name,
            health: called.with(undelivered.as_ref()),
            undelivered,
            last_ok_at: row.last_ok_at,
            traffic: Traffic::of(row.requests, row.errors, &row.buckets),
        });
    }
    Ok((accounts, Traffic::of(requests, errors, &all)))
}

fn add(sum: &mut Vec<i64>, counts: &[i64]) {
    if sum.len() < counts.len() {
        sum.resize(counts.len(), 0);
    }
    for (total, count) in sum.iter_mut().zip(counts) {
        *total += count;
    }
}

/// Open live links as of the last minute, and processes that reported within three.
pub async fn nodes(store: &Store, caller: &Caller, now: DateTime<Utc>) -> Result<(i64, i64)> {
    let mut reading = store.read(caller).await?;
    let row = reading
        .one(sqlx::query!(
            r#"select coalesce(sum(value), 0)::bigint as "sockets!", count(*) as "nodes!"
               from (select distinct on (node) node, value from minute_samples
                     where series = 'sockets' and at >= $1
                     order by node, at desc) newest"#,
            now - chrono::Duration::minutes(3),
        ))
        .await?;
    Ok((row.sockets, row.nodes))
}

/// How far the caller's accounts were read.
pub async fn cursors(store: &Store, caller: &Caller) -> Result<Vec<CursorAge>> {
    let mut reading = store.read(caller).await?;
    let rows = reading
        .all(sqlx::query!(
            r#"select c.id, c.name, s.entity as "entity!", max(k.cursor_at) as cursor_at,
                      max(k.completed_at) as completed_at, bool_or(s.enabled) as "scheduled!"
               from connections c
               join (select connection_id, entity, enabled from schedules
                     union all
                     select connection_id, entity, false from sync_cursors) s on s.connection_id = c.id
               left join sync_cursors k on k.connection_id = c.id and k.entity = s.entity
               where c.company_id = $1 and c.warehouse_id = any($2)
               group by c.id, c.name, s.entity
               order by natural_order(c.name), c.name, c.id, s.entity
               limit 500"#,
            caller.company_id.0,
            &caller.warehouse_ids(),
        ))
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(CursorAge {
                connection_id: ConnectionId(row.id),
                connection: row.name,
                entity: word("sync_cursors", "entity", &row.entity)?,
                cursor_at: row.cursor_at,
                completed_at: row.completed_at,
                scheduled: row.scheduled,
            })
        })
        .collect()
}

/// Age in seconds of every cursor of every account: for the gauges.
pub async fn cursor_ages(store: &Store, now: DateTime<Utc>) -> Result<Vec<(i64, String, f64)>> {
    let mut tx = store.begin(Scope::System).await?;
    let rows = sqlx::query!(
        r#"select connection_id, entity, extract(epoch from $1 - completed_at)::float8 as "age!"
           from sync_cursors where completed_at is not null
           order by connection_id, entity
           limit 1000"#,
        now,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.connection_id, row.entity, row.age))
        .collect())
}

/// Forgets minutes before that; returns how many rows went.
pub async fn prune(store: &Store, before: DateTime<Utc>) -> Result<u64> {
    let mut tx = store.begin(Scope::System).await?;
    let gone = sqlx::query!("delete from minute_samples where at < $1", before)
        .execute(tx.conn())
        .await?
        .rows_affected();
    tx.commit().await?;
    Ok(gone)
}
