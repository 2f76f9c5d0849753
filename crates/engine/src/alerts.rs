//! Looks for what operators have to know, and keeps the gauges of the queue and the cursors.

use crate::Engine;
use chrono::TimeDelta;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(15);

impl Engine {
    pub(crate) async fn keep_alerting(self, stop: CancellationToken) {
        loop {
            self.look_for_alerts().await;
            if let Err(error) = self.gauge().await {
                tracing::warn!(%error, "the gauges could not be read");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    }

    /// Looks once.
    pub async fn look_for_alerts(&self) {
        match operations::alerts::look(&self.store, &self.options.alerts, self.now()).await {
            Ok(looked) if looked.raised + looked.cleared > 0 => {
                tracing::warn!(looked.raised, looked.cleared, "alerts");
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "alerts could not be looked for"),
        }
    }

    /// Reads the gauges once.
    pub async fn gauge(&self) -> store::Result<()> {
        let now = self.now();
        let (waiting, oldest) = store::outbox::waiting(&self.store).await?;
        let age = oldest.map_or(0.0, |oldest| (now - oldest).as_seconds_f64());
        metrics::gauge!("crossdock_outbox_waiting")
            .set(i32::try_from(waiting).map_or(f64::MAX, f64::from));
        metrics::gauge!("crossdock_outbox_oldest_seconds").set(age.max(0.0));
        for (connection, entity, age) in store::samples::cursor_ages(&self.store, now).await? {
            metrics::gauge!("crossdock_cursor_age_seconds", "connection" => connection.to_string(), "entity" => entity).set(age);
        }
        self.gauge_backlogs().await
    }

    /// What waits for each system, and how fast it comes and goes.
    async fn gauge_backlogs(&self) -> store::Result<()> {
        let now = self.now();
        for system in store::backlogs::of_all(&self.store, now - TimeDelta::hours(1)).await? {
            crate::figures::backlog(&system, now);
        }
        for (connection, age) in store::backlogs::silences(&self.store, now).await? {
            metrics::gauge!("crossdock_last_good_call_age_seconds", "connection" => connection.to_string()).set(age);
        }
        Ok(())
    }
}
