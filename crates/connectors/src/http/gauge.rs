//! How breakers stand, for Prometheus: one gauge per account, and without an account the worst of them,
//! which is there before anything was called.

use super::breaker::BreakerState;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Levels by kind and account; gauges are the process's, as these are.
static LEVELS: Mutex<BTreeMap<&'static str, BTreeMap<String, u8>>> = Mutex::new(BTreeMap::new());

/// Shows the state of an account's breaker.
pub(super) fn show(kind: &'static str, account: &str, state: &BreakerState) {
    let name = format!("{kind}_circuit_breaker_state");
    // Held until both are set, so that the last to come is the last to be seen.
    let mut levels = LEVELS.lock().unwrap_or_else(PoisonError::into_inner);
    let accounts = levels.entry(kind).or_default();
    accounts.insert(account.to_owned(), state.level());
    metrics::gauge!(name.clone(), "account" => account.to_owned()).set(f64::from(state.level()));
    metrics::gauge!(name).set(f64::from(worst(accounts.values().copied())));
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
    use super::worst;

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
}
