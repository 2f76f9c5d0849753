//! Items that documents name and the catalogue lacks are asked for one by one, once a day.

use crate::Engine;
use domain::sync::Entity;
use operations::sync_runs::{self, ClaimedRun};
use tokio_util::sync::CancellationToken;

impl Engine {
    /// After a document sync: looks missing codes up and keeps hits and misses for 24 hours. Stops
    /// quietly when the upstream does not answer or this node goes down; the next document sync
    /// goes on.
    pub(super) async fn look_up_missing(
        &self,
        claimed: &ClaimedRun,
        stop: &CancellationToken,
    ) -> operations::Result<()> {
        if !matches!(claimed.run.entity, Entity::Dispatches | Entity::Receipts) {
            return Ok(());
        }
        let codes =
            sync_runs::due_lookups(&self.store, claimed, self.options.lookups, self.now()).await?;
        if codes.is_empty() {
            return Ok(());
        }
        let Ok((connector, _)) = self.roster.noted(&claimed.connection).await else {
            return Ok(());
        };
        // The click or schedule that brought the documents asks for their items too.
        let correlation_id = &claimed.run.correlation_id;
        for code in codes {
            let answer = tokio::select! {
                answer = connector.find_item(&code, correlation_id) => answer,
                () = stop.cancelled() => return Ok(()),
            };
            match answer {
                Ok(found) => {
                    let now = self.now();
                    sync_runs::record_lookup(
                        &self.store,
                        claimed,
                        &code,
                        found,
                        correlation_id,
                        now,
                    )
                    .await?;
                }
                Err(error) => {
                    tracing::warn!(code, %error, "a missing item could not be looked up");
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}
