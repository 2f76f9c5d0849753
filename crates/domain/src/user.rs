//! Logins.

use crate::permission::{Permission, Role};
use crate::{CompanyId, TeamId, UserId, WarehouseId};
use serde::{Deserialize, Serialize};

/// Who acts, and within which limits. Every change and every list takes one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// The login.
    pub user_id: UserId,
    /// The tenant; the only one this caller can see.
    pub company_id: CompanyId,
    /// The sites this caller may see; never empty.
    pub warehouses: Vec<WarehouseId>,
    /// What the caller may do.
    pub role: Role,
    /// Shown in lists and on the timeline.
    pub name: String,
    /// What was typed at the login.
    pub login: String,
    /// The team of a worker.
    pub team_id: Option<TeamId>,
}

impl Caller {
    /// Whether the role grants it.
    pub fn may(&self, permission: Permission) -> bool {
        self.role.grants(permission)
    }

    /// Whether the site is in scope.
    pub fn sees_warehouse(&self, warehouse: WarehouseId) -> bool {
        self.warehouses.contains(&warehouse)
    }

    /// The sites as plain numbers, for queries.
    pub fn warehouse_ids(&self) -> Vec<i64> {
        self.warehouses.iter().map(|id| id.0).collect()
    }
}

/// A person in a list to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserSummary {
    /// The login.
    pub id: UserId,
    /// Unique name to sign in with.
    pub login: String,
    /// Shown to people.
    pub name: String,
    /// What the user may do.
    pub role: Role,
    /// The team of a worker.
    pub team_name: Option<String>,
    /// Open and claimed tasks.
    pub open_tasks: i64,
}
