//! Roles as closed sets of permissions. Deny unless granted.

use crate::word;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Something a caller may do. A server function or route names exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// See items and partners.
    ReadCatalogue,
    /// See documents, lines and timelines.
    ReadDocuments,
    /// See boards and figures.
    ReadBoards,
    /// See connections, sync runs and rejected rows.
    ReadConnections,
    /// Test, sync, pause connections; change settings.
    ManageConnections,
    /// Answer what an upstream value means here.
    AnswerMappings,
    /// Give, take and prioritise tasks.
    AssignTasks,
    /// Work on tasks: claim, pick, report shortages, undo, finish.
    WorkOnTasks,
    /// See users.
    ReadUsers,
    /// Create and disable users, reset passwords, revoke sessions.
    ManageUsers,
    /// See who did what.
    ReadAudit,
    /// Make documents for trying things out, and delete them again.
    ManageTestDocuments,
    /// Pair, change and revoke TV screens.
    ManageScreens,
}

impl Permission {
    /// All of them, as the table of roles lists them.
    pub const ALL: [Self; 13] = [
        Self::ReadBoards,
        Self::WorkOnTasks,
        Self::ReadDocuments,
        Self::AssignTasks,
        Self::ManageScreens,
        Self::ReadCatalogue,
        Self::AnswerMappings,
        Self::ReadConnections,
        Self::ManageConnections,
        Self::ReadUsers,
        Self::ManageUsers,
        Self::ReadAudit,
        Self::ManageTestDocuments,
    ];

    /// What it lets a person do, for the table of roles.
    pub fn words(self) -> &'static str {
        match self {
            Self::ReadCatalogue => word!("See items and partners"),
            Self::ReadDocuments => word!("See documents, lines and timelines"),
            Self::ReadBoards => word!("See boards and figures"),
            Self::ReadConnections => word!("See connections, sync runs and rejected rows"),
            Self::ManageConnections => {
                word!("Test, sync and pause connections; change their settings")
            }
            Self::AnswerMappings => word!("Answer what an upstream value means here"),
            Self::AssignTasks => word!("Give, take and prioritise tasks"),
            Self::WorkOnTasks => {
                word!("Work on tasks: pick, receive, report shortages, undo, finish")
            }
            Self::ReadUsers => word!("See users, teams and devices"),
            Self::ManageUsers => {
                word!("Create, change and disable users; reset passwords; end sessions")
            }
            Self::ReadAudit => word!("See who did what"),
            Self::ManageTestDocuments => {
                word!("Make documents for trying things out, and delete them")
            }
            Self::ManageScreens => word!("Pair, change and revoke TV screens"),
        }
    }
}

/// What a login is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Role {
    /// Runs the installation: everything.
    Admin,
    /// Leads the floor: documents, tasks, mappings.
    Lead,
    /// Works on the floor: own tasks.
    Worker,
    /// A screen or a guest: boards only.
    Viewer,
}

/// A text that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown role '{0}': use admin, lead, worker or viewer")]
pub struct UnknownRole(pub String);

impl Role {
    /// All of them, widest first.
    pub const ALL: [Self; 4] = [Self::Admin, Self::Lead, Self::Worker, Self::Viewer];

    /// Whether the permission belongs to this role.
    pub fn grants(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Admin => true,
            Self::Lead => !matches!(
                permission,
                P::ManageConnections | P::ManageUsers | P::ManageTestDocuments
            ),
            Self::Worker => matches!(permission, P::WorkOnTasks | P::ReadBoards),
            Self::Viewer => matches!(permission, P::ReadBoards),
        }
    }

    /// The stable word used in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Lead => "lead",
            Self::Worker => "worker",
            Self::Viewer => "viewer",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| UnknownRole(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_viewer_sees_boards_and_nothing_else() {
        assert!(Role::Viewer.grants(Permission::ReadBoards));
        assert!(!Role::Viewer.grants(Permission::ReadDocuments));
        assert!(!Role::Viewer.grants(Permission::WorkOnTasks));
    }

    #[test]
    fn only_an_admin_changes_connections_and_users() {
        for role in [Role::Lead, Role::Worker, Role::Viewer] {
            assert!(!role.grants(Permission::ManageConnections));
            assert!(!role.grants(Permission::ManageUsers));
        }
    }
}
