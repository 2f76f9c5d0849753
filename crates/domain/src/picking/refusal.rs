//! Why an act on a line is not accepted.

use crate::Quantity;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Why an act was not accepted. Each has one sentence for the screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "rule")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Refusal {
    /// The task is finished or withdrawn.
    #[error("This task is already closed.")]
    TaskClosed,
    /// Somebody else works on it.
    #[error("{holder} works on this task.")]
    HeldByOther {
        /// The colleague's name.
        holder: String,
    },
    /// It was given to somebody else.
    #[error("This task is not yours. Ask your lead to assign it to you.")]
    NotYours,
    /// The lead gave it to somebody else while this device worked on it.
    #[error("Your lead gave this task to {holder}. What you did until then is kept.")]
    GivenAway {
        /// Who has it now, or "nobody".
        holder: String,
    },
    /// The line is not part of the task.
    #[error("This line is not part of the task any more.")]
    LineNotOnTask,
    /// Nothing was entered.
    #[error("Enter a quantity above zero, or report the line as short.")]
    ZeroQuantity,
    /// Pieces cannot be split.
    #[error("{uom} is counted in whole numbers.")]
    Indivisible {
        /// The unit.
        uom: String,
    },
    /// More than requested; the person has to confirm.
    #[error("Only {remaining} left to pick. Confirm to take {asked}.")]
    MoreThanRequested {
        /// Still to do.
        remaining: Decimal,
        /// Entered.
        asked: Quantity,
    },
    /// The scanned code belongs to something else.
    #[error("{scanned} is not {item_code}.")]
    WrongItem {
        /// Scanned.
        scanned: String,
        /// Expected.
        item_code: String,
    },
    /// The label cannot be what it says it is.
    #[error("{problem}")]
    BadLabel {
        /// What is wrong and what to do.
        problem: String,
    },
    /// The goods are out of date.
    #[error(
        "These goods were good until {on}. Put them aside and take others, or report the line short."
    )]
    Expired {
        /// Their last day.
        on: NaiveDate,
    },
    /// One serial number stands for one thing.
    #[error("A serial number stands for one. Scan each.")]
    OneSerial,
    /// The same thing cannot be taken twice.
    #[error("Serial number {serial} was scanned on this document already. Scan another one.")]
    SerialTwice {
        /// The number.
        serial: String,
    },
    /// What is not asked for is never picked.
    #[error("Only a receipt takes goods that are not on the document. Put it back.")]
    NotReceiving,
    /// No item answers to the code.
    #[error("No item is known under {scanned}. Put it aside and tell your lead.")]
    UnknownItem {
        /// Scanned.
        scanned: String,
    },
    /// "Other" needs words.
    #[error("Say in a few words why it is short.")]
    ReasonNeedsText,
    /// More than waits to be put away.
    #[error("Only {remaining} of it wait to be put away, not {asked}.")]
    MoreThanReceived {
        /// What waits.
        remaining: Decimal,
        /// Entered.
        asked: Quantity,
    },
    /// Another location than was suggested; the person has to confirm.
    #[error("It belongs on {suggested}. Confirm to put it elsewhere.")]
    OtherLocation {
        /// Where it belongs.
        suggested: String,
    },
    /// No location answers to the code.
    #[error("There is no location {scanned} here. Scan the label of the location.")]
    UnknownLocation {
        /// Scanned.
        scanned: String,
    },
    /// The count is decided.
    #[error("This was counted already.")]
    CountedAlready,
    /// Another person has to look.
    #[error("You counted this. Somebody else counts it again.")]
    CountedByYou,
    /// Nothing is missing.
    #[error("Nothing is missing on this line.")]
    NothingMissing,
    /// The act to take back is unknown, somebody else's, or already taken back.
    #[error("There is nothing to undo.")]
    NothingToUndo,
    /// Lines are missing; the person has to confirm.
    #[error("Lines not complete: {lines}. Confirm to finish as partial.")]
    LinesMissing {
        /// How many.
        lines: usize,
    },
}

impl Refusal {
    /// Whether a lead decides when the act was done without a network: the goods were handled, and
    /// the person could not know what happened meanwhile.
    pub fn is_for_a_lead(&self, held_by_other: bool) -> bool {
        match self {
            Self::TaskClosed
            | Self::HeldByOther { .. }
            | Self::NotYours
            | Self::GivenAway { .. }
            | Self::LineNotOnTask => true,
            Self::MoreThanRequested { .. } | Self::NothingMissing => held_by_other,
            Self::ZeroQuantity
            | Self::Indivisible { .. }
            | Self::WrongItem { .. }
            | Self::BadLabel { .. }
            | Self::Expired { .. }
            | Self::OneSerial
            | Self::SerialTwice { .. }
            | Self::NotReceiving
            | Self::UnknownItem { .. }
            | Self::MoreThanReceived { .. }
            | Self::OtherLocation { .. }
            | Self::UnknownLocation { .. }
            | Self::CountedAlready
            | Self::CountedByYou
            | Self::ReasonNeedsText
            | Self::NothingToUndo
            | Self::LinesMissing { .. } => false,
        }
    }
}
