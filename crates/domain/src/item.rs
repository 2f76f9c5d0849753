//! Things we stock.

use crate::document::DocumentKind;
use crate::location::LocationStock;
use crate::stock::ItemStock;
use crate::{DocumentId, ItemId, Quantity};
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// An item as an upstream system describes it, in our words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemRecord {
    /// SKU; leading zeros are part of it.
    pub code: String,
    /// Title.
    pub name: String,
    /// The upstream's unit, as written there; translated by mapping.
    pub uom: String,
    /// Supplier's name.
    pub supplier: Option<String>,
    /// Supplier's own code for it.
    pub supplier_code: Option<String>,
    /// Primary classification.
    pub class: Option<String>,
    /// Longer text.
    pub description: Option<String>,
    /// Whether it is still traded.
    pub active: bool,
    /// Barcodes as printed.
    pub barcodes: Vec<String>,
    /// Barcodes that stand for more than one, beside those of the item itself.
    #[serde(default)]
    pub packs: Vec<PackBarcode>,
    /// Last change upstream.
    pub changed_at: Option<DateTime<Utc>>,
}

/// A barcode that stands for a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackBarcode {
    /// As printed.
    pub barcode: String,
    /// How much it holds, in the item's unit.
    pub quantity: Quantity,
}

/// A row of the items list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemSummary {
    /// Identity.
    pub id: ItemId,
    /// SKU.
    pub code: String,
    /// Title.
    pub name: String,
    /// Our unit.
    pub uom: String,
    /// Supplier's name.
    pub supplier: Option<String>,
    /// Classification.
    pub class: Option<String>,
    /// Whether it is still traded.
    pub active: bool,
    /// How many barcodes lead to it.
    pub barcodes: i64,
    /// On hand at the caller's sites; none while no stock was read.
    pub stock: Option<Decimal>,
    /// The connection it comes from.
    pub source: String,
    /// Last change upstream.
    pub changed_at: Option<DateTime<Utc>>,
    /// When we last wrote it.
    pub synced_at: DateTime<Utc>,
}

/// One item with its barcodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemDetail {
    /// The list's columns.
    pub item: ItemSummary,
    /// Longer text.
    pub description: Option<String>,
    /// Supplier's own code.
    pub supplier_code: Option<String>,
    /// As printed.
    pub barcodes: Vec<String>,
    /// On hand per ERP warehouse.
    pub stock: Vec<ItemStock>,
    /// Where it lies here, as the floor knows it.
    #[serde(default)]
    pub locations: Vec<LocationStock>,
    /// When stock was last read in full, or what changed of it.
    pub stock_checked_at: Option<DateTime<Utc>>,
    /// Open floor lines that ask for it, newest document first; the first twenty.
    pub uses: Vec<ItemUse>,
}

/// A line of an open document that asks for an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemUse {
    /// The document.
    pub document_id: DocumentId,
    /// Which way the goods go.
    pub kind: DocumentKind,
    /// The ERP's number.
    pub number: String,
    /// The ERP's date.
    pub dated_on: NaiveDate,
    /// Recipient or sender.
    pub partner_name: Option<String>,
    /// As the ERP wants it.
    pub requested: Decimal,
    /// As the floor did it.
    pub done: Decimal,
}

/// What a list of items is narrowed to; empty fields do not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemFilter {
    /// Code, name or a whole barcode.
    pub q: Option<String>,
    /// Still traded, or not any more.
    pub active: Option<bool>,
}

crate::sort_keys! {
    /// What a list of items can be sorted by.
    ItemSort {
        /// SKU.
        Code = "code",
        /// Title.
        Name = "name",
        /// Supplier's name.
        Supplier = "supplier",
        /// Classification.
        Class = "class",
        /// When we last wrote it.
        SyncedAt = "synced_at" falling,
    }
}
