//! A clock that stands still until a test moves it.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// Clones show the same time.
#[derive(Clone, Debug)]
pub struct TestClock(Arc<Mutex<DateTime<Utc>>>);

impl TestClock {
    /// A clock that shows this instant.
    #[must_use]
    pub fn at(now: DateTime<Utc>) -> Self {
        Self(Arc::new(Mutex::new(now)))
    }

    /// What it shows.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves it to an instant, also backwards.
    pub fn set(&self, now: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Moves it on.
    pub fn pass(&self, time: TimeDelta) {
        self.set(self.now() + time);
    }

    /// The clock as the engine takes it.
    #[must_use]
    pub fn shared(&self) -> Arc<dyn Fn() -> DateTime<Utc> + Send + Sync> {
        let clock = self.clone();
        Arc::new(move || clock.now())
    }
}

impl Default for TestClock {
    /// Starts at [`start`].
    fn default() -> Self {
        Self::at(start())
    }
}

/// Now, in tests that do not care: a Friday, half past nine in Belgrade, shift A at work.
#[must_use]
pub fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_163_400, 0).unwrap_or_default()
}
