//! What is written into ERPs, in figures: messages of `erp_outbox` that go to connections. Every
//! query is narrowed to the caller's company and sites.

use crate::error::word;
use crate::{Error, Result, Scope, Store, Tx};
use chrono::{DateTime, TimeDelta, Utc};
use domain::delivery::DeliverySettings;
use domain::erp::{
    ErpMetrics, ErpStatus, FailedPage, FailedSaga, RetryMetrics, Saga, summary, tenant_id,
};
use domain::outbox::MessageState;
use domain::user::Caller;
use uuid::Uuid;

/// The queue now.
pub async fn status(store: &Store, caller: &Caller) -> Result<ErpStatus> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let row = sqlx::query!(
        r#"select count(*) filter (where o.status = 'pending') as "pending!",
                  count(*) filter (where o.status = 'in_progress') as "in_progress!",
                  count(*) filter (where o.status = 'dead') as "dead!",
                  min(o.created_at) filter (where o.status = 'pending') as oldest,
                  max(o.created_at) filter (where o.status = 'pending') as newest
           from erp_outbox o
           join connections c on c.id = o.connection_id
           where o.company_id = $1 and c.warehouse_id = any($2) and o.status in ('pending', 'in_progress', 'dead')"#,
        caller.company_id.0,
        &caller.warehouse_ids(),
    )
    .fetch_one(tx.conn())
    .await?;
    let completed = sqlx::query_scalar!(
        r#"select count(*) as "completed!"
           from connections c
           join erp_outbox o on o.connection_id = c.id and o.processed_at is not null and o.status = 'completed'
           where c.company_id = $1 and c.warehouse_id = any($2) and o.company_id = $1"#,
        caller.company_id.0,
        &caller.warehouse_ids(),
    )
    .fetch_one(tx.conn())
    .await?;
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

/// How the last hours went.
pub async fn metrics(
    store: &Store,
    caller: &Caller,
    hours: i64,
    now: DateTime<Utc>,
) -> Result<ErpMetrics> {
    let start = now - TimeDelta::hours(hours);
    let mut tx = store.begin(Scope::from(caller)).await?;
    let row = sqlx::query!(
        r#"with ended as materialized (
               select o.saga_id, true as succeeded, o.attempts as retries,
                      extract(epoch from o.processed_at - o.processing_started_at)::float8 as latency
               from connections c
               join erp_outbox o on o.connection_id = c.id and o.status = 'completed'
                    and o.processed_at >= $3 and o.processed_at <= $4
               where c.company_id = $1 and c.warehouse_id = any($2) and o.company_id = $1
               union all
               select o.saga_id, false, greatest(o.attempts - 1, 0), null
               from erp_outbox o
               join connections c on c.id = o.connection_id
               where o.company_id = $1 and c.warehouse_id = any($2) and o.status = 'dead'
                 and o.updated_at >= $3 and o.updated_at <= $4)
           select count(*) as "processed!", count(*) filter (where succeeded) as "succeeded!",
                  coalesce(avg(latency) filter (where succeeded), 0)::float8 as "latency!",
                  coalesce(sum(retries), 0)::bigint as "retries!",
                  count(*) filter (where retries > 0) as "with_retries!",
                  coalesce(max(retries), 0)::bigint as "most!",
                  (array_agg(saga_id order by retries desc, saga_id) filter (where retries > 0))[1] as most_saga,
                  (select count(*) from erp_outbox o
                   join connections c on c.id = o.connection_id
                   where o.company_id = $1 and c.warehouse_id = any($2) and o.status = 'dead') as "dead!"
           from ended"#,
        caller.company_id.0,
        &caller.warehouse_ids(),
        start,
        now,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(ErpMetrics {
        success_rate: share(row.succeeded, row.processed) * 100.0,
        avg_latency_seconds: row.latency,
        total_processed: row.processed,
        total_succeeded: row.succeeded,
        total_failed: row.processed - row.succeeded,
        retry_metrics: RetryMetrics {
            total_retries: row.retries,
            avg_retries_per_saga: share(row.retries, row.processed),
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
                  o.updated_at, o.status, o.payload
           from erp_outbox o
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
    let mut tx = store.begin(Scope::from(caller)).await?;
    sqlx::query_scalar!(
        "select o.id from erp_outbox o
         join connections c on c.id = o.connection_id
         where o.company_id = $1 and o.saga_id = $2 and c.warehouse_id = any($3)",
        caller.company_id.0,
        saga,
        &caller.warehouse_ids(),
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Error::NotFound { what: "saga" })
}

/// One saga.
pub async fn saga(store: &Store, caller: &Caller, saga: Uuid) -> Result<Saga> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let row = sqlx::query!(
        "select o.saga_id, o.idempotency_key, o.event_type, o.status, o.attempts, o.next_run_at, o.last_error,
                o.payload, o.result_payload, o.processing_started_at, o.processed_at, o.created_at, o.updated_at,
                c.delivery
         from erp_outbox o
         join connections c on c.id = o.connection_id
         where o.company_id = $1 and o.saga_id = $2 and c.warehouse_id = any($3)",
        caller.company_id.0,
        saga,
        &caller.warehouse_ids(),
    )
    .fetch_optional(tx.conn())
    .await?
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
        event_type: row.event_type,
        status: state.as_str().to_owned(),
        attempts: row.attempts,
        next_run_at: row.next_run_at,
        last_error: row.last_error,
        payload: row.payload,
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
/// connector writes this kind.
pub async fn only_account(
    store: &Store,
    caller: &Caller,
    kind: &str,
) -> Result<Vec<domain::ConnectionId>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = sqlx::query_scalar!(
        "select id from connections
         where company_id = $1 and warehouse_id = any($2) and $3 = any(push_kinds)
         order by id limit 2",
        caller.company_id.0,
        &caller.warehouse_ids(),
        kind,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(domain::ConnectionId).collect())
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
