//! Why less was done than requested.

use crate::word;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The reasons a worker can choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ShortageReason {
    /// The location is empty.
    NotInStock,
    /// Found, but unfit to ship.
    Damaged,
    /// Should be there, is not.
    NotFound,
    /// Something else lies in its place.
    WrongItem,
    /// Explained in words.
    Other,
}

/// A text that names no reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown reason '{0}': use not_in_stock, damaged, not_found, wrong_item or other")]
pub struct UnknownReason(pub String);

impl ShortageReason {
    /// All of them, in the order they are offered.
    pub const ALL: [Self; 5] = [
        Self::NotInStock,
        Self::Damaged,
        Self::NotFound,
        Self::WrongItem,
        Self::Other,
    ];

    /// The stable word used in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotInStock => "not_in_stock",
            Self::Damaged => "damaged",
            Self::NotFound => "not_found",
            Self::WrongItem => "wrong_item",
            Self::Other => "other",
        }
    }

    /// Whether it says that what is on record at the location does not lie there.
    pub fn doubts_stock(self) -> bool {
        matches!(self, Self::NotInStock | Self::NotFound)
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::NotInStock => word!("Not in stock"),
            Self::Damaged => word!("Damaged"),
            Self::NotFound => word!("Not found"),
            Self::WrongItem => word!("Wrong item"),
            Self::Other => word!("Other"),
        }
    }
}

impl fmt::Display for ShortageReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ShortageReason {
    type Err = UnknownReason;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|reason| reason.as_str() == text)
            .ok_or_else(|| UnknownReason(text.to_owned()))
    }
}
