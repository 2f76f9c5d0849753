//! What an upstream value means here, chosen by a person.

use crate::MappingId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A suggestion less like it than this says nothing.
pub const LEAST_PERCENT: i16 = 30;
/// A suggestion less like it than this is a hint: it cannot be accepted, a person says what is meant.
pub const LEAST_ACCEPTED: i16 = 50;

/// What kind of value is translated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum MappingKind {
    /// A site's display name → a warehouse code.
    Warehouse,
    /// An upstream unit → one of our units.
    Uom,
    /// A code on documents that neither we nor the upstream's catalogue know → an item's code.
    Item,
}

impl MappingKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Warehouse, Self::Uom, Self::Item];

    /// The stable word used in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Warehouse => "warehouse",
            Self::Uom => "uom",
            Self::Item => "item",
        }
    }

    /// How a value of this kind is compared.
    pub fn key(self, text: &str) -> String {
        match self {
            Self::Warehouse | Self::Uom => mapping_key(text),
            Self::Item => text.trim().to_owned(),
        }
    }
}

impl FromStr for MappingKind {
    type Err = crate::document::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| crate::document::UnknownWord(text.to_owned()))
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mapping {
    /// Identity.
    pub id: MappingId,
    /// What kind of value.
    pub kind: MappingKind,
    /// The connection it was met on.
    pub connection: String,
    /// As written upstream.
    pub external: String,
    /// Title beside an item code on its documents.
    pub title: Option<String>,
    /// Our code; none while a person owes the answer.
    pub target: Option<String>,
    /// A person said it is none of ours: known, and not floor work here.
    pub ignored: bool,
    /// Documents that are not finished, and wait for the answer or use it: those that another answer
    /// moves. None for units.
    pub documents: i64,
    /// Items that wait for the answer or use it: by unit, or by stock under the name.
    pub items: i64,
    /// What it probably means; none once it is answered.
    pub suggestion: Option<Suggestion>,
    /// First met.
    pub first_seen_at: DateTime<Utc>,
    /// Who answered.
    pub answered_by: Option<String>,
    /// When.
    pub answered_at: Option<DateTime<Utc>>,
}

/// What a value probably means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Suggestion {
    /// Our code.
    pub target: String,
    /// What it is called here.
    pub name: String,
    /// How like it is, from [`LEAST_PERCENT`] to 100.
    pub percent: i16,
}

impl Suggestion {
    /// Whether it may be accepted as it is.
    pub fn acceptable(&self) -> bool {
        self.percent >= LEAST_ACCEPTED
    }
}

/// A person's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "answer", content = "code")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum MappingAnswer {
    /// It means this code of ours.
    Means(String),
    /// It is none of ours.
    Ignore,
}

/// What a list of mappings is narrowed to; empty fields do not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MappingFilter {
    /// Only those a person owes an answer.
    pub waiting: bool,
    /// One kind.
    pub kind: Option<MappingKind>,
    /// Part of the upstream's or our word.
    pub q: Option<String>,
}

impl MappingFilter {
    /// Those a person owes an answer.
    pub fn waiting() -> Self {
        Self {
            waiting: true,
            ..Self::default()
        }
    }
}

crate::sort_keys! {
    /// What a list of mappings can be sorted by.
    MappingSort {
        /// Those a person owes first, and of these those that hold up most.
        Urgency = "urgency" falling,
        /// As written upstream.
        External = "external",
        /// First met.
        FirstSeenAt = "first_seen_at" falling,
    }
}

/// What accepting suggestions would do, or did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// Mappings answered.
    pub mappings: i64,
    /// Documents, not finished, that waited for them.
    pub documents: i64,
    /// Items that waited for them.
    pub items: i64,
}
