//! Old documents on new dates. Days take turns, so that a date shows the same documents however
//! often the simulator is started, and every day has some.

use chrono::{Datelike, Duration, NaiveDate};

/// A sequence of days that repeats for ever; one turn of it ends today.
pub(crate) struct Cycle {
    today: NaiveDate,
    days: i32,
}

impl Cycle {
    pub fn ending(today: NaiveDate, days: usize) -> Self {
        let days = i32::try_from(days).unwrap_or(i32::MAX).max(1);
        Self { today, days }
    }

    /// The latest date the slot falls on, and how often it has come round before.
    pub fn date(&self, slot: usize) -> (NaiveDate, u32) {
        let today = self.today.num_days_from_ce();
        let slot = i32::try_from(slot).unwrap_or(0);
        let age = (today - slot).rem_euclid(self.days);
        let turn = u32::try_from((today - age) / self.days).unwrap_or(0);
        (self.today - Duration::days(age.into()), turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_keeps_its_slot_and_turn_on_the_next_day() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let (one, two) = (
            Cycle::ending(today, 40),
            Cycle::ending(today.succ_opt().unwrap(), 40),
        );
        let moved: Vec<usize> = (0..40)
            .filter(|slot| one.date(*slot) != two.date(*slot))
            .collect();
        assert_eq!(moved.len(), 1, "only the oldest day comes round again");
        let (old, new) = (one.date(moved[0]), two.date(moved[0]));
        assert_eq!((new.0 - old.0).num_days(), 40);
        assert_eq!(new.1, old.1 + 1);
    }

    #[test]
    fn the_slots_fill_every_day_up_to_today() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let cycle = Cycle::ending(today, 21);
        let mut ages: Vec<i64> = (0..21)
            .map(|slot| (today - cycle.date(slot).0).num_days())
            .collect();
        ages.sort_unstable();
        assert_eq!(ages, (0..21).collect::<Vec<_>>());
    }
}
