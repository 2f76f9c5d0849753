//! What goes to test systems and what does not, and that a copy is tried once.

use super::destination::Outcome;
use domain::outbox::Cause;
use store::outbox::Claimed;

/// Why a message does not belong to an account that is a test system, or is none: it became so after the message was
/// queued.
pub(super) fn misplaced(message: &Claimed, test_system: bool) -> Option<&'static str> {
    match (message.rehearsal, test_system) {
        (true, false) => Some(
            "This copy was for a test system, and its connection is none any more: nothing was sent.",
        ),
        (false, true) if message.result => Some(
            "Its connection is a test system now, which takes no results of documents: nothing was sent. Discard this if \
             the ERP is to be told in another way; else say in the connection's settings that it is no test system, and \
             try again.",
        ),
        _ => None,
    }
}

/// A copy was tried once a call was made: what only asks it to come later ends it too.
pub(super) fn tried_once(outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Postponed {
            error,
            unknown: true,
            ..
        } => Outcome::Failed {
            cause: Cause::UpstreamError,
            error,
            unknown: true,
        },
        Outcome::Postponed { error, .. } => Outcome::Failed {
            cause: Cause::Busy,
            error,
            unknown: false,
        },
        other => other,
    }
}
