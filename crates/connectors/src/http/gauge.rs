//! How breakers stand, for Prometheus: one gauge per account, and without an account the worst of them,
//! which is there before anything was called.

use super::breaker::BreakerState;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// By kind and account; gauges are the process's, as these are.
type Accounts = BTreeMap<&'static str, BTreeMap<String, Account>>;

static ACCOUNTS: Mutex<Accounts> = Mutex::new(BTreeMap::new());

#[derive(Debug, Default)]
struct Account {
    /// Who shows it.
    gateways: usize,
    /// What is shown; none before its first call.
    level: Option<u8>,
}

/// An account as it is shown, until the last that shows it is dropped: one that is no more fails no more.
#[derive(Debug)]
pub(super) struct Gauge {
    kind: &'static str,
    account: String,
}

impl Gauge {
    /// Nothing is shown yet.
    pub(super) fn new(kind: &'static str, account: &str) -> Self {
        let account = account.to_owned();
        let mut all = lock();
        let shown = all.entry(kind).or_default();
        shown.entry(account.clone()).or_default().gateways += 1;
        Self { kind, account }
    }

    /// Shows the state of the account's breaker.
    pub(super) fn show(&self, state: &BreakerState) {
        // Held until both are set, so that the last to come is the last to be seen.
        let mut all = lock();
        let accounts = all.entry(self.kind).or_default();
        accounts.entry(self.account.clone()).or_default().level = Some(state.level());
        self.set(state.level(), accounts);
    }

    fn set(&self, level: u8, accounts: &BTreeMap<String, Account>) {
        let name = format!("{}_circuit_breaker_state", self.kind);
        metrics::gauge!(name.clone(), "account" => self.account.clone()).set(f64::from(level));
        let levels = accounts.values().filter_map(|account| account.level);
        metrics::gauge!(name).set(f64::from(worst(levels)));
    }
}

impl Drop for Gauge {
    fn drop(&mut self) {
        let mut all = lock();
        let accounts = all.entry(self.kind).or_default();
        let Some(account) = accounts.get_mut(&self.account) else {
            return;
        };
        account.gateways = account.gateways.saturating_sub(1);
        if account.gateways == 0
            && let Some(gone) = accounts.remove(&self.account)
            && gone.level.is_some()
        {
            self.set(0, accounts);
        }
    }
}

fn lock() -> MutexGuard<'static, Accounts> {
    ACCOUNTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Open before half open before closed.
fn worst(levels: impl Iterator<Item = u8>) -> u8 {
    levels
        .max_by_key(|level| match level {
            1 => 2,
            2 => 1,
            _ => 0,
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_breaker_is_worse_than_one_that_tries_again() {
        for (levels, expected) in [
            (vec![], 0),
            (vec![0, 0], 0),
            (vec![0, 2, 0], 2),
            (vec![2, 1, 2], 1),
            (vec![1, 2, 0], 1),
        ] {
            assert_eq!(worst(levels.iter().copied()), expected, "{levels:?}");
        }
    }

    #[test]
    fn an_account_is_forgotten_with_the_last_that_shows_it() {
        let levels = || {
            let all = lock();
            let accounts = all.get("tested").into_iter().flatten();
            accounts
                .map(|(_, account)| account.level)
                .collect::<Vec<_>>()
        };
        let (one, other) = (Gauge::new("tested", "a"), Gauge::new("tested", "a"));
        one.show(&BreakerState::HalfOpen);
        drop(one);
        assert_eq!(levels(), [Some(2)]);
        drop(other);
        assert_eq!(levels(), []);
    }
}
