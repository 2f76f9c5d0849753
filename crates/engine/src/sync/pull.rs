//! Fetching pages: one ahead, with the lease kept while waiting.

use super::Stopped;
use crate::{Engine, roster};
use connectors::{Connector, Error, ErrorKind, PullRequest, PulledPage, Records};
use operations::sync_runs::{self, ClaimedRun, Page};
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::sync_runs::NewRejection;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A page that arrived.
pub(super) struct Arrived {
    pub(super) page: Page,
    /// From the wish to the page, waiting for the pace included.
    pub(super) latency_ms: i32,
}

/// A page on its way; dropping it gives the call up.
pub(super) struct Fetched(JoinHandle<Result<Arrived, Error>>);

impl Drop for Fetched {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Engine {
    pub(super) fn fetch(
        &self,
        connector: &Arc<dyn Connector>,
        claimed: &ClaimedRun,
        position: Option<String>,
    ) -> Fetched {
        let connector = Arc::clone(connector);
        let request = PullRequest {
            entity: claimed.run.entity,
            since: claimed.run.since,
            position,
            page_size: self.options.page_size,
            correlation_id: claimed.run.correlation_id.clone(),
        };
        let limit =
            roster::delivery(&claimed.connection).map(|known| known.timeout_settings.page());
        Fetched(tokio::spawn(async move {
            let (started, limit) = (Instant::now(), limit?);
            let pulled = match limit {
                Some(limit) => tokio::time::timeout(limit, connector.pull(&request))
                    .await
                    .unwrap_or_else(|_| Err(overdue(limit))),
                None => connector.pull(&request).await,
            }?;
            let latency_ms = i32::try_from(started.elapsed().as_millis()).unwrap_or(i32::MAX);
            Ok(Arrived {
                page: page(pulled),
                latency_ms,
            })
        }))
    }

    pub(super) async fn await_page(
        &self,
        claimed: &ClaimedRun,
        mut fetched: Fetched,
        stop: &CancellationToken,
    ) -> Result<Arrived, Stopped> {
        let arrived = self.keep_lease(claimed, &mut fetched.0, stop).await?;
        match arrived {
            Ok(page) => Ok(page?),
            // Only a panic or an abort ends the task otherwise; the run goes on when the lease ends.
            Err(_) => Err(Stopped::GoingDown),
        }
    }

    /// Waits for something while renewing the lease, until a person or this node says stop.
    pub(super) async fn keep_lease<T>(
        &self,
        claimed: &ClaimedRun,
        wait: impl Future<Output = T>,
        stop: &CancellationToken,
    ) -> Result<T, Stopped> {
        tokio::pin!(wait);
        let beat = (self.options.lease / 3).min(Duration::from_secs(2));
        loop {
            tokio::select! {
                done = &mut wait => return Ok(done),
                () = stop.cancelled() => return Err(Stopped::GoingDown),
                () = tokio::time::sleep(beat) => {
                    let lease = self.options.lease;
                    if sync_runs::renew(&self.store, claimed, lease, self.now()).await? {
                        return Err(Stopped::Cancelled);
                    }
                }
            }
        }
    }
}

/// The connector's own limits are those of single calls; a page may need many.
fn overdue(limit: Duration) -> Error {
    let message = format!(
        "A page did not come within {} s. Lower page_size, or raise sync_timeout_seconds.",
        limit.as_secs()
    );
    Error::new(ErrorKind::Timeout, "page", message)
}

fn page(pulled: PulledPage) -> Page {
    Page {
        records: match pulled.records {
            Records::Items(rows) => sync_runs::Records::Items(rows),
            Records::Partners(rows) => sync_runs::Records::Partners(rows),
            Records::Stock(rows) => sync_runs::Records::Stock(rows),
            Records::Documents(rows) => sync_runs::Records::Documents(rows),
        },
        ended: pulled.ended,
        refused: pulled
            .refused
            .into_iter()
            .map(|row| NewRejection {
                external_key: row.external_key,
                reason: row.reason,
                payload: row.payload,
            })
            .collect(),
        next: pulled.next,
        high_water: pulled.high_water,
        rows: pulled.rows,
        correlation_id: pulled.correlation_id,
    }
}
