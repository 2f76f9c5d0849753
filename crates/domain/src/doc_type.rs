//! The ERP's document types: what they are called and which way the goods go.

use crate::ConnectionId;
use crate::document::{DocumentKind, UnknownWord};
use crate::word;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Which way the goods of a type go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Direction {
    /// To us.
    Inbound,
    /// From us.
    Outbound,
}

impl Direction {
    /// The stable word used in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Inbound => word!("Inbound"),
            Self::Outbound => word!("Outbound"),
        }
    }
}

impl From<DocumentKind> for Direction {
    fn from(kind: DocumentKind) -> Self {
        match kind {
            DocumentKind::Receipt => Self::Inbound,
            DocumentKind::Dispatch => Self::Outbound,
        }
    }
}

impl FromStr for Direction {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "inbound" => Ok(Self::Inbound),
            "outbound" => Ok(Self::Outbound),
            other => Err(UnknownWord(other.to_owned())),
        }
    }
}

/// A document type of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DocType {
    /// The account it belongs to.
    pub connection_id: ConnectionId,
    /// That account's name.
    pub connection: String,
    /// The ERP's code.
    pub code: String,
    /// What people call it; none until somebody says.
    pub name: Option<String>,
    /// Which way the goods go: as first met.
    pub direction: Direction,
    /// First met, or set up.
    pub first_seen_at: DateTime<Utc>,
    /// Who named it.
    pub named_by: Option<String>,
}

/// The longest name.
pub const LONGEST_NAME: usize = 60;
