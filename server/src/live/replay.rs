//! What a client missed while its link was down.

use super::client::Client;
use super::hub::{Hub, event};
use bytes::Bytes;
use domain::live::Topic;
use std::collections::HashSet;

/// More than this and reading everything again is cheaper.
const MOST: i64 = 5_000;

/// What to send a client that resumes.
pub(super) enum Missed {
    /// These, in this order; their ids tell what need not be sent again.
    Events(Vec<Bytes>, HashSet<i64>),
    /// Too much, too long ago, or no position at all.
    Everything,
}

/// The events after a position that concern these topics. The client listens to them already, and
/// what commits meanwhile is held back.
pub(super) async fn missed(hub: &Hub, client: &Client, topics: &[Topic], from: &str) -> Missed {
    let batch = match store::live::read_after(&hub.store, from, MOST).await {
        Ok(batch) if !batch.gap => batch,
        Ok(_) | Err(store::Error::BadCursor) => return Missed::Everything,
        Err(error) => {
            tracing::warn!(error = %crate::telemetry::chain(&error), "a live link could not be resumed");
            return Missed::Everything;
        }
    };
    let wanted = batch.events.iter();
    let wanted = wanted.filter(|row| client.wants(row, topics));
    let (frames, ids) = wanted.map(|row| (event(row, from), row.id)).unzip();
    Missed::Events(frames, ids)
}
