//! The words for kinds and states of documents and lines.

use crate::shortage::ShortageReason;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Which way the goods go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DocumentKind {
    /// Inbound.
    Receipt,
    /// Outbound.
    Dispatch,
}

impl DocumentKind {
    /// The stable word used in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Dispatch => "dispatch",
        }
    }
}

impl FromStr for DocumentKind {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "receipt" => Ok(Self::Receipt),
            "dispatch" => Ok(Self::Dispatch),
            other => Err(UnknownWord(other.to_owned())),
        }
    }
}

/// A stored or sent word that is none of the allowed ones.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not one of the allowed words")]
pub struct UnknownWord(pub String);

/// Where a document stands on the floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DocumentStatus {
    /// Nothing done yet.
    New,
    /// Work has begun.
    InProgress,
    /// Finished with a shortage.
    Partial,
    /// Finished in full.
    Done,
    /// Withdrawn in the ERP before any work.
    Cancelled,
}

impl DocumentStatus {
    /// All of them, in the order of a document's life.
    pub const ALL: [Self; 5] = [
        Self::New,
        Self::InProgress,
        Self::Partial,
        Self::Done,
        Self::Cancelled,
    ];

    /// The stable word used in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::InProgress => "in_progress",
            Self::Partial => "partial",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nobody will work on it any more.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Partial | Self::Done | Self::Cancelled)
    }
}

impl FromStr for DocumentStatus {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| UnknownWord(text.to_owned()))
    }
}

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum LineStatus {
    /// Nothing done, no reason given.
    New,
    /// Something is missing: less done than requested, or a reason given.
    Partial,
    /// As requested.
    Done,
}

impl LineStatus {
    /// What a line's figures mean.
    pub fn of(requested: Decimal, done: Decimal, reason: Option<ShortageReason>) -> Self {
        if done >= requested && !done.is_zero() {
            Self::Done
        } else if done.is_zero() && reason.is_none() {
            Self::New
        } else {
            Self::Partial
        }
    }

    /// The stable word used in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Partial => "partial",
            Self::Done => "done",
        }
    }
}

impl FromStr for LineStatus {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "new" => Ok(Self::New),
            "partial" => Ok(Self::Partial),
            "done" => Ok(Self::Done),
            other => Err(UnknownWord(other.to_owned())),
        }
    }
}

/// How a line found its item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum MatchState {
    /// The ERP's code is our item's code.
    Code,
    /// The ERP's code is one of our item's barcodes.
    Barcode,
    /// Fetched from the ERP on demand.
    Lookup,
    /// A person said which item the ERP's code means.
    Mapping,
    /// No item of ours.
    Unmatched,
}

impl MatchState {
    /// The stable word used in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Barcode => "barcode",
            Self::Lookup => "lookup",
            Self::Mapping => "mapping",
            Self::Unmatched => "unmatched",
        }
    }
}

impl FromStr for MatchState {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "code" => Ok(Self::Code),
            "barcode" => Ok(Self::Barcode),
            "lookup" => Ok(Self::Lookup),
            "mapping" => Ok(Self::Mapping),
            "unmatched" => Ok(Self::Unmatched),
            other => Err(UnknownWord(other.to_owned())),
        }
    }
}
