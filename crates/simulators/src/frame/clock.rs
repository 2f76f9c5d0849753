//! The simulated time: it starts where the settings say and runs on at the pace of time.

use std::sync::Mutex;
use std::time::{Instant, SystemTime};

use chrono::{DateTime, Utc};

use super::open;

pub(crate) struct Clock(Mutex<(DateTime<Utc>, Instant)>);

impl Clock {
    /// A clock that shows this moment, or the present one.
    pub fn starting(at: Option<DateTime<Utc>>) -> Self {
        let at = at.unwrap_or_else(|| SystemTime::now().into());
        Self(Mutex::new((at, Instant::now())))
    }

    pub fn now(&self) -> DateTime<Utc> {
        let (start, since) = *open(&self.0);
        start + since.elapsed()
    }

    /// Moves the clock; it runs on from there.
    pub fn set(&self, now: DateTime<Utc>) {
        *open(&self.0) = (now, Instant::now());
    }
}
