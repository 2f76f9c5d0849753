//! Times of a board as people read them.

use crate::site_time::SiteTime;
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc, Weekday};
use domain::board::{BoardSite, ShiftBoard};

/// The site's offset, as a board carries it.
pub(crate) fn site_of(board: &ShiftBoard) -> SiteTime {
    SiteTime {
        offsets: vec![(i64::MIN, board.utc_offset_minutes)],
    }
}

/// The site's offset, as every board carries it.
pub(crate) fn site_time(site: &BoardSite) -> SiteTime {
    SiteTime {
        offsets: vec![(i64::MIN, site.utc_offset_minutes)],
    }
}

/// For example `14:05`.
pub(crate) fn minute_text(site: &SiteTime, at: DateTime<Utc>) -> String {
    let local = site.local(at);
    format!("{:02}:{:02}", local.hour(), local.minute())
}

/// For example `14:05:09`.
pub(crate) fn clock_text(site: &SiteTime, at: DateTime<Utc>) -> String {
    let local = site.local(at);
    format!(
        "{:02}:{:02}:{:02}",
        local.hour(),
        local.minute(),
        local.second()
    )
}

/// For example `Sat 21 Nov 2026`.
pub(crate) fn day_text(day: NaiveDate) -> String {
    format!("{} {}", weekday(day), crate::site_time::date(day))
}

/// For example `Sat 21 Nov`: for days that are near.
pub(crate) fn short_day_text(day: NaiveDate) -> String {
    format!("{} {}", weekday(day), crate::site_time::day_month(day))
}

fn weekday(day: NaiveDate) -> &'static str {
    match day.weekday() {
        Weekday::Mon => t!("Mon"),
        Weekday::Tue => t!("Tue"),
        Weekday::Wed => t!("Wed"),
        Weekday::Thu => t!("Thu"),
        Weekday::Fri => t!("Fri"),
        Weekday::Sat => t!("Sat"),
        Weekday::Sun => t!("Sun"),
    }
}

/// What is left: `2:05:09`, below an hour `42:10`; never below zero.
pub(crate) fn countdown(left: TimeDelta) -> String {
    let seconds = left.num_seconds().max(0);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_countdown_never_goes_below_zero() {
        assert_eq!(countdown(TimeDelta::seconds(7_509)), "2:05:09");
        assert_eq!(countdown(TimeDelta::seconds(2_530)), "42:10");
        assert_eq!(countdown(TimeDelta::seconds(9)), "0:09");
        assert_eq!(countdown(TimeDelta::seconds(-5)), "0:00");
    }

    #[test]
    fn times_are_the_sites() {
        let site = SiteTime {
            offsets: vec![(i64::MIN, 330)],
        };
        let at = "2026-11-20T20:25:09Z".parse().expect("an instant");
        assert_eq!(clock_text(&site, at), "01:55:09");
        assert_eq!(day_text(site.local(at).date()), "Sat 21 Nov 2026");
        assert_eq!(short_day_text(site.local(at).date()), "Sat 21 Nov");
    }
}
