//! Every URL, in one table: the paths, the pages behind them, and the navigation.

use crate::session::{CallerView, viewer};
use crate::ui::icon::Icon;
use crate::{admin, boards, floor, home, provide_page_context, sign_in, styleguide};
use domain::document::DocumentKind;
use domain::permission::{Permission, Role};
use domain::{ConnectionId, DocumentId, ItemId, SyncRunId};
use leptos::prelude::*;
use leptos_router::components::{Outlet, ParentRoute, Redirect, Route, Router, Routes};
use leptos_router::hooks::use_location;
use leptos_router::{SsrMode, path};

/// Sends a person to the start page of the role.
pub const ROOT: &str = "/";
/// Sign-in page.
pub const LOGIN: &str = "/login";
/// Overview.
pub const ADMIN: &str = "/admin";
/// Connections.
pub const CONNECTIONS: &str = "/admin/connections";
/// Items.
pub const ITEMS: &str = "/admin/items";
/// Partners.
pub const PARTNERS: &str = "/admin/partners";
/// Dispatches.
pub const DISPATCHES: &str = "/admin/dispatches";
/// Receipts.
pub const RECEIPTS: &str = "/admin/receipts";
/// Tasks.
pub const TASKS: &str = "/admin/tasks";
/// Mapping inbox.
pub const MAPPINGS: &str = "/admin/mappings";
/// Users.
pub const USERS: &str = "/admin/users";
/// Audit.
pub const AUDIT: &str = "/admin/audit";
/// Handheld.
pub const FLOOR: &str = "/floor";
/// TV.
pub const BOARD: &str = "/board";
/// Every part of the look in every state.
pub const STYLEGUIDE: &str = "/styleguide";

/// One connection.
pub fn connection(id: ConnectionId) -> String {
    format!("{CONNECTIONS}/{id}")
}

/// One sync run.
pub fn sync_run(id: SyncRunId) -> String {
    format!("/admin/sync-runs/{id}")
}

/// One item.
pub fn item(id: ItemId) -> String {
    format!("{ITEMS}/{id}")
}

/// The list of a kind of documents.
pub fn documents(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Dispatch => DISPATCHES,
        DocumentKind::Receipt => RECEIPTS,
    }
}

/// One document.
pub fn document(kind: DocumentKind, id: DocumentId) -> String {
    format!("{}/{id}", documents(kind))
}

/// Where a role starts.
pub fn home_of(role: Role) -> &'static str {
    match role {
        Role::Admin | Role::Lead => ADMIN,
        Role::Worker => FLOOR,
        Role::Viewer => BOARD,
    }
}

/// Where a person goes after signing in: the page asked for, if it is one of ours.
pub fn after_sign_in<'a>(caller: &CallerView, next: Option<&'a str>) -> &'a str {
    match next {
        Some(path) if path.starts_with('/') && !path.starts_with("//") && !path.contains('\\') => {
            path
        }
        _ => caller.home(),
    }
}

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
pub const NAV: [(&str, &[NavEntry]); 4] = [
    (
        "Floor",
        &[
            entry(ADMIN, "Overview", Icon::Gauge, Permission::ReadBoards),
            entry(
                DISPATCHES,
                "Dispatches",
                Icon::Truck,
                Permission::ReadDocuments,
            ),
            entry(RECEIPTS, "Receipts", Icon::Inbox, Permission::ReadDocuments),
            entry(TASKS, "Tasks", Icon::Clipboard, Permission::AssignTasks),
        ],
    ),
    (
        "Catalogue",
        &[
            entry(ITEMS, "Items", Icon::Box, Permission::ReadCatalogue),
            entry(
                PARTNERS,
                "Partners",
                Icon::Building,
                Permission::ReadCatalogue,
            ),
        ],
    ),
    (
        "Systems",
        &[
            entry(
                CONNECTIONS,
                "Connections",
                Icon::Plug,
                Permission::ReadConnections,
            ),
            entry(MAPPINGS, "Mappings", Icon::Swap, Permission::AnswerMappings),
        ],
    ),
    (
        "People",
        &[
            entry(USERS, "Users", Icon::People, Permission::ReadUsers),
            entry(AUDIT, "Audit", Icon::Shield, Permission::ReadAudit),
        ],
    ),
];

/// The handheld, for those who work on tasks; others are sent where they belong.
#[component]
fn Floor() -> impl IntoView {
    match sent_away(Permission::WorkOnTasks) {
        Some(away) => away,
        None => view! { <floor::FloorShell /> }.into_any(),
    }
}

/// The boards, for everybody who is signed in; strangers sign in first.
#[component]
fn Board() -> impl IntoView {
    match sent_away(Permission::ReadBoards) {
        Some(away) => away,
        None => view! { <Outlet /> }.into_any(),
    }
}

/// A redirect for a stranger (to sign in and come back) and for a role without the permission.
pub(crate) fn sent_away(permission: Permission) -> Option<AnyView> {
    let target = match viewer() {
        Some(viewer) if viewer.may(permission) => return None,
        Some(viewer) => viewer.home().to_owned(),
        None => format!("{LOGIN}?next={}", use_location().pathname.get_untracked()),
    };
    Some(view! { <Redirect path=target /> }.into_any())
}

/// The app: context, router, pages. Pages are sent whole, so that their status is the answer's.
#[component]
pub fn App() -> impl IntoView {
    let context = provide_page_context();
    let whole = SsrMode::Async;
    view! {
        {context}
        <Router>
            <Routes fallback=home::not_found>
                <Route path=path!("/") view=home::Home />
                <Route path=path!("/login") view=sign_in::SignIn ssr=whole.clone() />
                <ParentRoute path=path!("/admin") view=admin::Shell ssr=whole.clone()>
                    <Route path=path!("") view=admin::overview::Overview />
                    <Route path=path!("connections") view=admin::connections::list::List />
                    <Route path=path!("connections/:id") view=admin::connections::detail::Detail />
                    <Route path=path!("sync-runs/:id") view=admin::sync_runs::detail::Detail />
                    <Route path=path!("items") view=admin::items::list::List />
                    <Route path=path!("items/:id") view=admin::items::detail::Detail />
                    <Route path=path!("partners") view=admin::partners::List />
                    <Route path=path!("dispatches") view=admin::documents::list::Dispatches />
                    <Route path=path!("dispatches/:id") view=admin::documents::detail::Dispatch />
                    <Route path=path!("receipts") view=admin::documents::list::Receipts />
                    <Route path=path!("receipts/:id") view=admin::documents::detail::Receipt />
                    <Route path=path!("tasks") view=admin::tasks::List />
                    <Route path=path!("mappings") view=admin::mappings::Inbox />
                    <Route path=path!("users") view=admin::users::List />
                    <Route path=path!("audit") view=admin::audit::List />
                </ParentRoute>
                <ParentRoute path=path!("/floor") view=Floor ssr=whole.clone()>
                    <Route path=path!("") view=floor::MyTasks />
                    <Route path=path!("tasks/:id") view=floor::Work />
                </ParentRoute>
                <ParentRoute path=path!("/board") view=Board ssr=whole.clone()>
                    <Route path=path!("") view=boards::Choose />
                    <Route path=path!(":warehouse") view=boards::ShiftPage />
                </ParentRoute>
                <ParentRoute path=path!("/styleguide") view=admin::Shell ssr=whole.clone()>
                    <Route path=path!("") view=styleguide::Styleguide />
                </ParentRoute>
            </Routes>
        </Router>
    }
}
