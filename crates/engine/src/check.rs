//! Answers the wish for a connection check, and has it for connections that are silent.

use crate::Engine;
use chrono::TimeDelta;
use connectors::BreakerState;
use std::time::Duration;
use store::connections::{CallOutcome, ConnectionForWork};
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(60);
/// The first look waits until a node that just started has caught up with its queues.
const FIRST: Duration = Duration::from_secs(10);
/// A connection that nobody heard from for so long is asked how it is.
const SILENCE: TimeDelta = TimeDelta::hours(1);

impl Engine {
    pub(crate) async fn keep_checking(self, stop: CancellationToken) {
        let mut pause = FIRST;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
            if let Err(error) = self.check_silent().await {
                tracing::error!(%error, "silent connections could not be looked for");
            }
            pause = EVERY;
        }
    }

    /// Wishes for checks of connections that were silent for an hour, never heard from, or bad for an hour; returns
    /// how many. Syncs and deliveries are heard, so a busy connection costs nothing.
    pub async fn check_silent(&self) -> operations::Result<usize> {
        operations::connections::check_silent(&self.store, SILENCE, self.now()).await
    }

    /// Signs in, reads one row and writes what came of it.
    pub(crate) async fn check(&self, connection: ConnectionForWork) {
        let outcome = self.ask(&connection).await;
        let (company, id) = (connection.company_id, connection.id);
        let written = operations::connections::record_outcome(
            &self.store,
            company,
            id,
            &outcome,
            true,
            self.now(),
        )
        .await;
        if let Err(error) = written {
            tracing::error!(%error, connection.id = id.0, "the answer of a check could not be kept");
        }
    }

    async fn ask(&self, connection: &ConnectionForWork) -> CallOutcome {
        let answer = match self.roster.noted(connection).await {
            Ok((connector, _)) => match connector.breaker() {
                BreakerState::Open { retry_after, cause } => {
                    return CallOutcome::Paused(connectors::pause(
                        self.now() + retry_after,
                        &cause,
                    ));
                }
                BreakerState::HalfOpen | BreakerState::Closed => connector.check().await,
            },
            Err(error) => Err(error),
        };
        match answer {
            Ok(report) => CallOutcome::Ok(i32::try_from(report.latency_ms).unwrap_or(i32::MAX)),
            Err(error) => CallOutcome::Failed(error.to_string()),
        }
    }
}
