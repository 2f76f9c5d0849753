//! Looks every minute for what needs a lead's eye, and plans what was left when cut-offs changed.

use crate::Engine;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(60);
/// The first look waits until a node that just started has caught up with its queues.
const FIRST: Duration = Duration::from_secs(5);

impl Engine {
    pub(crate) async fn keep_watching(self, stop: CancellationToken) {
        let mut pause = FIRST;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
            if let Err(error) = self.watch().await {
                tracing::error!(%error, "exceptions could not be looked for, or dispatches not planned");
            }
            pause = EVERY;
        }
    }

    /// Looks once.
    pub async fn watch(&self) -> operations::Result<()> {
        let planned = operations::cut_offs::plan_rest(&self.store, self.now()).await;
        operations::exceptions::detect(&self.store, self.now()).await?;
        planned
    }
}
