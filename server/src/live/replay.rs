//! What a client missed while its link was down.

use super::hub::{Hub, event};
use super::registry::Client;
use axum::extract::ws::Utf8Bytes;
use std::collections::HashSet;

/// More than this and reading everything again is cheaper.
const MOST: i64 = 5_000;

/// What to send a client that resumes.
pub(super) enum Missed {
    /// These, in this order; their ids tell what need not be sent again.
    Events(Vec<Utf8Bytes>, HashSet<i64>),
    /// Too much, too long ago, or no position at all.
    Everything,
}

/// The events after a position that the client listens to. The client is in the registry already,
/// so what commits meanwhile waits in its queue.
pub(super) async fn missed(hub: &Hub, client: &Client, from: &str) -> Missed {
    let batch = match store::live::read_after(&hub.store, from, MOST).await {
        Ok(batch) if !batch.gap => batch,
        Ok(_) | Err(store::Error::BadCursor) => return Missed::Everything,
        Err(error) => {
            tracing::warn!(error = %crate::telemetry::chain(&error), "a live link could not be resumed");
            return Missed::Everything;
        }
    };
    let wanted = batch.events.iter().filter(|row| client.wants(row));
    let (messages, ids) = wanted.map(|row| (event(row, from), row.id)).unzip();
    Missed::Events(messages, ids)
}
