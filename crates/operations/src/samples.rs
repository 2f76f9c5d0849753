//! Keeping the figures of a minute.

use crate::Result;
use chrono::{DateTime, Utc};
use store::samples::Sample;
use store::{Scope, Store};

/// Writes a node's minute, and the queues' if no other node has, in one transaction.
pub async fn keep(
    store: &Store,
    node: &str,
    minute: DateTime<Utc>,
    samples: &[Sample],
    now: DateTime<Utc>,
) -> Result<()> {
    let mut tx = store.begin(Scope::System).await?;
    store::samples::record(&mut tx, node, minute, samples).await?;
    store::samples::record_queues(&mut tx, minute, now).await?;
    Ok(tx.commit().await?)
}
