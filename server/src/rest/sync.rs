//! `sync/…` and `sync-runs`. A request leaves a row; a worker does the work.

use super::extract::{Id, Json, RestCaller};
use super::{PREFIX, Problem};
use crate::services::Services;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::sync::{Entity, SyncMode, SyncRun};
use domain::user::Caller;
use domain::{ConnectionId, SyncRunId};
use serde::Deserialize;

/// What may be sent along; all of it may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    connection_id: Option<ConnectionId>,
    mode: Option<SyncMode>,
}

/// Syncs the catalogue.
pub async fn catalog(
    State(services): State<Services>,
    caller: RestCaller,
    body: Bytes,
) -> Result<Response, Problem> {
    request(&services, &caller, Entity::Items, &body).await
}

/// Syncs partners.
pub async fn subjects(
    State(services): State<Services>,
    caller: RestCaller,
    body: Bytes,
) -> Result<Response, Problem> {
    request(&services, &caller, Entity::Partners, &body).await
}

/// Syncs dispatches.
pub async fn issue(
    State(services): State<Services>,
    caller: RestCaller,
    body: Bytes,
) -> Result<Response, Problem> {
    request(&services, &caller, Entity::Dispatches, &body).await
}

/// Syncs receipts.
pub async fn receipt(
    State(services): State<Services>,
    caller: RestCaller,
    body: Bytes,
) -> Result<Response, Problem> {
    request(&services, &caller, Entity::Receipts, &body).await
}

/// One run.
pub async fn get(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<SyncRunId>,
) -> Result<Json<SyncRun>, Problem> {
    Ok(Json(
        store::sync_runs::get(&services.store, &caller, id).await?,
    ))
}

async fn request(
    services: &Services,
    caller: &Caller,
    entity: Entity,
    body: &[u8],
) -> Result<Response, Problem> {
    let wanted = read(body)?;
    let connection = match wanted.connection_id {
        Some(id) => id,
        None => only_connection(services, caller).await?,
    };
    let mode = wanted.mode.unwrap_or(SyncMode::Delta);
    let now = services.clock.now();
    let store = &services.store;
    let id = ::operations::sync_runs::request(store, caller, connection, entity, mode, now).await?;
    let run = store::sync_runs::get(store, caller, id).await?;
    let location = format!("{PREFIX}/sync-runs/{id}");
    Ok((
        StatusCode::ACCEPTED,
        [(header::LOCATION, location)],
        Json(run),
    )
        .into_response())
}

fn read(body: &[u8]) -> Result<Wanted, Problem> {
    if body.trim_ascii().is_empty() {
        return Ok(Wanted::default());
    }
    serde_json::from_slice(body).map_err(|error| {
        if error.is_data() {
            Problem::invalid(format!("The body is not understood: {error}."))
        } else {
            let detail = format!("The body is no JSON: {error}.");
            Problem::new(StatusCode::BAD_REQUEST, "malformed", detail)
        }
    })
}

async fn only_connection(services: &Services, caller: &Caller) -> Result<ConnectionId, Problem> {
    let all = store::connections::list(&services.store, caller).await?;
    match all.as_slice() {
        [only] => Ok(only.id),
        [] => Err(Problem::invalid("No connection is set up.")),
        _ => Err(Problem::invalid(
            "Several connections are set up: say which with \"connection_id\".",
        )),
    }
}
