//! How the systems that messages go to are doing, as this node sees it. Messages of a lane that is
//! full or paused are not claimed: waiting there costs no attempt.

use super::bounded;
use super::destination::Outcome;
use chrono::{DateTime, TimeDelta, Utc};
use domain::outbox::Cause;
use std::collections::HashMap;

/// Messages on their way to one system.
const MOST: usize = 8;
/// Failures in a row that pause it.
const FAILURES: u32 = 3;
/// How long.
const PAUSE: TimeDelta = TimeDelta::seconds(20);

#[derive(Debug, Default)]
struct Lane {
    flying: usize,
    failures: u32,
    paused_until: Option<DateTime<Utc>>,
}

#[derive(Debug, Default)]
pub(super) struct Lanes(HashMap<String, Lane>);

impl Lanes {
    /// Those that nothing is to be claimed for. After a pause, one message tries first.
    pub(super) fn full(&self, now: DateTime<Utc>) -> Vec<String> {
        let full = |lane: &Lane| {
            let most = if lane.failures >= FAILURES { 1 } else { MOST };
            lane.flying >= most || lane.paused_until.is_some_and(|until| now < until)
        };
        let names = self.0.iter().filter(|(_, lane)| full(lane));
        names.map(|(name, _)| name.clone()).collect()
    }

    pub(super) fn start(&mut self, name: &str) {
        self.0.entry(name.to_owned()).or_default().flying += 1;
    }

    /// An attempt ended. Failures in a row pause the lane only where it is `guarded`.
    pub(super) fn end(&mut self, name: &str, outcome: &Outcome, guarded: bool, now: DateTime<Utc>) {
        let lane = self.0.entry(name.to_owned()).or_default();
        lane.flying = lane.flying.saturating_sub(1);
        match outcome {
            Outcome::Postponed { wait, .. } => lane.paused_until = Some(now + bounded(*wait)),
            Outcome::Failed {
                cause: Cause::Timeout | Cause::Unreachable | Cause::UpstreamError,
                ..
            } if guarded => {
                lane.failures += 1;
                if lane.failures >= FAILURES {
                    lane.paused_until = Some(now + PAUSE);
                }
            }
            _ => {
                lane.failures = 0;
                lane.paused_until = None;
                if lane.flying == 0 {
                    self.0.remove(name);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed() -> Outcome {
        Outcome::Failed {
            cause: Cause::Timeout,
            error: String::new(),
            unknown: true,
        }
    }

    #[test]
    fn three_failures_in_a_row_pause_a_lane_and_one_message_tries_it_again() {
        let (mut lanes, now) = (Lanes::default(), DateTime::UNIX_EPOCH);
        for _ in 0..3 {
            assert!(lanes.full(now).is_empty());
            lanes.start("webhook:1");
            lanes.end("webhook:1", &failed(), true, now);
        }
        assert_eq!(lanes.full(now), ["webhook:1"]);
        let later = now + PAUSE;
        assert!(lanes.full(later).is_empty());
        lanes.start("webhook:1");
        assert_eq!(lanes.full(later), ["webhook:1"], "one at a time");
        lanes.end(
            "webhook:1",
            &Outcome::Delivered(serde_json::Value::Null),
            true,
            later,
        );
        assert!(lanes.full(later).is_empty());
    }

    #[test]
    fn a_lane_without_a_breaker_is_never_paused_by_failures() {
        let (mut lanes, now) = (Lanes::default(), DateTime::UNIX_EPOCH);
        for _ in 0..9 {
            lanes.start("connection:1");
            lanes.end("connection:1", &failed(), false, now);
        }
        assert!(lanes.full(now).is_empty());
    }

    #[test]
    fn a_slow_system_takes_no_more_than_its_places() {
        let (mut lanes, now) = (Lanes::default(), DateTime::UNIX_EPOCH);
        for _ in 0..MOST {
            lanes.start("webhook:1");
        }
        assert_eq!(lanes.full(now), ["webhook:1"]);
    }
}
