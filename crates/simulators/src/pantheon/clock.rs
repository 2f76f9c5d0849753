//! The simulated server's clock: starts where the settings say and runs at the pace of time.

use std::sync::{Mutex, PoisonError};
use std::time::{Instant, SystemTime};

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Europe::Belgrade;

pub(crate) struct Clock {
    base: Mutex<(DateTime<Utc>, Instant)>,
}

impl Clock {
    pub fn starting(at: Option<DateTime<Utc>>) -> Self {
        let at = at.unwrap_or_else(|| SystemTime::now().into());
        Self {
            base: Mutex::new((at, Instant::now())),
        }
    }

    pub fn now(&self) -> DateTime<Utc> {
        let (base, since) = *self.base.lock().unwrap_or_else(PoisonError::into_inner);
        base + since.elapsed()
    }

    /// What the server writes into its rows: local time without a zone.
    pub fn local(&self) -> NaiveDateTime {
        local(self.now())
    }

    pub fn set(&self, now: DateTime<Utc>) {
        *self.base.lock().unwrap_or_else(PoisonError::into_inner) = (now, Instant::now());
    }
}

pub(crate) fn local(at: DateTime<Utc>) -> NaiveDateTime {
    at.with_timezone(&Belgrade).naive_local()
}

/// The start of the year: change times count back from it, so that they survive a restart.
pub(crate) fn settled(now: NaiveDateTime) -> NaiveDateTime {
    NaiveDate::from_yo_opt(now.year(), 1).map_or(now, |day| day.and_time(NaiveTime::MIN))
}
