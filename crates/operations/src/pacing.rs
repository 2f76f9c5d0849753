//! The right to call an upstream account now, shared by all nodes.

use crate::Result;
use chrono::{DateTime, Utc};
use std::time::Duration;
use store::Store;
pub use store::pacing::Turn;

/// Takes an account's turn if it is free; see [`store::pacing::take`].
pub async fn take(
    store: &Store,
    account: &str,
    interval: Duration,
    leeway: Duration,
) -> Result<Turn> {
    Ok(store::pacing::take(store, account, interval, leeway).await?)
}

/// Says that the call of a turn starts later than it was taken; none when the turn is over. See
/// [`store::pacing::started`].
pub async fn started(
    store: &Store,
    account: &str,
    next_at: DateTime<Utc>,
    pause: Duration,
) -> Result<Option<DateTime<Utc>>> {
    Ok(store::pacing::started(store, account, next_at, pause).await?)
}
