//! Things we stock.

use crate::ItemId;
use chrono::{DateTime, Utc};
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
    /// Last change upstream.
    pub changed_at: Option<DateTime<Utc>>,
}

/// A row of the items list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The connection it comes from.
    pub source: String,
    /// Last change upstream.
    pub changed_at: Option<DateTime<Utc>>,
    /// When we last wrote it.
    pub synced_at: DateTime<Utc>,
}

/// One item with its barcodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemDetail {
    /// The list's columns.
    pub item: ItemSummary,
    /// Longer text.
    pub description: Option<String>,
    /// Supplier's own code.
    pub supplier_code: Option<String>,
    /// As printed.
    pub barcodes: Vec<String>,
}
