//! Which step of a dead saga a person may change.

use super::{MessageDetail, MessageState, StepState};

/// Why a step stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FixedStep {
    /// The saga has no such step.
    Missing(i16),
    /// Everything is taken back and none was refused: which one is meant has to be said.
    Unnamed,
    /// What was accepted is being taken back.
    TakingBack,
    /// It stands in the other system.
    Accepted(i16),
    /// It may stand in the other system.
    InDoubt(i16),
    /// The saga does not stand at it, but at this one.
    Elsewhere(i16),
}

/// The step of a dead saga that is changed: the one that is wanted, else the one at which the saga stands. Only what
/// certainly does not stand in the other system is changed, so that a step is always found and taken back as it was
/// written. `in_doubt` is whether the step at which it stands may have been written.
///
/// # Errors
/// Why none is.
pub fn step_to_edit(
    states: &[StepState],
    undoing: bool,
    in_doubt: bool,
    wanted: Option<i16>,
) -> Result<i16, FixedStep> {
    use StepState::{Accepted, Refused, Unknown};
    let first = |fits: &dyn Fn(StepState) -> bool| {
        let mut steps = (1_i16..).zip(states.iter().copied());
        steps.find(|(_, state)| fits(*state)).map(|(step, _)| step)
    };
    if undoing && first(&|state: StepState| matches!(state, Accepted | Unknown)).is_some() {
        return Err(FixedStep::TakingBack);
    }
    let here = match undoing {
        true => first(&|state: StepState| state == Refused),
        false => first(&|state: StepState| state != Accepted),
    };
    let step = wanted.or(here).ok_or(FixedStep::Unnamed)?;
    let state = (1_i16..).zip(states).find(|(number, _)| *number == step);
    let (_, state) = state.ok_or(FixedStep::Missing(step))?;
    match here {
        _ if undoing => Ok(step),
        _ if *state == Accepted => Err(FixedStep::Accepted(step)),
        Some(here) if here != step => Err(FixedStep::Elsewhere(here)),
        _ if in_doubt || *state == Unknown => Err(FixedStep::InDoubt(step)),
        _ => Ok(step),
    }
}

impl MessageDetail {
    /// Whether a person may change what this step of it writes.
    pub fn can_edit(&self, step: i16) -> bool {
        let states: Vec<StepState> = self.steps.iter().map(|step| step.state).collect();
        let dead = self.message.state == MessageState::Dead;
        dead && step_to_edit(&states, self.undoing, self.outcome_unknown, Some(step)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use StepState::{Accepted, Refused, Undone, Unknown, Waiting};

    #[test]
    fn a_saga_that_is_not_taken_back_is_changed_where_it_stands_and_nowhere_else() {
        let edit = |states: &[StepState], wanted| step_to_edit(states, false, false, wanted);
        let stands = [Accepted, Waiting, Waiting];
        assert_eq!(edit(&stands, None), Ok(2));
        assert_eq!(edit(&stands, Some(2)), Ok(2));
        assert_eq!(edit(&stands, Some(1)), Err(FixedStep::Accepted(1)));
        assert_eq!(edit(&stands, Some(3)), Err(FixedStep::Elsewhere(2)));
        assert_eq!(edit(&stands, Some(4)), Err(FixedStep::Missing(4)));
        assert_eq!(edit(&stands, Some(0)), Err(FixedStep::Missing(0)));
        assert_eq!(edit(&[Refused, Waiting], None), Ok(1));
        let in_doubt = step_to_edit(&stands, false, true, None);
        assert_eq!(in_doubt, Err(FixedStep::InDoubt(2)));
    }

    #[test]
    fn a_saga_that_is_taken_back_is_changed_anywhere_once_nothing_of_it_is_left() {
        let edit = |states: &[StepState], wanted| step_to_edit(states, true, true, wanted);
        assert_eq!(edit(&[Undone, Refused, Waiting], None), Ok(2));
        assert_eq!(edit(&[Undone, Refused, Waiting], Some(1)), Ok(1));
        assert_eq!(edit(&[Undone, Undone], None), Err(FixedStep::Unnamed));
        assert_eq!(edit(&[Undone, Undone], Some(2)), Ok(2));
        for left in [Accepted, Unknown] {
            assert_eq!(edit(&[left, Refused], None), Err(FixedStep::TakingBack));
            assert_eq!(edit(&[left, Refused], Some(2)), Err(FixedStep::TakingBack));
        }
    }
}
