//! Documents as an upstream system describes them.

use super::DocumentKind;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

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
    /// First recipient as the ERP wrote it.
    #[serde(default)]
    pub recipient_name: Option<String>,
    /// Sender as the ERP wrote it.
    #[serde(default)]
    pub sender_name: Option<String>,
    /// Person in charge upstream.
    pub responsible: Option<String>,
    /// The ERP's own status.
    pub erp_status: Option<String>,
    /// Note.
    pub note: Option<String>,
    /// Lines in the ERP's order.
    pub lines: Vec<LineRecord>,
}

/// A document that is no work any more upstream, done or given up there. What was read of it stays; its
/// status follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedDocument {
    /// The ERP's number.
    pub number: String,
    /// The ERP's document type.
    pub doc_type: String,
    /// The ERP's document date.
    pub dated_on: NaiveDate,
    /// The ERP's own status.
    pub erp_status: String,
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
