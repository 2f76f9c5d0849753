//! The audit as CSV.

use super::paged::{CSV, Source, file, titles};
use crate::rest::{Access, Problem, RestCaller, admit};
use crate::services::Services;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use chrono_tz::Tz;
use domain::UserId;
use domain::audit::{AuditEntry, AuditFilter};
use domain::audit_words::{changes, facts, sentence};
use domain::page::{Cursor, Page};
use domain::permission::Permission;
use domain::user::Caller;
use serde::Deserialize;
use serde_json::{Value, json};
use store::Store;

/// Entries read at once.
const PAGE: i64 = 1_000;
const COLUMNS: [&str; 9] = [
    "When",
    "UTC",
    "Who",
    "What happened",
    "Where",
    "Changed",
    "Facts",
    "Action",
    "To what",
];

/// The route, behind its access check.
pub fn router<S: Clone + Send + Sync + 'static>(services: &Services) -> Router<S> {
    let access = Access::Needs(Permission::ReadAudit);
    Router::new()
        .route("/exports/audit/csv", get(csv))
        .route_layer(from_fn_with_state((services.clone(), access), admit))
        .with_state(services.clone())
}

/// The query of the audit page.
#[derive(Debug, Deserialize)]
struct Wanted {
    user: Option<UserId>,
    action: Option<String>,
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
    q: Option<String>,
    sort: Option<String>,
}

impl From<Wanted> for AuditFilter {
    fn from(wanted: Wanted) -> Self {
        let sort = wanted.sort.and_then(|sort| sort.parse().ok());
        Self {
            user: wanted.user,
            action: wanted.action,
            from: wanted.from,
            until: wanted.until,
            q: wanted.q,
            sort: sort.unwrap_or_default(),
        }
    }
}

/// The audit that a filter lets through, with times of one zone.
struct Entries {
    filter: AuditFilter,
    zone: Tz,
}

impl Source for Entries {
    type Row = AuditEntry;
    const SUBJECT: &'static str = "audit";
    const KIND: &'static str = CSV;

    fn name(&self) -> String {
        "audit.csv".to_owned()
    }

    fn facts(&self) -> Value {
        json!({ "filter": self.filter })
    }

    fn head(&self) -> String {
        titles(&COLUMNS)
    }

    async fn read(
        &self,
        store: &Store,
        caller: &Caller,
        after: Option<&Cursor>,
    ) -> Result<Page<AuditEntry>, store::Error> {
        store::audit::list(store, caller, &self.filter, after, PAGE).await
    }

    fn push(&self, text: &mut String, entry: &AuditEntry) {
        domain::csv::push_row(text, &line(entry, self.zone));
    }
}

async fn csv(
    State(services): State<Services>,
    caller: RestCaller,
    asked: Result<Query<Wanted>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(wanted) = asked.map_err(|rejection| Problem::invalid(rejection.body_text()))?;
    let filter = AuditFilter::from(wanted);
    let sites = store::warehouses::list(&services.store, &caller).await?;
    let zone = sites.first().and_then(|site| site.time_zone.parse().ok());
    let zone = zone.unwrap_or(Tz::UTC);
    file(services, caller, Entries { filter, zone }).await
}

fn line(entry: &AuditEntry, zone: Tz) -> [String; 9] {
    let changed: Vec<String> = changes(&entry.details)
        .iter()
        .map(ToString::to_string)
        .collect();
    let known: Vec<String> = facts(&entry.details)
        .into_iter()
        .map(|(name, text)| format!("{name}: {text}"))
        .collect();
    let local = entry.at.with_timezone(&zone);
    [
        local.format("%Y-%m-%d %H:%M:%S").to_string(),
        entry.at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        entry.actor.clone(),
        sentence(entry),
        entry.device.clone().unwrap_or_default(),
        changed.join("; "),
        known.join("; "),
        entry.action.clone(),
        entry.subject.clone(),
    ]
}
