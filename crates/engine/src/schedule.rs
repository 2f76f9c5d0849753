//! Starts syncs when their cron lines come due.

use crate::Engine;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often due lines are looked for; a minute is the finest a line can say.
const TICK: Duration = Duration::from_secs(5);

impl Engine {
    pub(crate) async fn keep_schedules(self, stop: CancellationToken) {
        loop {
            self.start_due().await;
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(TICK) => {}
            }
        }
    }

    /// Starts what is due now. Times missed while nothing ran collapse into one run.
    pub async fn start_due(&self) {
        if let Err(error) = operations::schedules::run_due(&self.store, self.now()).await {
            tracing::error!(%error, "schedules could not be started");
        }
    }
}
