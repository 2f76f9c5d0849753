//! Keeps the calls of one account apart.

use crate::Error;
use async_trait::async_trait;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The operation of an error that says that no slot was to be had: its call was not made.
pub const PACE: &str = "pace";

/// Hands out slots per account. Every request takes one, sign-ins and repeats included.
#[async_trait]
pub trait Pacer: Send + Sync {
    /// Waits until this account's next slot. Slots of one account are `interval` apart, whoever
    /// asks: other tasks, other connections of the same account, other nodes. A call that starts
    /// some milliseconds after its slot may put off none, so that two come that much closer. Who
    /// stops waiting takes none, unless it was being given just then.
    ///
    /// # Errors
    /// When no slot can be had (the place that keeps them cannot be reached): `unavailable`, with the
    /// operation [`PACE`].
    async fn acquire(&self, account: &str, interval: Duration) -> Result<(), Error>;
}

/// Slots kept in this process: right for one process only.
#[derive(Debug, Default)]
pub struct LocalPacer {
    lines: Mutex<HashMap<String, Line>>,
}

/// Those who wait for an account stand in line for when its next slot begins.
type Line = Arc<tokio::sync::Mutex<Option<Instant>>>;

#[async_trait]
impl Pacer for LocalPacer {
    async fn acquire(&self, account: &str, interval: Duration) -> Result<(), Error> {
        let line = self.line(account);
        let mut free_at = line.lock().await;
        if let Some(free_at) = *free_at {
            tokio::time::sleep_until(free_at).await;
        }
        *free_at = Some(Instant::now() + interval);
        Ok(())
    }
}

impl LocalPacer {
    fn line(&self, account: &str) -> Line {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(lines.entry(account.to_owned()).or_default())
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
    async fn who_stops_waiting_takes_no_slot_along() {
        let pacer = LocalPacer::default();
        let start = Instant::now();
        pacer.acquire("a", SECOND).await.unwrap();
        let impatient = tokio::time::timeout(SECOND / 2, pacer.acquire("a", SECOND)).await;
        assert!(impatient.is_err());
        pacer.acquire("a", SECOND).await.unwrap();
        assert!(start.elapsed() < SECOND * 3 / 2);
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
