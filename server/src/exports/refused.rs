//! Refused rows of a sync run as CSV.

use super::paged::{CSV, Source, file, titles};
use crate::rest::{Access, Problem, RestCaller, admit};
use crate::services::Services;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::get;
use domain::SyncRunId;
use domain::page::{Cursor, Page};
use domain::permission::Permission;
use domain::sync::RejectedRow;
use domain::user::Caller;
use serde::Deserialize;
use serde_json::{Value, json};
use store::Store;

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

/// Refused rows of one run.
struct Refused {
    run: SyncRunId,
    q: Option<String>,
}

impl Source for Refused {
    type Row = RejectedRow;
    const SUBJECT: &'static str = "refused rows";
    const KIND: &'static str = CSV;

    fn name(&self) -> String {
        format!("refused-rows-{}.csv", self.run)
    }

    fn facts(&self) -> Value {
        json!({ "run": self.run.0, "q": self.q })
    }

    fn head(&self) -> String {
        titles(&COLUMNS)
    }

    async fn read(
        &self,
        store: &Store,
        caller: &Caller,
        after: Option<&Cursor>,
    ) -> Result<Page<RejectedRow>, store::Error> {
        store::sync_runs::rejected(store, caller, self.run, self.q.as_deref(), after, PAGE).await
    }

    fn push(&self, text: &mut String, row: &RejectedRow) {
        domain::csv::push_row(text, &line(row));
    }
}

async fn csv(
    State(services): State<Services>,
    caller: RestCaller,
    Path(run): Path<SyncRunId>,
    asked: Result<Query<Wanted>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(Wanted { q }) = asked.map_err(|rejection| Problem::invalid(rejection.body_text()))?;
    store::sync_runs::get(&services.store, &caller, run).await?;
    file(services, caller, Refused { run, q }).await
}

fn line(row: &RejectedRow) -> [String; 4] {
    [
        row.external_key.clone(),
        row.reason.clone(),
        row.at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        row.payload.to_string(),
    ]
}
