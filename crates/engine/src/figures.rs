//! The figures that Prometheus reads by fixed names.

use chrono::{DateTime, Utc};
use domain::monitoring::SystemBacklog;
use domain::sync::Entity;

/// Says what the names mean, and shows the counters from the start.
pub fn describe() {
    use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
    let ms = Unit::Milliseconds;
    describe_histogram!(
        "catalog_sync_duration_ms",
        ms,
        "Duration of catalogue syncs."
    );
    describe_histogram!(
        "subjects_sync_duration_ms",
        ms,
        "Duration of partner syncs."
    );
    describe_counter!("issue_sync_items_total", "Dispatches read from upstream.");
    describe_counter!("receipt_sync_items_total", "Receipts read from upstream.");
    describe_counter!("sync_failures_total", "Sync runs that failed.");
    describe_counter!("pantheon_api_requests_total", "Requests to Pantheon.");
    describe_counter!(
        "pantheon_api_errors_total",
        "Requests to Pantheon that failed."
    );
    describe_gauge!(
        "pantheon_circuit_breaker_state",
        "0 closed, 1 open, 2 half open; without an account the worst of all."
    );
    describe_counter!("odoo_api_requests_total", "Requests to Odoo.");
    describe_counter!("odoo_api_errors_total", "Requests to Odoo that failed.");
    describe_gauge!(
        "odoo_circuit_breaker_state",
        "0 closed, 1 open, 2 half open; without an account the worst of all."
    );
    describe_gauge!(
        "crossdock_backlog_waiting",
        "Runs and messages that wait for a system or are under way."
    );
    describe_gauge!(
        "crossdock_backlog_dead",
        "Messages to a system that need a person."
    );
    describe_gauge!(
        "crossdock_backlog_oldest_seconds",
        Unit::Seconds,
        "Age of the oldest that waits."
    );
    describe_gauge!(
        "crossdock_backlog_arrived_last_hour",
        "Runs and messages that came within the last hour."
    );
    describe_gauge!(
        "crossdock_backlog_drained_last_hour",
        "Runs and messages that ended within the last hour."
    );
    describe_gauge!(
        "crossdock_last_good_call_age_seconds",
        Unit::Seconds,
        "Time since an account last answered well."
    );
    for name in [
        "issue_sync_items_total",
        "receipt_sync_items_total",
        "sync_failures_total",
        "pantheon_api_requests_total",
        "pantheon_api_errors_total",
    ] {
        metrics::counter!(name).increment(0);
    }
    metrics::gauge!("pantheon_circuit_breaker_state").set(0.0);
}

/// A sync ended, well or not.
pub(crate) fn sync_ended(entity: Entity, seconds: f64) {
    let milliseconds = seconds * 1_000.0;
    match entity {
        Entity::Items => metrics::histogram!("catalog_sync_duration_ms").record(milliseconds),
        Entity::Partners => metrics::histogram!("subjects_sync_duration_ms").record(milliseconds),
        _ => {}
    }
}

/// Rows of a page were committed.
pub(crate) fn rows_read(entity: Entity, rows: i64) {
    let rows = u64::try_from(rows).unwrap_or(0);
    match entity {
        Entity::Dispatches => metrics::counter!("issue_sync_items_total").increment(rows),
        Entity::Receipts => metrics::counter!("receipt_sync_items_total").increment(rows),
        _ => {}
    }
}

/// What waits for a system.
pub(crate) fn backlog(system: &SystemBacklog, now: DateTime<Utc>) {
    let backlog = &system.backlog;
    let age = backlog
        .oldest_at
        .map_or(0.0, |oldest| (now - oldest).as_seconds_f64().max(0.0));
    for (name, value) in [
        ("crossdock_backlog_waiting", whole(backlog.waiting)),
        ("crossdock_backlog_dead", whole(backlog.dead)),
        ("crossdock_backlog_oldest_seconds", age),
        (
            "crossdock_backlog_arrived_last_hour",
            whole(backlog.arrived),
        ),
        (
            "crossdock_backlog_drained_last_hour",
            whole(backlog.drained),
        ),
    ] {
        metrics::gauge!(name, "system" => system.lane.clone()).set(value);
    }
}

fn whole(count: i64) -> f64 {
    i32::try_from(count).map_or(f64::MAX, f64::from)
}
