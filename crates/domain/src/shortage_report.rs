//! What was missing: line by line, and summed by item, location, reason and worker.

use crate::document::{DocumentKind, UnknownWord};
use crate::restock::Proposal;
use crate::shortage::ShortageReason;
use crate::{DocumentId, ItemId, LineId, PhotoId, UserId, WarehouseId};
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A line that is short, with the report that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShortageRow {
    /// The line.
    pub line_id: LineId,
    /// Reported.
    pub at: DateTime<Utc>,
    /// Its document.
    pub document_id: DocumentId,
    /// Which way the goods go.
    pub document_kind: DocumentKind,
    /// The document's number.
    pub number: String,
    /// Our item.
    pub item_id: Option<ItemId>,
    /// SKU.
    pub item_code: String,
    /// Title.
    pub item_name: String,
    /// Unit.
    pub uom: String,
    /// As the ERP wants it.
    pub requested: Decimal,
    /// As the floor did it.
    pub done: Decimal,
    /// Why less.
    pub reason: ShortageReason,
    /// Why less, in words.
    pub reason_text: Option<String>,
    /// Who reported it.
    pub worker: String,
    /// Where it should have been, when that was known.
    pub location: Option<String>,
    /// Photos of the line, oldest first.
    pub photos: Vec<PhotoId>,
}

impl ShortageRow {
    /// What is missing.
    pub fn missing(&self) -> Decimal {
        self.requested - self.done
    }
}

/// What shortages are narrowed to; empty fields do not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShortageFilter {
    /// Reported on this day or later, site time.
    pub date_from: Option<NaiveDate>,
    /// Reported on this day or earlier, site time.
    pub date_to: Option<NaiveDate>,
    /// Only this reason.
    pub reason: Option<ShortageReason>,
    /// Only this worker's reports.
    pub worker: Option<UserId>,
    /// Only this site.
    pub warehouse: Option<WarehouseId>,
    /// Only this item's code.
    pub item_code: Option<String>,
    /// Only what should have been on this location.
    pub location: Option<String>,
}

/// By what shortages are summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ShortageBy {
    /// Item.
    Item,
    /// Where the goods should have been.
    Location,
    /// Reason.
    Reason,
    /// Who reported it.
    Worker,
}

impl ShortageBy {
    /// The stable word in URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Item => "item",
            Self::Location => "location",
            Self::Reason => "reason",
            Self::Worker => "worker",
        }
    }
}

impl FromStr for ShortageBy {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "item" => Ok(Self::Item),
            "location" => Ok(Self::Location),
            "reason" => Ok(Self::Reason),
            "worker" => Ok(Self::Worker),
            other => Err(UnknownWord(other.to_owned())),
        }
    }
}

/// The most groups of a sum, those with most lines first.
pub const MOST_GROUPS: i64 = 200;

/// Shortages of one item, location, reason or worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShortageGroup {
    /// Item code, location code (empty where none was known), reason word or worker id: what the
    /// lines are narrowed by.
    pub key: String,
    /// What people read.
    pub label: String,
    /// Short lines.
    pub lines: i64,
    /// Documents they are on.
    pub documents: i64,
    /// What is missing, where all of it has one unit.
    pub missing: Option<Decimal>,
    /// That unit.
    pub uom: Option<String>,
    /// The latest report.
    pub last_at: DateTime<Utc>,
    /// Our item, where the sum is of one.
    pub item_id: Option<ItemId>,
    /// Where what dispatches wait for could come from, where the sum is of one item in one unit.
    pub proposal: Option<Proposal>,
}
