//! Forgets what has no use any more. Business rows, timelines and the audit are never touched; of
//! photos, only the picture is forgotten.

use crate::Engine;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(10 * 60);
/// A screen that was away for longer reads everything again.
const FEED_HOURS: i64 = 24;
/// Answers that a repeated write of the API gets: a day is promised.
const IDEMPOTENCY_HOURS: i64 = 48;
/// Captures of upstream calls.
const EXCHANGE_DAYS: i64 = 30;
/// Rows of a dry run; its figures stay.
const PREVIEW_DAYS: i64 = 30;
/// Photos of goods; that there was one stays in the timeline.
const PHOTO_DAYS: i64 = 365;
/// Counts of messages by the minute: figures look back a week at most.
const MINUTE_DAYS: i64 = 8;

impl Engine {
    pub(crate) async fn keep_pruning(self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
            if let Err(error) = self.prune().await {
                tracing::error!(%error, "pruning failed");
            }
        }
    }

    /// Prunes once; returns how many rows went.
    pub async fn prune(&self) -> store::Result<u64> {
        let now = self.now();
        let mut gone =
            store::live::prune(&self.store, now - chrono::Duration::hours(FEED_HOURS)).await?;
        gone += store::exchanges::prune(&self.store, now - chrono::Duration::days(EXCHANGE_DAYS))
            .await?;
        gone +=
            store::sync_previews::prune(&self.store, now - chrono::Duration::days(PREVIEW_DAYS))
                .await?;
        gone += store::photos::prune(&self.store, now - chrono::Duration::days(PHOTO_DAYS)).await?;
        let days = |days: u32| now - chrono::Duration::days(i64::from(days));
        gone += store::outbox::prune(&self.store, days(self.options.outbox_days)).await?;
        gone += store::outbox::prune_sums(&self.store, now - chrono::Duration::days(MINUTE_DAYS))
            .await?;
        gone += store::samples::prune(&self.store, days(self.options.sample_days)).await?;
        gone += store::sessions::prune(&self.store, now).await?;
        gone += store::refresh_tokens::prune(&self.store, now - chrono::Duration::days(30)).await?;
        gone += store::idempotency_keys::prune(
            &self.store,
            now - chrono::Duration::hours(IDEMPOTENCY_HOURS),
        )
        .await?;
        gone += store::screens::prune(&self.store, now).await?;
        gone += store::login_failures::prune(&self.store, now - chrono::Duration::days(1)).await?;
        Ok(gone)
    }
}
