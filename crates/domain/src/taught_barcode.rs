//! Barcodes that workers teach: scanned for an item, accepted or rejected by a lead.

use crate::document::DocumentKind;
use crate::{DocumentId, ItemId, Quantity, TaskId, TaughtBarcodeId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What a handheld sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Teaching {
    /// The task worked on.
    pub task_id: TaskId,
    /// The line whose item it is.
    pub line_id: crate::LineId,
    /// The code or label, as scanned.
    pub scanned: String,
}

/// One that waits for a lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaughtBarcode {
    /// Identity.
    pub id: TaughtBarcodeId,
    /// As scanned.
    pub barcode: String,
    /// Whose it is said to be.
    pub item_id: ItemId,
    /// SKU.
    pub item_code: String,
    /// Title.
    pub item_name: String,
    /// The item's unit.
    pub uom: String,
    /// Who scanned it.
    pub taught_by: String,
    /// When.
    pub taught_at: DateTime<Utc>,
    /// The document worked on.
    pub document: Option<(DocumentKind, DocumentId, String)>,
    /// The item that has it meanwhile; then it can only be rejected.
    pub owner: Option<String>,
}

/// What a lead says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaughtDecision {
    /// It is the item's, and stands for so much.
    Accept(Quantity),
    /// It is not.
    Reject,
}
