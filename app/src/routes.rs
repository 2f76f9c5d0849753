//! Every URL, in one table: the paths, the pages behind them, and the navigation.

mod faces;
mod nav;

pub use nav::{NAV, NavEntry};

use crate::session::{CallerView, must_choose_password, viewer};
use crate::{home, password, provide_page_context, sign_in};
use domain::document::DocumentKind;
use domain::outbox::{DeadGroup, FailedFor};
use domain::permission::{Permission, Role};
use domain::{ConnectionId, DocumentId, ItemId, PartnerId, PhotoId, SyncRunId, UserId, WebhookId};
use leptos::prelude::*;
use leptos_router::components::{Redirect, Route, Router, Routes};
use leptos_router::hooks::use_location;
use leptos_router::location::Url;
use leptos_router::{SsrMode, path};
use uuid::Uuid;

/// Sends a person to the start page of the role.
pub const ROOT: &str = "/";
/// Sign-in page.
pub const LOGIN: &str = "/login";
/// Choosing one's own password.
pub const PASSWORD: &str = "/password";
/// Overview.
pub const ADMIN: &str = "/admin";
/// Connections.
pub const CONNECTIONS: &str = "/admin/connections";
/// When syncs run by themselves.
pub const SCHEDULES: &str = "/admin/schedules";
/// Executions of a sync.
pub const SYNC_RUNS: &str = "/admin/sync-runs";
/// Where a row from upstream went.
pub const WHY: &str = "/admin/why";
/// Items.
pub const ITEMS: &str = "/admin/items";
/// Partners.
pub const PARTNERS: &str = "/admin/partners";
/// Dispatches.
pub const DISPATCHES: &str = "/admin/dispatches";
/// Receipts.
pub const RECEIPTS: &str = "/admin/receipts";
/// Decisions that wait on document lines.
pub const CONFLICTS: &str = "/admin/conflicts";
/// What was missing.
pub const SHORTAGES: &str = "/admin/shortages";
/// The shortages as CSV.
pub const SHORTAGES_CSV: &str = "/exports/shortages/csv";
/// The ERP's document types.
pub const DOC_TYPES: &str = "/admin/document-types";
/// Blind counts.
pub const COUNTS: &str = "/admin/counts";
/// Places of a warehouse.
pub const LOCATIONS: &str = "/admin/locations";
/// Tasks.
pub const TASKS: &str = "/admin/tasks";
/// Programs that are told what happened.
pub const WEBHOOKS: &str = "/admin/webhooks";
/// What goes to other systems, and what did not get there.
pub const DELIVERIES: &str = "/admin/deliveries";
/// How the installation runs.
pub const OPERATIONS: &str = "/admin/operations";
/// What needs a lead's eye.
pub const EXCEPTIONS: &str = "/admin/exceptions";
/// Teams, shifts and rosters.
pub const TEAMS: &str = "/admin/teams";
/// Handhelds.
pub const DEVICES: &str = "/admin/devices";
/// Mapping inbox.
pub const MAPPINGS: &str = "/admin/mappings";
/// Figures.
pub const KPIS: &str = "/admin/kpis";
/// TV screens.
pub const SCREENS: &str = "/admin/boards";
/// Users.
pub const USERS: &str = "/admin/users";
/// What roles may do.
pub const USER_ROLES: &str = "/admin/users/roles";
/// Audit.
pub const AUDIT: &str = "/admin/audit";
/// The audit list as CSV.
pub const AUDIT_EXPORT: &str = "/exports/audit/csv";
/// Handheld.
pub const FLOOR: &str = "/floor";
/// TV.
pub const BOARD: &str = "/board";
/// Every part of the look in every state.
pub const STYLEGUIDE: &str = "/styleguide";

/// One user.
pub fn user(id: UserId) -> String {
    format!("{USERS}/{id}")
}

/// One audit entry.
pub fn audit_entry(id: i64) -> String {
    format!("{AUDIT}/{id}")
}

/// One connection.
pub fn connection(id: ConnectionId) -> String {
    format!("{CONNECTIONS}/{id}")
}

/// One sync run.
pub fn sync_run(id: SyncRunId) -> String {
    format!("{SYNC_RUNS}/{id}")
}

/// Every kept call of a connection, one JSON object a line.
pub fn calls_file(id: ConnectionId) -> String {
    format!("/exports/connections/{id}/calls")
}

/// The refused rows of a run as CSV; the page's query narrows them.
pub fn refused_csv(id: SyncRunId) -> String {
    format!("/exports/sync-runs/{id}/csv")
}

/// A text as part of a query, as browsers write it (`encodeURIComponent`). The server's own way also escapes what
/// needs none, and the same list would have two addresses.
pub(crate) fn escape(text: &str) -> String {
    const PLAIN: [(&str, &str); 9] = [
        ("%2D", "-"),
        ("%5F", "_"),
        ("%2E", "."),
        ("%21", "!"),
        ("%7E", "~"),
        ("%2A", "*"),
        ("%27", "'"),
        ("%28", "("),
        ("%29", ")"),
    ];
    let escaped = Url::escape(text);
    PLAIN.iter().fold(escaped, |escaped, (code, plain)| {
        escaped.replace(code, plain)
    })
}

/// Where a row from upstream went.
pub fn why(key: &str) -> String {
    format!("{WHY}?q={}", escape(key))
}

/// One webhook endpoint.
pub fn webhook(id: WebhookId) -> String {
    format!("{WEBHOOKS}/{id}")
}

/// One item.
pub fn item(id: ItemId) -> String {
    format!("{ITEMS}/{id}")
}

/// One partner.
pub fn partner(id: PartnerId) -> String {
    format!("{PARTNERS}/{id}")
}

/// The list of a kind of documents.
pub fn documents(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Dispatch => DISPATCHES,
        DocumentKind::Receipt => RECEIPTS,
    }
}

/// The floor lines of a kind of documents, as a file.
pub fn documents_file(kind: DocumentKind, format: &'static str) -> &'static str {
    match (kind, format) {
        (DocumentKind::Dispatch, "xlsx") => "/exports/dispatches/xlsx",
        (DocumentKind::Dispatch, _) => "/exports/dispatches/csv",
        (DocumentKind::Receipt, "xlsx") => "/exports/receipts/xlsx",
        (DocumentKind::Receipt, _) => "/exports/receipts/csv",
    }
}

/// The floor lines of one document, as a file.
pub fn document_file(id: DocumentId, format: &str) -> String {
    format!("/exports/documents/{id}/{format}")
}

/// One picture of goods.
pub fn photo(id: PhotoId) -> String {
    format!("/api/v1/photos/{id}")
}

/// One document.
pub fn document(kind: DocumentKind, id: DocumentId) -> String {
    format!("{}/{id}", documents(kind))
}

/// One message, in front of all of them.
pub fn delivery(id: Uuid) -> String {
    format!("{DELIVERIES}?message={id}")
}

/// The messages of a connection, or of all systems, that were given up.
pub fn dead_deliveries(connection: Option<ConnectionId>) -> String {
    match connection {
        Some(id) => format!("{DELIVERIES}?connection={id}&state=dead"),
        None => format!("{DELIVERIES}?state=dead"),
    }
}

/// The messages of one group of dead ones.
pub fn dead_group(group: &DeadGroup) -> String {
    let cause = FailedFor::from(group.cause).as_str();
    let (event, lane) = (escape(&group.event_type), escape(&group.lane));
    format!("{DELIVERIES}?cause={cause}&event={event}&lane={lane}&state=dead")
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

/// A redirect for a stranger (to sign in and come back) and for a role without the permission.
pub(crate) fn sent_away(permission: Permission) -> Option<AnyView> {
    let target = match viewer() {
        Some(viewer) if viewer.may(permission) => return None,
        Some(viewer) => viewer.home().to_owned(),
        None if must_choose_password() => PASSWORD.to_owned(),
        None => format!("{LOGIN}?next={}", use_location().pathname.get_untracked()),
    };
    Some(view! { <Redirect path=target /> }.into_any())
}

/// The app: context, router, pages. Pages are sent whole, so that their status is the answer's.
#[component]
pub fn App() -> impl IntoView {
    let context = provide_page_context();
    view! {
        {context}
        <Router>
            <Routes fallback=home::not_found>
                <Route path=path!("/") view=home::Home />
                <Route path=path!("/login") view=sign_in::SignIn ssr=SsrMode::Async />
                <Route path=path!("/password") view=password::ChoosePassword ssr=SsrMode::Async />
                <faces::OfficeRoutes />
                <faces::FloorRoutes />
            </Routes>
        </Router>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::UserId;

    #[test]
    fn a_query_is_written_the_same_by_server_and_browser() {
        let written = escape("a.b-c_d~e!'()* ž/%2E");
        assert_eq!(written, "a.b-c_d~e!'()*%20%C5%BE%2F%252E");
    }

    fn worker() -> CallerView {
        CallerView {
            user_id: UserId(1),
            login: "marko".into(),
            name: "Marko".into(),
            role: Role::Worker,
            team_id: None,
            warehouses: Vec::new(),
        }
    }

    #[test]
    fn signing_in_leads_nowhere_but_to_our_own_pages() {
        for foreign in [
            "//example.invalid",
            "https://example.invalid",
            "/\\example.invalid",
            "",
        ] {
            assert_eq!(after_sign_in(&worker(), Some(foreign)), FLOOR, "{foreign}");
        }
        assert_eq!(
            after_sign_in(&worker(), Some("/floor/tasks/7")),
            "/floor/tasks/7"
        );
        assert_eq!(after_sign_in(&worker(), None), FLOOR);
    }

    #[test]
    fn each_role_starts_on_a_page_it_may_see() {
        for role in Role::ALL {
            let needed = match home_of(role) {
                ADMIN => Permission::ReadDocuments,
                FLOOR => Permission::WorkOnTasks,
                _ => Permission::ReadBoards,
            };
            assert!(role.grants(needed), "{role}");
        }
    }
}
