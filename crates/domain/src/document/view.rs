//! Documents as people and clients read them.

use super::conflict::ConflictKind;
use super::{DocumentKind, DocumentSource, DocumentStatus, LineStatus, MatchState};
use crate::scanning::Goods;
use crate::shortage::ShortageReason;
use crate::{DocumentId, ItemId, LineId, WarehouseId};
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A row of the documents list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DocumentSummary {
    /// Identity.
    pub id: DocumentId,
    /// Which way the goods go.
    pub kind: DocumentKind,
    /// The ERP's number.
    pub number: String,
    /// The ERP's type.
    pub doc_type: String,
    /// What the type is called, once a person named it.
    pub doc_type_name: Option<String>,
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
    /// From the ERP, or made here to try things out.
    pub source: DocumentSource,
    /// Last change of any kind.
    pub updated_at: DateTime<Utc>,
}

/// One line of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    /// What kind of decision waits.
    pub conflict_kind: Option<ConflictKind>,
    /// What the ERP wanted before the edit that is in question.
    pub conflict_was: Option<Decimal>,
    /// No longer on the ERP's document.
    pub removed: bool,
    /// Lots, serial numbers and dates of what was picked, where labels said so.
    #[serde(default)]
    pub goods: Vec<PickedGoods>,
}

/// What labels said about a part of what was picked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PickedGoods {
    /// Batch or lot.
    pub lot: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// Last day of use, sale or best quality.
    pub expires_on: Option<NaiveDate>,
    /// How much of the line.
    pub quantity: Decimal,
}

impl PickedGoods {
    /// The label's part of it.
    pub fn goods(&self) -> Goods {
        Goods {
            lot: self.lot.clone(),
            serial: self.serial.clone(),
            expires_on: self.expires_on,
        }
    }
}

/// A document with its lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DocumentDetail {
    /// The list's columns.
    pub document: DocumentSummary,
    /// The connection it comes from.
    pub source: String,
    /// Second recipient.
    pub partner2_name: Option<String>,
    /// First recipient as the ERP wrote it.
    pub recipient_name: Option<String>,
    /// Sender as the ERP wrote it.
    pub sender_name: Option<String>,
    /// The ERP's own status.
    pub erp_status: Option<String>,
    /// Person in charge upstream.
    pub responsible: Option<String>,
    /// Note.
    pub note: Option<String>,
    /// First read.
    pub imported_at: DateTime<Utc>,
    /// Whether the ERP has what the floor did, and what can be done.
    pub erp: super::ErpEntry,
    /// Who deals with what is missing; none when nothing is, or the floor is not done.
    pub rest: Option<crate::rest::Rest>,
    /// The task people work on, if any.
    pub task: Option<crate::task::TaskSummary>,
    /// Lines in the ERP's order.
    pub lines: Vec<DocumentLine>,
}
