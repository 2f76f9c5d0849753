//! What goes into files for spreadsheets.

use crate::document::{DocumentKind, DocumentStatus, LineStatus};
use crate::shortage::ShortageReason;
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// The most lines of one file; a larger selection is refused, never cut.
pub const MOST_LINES: usize = 50_000;

/// A floor line with its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportLine {
    /// The document's number.
    pub number: String,
    /// The document's date.
    pub dated_on: NaiveDate,
    /// The ERP's type.
    pub doc_type: String,
    /// Which way the goods go.
    pub kind: DocumentKind,
    /// Where the document stands.
    pub document_status: DocumentStatus,
    /// Recipient or sender.
    pub partner_name: Option<String>,
    /// Display name upstream.
    pub warehouse_name: String,
    /// The ERP's line key.
    pub line_key: String,
    /// SKU as written on the document.
    pub item_code: String,
    /// Title as written on the document.
    pub item_name: String,
    /// Unit.
    pub uom: String,
    /// As the ERP wants it.
    pub requested: Decimal,
    /// As the floor did it.
    pub done: Decimal,
    /// Where the line stands.
    pub status: LineStatus,
    /// Why less.
    pub reason: Option<ShortageReason>,
    /// Why less, in words.
    pub reason_text: Option<String>,
}
