//! Receipts and dispatches: header, lines, and how an edit in the ERP meets work already done.

use crate::shortage::ShortageReason;
use crate::{DocumentId, ItemId, LineId, WarehouseId};
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Which way the goods go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
pub enum MatchState {
    /// The ERP's code is our item's code.
    Code,
    /// The ERP's code is one of our item's barcodes.
    Barcode,
    /// Fetched from the ERP on demand.
    Lookup,
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
            "unmatched" => Ok(Self::Unmatched),
            other => Err(UnknownWord(other.to_owned())),
        }
    }
}

/// A document as an upstream system describes it, in our words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRecord {
    /// Which way the goods go.
    pub kind: DocumentKind,
    /// The ERP's number.
    pub number: String,
    /// The ERP's document type.
    pub doc_type: String,
    /// The ERP's document date.
    pub dated_on: NaiveDate,
    /// The site's display name upstream; translated by mapping.
    pub warehouse_name: String,
    /// Recipient of a dispatch, sender of a receipt.
    pub partner_name: Option<String>,
    /// Second recipient.
    pub partner2_name: Option<String>,
    /// Person in charge upstream.
    pub responsible: Option<String>,
    /// The ERP's own status.
    pub erp_status: Option<String>,
    /// Note.
    pub note: Option<String>,
    /// Lines in the ERP's order.
    pub lines: Vec<LineRecord>,
}

/// A line as an upstream system describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineRecord {
    /// The ERP's line key; unique within the document.
    pub key: String,
    /// SKU or barcode.
    pub item_code: String,
    /// Title as written on the document.
    pub item_name: String,
    /// The upstream's unit.
    pub uom: String,
    /// Signed: a negative quantity is kept and shown, and is never floor work.
    pub requested: Decimal,
}

/// A row of the documents list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentSummary {
    /// Identity.
    pub id: DocumentId,
    /// Which way the goods go.
    pub kind: DocumentKind,
    /// The ERP's number.
    pub number: String,
    /// The ERP's type.
    pub doc_type: String,
    /// The ERP's date.
    pub dated_on: NaiveDate,
    /// Display name upstream.
    pub warehouse_name: String,
    /// Our site, once the name is mapped.
    pub warehouse_id: Option<WarehouseId>,
    /// Recipient or sender.
    pub partner_name: Option<String>,
    /// Where it stands.
    pub status: DocumentStatus,
    /// All lines.
    pub lines_total: i32,
    /// Lines that are floor work here.
    pub lines_wms: i32,
    /// Floor lines done in full.
    pub lines_done: i32,
    /// Lines waiting for a person's decision.
    pub conflicts: i32,
    /// Who works on it.
    pub assigned_to: Option<String>,
    /// Last change of any kind.
    pub updated_at: DateTime<Utc>,
}

/// One line of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentLine {
    /// Identity.
    pub id: LineId,
    /// The ERP's line key.
    pub key: String,
    /// SKU as written on the document.
    pub item_code: String,
    /// Title as written on the document.
    pub item_name: String,
    /// Unit.
    pub uom: String,
    /// Our item.
    pub item_id: Option<ItemId>,
    /// How it was found.
    pub match_state: MatchState,
    /// Item matched and the warehouse is the configured one.
    pub exists_in_wms: bool,
    /// Is floor work: `exists_in_wms`, a positive quantity, still on the document.
    pub wms_flag: bool,
    /// As the ERP wants it.
    pub requested: Decimal,
    /// As the floor did it.
    pub done: Decimal,
    /// Where it stands.
    pub status: LineStatus,
    /// Why less.
    pub reason: Option<ShortageReason>,
    /// Why less, in words.
    pub reason_text: Option<String>,
    /// What a person has to decide.
    pub conflict: Option<String>,
    /// No longer on the ERP's document.
    pub removed: bool,
}

/// A document with its lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentDetail {
    /// The list's columns.
    pub document: DocumentSummary,
    /// The connection it comes from.
    pub source: String,
    /// The ERP's own status.
    pub erp_status: Option<String>,
    /// Person in charge upstream.
    pub responsible: Option<String>,
    /// Note.
    pub note: Option<String>,
    /// First read.
    pub imported_at: DateTime<Utc>,
    /// The task people work on, if any.
    pub task: Option<crate::task::TaskSummary>,
    /// Lines in the ERP's order.
    pub lines: Vec<DocumentLine>,
}

/// What a list of documents is narrowed to; empty fields do not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DocumentFilter {
    /// Not before.
    pub date_from: Option<NaiveDate>,
    /// Not after.
    pub date_to: Option<NaiveDate>,
    /// The ERP's type.
    pub doc_type: Option<String>,
    /// Where it stands.
    pub status: Option<DocumentStatus>,
    /// Only documents with floor work here.
    pub only_wms: bool,
    /// Number or partner contains.
    pub q: Option<String>,
}

/// A stored line, as far as merging needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLine {
    /// Identity.
    pub id: LineId,
    /// The ERP's line key.
    pub key: String,
    /// SKU.
    pub item_code: String,
    /// Title.
    pub item_name: String,
    /// Unit.
    pub uom: String,
    /// As the ERP wanted it at the last import.
    pub requested: Decimal,
    /// As the floor did it.
    pub done: Decimal,
    /// Taken off the document earlier.
    pub removed: bool,
    /// Decision already waiting.
    pub conflict: Option<String>,
}

/// What an edit in the ERP does to one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineChange {
    /// A new line.
    Add(LineRecord),
    /// Same line, other content; picked quantity stays.
    Update {
        /// The stored line.
        id: LineId,
        /// The new content.
        record: LineRecord,
        /// Set when the edit contradicts work already done.
        conflict: Option<String>,
    },
    /// Gone from the document.
    Remove {
        /// The stored line.
        id: LineId,
        /// Set when something was already picked.
        conflict: Option<String>,
    },
}

/// Compares what we hold with what the ERP says now. Lines are matched by the ERP's key, else by
/// item code among the lines left over. Done quantities never change here.
pub fn merge_lines(stored: &[StoredLine], incoming: &[LineRecord]) -> Vec<LineChange> {
    let mut left: Vec<&StoredLine> = stored.iter().collect();
    let mut changes = Vec::new();
    let mut unmatched = Vec::new();
    for record in incoming {
        let by_key =
            |line: &&StoredLine| line.key == record.key && line.item_code == record.item_code;
        match take(&mut left, by_key) {
            Some(line) => changes.extend(update(line, record)),
            None => unmatched.push(record),
        }
    }
    for record in unmatched {
        match take(&mut left, |line| line.item_code == record.item_code) {
            Some(line) => changes.extend(update(line, record)),
            None => changes.push(LineChange::Add(record.clone())),
        }
    }
    changes.extend(left.into_iter().filter(|line| !line.removed).map(remove));
    changes
}

fn take<'a>(
    left: &mut Vec<&'a StoredLine>,
    fits: impl Fn(&&'a StoredLine) -> bool,
) -> Option<&'a StoredLine> {
    let index = left.iter().position(fits)?;
    Some(left.remove(index))
}

fn update(line: &StoredLine, record: &LineRecord) -> Option<LineChange> {
    let same = line.key == record.key
        && line.item_name == record.item_name
        && line.uom == record.uom
        && line.requested == record.requested
        && !line.removed;
    if same {
        return None;
    }
    let conflict = lowered(line, record);
    Some(LineChange::Update {
        id: line.id,
        record: record.clone(),
        conflict,
    })
}

/// An edit that brings the quantity below what is done is for a person to decide; one that leaves it
/// as it was keeps what already waits, and one that covers what is done settles it.
fn lowered(line: &StoredLine, record: &LineRecord) -> Option<String> {
    if record.requested >= line.done || line.done.is_zero() {
        return None;
    }
    if record.requested >= line.requested {
        return line.conflict.clone();
    }
    Some(format!(
        "The ERP lowered the quantity from {} to {}, but {} is already done.",
        line.requested.normalize(),
        record.requested.normalize(),
        line.done.normalize()
    ))
}

fn remove(line: &StoredLine) -> LineChange {
    let conflict = (!line.done.is_zero()).then(|| {
        format!(
            "The ERP took this line off the document, but {} is already done.",
            line.done.normalize()
        )
    });
    LineChange::Remove {
        id: line.id,
        conflict,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(id: i64, key: &str, code: &str, requested: i64, done: i64) -> StoredLine {
        StoredLine {
            id: LineId(id),
            key: key.into(),
            item_code: code.into(),
            item_name: "LANTERN".into(),
            uom: "KOM".into(),
            requested: requested.into(),
            done: done.into(),
            removed: false,
            conflict: None,
        }
    }

    fn record(key: &str, code: &str, requested: i64) -> LineRecord {
        LineRecord {
            key: key.into(),
            item_code: code.into(),
            item_name: "LANTERN".into(),
            uom: "KOM".into(),
            requested: requested.into(),
        }
    }

    #[test]
    fn an_unchanged_document_changes_nothing() {
        let lines = [stored(1, "1", "A", 4, 2), stored(2, "2", "B", 4, 0)];
        assert!(merge_lines(&lines, &[record("1", "A", 4), record("2", "B", 4)]).is_empty());
    }

    #[test]
    fn a_renumbered_line_keeps_its_identity() {
        let changes = merge_lines(&[stored(1, "1", "A", 4, 2)], &[record("7", "A", 4)]);
        assert!(matches!(
            &changes[..],
            [LineChange::Update {
                id: LineId(1),
                conflict: None,
                ..
            }]
        ));
    }

    #[test]
    fn lowering_below_what_was_picked_is_a_conflict() {
        let changes = merge_lines(&[stored(1, "1", "A", 8, 5)], &[record("1", "A", 3)]);
        assert!(matches!(
            &changes[..],
            [LineChange::Update {
                conflict: Some(_),
                ..
            }]
        ));
    }

    #[test]
    fn an_edit_that_lowers_nothing_is_no_conflict_after_a_confirmed_over_pick() {
        let renamed = LineRecord {
            item_name: "LANTERN, RED".into(),
            ..record("1", "A", 5)
        };
        let changes = merge_lines(&[stored(1, "1", "A", 5, 7)], &[renamed]);
        assert!(matches!(
            &changes[..],
            [LineChange::Update { conflict: None, .. }]
        ));
    }

    #[test]
    fn removing_a_picked_line_is_a_conflict_and_an_unpicked_one_is_not() {
        let changes = merge_lines(&[stored(1, "1", "A", 8, 5), stored(2, "2", "B", 1, 0)], &[]);
        assert!(matches!(
            &changes[..],
            [
                LineChange::Remove {
                    id: LineId(1),
                    conflict: Some(_)
                },
                LineChange::Remove {
                    id: LineId(2),
                    conflict: None
                }
            ]
        ));
    }
}
