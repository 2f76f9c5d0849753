//! What the ERP says is on hand.

use crate::{ConnectionId, ItemId, Quantity, WarehouseId};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Everything an upstream says about one item's stock: a warehouse that is not named holds none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockRecord {
    /// SKU.
    pub item_code: String,
    /// Believable amounts.
    pub levels: Vec<StockLevel>,
    /// Amounts that are not taken over.
    pub refused: Vec<RefusedLevel>,
    /// Last change upstream, where the upstream says.
    pub changed_at: Option<DateTime<Utc>>,
}

/// On hand in one warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockLevel {
    /// The site's display name upstream; translated by mapping.
    pub warehouse: String,
    /// In the unit of the item.
    pub quantity: Quantity,
}

/// An amount that cannot be right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedLevel {
    /// The site's display name upstream.
    pub warehouse: String,
    /// Why, in a sentence for people.
    pub reason: String,
}

/// A stored level as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemStock {
    /// The site's display name upstream.
    pub warehouse_name: String,
    /// Our site's code, once the name is mapped.
    pub warehouse_code: Option<String>,
    /// Nobody said yet what the name means here.
    pub unanswered: bool,
    /// On hand.
    pub quantity: Decimal,
    /// When this quantity was first read.
    pub as_of: DateTime<Utc>,
}

/// A level of the stock list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StockRow {
    /// Account it comes from.
    pub connection_id: ConnectionId,
    /// SKU.
    pub item_code: String,
    /// The item; none while the catalogue does not know the code.
    pub item_id: Option<ItemId>,
    /// The item's name.
    pub item_name: Option<String>,
    /// Unit of the quantity, as the item has it.
    pub uom: Option<String>,
    /// The site's display name upstream.
    pub warehouse_name: String,
    /// Our site, once the name is mapped.
    pub warehouse_id: Option<WarehouseId>,
    /// Our site's code.
    pub warehouse_code: Option<String>,
    /// On hand.
    pub quantity: Decimal,
    /// When this quantity was first read.
    pub as_of: DateTime<Utc>,
}

/// Which levels.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockFilter {
    /// Of this account.
    pub connection_id: Option<ConnectionId>,
    /// At this site of ours.
    pub warehouse: Option<WarehouseId>,
    /// Of this item.
    pub item_code: Option<String>,
}
