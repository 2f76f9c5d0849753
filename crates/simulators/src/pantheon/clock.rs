//! Times as the gateway writes them into its rows.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Europe::Belgrade;

/// Local time without a zone.
pub(crate) fn local(at: DateTime<Utc>) -> NaiveDateTime {
    at.with_timezone(&Belgrade).naive_local()
}

/// The start of the year: change times count back from it, so that they survive a restart.
pub(crate) fn settled(now: NaiveDateTime) -> NaiveDateTime {
    NaiveDate::from_yo_opt(now.year(), 1).map_or(now, |day| day.and_time(NaiveTime::MIN))
}
