//! What a document lacks that was finished in part.

use crate::WarehouseId;
use serde::{Deserialize, Serialize};

/// What a site does with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestPolicy {
    /// The site.
    pub warehouse_id: WarehouseId,
    /// Its name.
    pub warehouse: String,
    /// Whether it becomes work again by itself, once; a lead can always make it that.
    pub by_itself: bool,
}
