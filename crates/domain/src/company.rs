//! Tenants and their sites.

use crate::{CompanyId, WarehouseId};
use serde::{Deserialize, Serialize};

/// The tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    /// Identity.
    pub id: CompanyId,
    /// Shown in the header.
    pub name: String,
}

/// A site. Its time zone decides what "today" and a shift mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Warehouse {
    /// Identity.
    pub id: WarehouseId,
    /// Short code, the value the ERP side is configured with (`VELE_TEST`).
    pub code: String,
    /// Shown to people.
    pub name: String,
    /// IANA name, for example `Europe/Belgrade`.
    pub time_zone: String,
}
