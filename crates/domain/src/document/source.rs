//! Where a document comes from, and the ones made here to try things out.

use super::{DocumentKind, UnknownWord};
use crate::{ConnectionId, Quantity};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Where a document comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DocumentSource {
    /// Read from the ERP; never deleted.
    #[default]
    Erp,
    /// Made by an administrator to try things out; can be deleted.
    Test,
}

impl DocumentSource {
    /// The stable word used in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Erp => "erp",
            Self::Test => "test",
        }
    }
}

impl FromStr for DocumentSource {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "erp" => Ok(Self::Erp),
            "test" => Ok(Self::Test),
            other => Err(UnknownWord(other.to_owned())),
        }
    }
}

/// The most lines of a test document.
pub const MOST_TEST_LINES: usize = 100;

/// A document to make for trying things out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestDocument {
    /// Which way the goods go.
    pub kind: DocumentKind,
    /// The connection whose site works on it.
    pub connection_id: ConnectionId,
    /// What is on it, at most [`MOST_TEST_LINES`].
    pub lines: Vec<TestLine>,
}

/// A line of a test document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestLine {
    /// Code or barcode of an item of ours.
    pub item_code: String,
    /// Above zero.
    pub quantity: Quantity,
}
