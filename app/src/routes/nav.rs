//! The navigation of the office.

use super::{
    ADMIN, AUDIT, CONFLICTS, CONNECTIONS, COUNTS, DELIVERIES, DEVICES, DISPATCHES, DOC_TYPES,
    EXCEPTIONS, ITEMS, KPIS, LOCATIONS, MAPPINGS, OPERATIONS, PARTNERS, RECEIPTS, SCHEDULES,
    SCREENS, SHORTAGES, SYNC_RUNS, TASKS, TEAMS, USERS, WEBHOOKS, WHY,
};
use crate::ui::icon::Icon;
use domain::permission::Permission;
use domain::word;

/// A line of the admin navigation.
#[derive(Debug, Clone, Copy)]
pub struct NavEntry {
    /// Where it leads.
    pub path: &'static str,
    /// What it says.
    pub label: &'static str,
    /// What is drawn before it.
    pub icon: Icon,
    /// Who sees it.
    pub permission: Permission,
}

const fn entry(
    path: &'static str,
    label: &'static str,
    icon: Icon,
    permission: Permission,
) -> NavEntry {
    NavEntry {
        path,
        label,
        icon,
        permission,
    }
}

/// The admin navigation: groups of nouns.
pub const NAV: [(&str, &[NavEntry]); 5] = [
    (
        word!("Floor"),
        &[
            entry(
                ADMIN,
                word!("Overview"),
                Icon::Gauge,
                Permission::ReadBoards,
            ),
            entry(KPIS, word!("KPIs"), Icon::Pulse, Permission::ReadDocuments),
            entry(
                DISPATCHES,
                word!("Dispatches"),
                Icon::Truck,
                Permission::ReadDocuments,
            ),
            entry(
                RECEIPTS,
                word!("Receipts"),
                Icon::Inbox,
                Permission::ReadDocuments,
            ),
            entry(
                TASKS,
                word!("Tasks"),
                Icon::Clipboard,
                Permission::AssignTasks,
            ),
            entry(
                LOCATIONS,
                word!("Locations"),
                Icon::Box,
                Permission::AssignTasks,
            ),
            entry(
                COUNTS,
                word!("Counts"),
                Icon::Search,
                Permission::AssignTasks,
            ),
        ],
    ),
    (
        word!("To look at"),
        &[
            entry(
                EXCEPTIONS,
                word!("Exceptions"),
                Icon::Bell,
                Permission::AssignTasks,
            ),
            entry(
                CONFLICTS,
                word!("Conflicts"),
                Icon::Fork,
                Permission::ReadDocuments,
            ),
            entry(
                SHORTAGES,
                word!("Shortages"),
                Icon::Minus,
                Permission::ReadDocuments,
            ),
            entry(
                MAPPINGS,
                word!("Mappings"),
                Icon::Swap,
                Permission::AnswerMappings,
            ),
        ],
    ),
    (
        word!("Catalogue"),
        &[
            entry(ITEMS, word!("Items"), Icon::Box, Permission::ReadCatalogue),
            entry(
                PARTNERS,
                word!("Partners"),
                Icon::Building,
                Permission::ReadCatalogue,
            ),
            entry(
                DOC_TYPES,
                word!("Document types"),
                Icon::Bookmark,
                Permission::ReadDocuments,
            ),
        ],
    ),
    (
        word!("Systems"),
        &[
            entry(
                CONNECTIONS,
                word!("Connections"),
                Icon::Plug,
                Permission::ReadConnections,
            ),
            entry(
                SCHEDULES,
                word!("Schedules"),
                Icon::Clock,
                Permission::ReadConnections,
            ),
            entry(
                SYNC_RUNS,
                word!("Sync runs"),
                Icon::Refresh,
                Permission::ReadConnections,
            ),
            entry(
                WHY,
                word!("Missing rows"),
                Icon::Search,
                Permission::ReadConnections,
            ),
            entry(
                WEBHOOKS,
                word!("Webhooks"),
                Icon::Link,
                Permission::ManageConnections,
            ),
            entry(
                DELIVERIES,
                word!("Deliveries"),
                Icon::Right,
                Permission::ManageConnections,
            ),
            entry(
                OPERATIONS,
                word!("Operations"),
                Icon::Pulse,
                Permission::ReadConnections,
            ),
        ],
    ),
    (
        word!("People"),
        &[
            entry(TEAMS, word!("Teams"), Icon::People, Permission::AssignTasks),
            entry(USERS, word!("Users"), Icon::Person, Permission::ReadUsers),
            entry(
                DEVICES,
                word!("Devices"),
                Icon::Scanner,
                Permission::ReadUsers,
            ),
            entry(
                SCREENS,
                word!("Boards"),
                Icon::Screen,
                Permission::ManageScreens,
            ),
            entry(AUDIT, word!("Audit"), Icon::Shield, Permission::ReadAudit),
        ],
    ),
];
