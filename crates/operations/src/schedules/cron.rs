//! When a cron line comes due.

use crate::{Error, Result};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use domain::schedule::{ScheduleLine, Upcoming, in_words};
use domain::words::english;
use std::str::FromStr;

/// The next instant after `now` at which a five-field cron line comes due in a time zone; `None`
/// when the text is no cron line, the zone is unknown, or the line never comes due. A time that
/// the clocks skip comes due right after the gap; one that happens twice, the first time.
pub fn next_due(cron: &str, time_zone: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    after(&parse(cron)?, Tz::from_str(time_zone).ok()?, now)
}

/// What a line means, with its next `count` instants; an error says what is wrong with it.
pub fn upcoming(cron: &str, time_zone: &str, now: DateTime<Utc>, count: usize) -> Result<Upcoming> {
    let zone = Tz::from_str(time_zone).map_err(|_| {
        Error::Invalid(format!(
            "'{time_zone}' is no time zone: use a name like Europe/Belgrade."
        ))
    })?;
    let line = parse(cron).ok_or_else(|| {
        Error::Invalid(
            "This is no cron line: write minute, hour, day, month and weekday, for example 0 2 * * *."
                .to_owned(),
        )
    })?;
    let mut at = Vec::with_capacity(count);
    let mut last = now;
    while at.len() < count
        && let Some(next) = after(&line, zone, last)
    {
        at.push(next);
        last = next;
    }
    if at.is_empty() {
        return Err(Error::Invalid("This line never comes due.".to_owned()));
    }
    Ok(Upcoming {
        words: in_words(cron, english),
        at,
    })
}

/// The next time of a line that a person set; none while it is off.
pub(super) fn check(line: &ScheduleLine, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
    let next = upcoming(&line.cron, &line.time_zone, now, 1)?.at;
    Ok(next.first().copied().filter(|_| line.enabled))
}

fn parse(cron: &str) -> Option<Cron> {
    let parser = CronParser::builder()
        .seconds(Seconds::Disallowed)
        .year(Year::Disallowed)
        .build();
    let fields = cron.split_whitespace().count();
    (fields == 5).then(|| parser.parse(cron).ok()).flatten()
}

fn after(cron: &Cron, zone: Tz, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let next = cron.find_next_occurrence(&now.with_timezone(&zone), false);
    Some(next.ok()?.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(cron: &str, now: &str) -> String {
        next_due(cron, "Europe/Belgrade", now.parse().unwrap())
            .unwrap()
            .to_rfc3339()
    }

    #[test]
    fn fields_are_read_in_the_site_s_time_zone() {
        assert_eq!(
            next("0 2 * * *", "2026-11-21T00:30:00Z"),
            "2026-11-21T01:00:00+00:00"
        );
        assert_eq!(
            next("30 */2 * * *", "2026-07-01T10:45:00Z"),
            "2026-07-01T12:30:00+00:00"
        );
    }

    #[test]
    fn a_day_without_two_o_clock_still_has_its_run_and_one_with_two_has_one() {
        // 2026-03-29: clocks go from 02:00 to 03:00 in Belgrade.
        assert!(next("0 2 * * *", "2026-03-29T00:00:00Z").starts_with("2026-03-29T01:"));
        // 2026-10-25: clocks go from 03:00 back to 02:00; 02:30 happens twice.
        let first = "2026-10-25T00:30:00+00:00";
        assert_eq!(next("30 2 * * *", "2026-10-24T22:00:00Z"), first);
        assert_eq!(next("30 2 * * *", first), "2026-10-26T01:30:00+00:00");
    }

    #[test]
    fn a_text_that_is_no_cron_line_never_comes_due() {
        let now = "2026-11-21T00:30:00Z".parse().unwrap();
        for text in [
            "every day",
            "@daily",
            "0 0 2 * * *",
            "61 2 * * *",
            "0 2 30 2 *",
        ] {
            assert_eq!(next_due(text, "Europe/Belgrade", now), None, "{text}");
        }
        assert_eq!(next_due("0 2 * * *", "Europe/Nowhere", now), None);
    }

    #[test]
    fn the_next_times_of_a_line_follow_one_another() {
        let now = "2026-11-21T00:30:00Z".parse().unwrap();
        let upcoming = upcoming("0 */2 * * *", "Europe/Belgrade", now, 5).unwrap();
        let hours: Vec<String> = upcoming
            .at
            .iter()
            .map(|at| at.format("%d %H:%M").to_string())
            .collect();
        assert_eq!(
            hours,
            ["21 01:00", "21 03:00", "21 05:00", "21 07:00", "21 09:00"]
        );
        assert_eq!(upcoming.words, "Every 2 hours, at minute 00");
    }
}
