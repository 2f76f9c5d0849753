//! Whether the ERP has what the floor did, in words, and what can be done.

use super::{DocumentSource, DocumentStatus, DocumentSummary};
use crate::outbox::MessageState;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where the result of a document is on its way to the ERP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ErpState {
    /// The floor is not done yet.
    NotDue,
    /// Nothing of it has to get there.
    NotNeeded,
    /// A person has to enter it.
    Waits,
    /// It is on its way.
    Sending,
    /// The ERP has it: by itself, or because a person entered it.
    Entered,
}

/// The newest message that carries the result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnItsWay {
    /// The message.
    pub id: Uuid,
    /// Where it stands.
    pub state: MessageState,
    /// Why its last attempt failed.
    pub error: Option<String>,
}

/// A message with a result that the ERP does not have yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnsentResult {
    /// The message.
    pub id: Uuid,
    /// Where it stands: a dead one is tried again or discarded by a person.
    pub state: MessageState,
    /// An attempt failed.
    pub failed: bool,
}

impl UnsentResult {
    fn of(way: &OnItsWay) -> Option<Self> {
        let gone = matches!(way.state, MessageState::Completed | MessageState::Discarded);
        (!gone).then(|| Self {
            id: way.id,
            state: way.state,
            failed: way.error.is_some(),
        })
    }
}

/// What a person said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnteredByHand {
    /// When it was said.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: String,
    /// How, or under which number.
    pub note: String,
}

/// What is known of a document's result in the ERP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErpEntry {
    /// Where it is.
    pub state: ErpState,
    /// The same as a sentence.
    pub text: String,
    /// What can be done about it.
    pub todo: Option<String>,
    /// What a person said.
    pub entered: Option<EnteredByHand>,
    /// The message with the result, while that is on its way or was given up.
    pub unsent: Option<UnsentResult>,
}

/// Fewest and most characters of a note.
pub const NOTE_LENGTH: std::ops::RangeInclusive<usize> = 3..=500;

impl ErpEntry {
    /// Of a document that came from the connection `erp`. Results go back by themselves where the
    /// connection is set to; else a person enters them.
    pub fn of(
        document: &DocumentSummary,
        erp: &str,
        entered: Option<EnteredByHand>,
        way: Option<&OnItsWay>,
    ) -> Self {
        let (state, text, todo) = if let Some(entered) = &entered {
            let text = if entered.by == erp {
                format!("{erp} took it as {}.", entered.note)
            } else {
                format!("{} entered it in {erp}: {}", entered.by, entered.note)
            };
            (ErpState::Entered, text, None)
        } else if document.source == DocumentSource::Test {
            let text = format!("It was made here to try things out; {erp} does not know it.");
            (ErpState::NotNeeded, text, None)
        } else if document.status == DocumentStatus::Cancelled {
            let text = format!("It was cancelled, so there is nothing to tell {erp}.");
            (ErpState::NotNeeded, text, None)
        } else if document.lines_wms == 0 {
            let text = format!("None of its lines is floor work here, so {erp} is told nothing.");
            (ErpState::NotNeeded, text, None)
        } else if !document.status.is_final() {
            let text =
                format!("The floor is not done with it, so {erp} has not been told anything.");
            (ErpState::NotDue, text, None)
        } else if let Some(sent) = way.and_then(|way| sent(way, erp)) {
            sent
        } else {
            let text = format!(
                "The floor is done, and {erp} does not know it: this result is not sent by itself."
            );
            (ErpState::Waits, text, Some(todo(document, erp)))
        };
        let due = matches!(state, ErpState::Sending | ErpState::Waits);
        Self {
            state,
            text,
            todo,
            entered,
            unsent: way.filter(|_| due).and_then(UnsentResult::of),
        }
    }
}

/// A result that waits, or that was given up; none when nothing of it is under way.
fn sent(way: &OnItsWay, erp: &str) -> Option<(ErpState, String, Option<String>)> {
    let error = way.error.as_deref();
    match way.state {
        MessageState::Pending | MessageState::InProgress => {
            let failed = error.map(|error| format!(" The last attempt failed: {error}"));
            let text = format!(
                "The floor is done, and the result is on its way to {erp}.{}",
                failed.unwrap_or_default()
            );
            Some((ErpState::Sending, text, None))
        }
        MessageState::Dead => {
            let text = format!(
                "The floor is done, and the result did not get to {erp}: {}",
                error.unwrap_or("it was given up.")
            );
            let todo = "Try it again, or discard it and enter by hand what was done.";
            Some((ErpState::Waits, text, Some(todo.to_owned())))
        }
        MessageState::Completed | MessageState::Discarded => None,
    }
}

fn todo(document: &DocumentSummary, erp: &str) -> String {
    let short = i64::from(document.lines_wms - document.lines_done);
    let lines = match short {
        0 => "All lines are done as asked for.".to_owned(),
        1 => "One line is not done as asked for.".to_owned(),
        more => format!("{more} lines are not done as asked for."),
    };
    format!(
        "{lines} Enter what was done in {erp} (CSV and Excel hold the figures), then mark it as entered here."
    )
}
