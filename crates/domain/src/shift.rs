//! Working periods and what comes next in them.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// One shift of one day, in instants: the site's time zone is already applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShiftDay {
    /// Shown to people.
    pub name: String,
    /// Work begins.
    pub starts_at: DateTime<Utc>,
    /// Work ends.
    pub ends_at: DateTime<Utc>,
    /// Break, if any.
    pub break_starts_at: Option<DateTime<Utc>>,
    /// End of the break.
    pub break_ends_at: Option<DateTime<Utc>>,
}

/// What people of a shift are doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShiftState {
    /// Not begun.
    NotStarted,
    /// At work.
    Working,
    /// On their break.
    OnBreak,
    /// Over.
    Ended,
}

/// What a countdown counts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShiftEvent {
    /// Work begins.
    Start,
    /// The break begins.
    BreakStart,
    /// The break ends.
    BreakEnd,
    /// Work ends.
    End,
}

impl ShiftDay {
    /// What the shift is doing at an instant.
    pub fn state(&self, now: DateTime<Utc>) -> ShiftState {
        let on_break = matches!(
            (self.break_starts_at, self.break_ends_at),
            (Some(from), Some(to)) if now >= from && now < to
        );
        if now < self.starts_at {
            ShiftState::NotStarted
        } else if now >= self.ends_at {
            ShiftState::Ended
        } else if on_break {
            ShiftState::OnBreak
        } else {
            ShiftState::Working
        }
    }

    /// The next event after an instant, and when it is; none once the shift is over.
    pub fn next_event(&self, now: DateTime<Utc>) -> Option<(ShiftEvent, DateTime<Utc>)> {
        [
            Some((ShiftEvent::Start, self.starts_at)),
            self.break_starts_at.map(|at| (ShiftEvent::BreakStart, at)),
            self.break_ends_at.map(|at| (ShiftEvent::BreakEnd, at)),
            Some((ShiftEvent::End, self.ends_at)),
        ]
        .into_iter()
        .flatten()
        .find(|(_, at)| *at > now)
    }

    /// Minutes of work between two instants: within the shift, without its break.
    pub fn working_minutes(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> i64 {
        let worked = overlap((self.starts_at, self.ends_at), (from, to));
        let rested = match (self.break_starts_at, self.break_ends_at) {
            (Some(starts), Some(ends)) => overlap((starts, ends), (from, to)),
            _ => 0,
        };
        worked - rested
    }

    /// The instant when so many minutes of work have passed since another one. The break is
    /// skipped; what does not fit into the shift counts on after its end.
    pub fn after_working(&self, from: DateTime<Utc>, minutes: i64) -> DateTime<Utc> {
        let begin = from.max(self.starts_at);
        let end = begin + TimeDelta::minutes(minutes);
        match (self.break_starts_at, self.break_ends_at) {
            (Some(starts), Some(ends)) if begin < ends && end > starts => {
                end + (ends - begin.max(starts))
            }
            _ => end,
        }
    }

    /// Minutes of work from one instant to another, those after the shift's end included: what
    /// [`Self::after_working`] was given to come from the one to the other.
    pub fn minutes_to(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> i64 {
        let over = (to - from.max(self.ends_at)).num_minutes().max(0);
        self.working_minutes(from, to) + over
    }

    /// Whether it is under way.
    pub fn is_active(&self, now: DateTime<Utc>) -> bool {
        matches!(self.state(now), ShiftState::Working | ShiftState::OnBreak)
    }
}

/// What a screen shows of a day's shifts: somebody's own by roster, told by its name, whatever it is doing,
/// and no other. Who has none sees those under way, several at once where they overlap, else the next one.
pub fn shown<'a>(
    shifts: &'a [ShiftDay],
    own: Option<&str>,
    now: DateTime<Utc>,
) -> Vec<&'a ShiftDay> {
    let is_own = |shift: &&ShiftDay| own == Some(shift.name.as_str());
    let mut shown: Vec<&ShiftDay> = shifts.iter().filter(is_own).collect();
    if shown.is_empty() {
        shown.extend(shifts.iter().filter(|shift| shift.is_active(now)));
    }
    if shown.is_empty() {
        let ahead = shifts.iter().filter(|shift| shift.starts_at > now);
        shown.extend(ahead.min_by_key(|shift| shift.starts_at));
    }
    shown
}

fn overlap(one: (DateTime<Utc>, DateTime<Utc>), other: (DateTime<Utc>, DateTime<Utc>)) -> i64 {
    let (from, to) = (one.0.max(other.0), one.1.min(other.1));
    (to - from).num_minutes().max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        format!("2026-11-20T{text}:00Z").parse().unwrap()
    }

    fn morning() -> ShiftDay {
        ShiftDay {
            name: "A".into(),
            starts_at: at("07:00"),
            ends_at: at("14:00"),
            break_starts_at: Some(at("09:00")),
            break_ends_at: Some(at("09:30")),
        }
    }

    #[test]
    fn the_countdown_goes_to_the_next_event_in_order() {
        let shift = morning();
        let next = |time| shift.next_event(at(time)).map(|(event, _)| event);
        assert_eq!(next("06:00"), Some(ShiftEvent::Start));
        assert_eq!(next("07:00"), Some(ShiftEvent::BreakStart));
        assert_eq!(next("09:10"), Some(ShiftEvent::BreakEnd));
        assert_eq!(next("13:59"), Some(ShiftEvent::End));
        assert_eq!(next("14:00"), None);
    }

    #[test]
    fn a_break_is_not_idle_and_not_the_end() {
        assert_eq!(morning().state(at("09:15")), ShiftState::OnBreak);
        assert!(morning().is_active(at("09:15")));
        assert_eq!(morning().state(at("14:00")), ShiftState::Ended);
    }

    #[test]
    fn minutes_of_work_leave_the_break_out() {
        let shift = morning();
        assert_eq!(shift.working_minutes(at("08:30"), at("10:00")), 60);
        assert_eq!(shift.working_minutes(at("06:00"), at("07:30")), 30);
        assert_eq!(shift.working_minutes(at("13:30"), at("15:00")), 30);
    }

    #[test]
    fn work_goes_on_after_the_break_and_after_the_end() {
        let shift = morning();
        assert_eq!(shift.after_working(at("08:30"), 60), at("10:00"));
        assert_eq!(shift.after_working(at("09:10"), 10), at("09:40"));
        assert_eq!(shift.after_working(at("13:50"), 30), at("14:20"));
        assert_eq!(shift.after_working(at("06:00"), 30), at("07:30"));
        for from in ["06:00", "08:30", "09:10", "13:50", "15:00"] {
            let to = shift.after_working(at(from), 60);
            assert_eq!(shift.minutes_to(at(from), to), 60, "from {from} to {to}");
        }
    }

    fn afternoon() -> ShiftDay {
        ShiftDay {
            name: "B".into(),
            starts_at: at("11:00"),
            ends_at: at("18:00"),
            break_starts_at: Some(at("13:00")),
            break_ends_at: Some(at("13:30")),
        }
    }

    #[test]
    fn where_shifts_overlap_who_has_one_sees_it_alone_and_everybody_else_sees_both() {
        let day = [morning(), afternoon()];
        let names = |own, time| -> Vec<String> {
            let shown = shown(&day, own, at(time));
            shown.into_iter().map(|shift| shift.name.clone()).collect()
        };
        assert_eq!(names(None, "12:00"), ["A", "B"]);
        assert_eq!(names(Some("A"), "12:00"), ["A"]);
        assert_eq!(names(Some("B"), "12:00"), ["B"]);
        // The break of B is nothing to wait for in A.
        let next = |own| shown(&day, own, at("12:30"))[0].next_event(at("12:30"));
        assert_eq!(next(Some("A")), Some((ShiftEvent::End, at("14:00"))));
        assert_eq!(next(Some("B")), Some((ShiftEvent::BreakStart, at("13:00"))));
    }

    #[test]
    fn the_own_shift_is_shown_whatever_it_is_doing_and_who_has_none_sees_what_is_on_or_next() {
        let day = [morning(), afternoon()];
        let names = |own, time| -> Vec<String> {
            let shown = shown(&day, own, at(time));
            shown.into_iter().map(|shift| shift.name.clone()).collect()
        };
        assert_eq!(names(Some("B"), "08:00"), ["B"]);
        assert_eq!(names(Some("A"), "15:00"), ["A"]);
        assert_eq!(names(Some("A"), "19:00"), ["A"]);
        assert_eq!(names(None, "06:00"), ["A"]);
        assert_eq!(names(None, "10:00"), ["A"]);
        assert_eq!(names(None, "19:00"), [""; 0]);
        assert_eq!(names(Some("of another day"), "10:00"), ["A"]);
    }

    #[test]
    fn a_shift_over_the_change_of_clocks_has_an_hour_less_or_more() {
        let night = |starts: &str, ends: &str| ShiftDay {
            name: "N".into(),
            starts_at: starts.parse().unwrap(),
            ends_at: ends.parse().unwrap(),
            break_starts_at: None,
            break_ends_at: None,
        };
        // One to five in the morning in Belgrade: three hours in March, five in October.
        let spring = night("2026-03-29T00:00:00Z", "2026-03-29T03:00:00Z");
        let autumn = night("2026-10-24T23:00:00Z", "2026-10-25T04:00:00Z");
        for (shift, hours) in [(spring, 3), (autumn, 5)] {
            let (from, to) = (shift.starts_at, shift.ends_at);
            assert_eq!(shift.working_minutes(from, to), hours * 60);
            assert_eq!(shift.after_working(from, hours * 60), to);
            let (event, at) = shift.next_event(from).unwrap();
            assert_eq!(event, ShiftEvent::End);
            assert_eq!(at - from, TimeDelta::hours(hours));
        }
    }
}
