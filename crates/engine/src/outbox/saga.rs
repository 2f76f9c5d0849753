//! Sagas of several steps: one message that is at one step at a time. Steps go forward in their
//! order; when one fails for good, those that were accepted are taken back, the last one first. Where
//! it stands is written with each attempt, in the same transaction, so that any worker can go on.

use super::destination::{Delivery, Outcome};
use connectors::Direction;
use domain::ConnectionId;
use domain::outbox::StepState;
use store::outbox::{Claimed, StepDone, StepForWork, Target, Verdict};

/// Where in a saga an attempt was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Which step.
    pub step: i16,
    /// Written, or taken back.
    pub direction: Direction,
    /// Where the step after it goes, on the way forward.
    pub next: Option<ConnectionId>,
    /// Where the step that is taken back after it stands; none when nothing is accepted before it.
    pub before: Option<ConnectionId>,
}

/// The step to be at, and its place; none when nothing is left to do.
pub(super) fn current(steps: &[StepForWork], undoing: bool) -> Option<(&StepForWork, Place)> {
    let written =
        |step: &&StepForWork| matches!(step.state, StepState::Accepted | StepState::Unknown);
    let (step, direction) = if undoing {
        (steps.iter().rev().find(written)?, Direction::Undo)
    } else {
        let waits = |step: &&StepForWork| step.state == StepState::Waiting;
        (steps.iter().find(waits)?, Direction::Do)
    };
    let earlier = steps.iter().rev().filter(|one| one.step < step.step);
    let place = Place {
        step: step.step,
        direction,
        next: steps
            .iter()
            .find(|one| one.step > step.step)
            .map(|one| one.connection),
        before: earlier.filter(written).map(|one| one.connection).next(),
    };
    Some((step, place))
}

/// What an attempt means for its saga, given what it means for a message of its own.
pub(super) fn verdict(
    message: &Claimed,
    delivery: &Delivery,
    plain: Verdict,
) -> (Verdict, Option<StepDone>) {
    let Some(place) = delivery.place.as_deref().copied() else {
        return (plain, None);
    };
    let done = |state, acceptance| {
        Some(StepDone {
            step: place.step,
            state,
            acceptance,
        })
    };
    match (place.direction, plain) {
        (Direction::Do, Verdict::Delivered(answer)) => {
            let verdict = match place.next {
                Some(next) => Verdict::Next(next),
                None => Verdict::Delivered(answer.clone()),
            };
            (verdict, done(StepState::Accepted, Some(answer)))
        }
        (Direction::Do, Verdict::Dead) => {
            let unknown = message.outcome_unknown || delivery.outcome.is_unknown();
            let (state, back) = match (unknown, message.target) {
                // It may stand there: it is looked for and taken back as well.
                (true, Target::Connection(here)) => (StepState::Unknown, Some(here)),
                _ => (StepState::Refused, place.before),
            };
            let verdict = back.map_or(Verdict::Dead, Verdict::TakeBack);
            (verdict, done(state, None))
        }
        (Direction::Undo, Verdict::Delivered(_)) => {
            let verdict = place.before.map_or(Verdict::TakenBack, Verdict::Next);
            (verdict, done(StepState::Undone, None))
        }
        (_, other) => (other, None),
    }
}

/// Nothing is left to do: the last attempt was written, and what it meant was not understood.
pub(super) fn finished(undoing: bool) -> Outcome {
    if undoing {
        return Outcome::Fatal {
            cause: domain::outbox::Cause::Rejected,
            error: "Everything that was written is taken back.".to_owned(),
        };
    }
    Outcome::Delivered(serde_json::json!({ "number": "all steps" }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn steps(states: &[StepState]) -> Vec<StepForWork> {
        (1..)
            .zip(states)
            .map(|(step, state)| StepForWork {
                step,
                event_type: "inventory.product.upsert".to_owned(),
                connection: ConnectionId(i64::from(step)),
                payload: Value::Null,
                state: *state,
                acceptance: None,
                round: 0,
            })
            .collect()
    }

    #[test]
    fn steps_go_forward_in_their_order_and_back_from_the_last_that_is_written() {
        use StepState::{Accepted, Refused, Undone, Unknown, Waiting};
        let at = |states: &[StepState], undoing| {
            current(&steps(states), undoing).map(|(_, place)| place.step)
        };
        assert_eq!(at(&[Waiting, Waiting], false), Some(1));
        assert_eq!(at(&[Accepted, Waiting], false), Some(2));
        assert_eq!(at(&[Accepted, Accepted, Refused], true), Some(2));
        assert_eq!(at(&[Accepted, Accepted, Unknown], true), Some(3));
        assert_eq!(at(&[Accepted, Undone, Undone], true), Some(1));
        assert_eq!(at(&[Undone, Undone, Refused], true), None);
    }

    #[test]
    fn the_first_step_has_nothing_before_it_and_the_last_nothing_after() {
        use StepState::{Accepted, Waiting};
        let (first, last) = (steps(&[Waiting, Waiting]), steps(&[Accepted, Waiting]));
        let (_, first) = current(&first, false).unwrap();
        assert_eq!((first.before, first.next), (None, Some(ConnectionId(2))));
        let (_, last) = current(&last, false).unwrap();
        assert_eq!((last.before, last.next), (Some(ConnectionId(1)), None));
    }
}
