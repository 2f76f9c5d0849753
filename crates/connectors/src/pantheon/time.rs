//! The gateway's times are local, without a zone.

use chrono::{
    DateTime, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc,
};
use chrono_tz::Tz;

/// Change times are exact to the second: the boundary second is read again.
const OVERLAP: TimeDelta = TimeDelta::seconds(1);

/// A wire time. Local times of the hour that exists twice in autumn are taken as the earlier, so
/// that a cursor never runs ahead; those of the hour missing in spring as an hour later, as clocks
/// show them. Times with a zone of their own keep it.
pub(super) fn instant(text: &str, zone: Tz) -> Option<DateTime<Utc>> {
    match local(text) {
        Some(local) => to_utc(local, zone),
        None => Some(DateTime::parse_from_rfc3339(text).ok()?.to_utc()),
    }
}

/// The day of a wire date, with or without a time of day.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    match local(text) {
        Some(local) => Some(local.date()),
        None => Some(DateTime::parse_from_rfc3339(text).ok()?.date_naive()),
    }
}

/// `YYYY-MM-DD`, then maybe a space or a `T` and `HH:MM[:SS[.fraction]]`. Read by position: this
/// runs for every row, and format strings cost several times as much.
fn local(text: &str) -> Option<NaiveDateTime> {
    let bytes = text.as_bytes();
    let number = |from: usize, length: usize| -> Option<u32> {
        bytes
            .get(from..from + length)?
            .iter()
            .try_fold(0, |sum, byte| {
                byte.is_ascii_digit()
                    .then(|| sum * 10 + u32::from(byte - b'0'))
            })
    };
    let is = |at: usize, wanted: u8| bytes.get(at) == Some(&wanted);
    if !is(4, b'-') || !is(7, b'-') {
        return None;
    }
    let year = i32::try_from(number(0, 4)?).ok()?;
    let date = NaiveDate::from_ymd_opt(year, number(5, 2)?, number(8, 2)?)?;
    let time = match bytes.len() {
        10 => NaiveTime::MIN,
        _ if !(is(10, b' ') || is(10, b'T')) || !is(13, b':') => return None,
        16 => NaiveTime::from_hms_opt(number(11, 2)?, number(14, 2)?, 0)?,
        _ if !is(16, b':') => return None,
        19 => NaiveTime::from_hms_opt(number(11, 2)?, number(14, 2)?, number(17, 2)?)?,
        _ => text.get(11..)?.parse().ok()?,
    };
    Some(date.and_time(time))
}

fn to_utc(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    let found = match zone.from_local_datetime(&local) {
        LocalResult::None => {
            // Times of the missing hour mean the clock before it was put forward.
            let before = zone
                .from_local_datetime(&(local - TimeDelta::hours(3)))
                .earliest()?;
            return Some(before.to_utc() + TimeDelta::hours(3));
        }
        found => found.earliest()?,
    };
    Some(found.to_utc())
}

/// The value of a change-time filter that misses nothing since this instant.
pub(super) fn change_filter(since: DateTime<Utc>, zone: Tz) -> String {
    let local = (since - OVERLAP).with_timezone(&zone).naive_local();
    // In the hour that exists twice, rows of the second pass carry times below those of the first:
    // ask from before both.
    let twice = matches!(zone.from_local_datetime(&local), LocalResult::Ambiguous(..));
    let local = if twice {
        local - TimeDelta::hours(1)
    } else {
        local
    };
    local.format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// The value of a document-date filter: so many days before the day of this instant.
pub(super) fn day_filter(since: DateTime<Utc>, zone: Tz, days_again: u32) -> String {
    let day = day_of(since, zone);
    let from = day.checked_sub_days(Days::new(days_again.into()));
    from.unwrap_or(day).to_string()
}

/// The local day of an instant.
pub(super) fn day_of(instant: DateTime<Utc>, zone: Tz) -> NaiveDate {
    instant.with_timezone(&zone).date_naive()
}

/// The instant a local day begins.
pub(super) fn midnight(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let local = day.and_time(NaiveTime::MIN);
    to_utc(local, zone).unwrap_or_else(|| local.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Europe::Belgrade;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn local_times_are_read_in_every_shape_met() {
        for text in [
            "2025-10-02 14:05:11",
            "2025-10-02T14:05:11",
            "2025-10-02T14:05:11+02:00",
            "2025-10-02T12:05:11Z",
        ] {
            assert_eq!(
                instant(text, Belgrade),
                Some(utc("2025-10-02T12:05:11Z")),
                "{text}"
            );
        }
        let fraction = instant("2025-10-02 14:05:11.250", Belgrade).unwrap();
        assert_eq!(fraction, utc("2025-10-02T12:05:11.250Z"));
        let without_seconds = instant("2025-10-02 14:05", Belgrade).unwrap();
        assert_eq!(without_seconds, utc("2025-10-02T12:05:00Z"));
        assert_eq!(day("2025-10-17"), NaiveDate::from_ymd_opt(2025, 10, 17));
        assert_eq!(
            day("2025-10-17T00:00:00"),
            NaiveDate::from_ymd_opt(2025, 10, 17)
        );
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "17.10.2025",
            "2025-13-01",
            "2025-10-02 25:00:00",
            "2025-10-02x14:05:11",
            "20251002",
            "2025-10-02 14:05:11 x",
            "soon",
            "2025-1č-02",
        ] {
            assert_eq!(instant(text, Belgrade), None, "{text}");
        }
    }

    #[test]
    fn the_hour_that_exists_twice_is_taken_as_the_earlier() {
        let at = instant("2025-10-26 02:30:00", Belgrade).unwrap();
        assert_eq!(at, utc("2025-10-26T00:30:00Z"));
    }

    #[test]
    fn a_filter_in_the_hour_that_exists_twice_asks_from_before_it() {
        assert_eq!(
            change_filter(utc("2025-10-26T00:30:01Z"), Belgrade),
            "2025-10-26T01:30:00"
        );
        assert_eq!(
            change_filter(utc("2025-10-26T01:30:01Z"), Belgrade),
            "2025-10-26T01:30:00"
        );
        assert_eq!(
            change_filter(utc("2025-10-26T02:30:01Z"), Belgrade),
            "2025-10-26T03:30:00"
        );
    }

    #[test]
    fn the_missing_hour_is_taken_as_clocks_show_it() {
        let at = instant("2025-03-30 02:30:00", Belgrade).unwrap();
        assert_eq!(at, utc("2025-03-30T01:30:00Z"));
    }

    #[test]
    fn documents_are_asked_for_from_days_before() {
        let since = midnight(NaiveDate::from_ymd_opt(2025, 10, 17).unwrap(), Belgrade);
        assert_eq!(since, utc("2025-10-16T22:00:00Z"));
        assert_eq!(day_filter(since, Belgrade, 7), "2025-10-10");
    }
}
