//! How the systems that messages go to are doing, as this node sees it. Messages of a lane that is
//! full or paused are not claimed: waiting there costs no attempt. A program that takes what it gets
//! is given more at once, until it fails; accounts at ERPs are paced by their connectors and keep
//! their places.

use super::bounded;
use super::destination::Outcome;
use chrono::{DateTime, TimeDelta, Utc};
use domain::outbox::Cause;
use std::collections::HashMap;
use store::outbox::{PLACES, Room};

/// Messages on their way to one system at most.
const MOST: usize = 128;
/// Failures in a row that pause it.
const FAILURES: u32 = 3;
/// How long.
const PAUSE: TimeDelta = TimeDelta::seconds(20);

#[derive(Debug)]
struct Lane {
    flying: usize,
    places: usize,
    failures: u32,
    paused_until: Option<DateTime<Utc>>,
}

impl Default for Lane {
    fn default() -> Self {
        Self {
            flying: 0,
            places: PLACES,
            failures: 0,
            paused_until: None,
        }
    }
}

impl Lane {
    fn room(&self, now: DateTime<Utc>) -> usize {
        if self.paused_until.is_some_and(|until| now < until) {
            return 0;
        }
        // After a pause, one message tries first.
        let places = if self.failures >= FAILURES {
            1
        } else {
            self.places
        };
        places.saturating_sub(self.flying)
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
    /// What is still to be claimed for the lanes that are known.
    pub(super) fn rooms(&self, now: DateTime<Utc>) -> Vec<Room> {
        let room = |(name, lane): (&String, &Lane)| Room {
            lane: name.clone(),
            places: lane.room(now),
        };
        self.0.iter().map(room).collect()
    }

    pub(super) fn start(&mut self, name: &str) {
        self.0.entry(name.to_owned()).or_default().flying += 1;
    }

    /// An attempt ended; `widens` for systems that may be given more at once.
    pub(super) fn end(&mut self, name: &str, outcome: &Outcome, widens: bool, now: DateTime<Utc>) {
        let lane = self.0.entry(name.to_owned()).or_default();
        match outcome {
            Outcome::Postponed { wait, .. } => {
                lane.places = PLACES;
                lane.paused_until = Some(now + bounded(*wait));
            }
            Outcome::Failed {
                cause: Cause::Timeout | Cause::Unreachable | Cause::UpstreamError,
                ..
            } => {
                lane.places = PLACES;
                lane.failures += 1;
                if lane.failures >= FAILURES {
                    lane.paused_until = Some(now + PAUSE);
                }
            }
            _ => {
                lane.failures = 0;
                lane.paused_until = None;
                if widens && matches!(outcome, Outcome::Delivered(_)) {
                    lane.widen();
                }
            }
        }
        lane.flying = lane.flying.saturating_sub(1);
        let nothing_to_remember = lane.flying == 0
            && lane.failures == 0
            && lane.paused_until.is_none()
            && lane.places == PLACES;
        if nothing_to_remember {
            self.0.remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LANE: &str = "webhook:1";

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
        let rooms = lanes.rooms(now);
        let known = rooms.iter().find(|room| room.lane == LANE);
        known.map_or(PLACES, |room| room.places)
    }

    /// As many at once as there is room for, all answered the same way.
    fn fill(lanes: &mut Lanes, outcome: &Outcome, widens: bool, now: DateTime<Utc>) -> usize {
        let count = room(lanes, now);
        (0..count).for_each(|_| lanes.start(LANE));
        (0..count).for_each(|_| lanes.end(LANE, outcome, widens, now));
        count
    }

    #[test]
    fn three_failures_in_a_row_pause_a_lane_and_one_message_tries_it_again() {
        let (mut lanes, now) = (Lanes::default(), DateTime::UNIX_EPOCH);
        for _ in 0..FAILURES {
            lanes.start(LANE);
            lanes.end(LANE, &failed(), true, now);
        }
        assert_eq!(room(&lanes, now), 0);
        let later = now + PAUSE;
        assert_eq!(room(&lanes, later), 1);
        lanes.start(LANE);
        assert_eq!(room(&lanes, later), 0, "one at a time");
        lanes.end(LANE, &delivered(), true, later);
        assert_eq!(room(&lanes, later), PLACES);
    }

    #[test]
    fn a_slow_system_takes_no_more_than_its_places() {
        let (mut lanes, now) = (Lanes::default(), DateTime::UNIX_EPOCH);
        for _ in 0..PLACES {
            lanes.start(LANE);
        }
        assert_eq!(room(&lanes, now), 0);
    }

    #[test]
    fn a_program_that_takes_what_it_gets_is_given_more_until_it_fails() {
        let (mut lanes, now) = (Lanes::default(), DateTime::UNIX_EPOCH);
        let widths: Vec<usize> = (0..12)
            .map(|_| fill(&mut lanes, &delivered(), true, now))
            .collect();
        assert!(widths.is_sorted(), "{widths:?}");
        assert_eq!(widths.last(), Some(&MOST));
        lanes.start(LANE);
        lanes.end(LANE, &failed(), true, now);
        assert_eq!(room(&lanes, now), PLACES);
    }

    #[test]
    fn an_account_at_an_erp_keeps_its_places_however_well_it_answers() {
        let (mut lanes, now) = (Lanes::default(), DateTime::UNIX_EPOCH);
        for _ in 0..9 {
            assert_eq!(fill(&mut lanes, &delivered(), false, now), PLACES);
        }
    }
}
