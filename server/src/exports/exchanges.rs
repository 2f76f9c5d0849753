//! Captured calls of a connection, one JSON object a line, written page by page while they are read.

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
use domain::ConnectionId;
use domain::exchange::ExchangeFilter;
use domain::page::Cursor;
use domain::permission::Permission;
use domain::user::Caller;
use futures::stream;
use serde_json::json;
use std::sync::Arc;

/// Calls read at once.
const PAGE: i64 = 500;

/// The route, behind its access check.
pub fn router<S: Clone + Send + Sync + 'static>(services: &Services) -> Router<S> {
    let access = Access::Needs(Permission::ReadConnections);
    Router::new()
        .route("/exports/connections/{id}/calls", get(lines))
        .route_layer(from_fn_with_state((services.clone(), access), admit))
        .with_state(services.clone())
}

/// Where the reading is; none when everything is written.
struct Reading {
    services: Services,
    caller: Arc<Caller>,
    connection: ConnectionId,
    filter: ExchangeFilter,
    after: Option<Cursor>,
}

async fn lines(
    State(services): State<Services>,
    caller: RestCaller,
    Path(connection): Path<ConnectionId>,
    asked: Result<Query<ExchangeFilter>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(filter) = asked.map_err(|rejection| Problem::invalid(rejection.body_text()))?;
    let (store, now) = (&services.store, services.clock.now());
    store::connections::get(store, &caller, connection).await?;
    let facts = json!({ "connection": connection.0, "filter": filter });
    operations::audit::record(store, Some(&caller), "EXPORTED", "calls", facts, now)
        .await
        .map_err(|error| Problem::internal(&error))?;
    let reading = Reading {
        services,
        caller: caller.0,
        connection,
        filter,
        after: None,
    };
    let parts = stream::try_unfold(Some(reading), next);
    let name = format!("attachment; filename=\"calls-of-connection-{connection}.ndjson\"");
    let head = [
        (header::CONTENT_TYPE, "application/x-ndjson".to_owned()),
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
    let (store, caller) = (&reading.services.store, &reading.caller);
    let (connection, after) = (reading.connection, reading.after.as_ref());
    let page =
        store::exchanges::page(store, caller, connection, &reading.filter, after, PAGE).await?;
    let mut text = String::new();
    for call in &page.rows {
        text.push_str(&json!(call).to_string());
        text.push('\n');
    }
    let rest = page.next.map(|after| {
        reading.after = Some(after);
        reading
    });
    Ok(Some((text.into(), rest)))
}
