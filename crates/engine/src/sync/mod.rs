//! One sync run: pages are fetched, committed, and the next one is fetched meanwhile.

mod lookup;
mod pull;

use crate::Engine;
use connectors::{ErrorKind, Retry};
use operations::sync_runs::{ClaimedRun, Finish, Page};
use std::time::Duration;
use store::connections::CallOutcome;
use tokio_util::sync::CancellationToken;

/// Why a run stopped before its end.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    /// The upstream refused, or did not answer within our patience.
    #[error(transparent)]
    Upstream(#[from] connectors::Error),
    /// Our own database failed, or the lease was lost.
    #[error(transparent)]
    Store(#[from] operations::Error),
    /// A person asked to stop.
    #[error("cancelled")]
    Cancelled,
    /// This node is going down; another goes on from the last committed page.
    #[error("this node is stopping")]
    GoingDown,
}

impl Engine {
    pub(crate) async fn claim_sync(&self) -> operations::Result<Option<ClaimedRun>> {
        operations::sync_runs::claim(&self.store, (self.new_id)(), self.options.lease, self.now())
            .await
    }

    /// Runs a claimed sync to its end and writes how it ended.
    pub(crate) async fn sync(&self, claimed: ClaimedRun, stop: &CancellationToken) {
        let run = claimed.run.id.0;
        let entity = claimed.run.entity;
        tracing::info!(run, %entity, resumed = claimed.run.resumed, "sync starts");
        let started = self.now();
        let ended = match self.pages(&claimed, stop).await {
            Ok(()) => self.finish(&claimed, stop).await,
            Err(stopped) => self.stopped(&claimed, stopped).await,
        };
        let seconds = (self.now() - started).as_seconds_f64();
        metrics::histogram!("sync_duration_seconds", "entity" => entity.as_str()).record(seconds);
        crate::figures::sync_ended(entity, seconds);
        if let Err(error) = ended {
            tracing::error!(
                run,
                error = chain(&error),
                "the end of a sync could not be written"
            );
        }
    }

    async fn pages(&self, claimed: &ClaimedRun, stop: &CancellationToken) -> Result<(), Stopped> {
        if claimed.run.pages_complete {
            return Ok(());
        }
        let (connector, _) = self.roster.noted(&claimed.connection).await?;
        let mut position = claimed.run.position.clone();
        let mut fetch = self.fetch(&connector, claimed, position.clone());
        let mut healthy = false;
        let mut waited = Duration::ZERO;
        loop {
            let page = match self.await_page(claimed, fetch, stop).await {
                Ok(page) => page,
                Err(Stopped::Upstream(error)) => {
                    healthy = false;
                    self.wait_out(claimed, error, &mut waited, stop).await?;
                    fetch = self.fetch(&connector, claimed, position.clone());
                    continue;
                }
                Err(other) => return Err(other),
            };
            waited = Duration::ZERO;
            if !healthy {
                self.record_health(claimed, &page).await?;
                healthy = true;
            }
            position.clone_from(&page.page.next);
            // The next page travels while this one is written.
            let next = position
                .clone()
                .map(|next| self.fetch(&connector, claimed, Some(next)));
            self.commit(claimed, &page.page).await?;
            match next {
                None => return Ok(()),
                Some(next) => fetch = next,
            }
        }
    }

    async fn commit(&self, claimed: &ClaimedRun, page: &Page) -> Result<(), Stopped> {
        let lease = self.options.lease;
        let committed =
            operations::sync_runs::commit_page(&self.store, claimed, page, lease, self.now())
                .await?;
        let counts = committed.counts;
        let entity = claimed.run.entity.as_str();
        if !claimed.run.dry {
            metrics::counter!("sync_rows_total", "entity" => entity)
                .increment(u64::try_from(counts.rows).unwrap_or(0));
            crate::figures::rows_read(claimed.run.entity, counts.rows);
        }
        tracing::info!(
            run = claimed.run.id.0,
            entity,
            rows = counts.rows,
            created = counts.created,
            updated = counts.updated,
            refused = counts.refused,
            correlation.id = page.correlation_id,
            "page committed"
        );
        if committed.cancel_requested {
            Err(Stopped::Cancelled)
        } else {
            Ok(())
        }
    }

    async fn finish(
        &self,
        claimed: &ClaimedRun,
        stop: &CancellationToken,
    ) -> operations::Result<()> {
        let finish = operations::sync_runs::finish(&self.store, claimed, self.now()).await?;
        if finish == Finish::Done {
            self.look_up_missing(claimed, stop).await?;
        }
        Ok(())
    }

    async fn stopped(&self, claimed: &ClaimedRun, stopped: Stopped) -> operations::Result<()> {
        let now = self.now();
        match stopped {
            Stopped::Cancelled => operations::sync_runs::cancelled(&self.store, claimed, now).await,
            Stopped::GoingDown => {
                // Another node need not wait for the lease to run out.
                operations::sync_runs::renew(&self.store, claimed, Duration::ZERO, now)
                    .await
                    .map(drop)
            }
            Stopped::Upstream(error) => {
                tracing::warn!(run = claimed.run.id.0, error = chain(&error), "sync failed");
                // What a system does not have says nothing of how the account is.
                if error.kind() != ErrorKind::Unsupported {
                    self.record_failure(claimed, &error).await?;
                }
                self.fail(claimed, &error.to_string()).await
            }
            Stopped::Store(error) if error.is_lasting() => {
                let cause = chain(&error);
                tracing::error!(
                    run = claimed.run.id.0,
                    error = cause,
                    "a page cannot be stored"
                );
                let message = format!(
                    "A page could not be stored ({cause}), and trying again would not help. The pages before it are kept."
                );
                self.fail(claimed, &message).await
            }
            // The lease runs out and the run goes on from its last committed page.
            Stopped::Store(error) => {
                tracing::error!(
                    run = claimed.run.id.0,
                    error = chain(&error),
                    "sync interrupted"
                );
                Ok(())
            }
        }
    }

    /// Ends a run as failed, and counts it.
    async fn fail(&self, claimed: &ClaimedRun, message: &str) -> operations::Result<()> {
        operations::sync_runs::fail(&self.store, claimed, message, self.now()).await?;
        let entity = claimed.run.entity.as_str();
        metrics::counter!("sync_failures_total", "entity" => entity).increment(1);
        Ok(())
    }

    /// Waits for an upstream that does not answer, saying so on the run. Gives up when waiting
    /// cannot help or the patience is over.
    async fn wait_out(
        &self,
        claimed: &ClaimedRun,
        error: connectors::Error,
        waited: &mut Duration,
        stop: &CancellationToken,
    ) -> Result<(), Stopped> {
        let pause = match error.retry() {
            Retry::Never => return Err(error.into()),
            Retry::After(wait) => wait,
            Retry::Later => Duration::from_secs(10),
        };
        *waited += pause;
        if *waited > self.options.patience {
            return Err(error.into());
        }
        let message = format!("{error} The sync waits and goes on by itself.");
        self.record_failure(claimed, &error).await?;
        operations::sync_runs::note(&self.store, claimed, Some(&message), self.now()).await?;
        self.keep_lease(claimed, tokio::time::sleep(pause), stop)
            .await?;
        Ok(operations::sync_runs::note(&self.store, claimed, None, self.now()).await?)
    }

    async fn record_health(
        &self,
        claimed: &ClaimedRun,
        page: &pull::Arrived,
    ) -> operations::Result<()> {
        let outcome = CallOutcome::Ok(page.latency_ms);
        self.record(claimed, &outcome).await
    }

    async fn record_failure(
        &self,
        claimed: &ClaimedRun,
        error: &connectors::Error,
    ) -> operations::Result<()> {
        self.record(claimed, &CallOutcome::Failed(error.to_string()))
            .await
    }

    async fn record(&self, claimed: &ClaimedRun, outcome: &CallOutcome) -> operations::Result<()> {
        let (company, id) = (claimed.run.company_id, claimed.connection.id);
        operations::connections::record_outcome(
            &self.store,
            company,
            id,
            outcome,
            false,
            self.now(),
        )
        .await
    }
}

/// An error with its causes, for the log.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
