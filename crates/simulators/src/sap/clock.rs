//! The simulated time: it runs on from where it was set.

use std::sync::{Mutex, PoisonError};
use std::time::{Instant, SystemTime};

use chrono::{DateTime, Utc};

pub(crate) struct Clock(Mutex<(DateTime<Utc>, Instant)>);

impl Clock {
    pub fn starting(at: Option<DateTime<Utc>>) -> Self {
        let at = at.unwrap_or_else(|| SystemTime::now().into());
        Self(Mutex::new((at, Instant::now())))
    }

    pub fn now(&self) -> DateTime<Utc> {
        let (start, since) = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        start + since.elapsed()
    }

    pub fn set(&self, now: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (now, Instant::now());
    }
}
