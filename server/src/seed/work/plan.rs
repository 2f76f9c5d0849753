//! Who does what when: a day's documents dealt out over the shifts.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::TaskId;
use domain::roster::ShiftPlan;
use domain::task::TaskSummary;

/// Seconds a line takes at most, walking included.
const SLOWEST: i64 = 300;
/// Thousandths of a shift that are spent on lines.
const BUSY: i64 = 900;

/// A person's working hours, in site time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hours {
    starts: NaiveTime,
    ends: NaiveTime,
    pause: Option<(NaiveTime, NaiveTime)>,
}

impl Hours {
    pub(super) fn of(shift: &ShiftPlan) -> Self {
        Self {
            starts: shift.starts,
            ends: shift.ends,
            pause: shift.pause,
        }
    }

    fn seconds(&self) -> i64 {
        let pause = self.pause.map_or(0, |(from, to)| (to - from).num_seconds());
        (self.ends - self.starts).num_seconds() - pause
    }

    /// The time itself, or the end of the break it falls into.
    fn rested(&self, day: NaiveDate, at: TimeDelta) -> TimeDelta {
        let clock = (day.and_time(NaiveTime::MIN) + at).time();
        match self.pause {
            Some((from, to)) if clock >= from && clock < to => to - NaiveTime::MIN,
            _ => at,
        }
    }
}

/// One document in one person's hands.
#[derive(Debug, Clone)]
pub(super) struct Stint {
    pub(super) task: TaskId,
    pub(super) starts_at: DateTime<Utc>,
    /// From one line to the next.
    pub(super) a_line: TimeDelta,
}

/// What each person does on a day, in order. Of days gone by a few documents are left over.
pub(super) fn day(
    day: NaiveDate,
    tasks: &[TaskSummary],
    hours: &[Hours],
    zone: Tz,
    today: NaiveDate,
) -> Vec<Vec<Stint>> {
    let mut dealt: Vec<Vec<Stint>> = hours.iter().map(|_| Vec::new()).collect();
    let mut clocks: Vec<TimeDelta> = hours
        .iter()
        .map(|own| own.starts - NaiveTime::MIN)
        .collect();
    let lines: i64 = tasks.iter().map(|task| i64::from(task.lines_total)).sum();
    let capacity: i64 = hours.iter().map(Hours::seconds).sum();
    let a_line = (capacity * BUSY / 1000 / lines.max(1)).clamp(1, SLOWEST);
    let done = tasks
        .len()
        .saturating_sub(left_over((today - day).num_days()));
    for task in tasks.iter().take(done) {
        // Who is free first takes the next one.
        let Some(who) = (0..hours.len()).min_by_key(|who| clocks[*who]) else {
            break;
        };
        let took = TimeDelta::seconds(a_line * (800 + roll(task.id.0, 1, 400)) / 1000);
        let begins = hours[who].rested(day, clocks[who]);
        if let Some(starts_at) = instant(day, begins, zone) {
            dealt[who].push(Stint {
                task: task.id,
                starts_at,
                a_line: took,
            });
        }
        clocks[who] = begins + took * task.lines_total.max(1);
    }
    dealt
}

/// Documents nobody got to, by age in days.
fn left_over(age: i64) -> usize {
    match age {
        1 => 3,
        2 | 6 => 1,
        _ => 0,
    }
}

/// The instant of a site's time; none when the clocks skip it.
fn instant(day: NaiveDate, since_midnight: TimeDelta, zone: Tz) -> Option<DateTime<Utc>> {
    let local = day.and_time(NaiveTime::MIN) + since_midnight;
    let found = local.and_local_timezone(zone).earliest()?;
    Some(found.with_timezone(&Utc))
}

/// A number below `sides` that is always the same for the same thing.
pub(super) fn roll(thing: i64, what: i64, sides: i64) -> i64 {
    let mut mixed =
        thing.wrapping_mul(0x5851_F42D_4C95_7F2D) ^ what.wrapping_mul(0x1405_7B7E_F767_814F);
    mixed ^= mixed >> 29;
    mixed = mixed.wrapping_mul(0x2545_F491_4F6C_DD1D);
    mixed ^= mixed >> 32;
    mixed.rem_euclid(sides.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(hour: u32, minute: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(hour, minute, 0).unwrap()
    }

    #[test]
    fn a_break_is_waited_out() {
        let hours = Hours {
            starts: time(8, 0),
            ends: time(15, 0),
            pause: Some((time(10, 0), time(10, 30))),
        };
        let day = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
        let rested = |hour, minute| hours.rested(day, time(hour, minute) - NaiveTime::MIN);
        assert_eq!(rested(9, 59), time(9, 59) - NaiveTime::MIN);
        assert_eq!(rested(10, 0), time(10, 30) - NaiveTime::MIN);
        assert_eq!(rested(10, 30), time(10, 30) - NaiveTime::MIN);
        assert_eq!(hours.seconds(), 6 * 3600 + 1800);
    }

    #[test]
    fn rolls_are_stable_and_reach_every_side() {
        let mut seen = [0_u32; 10];
        for thing in 0..1000 {
            seen[usize::try_from(roll(thing, 3, 10)).unwrap()] += 1;
        }
        assert!(
            seen.iter().all(|count| (60..140).contains(count)),
            "{seen:?}"
        );
        assert_eq!(roll(7, 3, 1000), roll(7, 3, 1000));
    }
}
