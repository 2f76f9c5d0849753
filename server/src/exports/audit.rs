//! The audit as CSV, written page by page while it is read: it has no upper limit.

use crate::rest::{Access, Problem, RestCaller, admit};
use crate::services::Services;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::NaiveDate;
use chrono_tz::Tz;
use domain::UserId;
use domain::audit::{AuditEntry, AuditFilter};
use domain::audit_words::{changes, facts, sentence};
use domain::page::Cursor;
use domain::permission::Permission;
use domain::user::Caller;
use futures::stream;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

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

/// Where the reading is; none when everything is written.
struct Reading {
    services: Services,
    caller: Arc<Caller>,
    filter: AuditFilter,
    zone: Tz,
    after: Option<Cursor>,
    begun: bool,
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
    let (facts, now) = (json!({ "filter": filter }), services.clock.now());
    operations::audit::record(
        &services.store,
        Some(&caller),
        "EXPORTED",
        "audit",
        facts,
        now,
    )
    .await
    .map_err(|error| Problem::internal(&error))?;
    let reading = Reading {
        services,
        caller: caller.0,
        filter,
        zone: zone.unwrap_or(Tz::UTC),
        after: None,
        begun: false,
    };
    let parts = stream::try_unfold(Some(reading), next);
    let head = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"audit.csv\"",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((head, Body::from_stream(parts)).into_response())
}

/// The next part of the file. A failure cuts the answer off, so that it is not taken for whole.
async fn next(reading: Option<Reading>) -> Result<Option<(Bytes, Option<Reading>)>, store::Error> {
    let Some(mut reading) = reading else {
        return Ok(None);
    };
    let store = &reading.services.store;
    let after = reading.after.as_ref();
    let page = store::audit::list(store, &reading.caller, &reading.filter, after, PAGE).await?;
    let mut text = String::new();
    if !reading.begun {
        text.push('\u{feff}');
        domain::csv::push_row(&mut text, &COLUMNS);
    }
    for entry in &page.rows {
        domain::csv::push_row(&mut text, &line(entry, reading.zone));
    }
    let rest = page.next.map(|after| {
        reading.after = Some(after);
        reading.begun = true;
        reading
    });
    Ok(Some((text.into(), rest)))
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
