//! Folds acts and deltas of figures into rollups, several times a second.

use crate::Engine;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// What waits is promised to be folded within a second.
const EVERY: Duration = Duration::from_millis(200);
/// Acts, and deltas, per transaction: short enough that a killed node loses little.
const BATCH: u64 = 20_000;

impl Engine {
    pub(crate) async fn keep_folding(self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
            if let Err(error) = self.fold().await {
                tracing::error!(%error, "figures could not be folded; they stay exact meanwhile");
            }
        }
    }

    /// Folds what is there; returns how many acts and deltas.
    pub async fn fold(&self) -> store::Result<u64> {
        let mut folded = 0;
        loop {
            let most = i64::try_from(BATCH).unwrap_or(i64::MAX);
            let step = store::kpis::fold(&self.store, most).await?;
            folded += step;
            if step < BATCH {
                return Ok(folded);
            }
        }
    }
}
