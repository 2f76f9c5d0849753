//! The pace of upstream accounts, kept in PostgreSQL: one second means one second over all tasks,
//! nodes and restarts.

use async_trait::async_trait;
use connectors::{Error, ErrorKind, Pacer};
use std::time::Duration;
use store::Store;

/// Takes slots from the database.
#[derive(Debug, Clone)]
pub struct DatabasePacer {
    store: Store,
}

impl DatabasePacer {
    /// Slots kept in this database.
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

#[async_trait]
impl Pacer for DatabasePacer {
    async fn acquire(&self, account: &str, interval: Duration) -> Result<(), Error> {
        let unreachable = |error: operations::Error| {
            let message = "The database that paces calls cannot be reached; the call was not made.";
            Error::new(ErrorKind::Unavailable, "pace", message).caused_by(error)
        };
        let wait = operations::pacing::reserve(&self.store, account, interval)
            .await
            .map_err(unreachable)?;
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        operations::pacing::started(&self.store, account, interval)
            .await
            .map_err(unreachable)
    }
}
