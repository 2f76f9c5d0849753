//! The figures that Prometheus reads by fixed names.

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
        "0 closed, 1 open, 2 half open."
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
