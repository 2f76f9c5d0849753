//! What a person does on the floor: appended, never edited, safe to send twice.

use crate::document::DocumentStatus;
use crate::picking::{Refusal, TaskLine};
use crate::shortage::ShortageReason;
use crate::task::TaskState;
use crate::{CountLineId, LineId, OperationId, Quantity, TaskId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One act of a worker on a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OperationRequest {
    /// Made by the device; the same id twice changes nothing and answers the same.
    pub id: OperationId,
    /// The task worked on.
    pub task_id: TaskId,
    /// The device's clock; the server orders by receipt.
    pub made_at: DateTime<Utc>,
    /// The device's name.
    pub device: String,
    /// Done without a network: the person could not see what others did meanwhile.
    #[serde(default)]
    pub offline: bool,
    /// What was done.
    pub action: FloorAction,
}

impl OperationRequest {
    /// When it was done: as the device says when that was without a network, else when it arrived. Never
    /// after its arrival.
    pub fn happened_at(&self, arrived_at: DateTime<Utc>) -> DateTime<Utc> {
        match self.offline {
            true => self.made_at.min(arrived_at),
            false => arrived_at,
        }
    }
}

/// The acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum FloorAction {
    /// Take the task.
    Claim,
    /// Some of a line was picked or received.
    Pick {
        /// The line.
        line_id: LineId,
        /// How much, in the line's unit.
        quantity: Quantity,
        /// What was scanned; none when typed.
        scanned: Option<String>,
        /// The person confirmed taking more than requested.
        #[serde(default)]
        over_confirmed: bool,
    },
    /// Some of an item that is not on the receipt came with it.
    Unexpected {
        /// What was scanned or typed: says which item it is.
        scanned: String,
        /// How much, in the item's unit.
        quantity: Quantity,
    },
    /// Received goods of a line were put on a location.
    PutAway {
        /// The receipt's line.
        line_id: LineId,
        /// How much, in the line's unit.
        quantity: Quantity,
        /// The location's code, as scanned or typed.
        location: String,
        /// Where the device said it belongs.
        #[serde(default)]
        suggested: Option<String>,
        /// The person confirmed putting it elsewhere.
        #[serde(default)]
        other_confirmed: bool,
        /// Elsewhere because the suggested location is full: it is not suggested again until something
        /// left it.
        #[serde(default)]
        full: bool,
    },
    /// Something was counted; the act is on no task, its `task_id` is 0.
    Count {
        /// What was to be counted.
        line: CountLineId,
        /// What is there.
        quantity: Quantity,
    },
    /// The rest of a line is missing.
    Short {
        /// The line.
        line_id: LineId,
        /// Why.
        reason: ShortageReason,
        /// In words; required for "other".
        text: Option<String>,
    },
    /// Take an earlier act back.
    Undo {
        /// The act.
        operation_id: OperationId,
    },
    /// Close the task and its document.
    Finish {
        /// The person confirmed finishing with lines missing.
        #[serde(default)]
        partial_confirmed: bool,
    },
    /// Tell the lead what is wrong. It moves no goods: it is kept among the exceptions.
    Report {
        /// The line at hand, if any.
        line_id: Option<LineId>,
        /// In words, 1 to 200 characters.
        text: String,
    },
}

impl FloorAction {
    /// The stable word of the API.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Pick { .. } => "pick",
            Self::Unexpected { .. } => "unexpected",
            Self::PutAway { .. } => "put_away",
            Self::Count { .. } => "count",
            Self::Short { .. } => "short",
            Self::Undo { .. } => "undo",
            Self::Finish { .. } => "finish",
            Self::Report { .. } => "report",
        }
    }

    /// The word it is kept and counted under: once its line is known, what came unexpected is a pick.
    pub fn counts_as(&self) -> &'static str {
        match self {
            Self::Unexpected { .. } => "pick",
            other => other.kind(),
        }
    }

    /// What was scanned to do it, if anything.
    pub fn scanned(&self) -> Option<&str> {
        match self {
            Self::Pick { scanned, .. } => scanned.as_deref(),
            Self::Unexpected { scanned, .. } => Some(scanned),
            Self::PutAway { location, .. } => Some(location),
            _ => None,
        }
    }
}

/// What came of an operation; stored, and returned again for the same id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OperationAnswer {
    /// The operation.
    pub id: OperationId,
    /// Whether it took effect.
    pub outcome: Outcome,
    /// The line afterwards.
    pub line: Option<TaskLine>,
    /// The task afterwards.
    pub task_state: TaskState,
    /// The document afterwards.
    pub document_status: DocumentStatus,
}

/// Whether an operation took effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Outcome {
    /// It did.
    Accepted,
    /// A lead decides: it was done without a network, and does not fit what happened meanwhile.
    Review {
        /// One plain sentence for the screen.
        message: String,
    },
    /// It did not; nothing changed.
    Refused {
        /// Why.
        refusal: Refusal,
        /// One plain sentence for the screen.
        message: String,
    },
}

/// The last act a person can take back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UndoableOperation {
    /// The act.
    pub id: OperationId,
    /// What it was, in words.
    pub text: String,
}
