//! What a document lacks that was finished in part.

use crate::WarehouseId;
use crate::document::{DocumentStatus, OnItsWay};
use crate::outbox::MessageState;
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

/// Who deals with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Rest {
    /// The floor, once a lead gives it back.
    Floor,
    /// The ERP, which is being told.
    OnItsWay,
    /// The ERP, which has the result.
    Erp,
    /// Nobody: the result did not get to the ERP. Once its message is discarded, the floor can.
    GivenUp,
}

impl Rest {
    /// Of a document in that state; `told` when a message with its result stands, `way` the newest. None when
    /// it lacks nothing, or is not finished.
    pub fn of(status: DocumentStatus, told: bool, way: Option<&OnItsWay>) -> Option<Self> {
        if status != DocumentStatus::Partial {
            return None;
        }
        if !told {
            return Some(Self::Floor);
        }
        Some(match way.map(|way| way.state) {
            Some(MessageState::Pending | MessageState::InProgress) => Self::OnItsWay,
            Some(MessageState::Dead) => Self::GivenUp,
            Some(MessageState::Completed | MessageState::Discarded) | None => Self::Erp,
        })
    }
}
