//! The same lists, counts and figures, read from every row.

use super::site::now;
use chrono::{DateTime, TimeDelta, Utc};
use domain::erp::{ErpMetrics, ErpStatus};
use domain::outbox::{FailedFor, MessageState};
use domain::user::Caller;
use sqlx::PgPool;
use store::outbox::Filter;
use uuid::Uuid;

pub async fn plain_list(admin: &PgPool, caller: &Caller, filter: Filter<'_>) -> Vec<Uuid> {
    sqlx::query_scalar(
        "select o.id from erp_outbox o
         left join connections c on c.id = o.connection_id
         left join erp_outbox_taken h on h.id = o.id
         where o.company_id = $1 and (o.connection_id is null or c.warehouse_id = any($2))
           and ($3::bigint is null or o.endpoint_id = $3) and ($4::bigint is null or o.connection_id = $4)
           and ($5::text is null or case when h.id is null then o.status else 'in_progress' end = $5)
           and ($6::text is null or coalesce(o.cause, 'unknown') = $6) and ($7::text is null or o.event_type = $7)
           and ($8::text is null or o.lane = $8)
         order by o.seq desc",
    )
    .bind(caller.company_id.0)
    .bind(sites(caller))
    .bind(filter.endpoint.map(|id| id.0))
    .bind(filter.connection.map(|id| id.0))
    .bind(filter.state.map(MessageState::as_str))
    .bind(filter.cause.map(FailedFor::as_str))
    .bind(filter.event)
    .bind(filter.lane)
    .fetch_all(admin)
    .await
    .unwrap()
}

fn sites(caller: &Caller) -> Vec<i64> {
    caller.warehouses.iter().map(|id| id.0).collect()
}

/// Pending, in progress, completed, dead; oldest and newest pending.
pub type PlainStatus = (
    i64,
    i64,
    i64,
    i64,
    Option<DateTime<Utc>>,
    Option<DateTime<Utc>>,
);

pub async fn plain_status(admin: &PgPool, caller: &Caller) -> PlainStatus {
    sqlx::query_as(
        "select count(*) filter (where waits), count(h.id), count(*) filter (where status = 'completed'),
                count(*) filter (where status = 'dead'), min(o.created_at) filter (where waits),
                max(o.created_at) filter (where waits)
         from erp_outbox o
         join connections c on c.id = o.connection_id
         left join erp_outbox_taken h on h.id = o.id
         cross join lateral (select o.status = 'pending' and h.id is null as waits) w
         where o.company_id = $1 and c.warehouse_id = any($2)",
    )
    .bind(caller.company_id.0)
    .bind(sites(caller))
    .fetch_one(admin)
    .await
    .unwrap()
}

pub fn same_status(status: &ErpStatus, plain: &PlainStatus) {
    let counted = (
        status.pending_count,
        status.in_progress_count,
        status.completed_count,
        status.dead_count,
        status.oldest_pending_at,
        status.newest_pending_at,
    );
    assert_eq!(&counted, plain);
}

/// Accepted, dead, retries, sagas with retries, most retries, the saga with the most, seconds on average.
pub type PlainMetrics = (i64, i64, i64, i64, i64, Option<Uuid>, f64);

pub async fn plain_metrics(admin: &PgPool, caller: &Caller, hours: i64) -> PlainMetrics {
    sqlx::query_as(
        "with ended as (
             select o.saga_id, o.status = 'completed' as succeeded,
                    case o.status when 'completed' then o.attempts else greatest(o.attempts - 1, 0) end as retries,
                    case o.status when 'completed' then o.processed_at else o.updated_at end as ended_at,
                    extract(epoch from o.processed_at - o.processing_started_at)::float8 as latency
             from erp_outbox o join connections c on c.id = o.connection_id
             where o.company_id = $1 and c.warehouse_id = any($2) and o.status in ('completed', 'dead'))
         select count(*) filter (where succeeded), count(*) filter (where not succeeded),
                coalesce(sum(retries), 0)::bigint, count(*) filter (where retries > 0),
                coalesce(max(retries), 0)::bigint,
                (array_agg(saga_id order by retries desc, ended_at desc, saga_id) filter (where retries > 0))[1],
                coalesce(avg(latency) filter (where succeeded), 0)::float8
         from ended where ended_at >= $3 and ended_at <= $4",
    )
    .bind(caller.company_id.0)
    .bind(sites(caller))
    .bind(now() - TimeDelta::hours(hours))
    .bind(now())
    .fetch_one(admin)
    .await
    .unwrap()
}

pub fn same_metrics(metrics: &ErpMetrics, plain: &PlainMetrics) {
    let retries = &metrics.retry_metrics;
    let counted = (
        metrics.total_succeeded,
        metrics.total_failed,
        retries.total_retries,
        retries.sagas_with_retries,
        retries.max_retries_count,
        retries.max_retries_saga_id,
    );
    assert_eq!(
        counted,
        (plain.0, plain.1, plain.2, plain.3, plain.4, plain.5)
    );
    assert_eq!(metrics.total_processed, plain.0 + plain.1);
    let off = (metrics.avg_latency_seconds - plain.6).abs();
    assert!(
        off <= 1e-9 * plain.6.abs().max(1.0),
        "{} is not {}",
        metrics.avg_latency_seconds,
        plain.6
    );
}

/// Accepted and queued since the beginning of the minute an hour ago.
pub async fn plain_hour(admin: &PgPool, caller: &Caller) -> (i64, i64) {
    sqlx::query_as(
        "select count(*) filter (where status = 'completed' and processed_at >= date_trunc('minute', $2::timestamptz)),
                count(*) filter (where created_at >= date_trunc('minute', $2::timestamptz))
         from erp_outbox where company_id = $1",
    )
    .bind(caller.company_id.0)
    .bind(now() - TimeDelta::hours(1))
    .fetch_one(admin)
    .await
    .unwrap()
}
