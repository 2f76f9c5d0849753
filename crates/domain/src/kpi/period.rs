//! Days of a site as people ask for them.

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The most days one question spans: three years and a little.
pub const MOST_DAYS: i64 = 1_100;

/// A period of the calendar.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Period {
    /// One day of the site.
    #[default]
    Day,
    /// ISO week, from Monday.
    Week,
    /// Calendar month.
    Month,
    /// Calendar year.
    Year,
}

/// A word that names no period or grouping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown word '{0}': use day, week, month or year")]
pub struct UnknownPeriod(pub String);

impl Period {
    /// All of them, shortest first.
    pub const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::Year];

    /// Its stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// The days of the period that holds a day.
    pub fn around(self, day: NaiveDate) -> Span {
        let (from, to) = match self {
            Self::Day => (Some(day), day.checked_add_days(Days::new(1))),
            Self::Week => {
                let monday =
                    day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into()));
                (
                    monday,
                    monday.and_then(|day| day.checked_add_days(Days::new(7))),
                )
            }
            Self::Month => {
                let first = day.with_day(1);
                (
                    first,
                    first.and_then(|day| day.checked_add_months(Months::new(1))),
                )
            }
            Self::Year => (
                NaiveDate::from_ymd_opt(day.year(), 1, 1),
                NaiveDate::from_ymd_opt(day.year() + 1, 1, 1),
            ),
        };
        Span {
            from: from.unwrap_or(day),
            to: to.unwrap_or(day),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Period {
    type Err = UnknownPeriod;
    fn from_str(text: &str) -> Result<Self, UnknownPeriod> {
        let found = Self::ALL.into_iter().find(|period| period.as_str() == text);
        found.ok_or_else(|| UnknownPeriod(text.to_owned()))
    }
}

/// What figures are broken down by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum By {
    /// Hour of the site's day.
    Hour,
    /// Day.
    Day,
    /// ISO week, named by its Monday.
    Week,
    /// Month, named by its first day.
    Month,
    /// Kind of document.
    Kind,
    /// Shift.
    Shift,
    /// Team.
    Team,
    /// Person.
    Worker,
}

impl By {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Hour,
        Self::Day,
        Self::Week,
        Self::Month,
        Self::Kind,
        Self::Shift,
        Self::Team,
        Self::Worker,
    ];

    /// Its stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Kind => "kind",
            Self::Shift => "shift",
            Self::Team => "team",
            Self::Worker => "worker",
        }
    }

    /// Whether lines count for each person who worked on them, instead of once for the site.
    pub fn is_personal(self) -> bool {
        matches!(self, Self::Shift | Self::Team | Self::Worker)
    }
}

impl FromStr for By {
    type Err = UnknownPeriod;
    fn from_str(text: &str) -> Result<Self, UnknownPeriod> {
        let found = Self::ALL.into_iter().find(|by| by.as_str() == text);
        found.ok_or_else(|| UnknownPeriod(text.to_owned()))
    }
}

/// Days from the first to before the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First day.
    pub from: NaiveDate,
    /// The day after the last.
    pub to: NaiveDate,
}

impl Span {
    /// How many days; never below zero.
    pub fn days(self) -> i64 {
        (self.to - self.from).num_days().max(0)
    }

    /// So many days that end with a day.
    pub fn ending(last: NaiveDate, days: u64) -> Self {
        let to = last.checked_add_days(Days::new(1)).unwrap_or(last);
        let from = to.checked_sub_days(Days::new(days)).unwrap_or(last);
        Self { from, to }
    }

    pub(super) fn new(from: NaiveDate, to: NaiveDate) -> Self {
        Self { from, to }
    }

    /// How many of the days are not to come.
    pub(super) fn worked(self, today: NaiveDate) -> i64 {
        let tomorrow = Self::ending(today, 1).to;
        Self::new(self.from, self.to.min(tomorrow)).days()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn weeks_are_iso_weeks_also_across_years() {
        let week = Period::Week.around(day("2027-01-02"));
        assert_eq!((week.from, week.to), (day("2026-12-28"), day("2027-01-04")));
        let month = Period::Month.around(day("2028-02-29"));
        assert_eq!((month.from, month.days()), (day("2028-02-01"), 29));
        assert_eq!(Period::Year.around(day("2026-11-20")).days(), 365);
    }
}
