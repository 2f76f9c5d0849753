//! The right to call an upstream account now, shared by all nodes.

use crate::Result;
use std::time::Duration;
use store::Store;

/// Takes the next free slot of an account; wait that long, then call [`started`] and send.
pub async fn reserve(store: &Store, account: &str, interval: Duration) -> Result<Duration> {
    Ok(store::pacing::reserve(store, account, interval).await?)
}

/// Says that the call starts now.
pub async fn started(store: &Store, account: &str, interval: Duration) -> Result<()> {
    Ok(store::pacing::started(store, account, interval).await?)
}
