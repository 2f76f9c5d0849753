//! Logins.

use crate::permission::{Permission, Role};
use crate::sort::Sort;
use crate::{CompanyId, TeamId, UserId, WarehouseId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who acts, and within which limits. Every change and every list takes one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    /// Where the request comes from, for the audit: browser or API, and address.
    #[serde(skip)]
    pub device: Option<String>,
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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

crate::sort_keys! {
    /// What the users list can be sorted by.
    UserSort {
        /// Name.
        Name = "name",
        /// Login.
        Login = "login",
        /// Role.
        Role = "role",
        /// Team.
        Team = "team",
        /// Open and claimed tasks.
        OpenTasks = "open_tasks" falling,
        /// Last use of a session.
        LastSeen = "last_seen" falling,
    }
}

/// Which users, in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserFilter {
    /// Part of the name or the login.
    pub q: Option<String>,
    /// Only this role.
    pub role: Option<Role>,
    /// Only this team.
    pub team: Option<TeamId>,
    /// Only those who see this site.
    pub warehouse: Option<WarehouseId>,
    /// Only those who may sign in, or only those who may not.
    pub active: Option<bool>,
    /// Order.
    pub sort: Sort<UserSort>,
}

/// A row of the users list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRow {
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
    /// Names of the sites the user sees.
    pub warehouses: Vec<String>,
    /// Open and claimed tasks.
    pub open_tasks: i64,
    /// May sign in.
    pub active: bool,
    /// Has yet to replace a password given by an administrator.
    pub password_temporary: bool,
    /// Last use of any session still kept.
    pub last_seen_at: Option<DateTime<Utc>>,
}

impl From<UserRow> for UserSummary {
    fn from(row: UserRow) -> Self {
        Self {
            id: row.id,
            login: row.login,
            name: row.name,
            role: row.role,
            team_name: row.team_name,
            open_tasks: row.open_tasks,
        }
    }
}

/// One user as the edit page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserDetail {
    /// What the list shows.
    pub row: UserRow,
    /// The team of a worker.
    pub team_id: Option<TeamId>,
    /// The sites, as far as the caller sees them.
    pub warehouse_ids: Vec<WarehouseId>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// Open browser sessions, last used first.
    pub sessions: Vec<SessionRow>,
    /// Programs that hold a refresh token.
    pub tokens: i64,
    /// A badge unlocks the handheld of this person.
    pub has_badge: bool,
}

/// The hash of a badge that unlocks a handheld; only its owner gets it, to compare without a network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Badge {
    /// Salt.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<i32>))]
    pub salt: Vec<u8>,
    /// PBKDF2 over SHA-256 of the code, 32 bytes.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<i32>))]
    pub hash: Vec<u8>,
    /// Rounds it was hashed with.
    pub rounds: i32,
}

/// One browser session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// How it is named to the outside.
    pub id: Uuid,
    /// Signed in.
    pub created_at: DateTime<Utc>,
    /// Last use.
    pub last_seen_at: DateTime<Utc>,
    /// Ends then, if it is not used before.
    pub expires_at: DateTime<Utc>,
    /// Browser and system.
    pub device: Option<String>,
    /// Address it was opened from.
    pub source: Option<String>,
}

/// What an administrator may change about a login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserChange {
    /// Shown to people.
    pub name: String,
    /// What the user may do.
    pub role: Role,
    /// The team of a worker.
    pub team_id: Option<TeamId>,
    /// The sites the user may see, of those the caller sees.
    pub warehouses: Vec<WarehouseId>,
}
