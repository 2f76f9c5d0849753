//! What is written into ERPs, in figures: messages of `erp_outbox` that go to connections. Every
//! query is narrowed to the caller's company and sites.

use crate::error::word;
use crate::outbox::sums::Cuts;
use crate::{Error, Result, Scope, Store, Tx};
use chrono::{DateTime, TimeDelta, Utc};
use domain::delivery::DeliverySettings;
use domain::erp::{
    ErpMetrics, ErpStatus, FailedPage, FailedSaga, RetryMetrics, Saga, shown, summary, tenant_id,
};
use domain::outbox::MessageState;
use domain::user::Caller;
use uuid::Uuid;

/// The queue now.
pub async fn status(store: &Store, caller: &Caller) -> Result<ErpStatus> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let row = sqlx::query!(
        r#"select count(*) filter (where o.status = 'pending' and h.seq is null) as "pending!",
                  count(h.seq) as "in_progress!",
                  count(*) filter (where o.status = 'dead') as "dead!",
                  min(o.created_at) filter (where o.status = 'pending' and h.seq is null) as oldest,
                  max(o.created_at) filter (where o.status = 'pending' and h.seq is null) as newest
           from erp_outbox o
           left join erp_outbox_taken h on h.seq = o.seq
           join connections c on c.id = o.connection_id
           where o.company_id = $1 and c.warehouse_id = any($2) and o.status in ('pending', 'in_progress', 'dead')"#,
        caller.company_id.0,
        &caller.warehouse_ids(),
    )
    .fetch_one(tx.conn())
    .await?;
    let completed = completed(&mut tx, caller).await?;
    let hours = row.oldest.zip(row.newest);
    let hours = hours.map(|(oldest, newest)| (newest - oldest).as_seconds_f64() / 3_600.0);
    Ok(ErpStatus {
        pending_count: row.pending,
        in_progress_count: row.in_progress,
        completed_count: completed,
        dead_count: row.dead,
        oldest_pending_at: row.oldest,
        newest_pending_at: row.newest,
        total_queue_size: row.pending + row.in_progress,
        backlog_hours: hours,
    })
}

/// Accepted sagas that are kept: what is counted and not folded yet included.
async fn completed(tx: &mut Tx, caller: &Caller) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"with mine as materialized (
               select 'connection:' || id as lane from connections where company_id = $1 and warehouse_id = any($2))
           select coalesce(sum(x.completed), 0)::bigint as "completed!"
           from (
               select s.completed from erp_outbox_sums s
               where s.company_id = $1 and s.grain = 'ever' and s.lane in (select lane from mine)
               union all
               select d.completed from erp_outbox_deltas d
               where d.company_id = $1 and d.lane in (select lane from mine)) x"#,
        caller.company_id.0,
        &caller.warehouse_ids(),
    )
    .fetch_one(tx.conn())
    .await?)
}

/// How the last hours, at least one, went. Accepted sagas are read from their counts, and from rows only
/// where the period begins and ends within a minute; among sagas that were tried equally often, the one
/// that ended last is named.
pub async fn metrics(
    store: &Store,
    caller: &Caller,
    hours: i64,
    now: DateTime<Utc>,
) -> Result<ErpMetrics> {
    let start = now - TimeDelta::hours(hours);
    let cuts = Cuts::of(start, now);
    let mut reading = store.read(caller).await?;
    let row = reading.one(sqlx::query!(
        r#"with mine as materialized (
               select id, 'connection:' || id as lane from connections
               where company_id = $1 and warehouse_id = any($2)),
           counted as (
               select s.retries, s.completed, s.timed, s.latency_us from erp_outbox_sums s
               where s.company_id = $1 and s.grain = 'hour' and s.bucket >= $6 and s.bucket < $7
                 and s.lane in (select lane from mine)
               union all
               select s.retries, s.completed, s.timed, s.latency_us from erp_outbox_sums s
               where s.company_id = $1 and s.grain = 'minute' and s.bucket >= $5 and s.bucket < $6
                 and s.lane in (select lane from mine)
               union all
               select s.retries, s.completed, s.timed, s.latency_us from erp_outbox_sums s
               where s.company_id = $1 and s.grain = 'minute' and s.bucket >= $7 and s.bucket < $8
                 and s.lane in (select lane from mine)
               union all
               select d.retries, d.completed, d.timed, d.latency_us from erp_outbox_deltas d
               where d.company_id = $1 and d.bucket >= $5 and d.bucket < $8
                 and d.lane in (select lane from mine)
               union all
               select o.attempts, 1, (o.processing_started_at is not null)::int,
                      coalesce((extract(epoch from o.processed_at - o.processing_started_at) * 1000000)::bigint, 0)
               from mine
               join erp_outbox o on o.connection_id = mine.id and o.company_id = $1 and o.status = 'completed'
                    and o.processed_at >= $3 and o.processed_at < $5
               union all
               select o.attempts, 1, (o.processing_started_at is not null)::int,
                      coalesce((extract(epoch from o.processed_at - o.processing_started_at) * 1000000)::bigint, 0)
               from mine
               join erp_outbox o on o.connection_id = mine.id and o.company_id = $1 and o.status = 'completed'
                    and o.processed_at >= $8 and o.processed_at <= $4),
           levels as (
               select retries, sum(completed) as completed, sum(timed) as timed, sum(latency_us) as latency_us
               from counted group by retries),
           succeeded as materialized (
               select coalesce(sum(completed), 0)::bigint as sagas,
                      coalesce(sum(completed * retries), 0)::bigint as retries,
                      coalesce(sum(completed) filter (where retries > 0), 0)::bigint as retried,
                      max(retries) filter (where completed > 0) as most,
                      coalesce(sum(latency_us) / nullif(sum(timed), 0) / 1000000, 0)::float8 as latency
               from levels),
           dead as materialized (
               select o.saga_id, greatest(o.attempts - 1, 0) as retries, o.updated_at
               from mine
               join erp_outbox o on o.connection_id = mine.id and o.company_id = $1 and o.status = 'dead'),
           failed as materialized (
               select saga_id, retries, updated_at from dead where updated_at >= $3 and updated_at <= $4),
           most as materialized (
               select greatest((select most from succeeded), (select max(retries) from failed), 0) as retries)
           select s.sagas as "succeeded!", (select count(*) from failed) as "failed!",
                  s.latency as "latency!",
                  s.retries + (select coalesce(sum(retries), 0)::bigint from failed) as "retries!",
                  s.retried + (select count(*) from failed where retries > 0) as "with_retries!",
                  most.retries::bigint as "most!",
                  (select ended.saga_id
                   from (
                       select n.saga_id, n.ended_at
                       from mine
                       cross join lateral (
                           select o.saga_id, o.processed_at as ended_at from erp_outbox o
                           where o.connection_id = mine.id and o.company_id = $1 and o.status = 'completed'
                             and o.attempts > 0 and o.attempts = most.retries
                             and o.processed_at >= $3 and o.processed_at <= $4
                           order by o.processed_at desc, o.saga_id
                           limit 1) n
                       union all
                       select f.saga_id, f.updated_at from failed f
                       where f.retries > 0 and f.retries = most.retries) ended
                   order by ended.ended_at desc, ended.saga_id
                   limit 1) as most_saga,
                  (select count(*) from dead) as "dead!"
           from succeeded s
           cross join most"#,
        caller.company_id.0,
        &caller.warehouse_ids(),
        start,
        now,
        cuts.minutes_from,
        cuts.hours_from,
        cuts.hours_to,
        cuts.minutes_to,
    )).await?;
    let processed = row.succeeded + row.failed;
    Ok(ErpMetrics {
        success_rate: share(row.succeeded, processed) * 100.0,
        avg_latency_seconds: row.latency,
        total_processed: processed,
        total_succeeded: row.succeeded,
        total_failed: row.failed,
        retry_metrics: RetryMetrics {
            total_retries: row.retries,
            avg_retries_per_saga: share(row.retries, processed),
            max_retries_saga_id: row.most_saga,
            max_retries_count: row.most,
            sagas_with_retries: row.with_retries,
        },
        dead_letter_queue_size: row.dead,
        period_start: start,
        period_end: now,
    })
}

fn share(part: i64, whole: i64) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    float(part) / float(whole)
}

fn float(count: i64) -> f64 {
    i32::try_from(count).map_or(f64::from(i32::MAX), f64::from)
}

/// Sagas that wait after a failed attempt, and the dead ones if wanted; newest first.
pub async fn failed(
    store: &Store,
    caller: &Caller,
    include_dead: bool,
    page: i64,
    page_size: i64,
) -> Result<FailedPage> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let total = count_failed(&mut tx, caller, include_dead).await?;
    let offset = page.saturating_sub(1).saturating_mul(page_size);
    let rows = sqlx::query!(
        r#"select o.saga_id, o.event_type, o.idempotency_key, o.attempts, o.last_error, o.next_run_at, o.created_at,
                  o.updated_at, message_state(o.status, h.seq) as "status!", o.payload
           from erp_outbox o
           left join erp_outbox_taken h on h.seq = o.seq
           join connections c on c.id = o.connection_id
           where o.company_id = $1 and c.warehouse_id = any($2)
             and ((o.status in ('pending', 'in_progress') and o.attempts > 0) or ($3 and o.status = 'dead'))
           order by o.seq desc
           limit $4 offset $5"#,
        caller.company_id.0,
        &caller.warehouse_ids(),
        include_dead,
        page_size,
        offset,
    )
    .fetch_all(tx.conn())
    .await?;
    let items = rows.into_iter().map(|row| FailedSaga {
        saga_id: row.saga_id,
        tenant_id: tenant_id(caller.company_id),
        payload_summary: summary(&row.event_type, &row.payload),
        event_type: row.event_type,
        idempotency_key: row.idempotency_key,
        attempts: row.attempts,
        last_error: row.last_error,
        next_run_at: row.next_run_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
        status: row.status,
    });
    Ok(FailedPage {
        items: items.collect(),
        total_count: total,
        page,
        page_size,
    })
}

async fn count_failed(tx: &mut Tx, caller: &Caller, include_dead: bool) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "total!"
           from erp_outbox o
           join connections c on c.id = o.connection_id
           where o.company_id = $1 and c.warehouse_id = any($2)
             and ((o.status in ('pending', 'in_progress') and o.attempts > 0) or ($3 and o.status = 'dead'))"#,
        caller.company_id.0,
        &caller.warehouse_ids(),
        include_dead,
    )
    .fetch_one(tx.conn())
    .await?)
}

/// The message of a saga.
pub async fn message_of(store: &Store, caller: &Caller, saga: Uuid) -> Result<Uuid> {
    let mut reading = store.read(caller).await?;
    reading
        .optional(sqlx::query_scalar!(
            "select o.id from erp_outbox o
             join connections c on c.id = o.connection_id
             where o.company_id = $1 and o.saga_id = $2 and c.warehouse_id = any($3)",
            caller.company_id.0,
            saga,
            &caller.warehouse_ids(),
        ))
        .await?
        .ok_or(Error::NotFound { what: "saga" })
}

/// One saga.
pub async fn saga(store: &Store, caller: &Caller, saga: Uuid) -> Result<Saga> {
    let mut reading = store.read(caller).await?;
    let row = reading.optional(sqlx::query!(
        r#"select o.saga_id, o.idempotency_key, o.event_type, o.attempts, o.next_run_at, o.last_error,
                message_state(o.status, h.seq) as "status!",
                coalesce(h.taken_at, o.processing_started_at) as processing_started_at,
                o.payload, o.result_payload, o.processed_at, o.created_at, o.updated_at,
                c.delivery
         from erp_outbox o
         left join erp_outbox_taken h on h.seq = o.seq
         join connections c on c.id = o.connection_id
         where o.company_id = $1 and o.saga_id = $2 and c.warehouse_id = any($3)"#,
        caller.company_id.0,
        saga,
        &caller.warehouse_ids(),
    )).await?
    .ok_or(Error::NotFound { what: "saga" })?;
    // Words that the code does not know are a fault, not an answer.
    let state: MessageState = word("erp_outbox", "status", &row.status)?;
    // A saga is shown although the settings of its account cannot be read.
    let settings = crate::connections::delivery(row.delivery).ok();
    let retry = settings.filter(|_| row.attempts > 0);
    let backoff = retry.map(|settings| settings.retry_policy.delay(row.attempts).as_secs());
    Ok(Saga {
        saga_id: row.saga_id,
        tenant_id: tenant_id(caller.company_id),
        idempotency_key: row.idempotency_key,
        payload: shown(&row.event_type, row.payload),
        event_type: row.event_type,
        status: state.as_str().to_owned(),
        attempts: row.attempts,
        next_run_at: row.next_run_at,
        last_error: row.last_error,
        result_payload: row.result_payload,
        processing_started_at: row.processing_started_at,
        processed_at: row.processed_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
        backoff_seconds: backoff.and_then(|seconds| i64::try_from(seconds).ok()),
        time_in_queue_seconds: row
            .processed_at
            .map(|at| (at - row.created_at).as_seconds_f64()),
    })
}

/// The account that commands go to when nobody names one: the only one of the caller's sites whose
/// connector writes this kind and that is no test system.
pub async fn only_account(
    store: &Store,
    caller: &Caller,
    kind: &str,
) -> Result<Vec<domain::ConnectionId>> {
    let mut reading = store.read(caller).await?;
    let rows = reading
        .all(sqlx::query_scalar!(
            "select id from connections
             where company_id = $1 and warehouse_id = any($2) and $3 = any(push_kinds)
               and not delivery @> '{\"test_system\": true}'
             order by id limit 2",
            caller.company_id.0,
            &caller.warehouse_ids(),
            kind,
        ))
        .await?;
    Ok(rows.into_iter().map(domain::ConnectionId).collect())
}

/// The account of the caller's sites that the command under this key went to.
pub async fn account_of_key(
    store: &Store,
    caller: &Caller,
    key: &str,
) -> Result<Option<domain::ConnectionId>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let id = sqlx::query_scalar!(
        "select c.id from erp_outbox o
         join connections c on c.id = o.connection_id
         where o.company_id = $1 and o.idempotency_key = $2 and c.warehouse_id = any($3)",
        caller.company_id.0,
        key,
        &caller.warehouse_ids(),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(domain::ConnectionId))
}

/// What a command needs to know of the account it goes to.
pub async fn account(
    tx: &mut Tx,
    caller: &Caller,
    id: domain::ConnectionId,
) -> Result<(Vec<String>, DeliverySettings)> {
    let row = sqlx::query!(
        "select push_kinds, delivery from connections
         where company_id = $1 and id = $2 and warehouse_id = any($3)",
        caller.company_id.0,
        id.0,
        &caller.warehouse_ids(),
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Error::NotFound { what: "connection" })?;
    Ok((row.push_kinds, crate::connections::delivery(row.delivery)?))
}
