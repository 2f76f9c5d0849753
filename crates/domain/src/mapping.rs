//! What an upstream value means here, chosen by a person.

use crate::MappingId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What kind of value is translated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MappingKind {
    /// A site's display name → a warehouse code.
    Warehouse,
    /// An upstream unit → one of our units.
    Uom,
}

impl MappingKind {
    /// The stable word used in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Warehouse => "warehouse",
            Self::Uom => "uom",
        }
    }
}

impl FromStr for MappingKind {
    type Err = crate::document::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "warehouse" => Ok(Self::Warehouse),
            "uom" => Ok(Self::Uom),
            other => Err(crate::document::UnknownWord(other.to_owned())),
        }
    }
}

/// How an upstream name is compared: trimmed, inner spaces single, upper case.
pub fn mapping_key(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_uppercase()
}

/// One row of the mapping inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// Identity.
    pub id: MappingId,
    /// What kind of value.
    pub kind: MappingKind,
    /// The connection it was met on.
    pub connection: String,
    /// As written upstream.
    pub external: String,
    /// Our code; none while a person owes the answer.
    pub target: Option<String>,
    /// A person said it is none of ours: known, and not floor work here.
    pub ignored: bool,
    /// How many documents (or rows) wait for or use it.
    pub uses: i64,
    /// First met.
    pub first_seen_at: DateTime<Utc>,
    /// Who answered.
    pub answered_by: Option<String>,
}

/// A person's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "answer", content = "code")]
pub enum MappingAnswer {
    /// It means this code of ours.
    Means(String),
    /// It is none of ours.
    Ignore,
}
