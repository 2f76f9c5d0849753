//! Folds what ended messages added to their counts.

use crate::Engine;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Readers add what is not folded, a row per acknowledged batch and lane: a second of it is little.
const EVERY: Duration = Duration::from_secs(1);
/// Deltas per transaction.
const BATCH: u64 = 10_000;

impl Engine {
    pub(crate) async fn keep_summing(self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
            if let Err(error) = self.sum_up().await {
                tracing::error!(%error, "counts of messages could not be folded; they stay exact meanwhile");
            }
        }
    }

    /// Folds what is there; returns how many deltas.
    pub async fn sum_up(&self) -> store::Result<u64> {
        let mut folded = 0;
        loop {
            let most = i64::try_from(BATCH).unwrap_or(i64::MAX);
            let step = store::outbox::fold(&self.store, most).await?;
            folded += step;
            if step < BATCH {
                return Ok(folded);
            }
        }
    }
}
