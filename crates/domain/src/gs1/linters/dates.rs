//! Dates and times, as far as they can be judged without knowing the century.

use super::super::linter::Problem;
use super::super::table::is_digits;
use super::numbers::up_to;

/// YYMMDD; day 00 where the day may be left open. February 29 needs a year divisible by four.
pub(in super::super) fn yymmdd(value: &str, open_day: bool) -> Result<(), Problem> {
    let Some((year, rest)) = value.split_at_checked(2) else {
        return Err("is no date YYMMDD");
    };
    let year = year.parse::<u32>().map_err(|_| "is no date YYMMDD")?;
    // 2000 is a leap year; other centuries are out of the window for long.
    month_and_day(2000 + year, rest, open_day)
}

/// YYYYMMDD.
pub(in super::super) fn yyyymmdd(value: &str) -> Result<(), Problem> {
    let Some((year, rest)) = value.split_at_checked(4) else {
        return Err("is no date YYYYMMDD");
    };
    let year = year.parse::<u32>().map_err(|_| "is no date YYYYMMDD")?;
    month_and_day(year, rest, false)
}

fn month_and_day(year: u32, value: &str, open_day: bool) -> Result<(), Problem> {
    let parts = value
        .split_at_checked(2)
        .filter(|(_, day)| day.len() == 2 && is_digits(value));
    let (month, day) = parts.ok_or("is no date")?;
    let (month, day) = (month.parse().unwrap_or(0), day.parse().unwrap_or(0));
    let last = days(year, month).ok_or("has a month other than 01 to 12")?;
    match day {
        0 if open_day => Ok(()),
        0 => Err("needs a day, 00 is not allowed here"),
        _ if day > last => Err("has a day that its month does not have"),
        _ => Ok(()),
    }
}

/// How many days a month has.
pub(in super::super) fn days(year: u32, month: u32) -> Option<u32> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => Some(29),
        2 => Some(28),
        4 | 6 | 9 | 11 => Some(30),
        1..=12 => Some(31),
        _ => None,
    }
}

/// HHMM.
pub(in super::super) fn hhmi(value: &str) -> bool {
    value
        .split_at_checked(2)
        .is_some_and(|(hour, minute)| minute.len() == 2 && up_to(hour, 23) && up_to(minute, 59))
}
