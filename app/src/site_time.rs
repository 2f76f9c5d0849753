//! Instants as people at the site read them, the same on server and client.
//!
//! The browser knows no time zones (their tables would be a third of what it downloads), so the
//! server sends the site's offset changes of the years around now.

mod duration;

pub use duration::{age_of_minutes, duration, duration_of_minutes};

use crate::words::tr;
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Timelike, Utc};
use domain::word;
use serde::{Deserialize, Serialize};

const MONTHS: [&str; 12] = [
    word!("Jan"),
    word!("Feb"),
    word!("Mar"),
    word!("Apr"),
    word!("May"),
    word!("Jun"),
    word!("Jul"),
    word!("Aug"),
    word!("Sep"),
    word!("Oct"),
    word!("Nov"),
    word!("Dec"),
];

/// The site's offsets from UTC.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteTime {
    /// From this instant (Unix seconds) on, this many minutes east of UTC; oldest first.
    pub offsets: Vec<(i64, i32)>,
}

impl SiteTime {
    /// The site's wall clock.
    pub fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        let seconds = at.timestamp();
        let minutes = self
            .offsets
            .iter()
            .rev()
            .find(|(from, _)| *from <= seconds)
            .or(self.offsets.first())
            .map_or(0, |(_, minutes)| *minutes);
        at.naive_utc() + TimeDelta::minutes(minutes.into())
    }

    /// For example `21 Nov 2026, 10:04`.
    pub fn date_time(&self, at: DateTime<Utc>) -> String {
        let local = self.local(at);
        format!("{}, {}", date(local.date()), hour_minute(local))
    }

    /// For example `21 Nov, 10:04:31`; for lists where seconds matter.
    pub fn short(&self, at: DateTime<Utc>) -> String {
        let local = self.local(at);
        format!(
            "{} {}, {}:{:02}",
            local.day(),
            month(local.date()),
            hour_minute(local),
            local.second()
        )
    }

    /// For example `10:04`.
    pub fn time(&self, at: DateTime<Utc>) -> String {
        hour_minute(self.local(at))
    }
}

/// For example `21 Nov 2026`.
pub fn date(day: NaiveDate) -> String {
    format!("{} {} {}", day.day(), month(day), day.year())
}

/// For example `21 Nov`.
pub fn day_month(day: NaiveDate) -> String {
    format!("{} {}", day.day(), month(day))
}

fn month(day: NaiveDate) -> &'static str {
    tr(MONTHS.get(day.month0() as usize).copied().unwrap_or(""))
}

fn hour_minute(local: NaiveDateTime) -> String {
    format!("{:02}:{:02}", local.hour(), local.minute())
}

#[cfg(feature = "ssr")]
impl SiteTime {
    /// The offsets of an IANA zone from two years before to one year after `now`; UTC when the
    /// name is unknown.
    pub fn of(time_zone: &str, now: DateTime<Utc>) -> Self {
        let zone: chrono_tz::Tz = time_zone.parse().unwrap_or(chrono_tz::Tz::UTC);
        let minutes = |at: DateTime<Utc>| {
            use chrono::Offset;
            at.with_timezone(&zone).offset().fix().local_minus_utc() / 60
        };
        let mut at = now - TimeDelta::days(730);
        let end = now + TimeDelta::days(365);
        let mut offsets = vec![(at.timestamp(), minutes(at))];
        // Zones change on whole quarter hours of UTC.
        at -= TimeDelta::seconds(at.timestamp() % 900);
        while at < end {
            let next = at + TimeDelta::days(1);
            if minutes(next) != minutes(at) {
                let mut change = at;
                while minutes(change) == minutes(at) {
                    change += TimeDelta::minutes(15);
                }
                offsets.push((change.timestamp(), minutes(change)));
            }
            at = next;
        }
        Self { offsets }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    #[test]
    fn summer_and_winter_are_read_with_their_own_offset() {
        let site = SiteTime::of("Europe/Belgrade", at("2026-11-21T09:04:00Z"));
        assert_eq!(
            site.date_time(at("2026-11-21T09:04:00Z")),
            "21 Nov 2026, 10:04"
        );
        assert_eq!(
            site.date_time(at("2026-07-01T22:30:00Z")),
            "2 Jul 2026, 00:30"
        );
        assert_eq!(site.time(at("2026-10-25T00:59:00Z")), "02:59");
        assert_eq!(site.time(at("2026-10-25T01:00:00Z")), "02:00");
    }
}
