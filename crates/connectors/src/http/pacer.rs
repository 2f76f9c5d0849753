//! Keeps the calls of one account apart.

use crate::Error;
use async_trait::async_trait;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Hands out slots per account. Every request takes one, sign-ins and repeats included.
#[async_trait]
pub trait Pacer: Send + Sync {
    /// Waits until this account's next slot. Two slots of one account are at least `interval`
    /// apart, whoever asks: other tasks, other connections of the same account, other nodes.
    ///
    /// # Errors
    /// When no slot can be had (the place that keeps them cannot be reached): `unavailable`.
    async fn acquire(&self, account: &str, interval: Duration) -> Result<(), Error>;
}

/// Slots kept in this process: right for one process only.
#[derive(Debug, Default)]
pub struct LocalPacer {
    free_at: Mutex<HashMap<String, Instant>>,
}

#[async_trait]
impl Pacer for LocalPacer {
    async fn acquire(&self, account: &str, interval: Duration) -> Result<(), Error> {
        tokio::time::sleep_until(self.reserve(account, interval)).await;
        Ok(())
    }
}

impl LocalPacer {
    fn reserve(&self, account: &str, interval: Duration) -> Instant {
        let now = Instant::now();
        let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = free_at.get(account).map_or(now, |free| now.max(*free));
        free_at.insert(account.to_owned(), slot + interval);
        slot
    }
}

/// No waiting at all.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoPacing;

#[async_trait]
impl Pacer for NoPacing {
    async fn acquire(&self, _account: &str, _interval: Duration) -> Result<(), Error> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn twenty_tasks_of_one_account_take_nineteen_seconds() {
        let pacer = Arc::new(LocalPacer::default());
        let start = Instant::now();
        let tasks: Vec<_> = (0..20)
            .map(|_| {
                let pacer = pacer.clone();
                tokio::spawn(async move {
                    pacer.acquire("a", SECOND).await.unwrap();
                    Instant::now()
                })
            })
            .collect();
        let mut at = Vec::new();
        for task in tasks {
            at.push(task.await.unwrap());
        }
        at.sort();
        assert!(at.windows(2).all(|pair| pair[1] - pair[0] >= SECOND));
        assert!(start.elapsed() <= Duration::from_millis(19_050));
    }

    #[tokio::test(start_paused = true)]
    async fn accounts_do_not_wait_for_each_other() {
        let pacer = LocalPacer::default();
        let start = Instant::now();
        pacer.acquire("a", SECOND).await.unwrap();
        pacer.acquire("b", SECOND).await.unwrap();
        assert!(start.elapsed() < Duration::from_millis(5));
    }
}
