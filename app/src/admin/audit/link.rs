//! Where the subject of an audit entry can be looked at.

use crate::routes;
use domain::audit::AuditEntry;
use domain::audit_words::{About, words_of};
use domain::document::DocumentKind;
use domain::{ConnectionId, SyncRunId, UserId};

/// The page of what the entry is about, else the list that holds it.
pub(super) fn target(entry: &AuditEntry) -> Option<String> {
    let found = |list: &str| Some(format!("{list}?q={}", routes::escape(&entry.subject)));
    let number = |name: &str| entry.details.get(name).and_then(serde_json::Value::as_i64);
    if let Some(id) = number("user_id") {
        return Some(routes::user(UserId(id)));
    }
    match words_of(&entry.action)?.about {
        About::User => found(routes::USERS),
        About::Document => found(routes::documents(kind_of(entry))),
        About::DocumentId => None,
        About::Tasks => Some(routes::TASKS.to_owned()),
        About::SyncRun => entry
            .subject
            .parse()
            .ok()
            .map(|id| routes::sync_run(SyncRunId(id))),
        About::ConnectionId => entry
            .subject
            .parse()
            .ok()
            .map(|id| routes::connection(ConnectionId(id))),
        About::Connections => Some(routes::CONNECTIONS.to_owned()),
        About::Schedules => Some(routes::SCHEDULES.to_owned()),
        About::Item => found(routes::ITEMS),
        About::Mappings => Some(routes::MAPPINGS.to_owned()),
        About::Teams => Some(routes::TEAMS.to_owned()),
        About::Locations => Some(routes::LOCATIONS.to_owned()),
        About::Counts => Some(routes::COUNTS.to_owned()),
        About::Devices => Some(routes::DEVICES.to_owned()),
        About::Screens => Some(routes::SCREENS.to_owned()),
        About::Exceptions => Some(routes::EXCEPTIONS.to_owned()),
        About::Operations => Some(routes::WEBHOOKS.to_owned()),
        About::Exports => None,
    }
}

fn kind_of(entry: &AuditEntry) -> DocumentKind {
    match entry
        .details
        .get("kind")
        .and_then(serde_json::Value::as_str)
    {
        Some("receipt") => DocumentKind::Receipt,
        _ => DocumentKind::Dispatch,
    }
}
