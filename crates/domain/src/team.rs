//! Groups of workers.

use crate::{TeamId, WarehouseId};
use serde::{Deserialize, Serialize};

/// A team and how many belong to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Team {
    /// Identity.
    pub id: TeamId,
    /// Site.
    pub warehouse_id: WarehouseId,
    /// Shown to people.
    pub name: String,
    /// Number of members.
    pub members: i64,
}
