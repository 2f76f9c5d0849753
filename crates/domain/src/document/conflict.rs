//! Edits in the ERP that contradict the floor: a person decides.

use super::{DocumentKind, DocumentStatus, UnknownWord};
use crate::word;
use crate::{DocumentId, LineId};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What the ERP did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ConflictKind {
    /// Lowered the quantity below what is done.
    Lowered,
    /// Took a line off of which something is done.
    Removed,
    /// Changed a line of a finished document.
    Edited,
    /// Added a line to a finished document.
    Added,
}

impl ConflictKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Lowered, Self::Removed, Self::Edited, Self::Added];

    /// The stable word used in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lowered => "lowered",
            Self::Removed => "removed",
            Self::Edited => "edited",
            Self::Added => "added",
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Lowered => word!("Lowered below done"),
            Self::Removed => word!("Removed after a pick"),
            Self::Edited => word!("Edited after the end"),
            Self::Added => word!("Added after the end"),
        }
    }
}

impl FromStr for ConflictKind {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| UnknownWord(text.to_owned()))
    }
}

/// A decision that waits on a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// What the ERP did.
    pub kind: ConflictKind,
    /// The quantity the ERP wanted before.
    pub was: Decimal,
    /// One sentence.
    pub text: String,
}

/// A row of the conflicts list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenConflict {
    /// The line.
    pub line_id: LineId,
    /// Its document.
    pub document_id: DocumentId,
    /// Which way the goods go.
    pub document_kind: DocumentKind,
    /// The document's number.
    pub number: String,
    /// Where the document stands.
    pub document_status: DocumentStatus,
    /// SKU as written on the document.
    pub item_code: String,
    /// Title as written on the document.
    pub item_name: String,
    /// Unit.
    pub uom: String,
    /// What the ERP did.
    pub kind: ConflictKind,
    /// One sentence.
    pub text: String,
    /// The quantity the ERP wanted before.
    pub before: Decimal,
    /// The quantity the ERP wants now; zero on a removed line.
    pub after: Decimal,
    /// As the floor did it.
    pub done: Decimal,
    /// Noticed.
    pub since: DateTime<Utc>,
}

/// What a person saw when deciding; a line that changed meanwhile is not touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeenConflict {
    /// The quantity the ERP wants; zero on a removed line.
    pub after: Decimal,
    /// As the floor did it.
    pub done: Decimal,
}

/// What a person decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "decision")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Resolution {
    /// The ERP is right: what is done beyond its quantity is taken back, what is missing is work again.
    AcceptErp,
    /// The floor is right: nothing moves.
    KeepFloor {
        /// Why, in a few words.
        reason: String,
    },
}

/// The longest reason.
const LONGEST_REASON: usize = 500;

/// Keeping the floor's figure needs a reason.
pub fn check_resolution(resolution: &Resolution) -> Result<(), &'static str> {
    match resolution {
        Resolution::AcceptErp => Ok(()),
        Resolution::KeepFloor { reason } if reason.trim().is_empty() => {
            Err("Say in a few words why the floor's figure stays.")
        }
        Resolution::KeepFloor { reason } if reason.chars().count() > LONGEST_REASON => {
            Err("The reason has at most 500 characters.")
        }
        Resolution::KeepFloor { .. } => Ok(()),
    }
}

impl OpenConflict {
    /// What a decision about it refers to.
    pub fn seen(&self) -> SeenConflict {
        SeenConflict {
            after: self.after,
            done: self.done,
        }
    }
}
