//! How the systems that messages go to are doing, as this node sees it. Messages of a lane that is
//! full or paused are not claimed: waiting there costs no attempt. A program that takes what it gets
//! is given more at once, until it fails; accounts at ERPs are paced by their connectors and keep
//! their places.

use super::bounded;
use super::destination::Outcome;
use chrono::{DateTime, TimeDelta, Utc};
use domain::delivery::BreakerLimits;
use domain::outbox::Cause;
use std::collections::HashMap;
use store::outbox::{Marks, PLACES, Room};

/// Messages on their way to one system at most.
const MOST: usize = 128;
/// How long failures in a row pause it, unless the system has its own way.
const PAUSE: TimeDelta = TimeDelta::seconds(20);

/// How a system is treated.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    /// When failures in a row pause what goes to it; none never do.
    pub breaker: Option<BreakerLimits>,
    /// It may be given more at once.
    pub widens: bool,
}

#[derive(Debug)]
struct Lane {
    flying: usize,
    /// What it begins with, and falls back to.
    usual: usize,
    places: usize,
    failures: u32,
    /// Until when failures pause it.
    paused_until: Option<DateTime<Utc>>,
    /// When it asked to be called again; what it accepts meanwhile takes nothing of that back.
    asked_until: Option<DateTime<Utc>>,
    /// Failures paused it, and no answer came since.
    broken: bool,
}

impl Default for Lane {
    fn default() -> Self {
        Self {
            flying: 0,
            usual: PLACES,
            places: PLACES,
            failures: 0,
            paused_until: None,
            asked_until: None,
            broken: false,
        }
    }
}

impl Lane {
    fn room(&self, now: DateTime<Utc>) -> usize {
        let pauses = [self.paused_until, self.asked_until];
        if pauses.into_iter().flatten().any(|until| now < until) {
            return 0;
        }
        // After a pause, one message tries first.
        let places = if self.broken { 1 } else { self.places };
        places.saturating_sub(self.flying)
    }

    /// Takes over how many messages the system is to get at once.
    fn fit(&mut self, at_once: Option<usize>) {
        let usual = at_once.unwrap_or(PLACES);
        if usual != self.usual {
            (self.usual, self.places) = (usual, usual);
        }
    }

    /// An attempt failed.
    fn fail(&mut self, limits: BreakerLimits, now: DateTime<Utc>) {
        self.places = self.usual;
        self.failures += 1;
        if self.failures >= limits.failures {
            self.broken = true;
            let pause = limits.pause.map_or(PAUSE, |pause| bounded(Some(pause)));
            self.paused_until = Some(now + pause);
        }
    }

    /// One place more for each message that arrives while they are used: up to twice as many after
    /// each answer time.
    fn widen(&mut self) {
        if self.flying * 4 >= self.places {
            self.places = (self.places + 1).min(MOST);
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Lanes(HashMap<String, Lane>);

impl Lanes {
    /// What is still to be claimed, and from where on, for the lanes of which something is known.
    pub(super) fn rooms(&self, marks: &Marks, now: DateTime<Utc>) -> Vec<Room> {
        let marks = &marks.lanes;
        let unused = marks.keys().filter(|name| !self.0.contains_key(*name));
        let names = self.0.keys().chain(unused);
        let room = |name: &String| Room {
            lane: name.clone(),
            places: self.0.get(name).map(|lane| lane.room(now)),
            since: marks.get(name).copied().unwrap_or_default(),
        };
        names.map(room).collect()
    }

    /// A message is on its way; `at_once` is how many the system is to get, where it says so.
    pub(super) fn start(&mut self, name: &str, at_once: Option<usize>) {
        let lane = self.0.entry(name.to_owned()).or_default();
        lane.fit(at_once);
        lane.flying += 1;
    }

    /// An attempt ended.
    pub(super) fn end(
        &mut self,
        name: &str,
        outcome: &Outcome,
        manner: Manner,
        now: DateTime<Utc>,
    ) {
        let lane = self.0.entry(name.to_owned()).or_default();
        match (outcome, manner.breaker) {
            // The system is well, and so is all else that goes to it.
            (Outcome::Postponed { alone: true, .. }, _) => {}
            (Outcome::Postponed { wait, .. }, _) => {
                lane.places = lane.usual;
                lane.asked_until = lane.asked_until.max(Some(now + bounded(*wait)));
            }
            (
                Outcome::Failed {
                    cause: Cause::Timeout | Cause::Unreachable | Cause::UpstreamError,
                    ..
                },
                Some(limits),
            ) => lane.fail(limits, now),
            _ => {
                lane.failures = 0;
                lane.paused_until = None;
                lane.broken = false;
                if manner.widens && matches!(outcome, Outcome::Delivered(_)) {
                    lane.widen();
                }
            }
        }
        lane.flying = lane.flying.saturating_sub(1);
        let nothing_to_remember = lane.flying == 0
            && lane.failures == 0
            && lane.paused_until.is_none()
            && lane.asked_until.is_none_or(|until| until <= now)
            && lane.places == lane.usual;
        if nothing_to_remember {
            self.0.remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LANE: &str = "webhook:1";
    const LIMITS: BreakerLimits = BreakerLimits {
        failures: 3,
        pause: None,
    };
    const PROGRAM: Manner = Manner {
        breaker: Some(LIMITS),
        widens: true,
    };
    const ACCOUNT: Manner = Manner {
        breaker: Some(LIMITS),
        widens: false,
    };
    const UNGUARDED: Manner = Manner {
        breaker: None,
        widens: false,
    };

    fn failed() -> Outcome {
        Outcome::Failed {
            cause: Cause::Timeout,
            error: String::new(),
            unknown: true,
        }
    }

    fn delivered() -> Outcome {
        Outcome::Delivered(serde_json::Value::Null)
    }

    fn room(lanes: &Lanes, now: DateTime<Utc>) -> usize {
        let rooms = lanes.rooms(&Marks::default(), now);
        let known = rooms.into_iter().find(|room| room.lane == LANE);
        known.and_then(|room| room.places).unwrap_or(PLACES)
    }

    /// As many at once as there is room for, all answered the same way.
    fn fill(lanes: &mut Lanes, outcome: &Outcome, manner: Manner, now: DateTime<Utc>) -> usize {
        let count = room(lanes, now);
        (0..count).for_each(|_| lanes.start(LANE, None));
        (0..count).for_each(|_| lanes.end(LANE, outcome, manner, now));
        count
    }

    #[test]
    fn three_failures_in_a_row_pause_a_lane_and_one_message_tries_it_again() {
        let (mut lanes, now) = (Lanes::default(), DateTime::UNIX_EPOCH);
        for _ in 0..LIMITS.failures {
            lanes.start(LANE, None);
            lanes.end(LANE, &failed(), PROGRAM, now);
        }
        assert_eq!(room(&lanes, now), 0);
        let later = now + PAUSE;
        assert_eq!(room(&lanes, later), 1);
        lanes.start(LANE, None);
        assert_eq!(room(&lanes, later), 0, "one at a time");
        lanes.end(LANE, &delivered(), PROGRAM, later);
        assert_eq!(room(&lanes, later), PLACES);
    }

    #[test]
    fn a_lane_pauses_after_as_many_failures_and_as_long_as_its_system_says() {
        let (mut lanes, now) = (Lanes::default(), DateTime::UNIX_EPOCH);
        let pause = TimeDelta::minutes(5);
        let patient = Manner {
            breaker: Some(BreakerLimits {
                failures: 5,
                pause: pause.to_std().ok(),
            }),
            widens: false,
        };
        for failures in 1..=5 {
            assert_eq!(room(&lanes, now), PLACES, "after {failures}");
            lanes.start(LANE, None);
            lanes.end(LANE, &failed(), patient, now);
        }
        assert_eq!(room(&lanes, now + pause - TimeDelta::seconds(1)), 0);
        assert_eq!(room(&lanes, now + pause), 1, "one tries again");
    }

    #[test]
    fn a_lane_has_as_many_places_as_its_system_says() {
        let (mut lanes, now) = (Lanes::default(), DateTime::UNIX_EPOCH);
        lanes.start(LANE, Some(2));
        assert_eq!(room(&lanes, now), 1);
        lanes.start(LANE, Some(2));
        assert_eq!(room(&lanes, now), 0);
        lanes.end(LANE, &failed(), ACCOUNT, now);
        assert_eq!(room(&lanes, now), 1, "a failure gives no places back");
        lanes.start(LANE, Some(20));
        assert_eq!(room(&lanes, now), 18, "it was changed meanwhile");
    }

    #[test]
    fn a_lane_without_a_breaker_is_never_paused_by_failures() {
        let (mut lanes, now) = (Lanes::default(), DateTime::UNIX_EPOCH);
        for _ in 0..9 {
            lanes.start(LANE, None);
            lanes.end(LANE, &failed(), UNGUARDED, now);
        }
        assert_eq!(room(&lanes, now), PLACES);
    }

    fn postponed(wait: u64, alone: bool) -> Outcome {
        Outcome::Postponed {
            error: String::new(),
            wait: Some(std::time::Duration::from_secs(wait)),
            unknown: false,
            alone,
        }
    }

    #[test]
    fn what_a_system_accepts_while_it_asked_to_wait_does_not_end_the_wait() {
        let (mut lanes, now) = (Lanes::default(), DateTime::UNIX_EPOCH);
        (0..3).for_each(|_| lanes.start(LANE, None));
        lanes.end(LANE, &postponed(60, false), ACCOUNT, now);
        lanes.end(LANE, &postponed(30, false), ACCOUNT, now);
        lanes.end(LANE, &delivered(), ACCOUNT, now);
        assert_eq!(room(&lanes, now + TimeDelta::seconds(59)), 0);
        assert_eq!(room(&lanes, now + TimeDelta::seconds(60)), PLACES);
    }

    #[test]
    fn a_record_that_somebody_holds_pauses_nothing_else() {
        let (mut lanes, now) = (Lanes::default(), DateTime::UNIX_EPOCH);
        lanes.start(LANE, None);
        lanes.end(LANE, &postponed(30, true), ACCOUNT, now);
        assert_eq!(room(&lanes, now), PLACES);
    }

    #[test]
    fn a_slow_system_takes_no_more_than_its_places() {
        let (mut lanes, now) = (Lanes::default(), DateTime::UNIX_EPOCH);
        for _ in 0..PLACES {
            lanes.start(LANE, None);
        }
        assert_eq!(room(&lanes, now), 0);
    }

    #[test]
    fn a_program_that_takes_what_it_gets_is_given_more_until_it_fails() {
        let (mut lanes, now) = (Lanes::default(), DateTime::UNIX_EPOCH);
        let widths: Vec<usize> = (0..12)
            .map(|_| fill(&mut lanes, &delivered(), PROGRAM, now))
            .collect();
        assert!(widths.is_sorted(), "{widths:?}");
        assert_eq!(widths.last(), Some(&MOST));
        lanes.start(LANE, None);
        lanes.end(LANE, &failed(), PROGRAM, now);
        assert_eq!(room(&lanes, now), PLACES);
    }

    #[test]
    fn an_account_at_an_erp_keeps_its_places_however_well_it_answers() {
        let (mut lanes, now) = (Lanes::default(), DateTime::UNIX_EPOCH);
        for _ in 0..9 {
            assert_eq!(fill(&mut lanes, &delivered(), ACCOUNT, now), PLACES);
        }
    }
}
