//! Refused rows of a sync run as CSV, written page by page while they are read.

use crate::rest::{Access, Problem, RestCaller, admit};
use crate::services::Services;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::SyncRunId;
use domain::page::Cursor;
use domain::permission::Permission;
use domain::sync::RejectedRow;
use domain::user::Caller;
use futures::stream;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

/// Rows read at once.
const PAGE: i64 = 1_000;
const COLUMNS: [&str; 4] = [
    "Key upstream",
    "Why, and what to do",
    "UTC",
    "The row as it came",
];

/// The route, behind its access check.
pub fn router<S: Clone + Send + Sync + 'static>(services: &Services) -> Router<S> {
    let access = Access::Needs(Permission::ReadConnections);
    Router::new()
        .route("/exports/sync-runs/{id}/csv", get(csv))
        .route_layer(from_fn_with_state((services.clone(), access), admit))
        .with_state(services.clone())
}

/// The query of the run's page; what it does not know does not narrow.
#[derive(Debug, Deserialize)]
struct Wanted {
    q: Option<String>,
}

/// Where the reading is; none when everything is written.
struct Reading {
    services: Services,
    caller: Arc<Caller>,
    run: SyncRunId,
    q: Option<String>,
    after: Option<Cursor>,
    begun: bool,
}

async fn csv(
    State(services): State<Services>,
    caller: RestCaller,
    Path(run): Path<SyncRunId>,
    asked: Result<Query<Wanted>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(wanted) = asked.map_err(|rejection| Problem::invalid(rejection.body_text()))?;
    store::sync_runs::get(&services.store, &caller, run).await?;
    let (facts, now) = (json!({ "run": run.0, "q": wanted.q }), services.clock.now());
    operations::audit::record(
        &services.store,
        Some(&caller),
        "EXPORTED",
        "refused rows",
        facts,
        now,
    )
    .await
    .map_err(|error| Problem::internal(&error))?;
    let reading = Reading {
        services,
        caller: caller.0,
        run,
        q: wanted.q,
        after: None,
        begun: false,
    };
    let parts = stream::try_unfold(Some(reading), next);
    let name = format!("attachment; filename=\"refused-rows-{run}.csv\"");
    let head = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((head, Body::from_stream(parts)).into_response())
}

/// The next part of the file. A failure cuts the answer off, so that it is not taken for whole.
async fn next(reading: Option<Reading>) -> Result<Option<(Bytes, Option<Reading>)>, store::Error> {
    let Some(mut reading) = reading else {
        return Ok(None);
    };
    let (store, q, after) = (
        &reading.services.store,
        reading.q.as_deref(),
        reading.after.as_ref(),
    );
    let page =
        store::sync_runs::rejected(store, &reading.caller, reading.run, q, after, PAGE).await?;
    let mut text = String::new();
    if !reading.begun {
        text.push('\u{feff}');
        domain::csv::push_row(&mut text, &COLUMNS);
    }
    for row in &page.rows {
        domain::csv::push_row(&mut text, &line(row));
    }
    let rest = page.next.map(|after| {
        reading.after = Some(after);
        reading.begun = true;
        reading
    });
    Ok(Some((text.into(), rest)))
}

fn line(row: &RejectedRow) -> [String; 4] {
    [
        row.external_key.clone(),
        row.reason.clone(),
        row.at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        row.payload.to_string(),
    ]
}
