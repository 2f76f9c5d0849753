//! `sync/…` and `sync-runs`. A request leaves a row; a worker does the work.

use super::extract::{Id, Json, OptionalJson, Parameters, RestCaller};
use super::paging::{Answer, cursor, limit, page};
use super::{PREFIX, Problem};
use crate::services::Services;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use connectors::Capability;
use domain::page::Page;
use domain::sync::{Entity, RejectedRow, RunFilter, RunState, SyncMode, SyncRun};
use domain::user::Caller;
use domain::{ConnectionId, SyncRunId};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Accounts that are looked at for the first one.
const MOST_CONNECTIONS: i64 = 200;

/// What may be sent along; all of it may be left out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SyncRequest {
    /// When left out, the one that was set up first of those that have such rows and are no test systems, so
    /// that a second system changes nothing for callers.
    connection_id: Option<ConnectionId>,
    /// Delta when left out.
    mode: Option<SyncMode>,
    /// Only look at what would happen; the run keeps a preview.
    #[serde(default)]
    #[schema(default = false)]
    dry: bool,
}

/// Which runs.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Of this connection.
    #[param(value_type = Option<i64>, example = 1)]
    connection_id: Option<ConnectionId>,
    /// Of this kind of row.
    #[param(inline, example = "items")]
    entity: Option<Entity>,
    /// Where they stand.
    #[param(inline, example = "done")]
    state: Option<RunState>,
    /// Only dry runs, or only real ones.
    #[param(example = false)]
    dry: Option<bool>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    #[param(minimum = 1, maximum = 200, default = 50, example = 20)]
    limit: Option<i64>,
}

/// Which refused rows.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedRejected {
    /// Part of the key or of the reason.
    #[param(example = "unit")]
    q: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    #[param(minimum = 1, maximum = 200, default = 50, example = 20)]
    limit: Option<i64>,
}

/// Syncs the catalogue.
#[utoipa::path(post, path = "/sync/catalog", tag = "Syncs",
    request_body(content = SyncRequest, example = json!({ "mode": "delta" })),
    responses((status = 202, description = "A run was asked for; Location is where to look at it.", body = SyncRun,
        headers(("Location" = String, description = "The run.")))))]
pub async fn catalog(
    State(services): State<Services>,
    caller: RestCaller,
    OptionalJson(wanted): OptionalJson<SyncRequest>,
) -> Result<Response, Problem> {
    request(&services, &caller, Entity::Items, wanted).await
}

/// Syncs partners.
#[utoipa::path(post, path = "/sync/subjects", tag = "Syncs",
    request_body(content = SyncRequest, example = json!({ "mode": "full" })),
    responses((status = 202, description = "A run was asked for; Location is where to look at it.", body = SyncRun,
        headers(("Location" = String, description = "The run.")))))]
pub async fn subjects(
    State(services): State<Services>,
    caller: RestCaller,
    OptionalJson(wanted): OptionalJson<SyncRequest>,
) -> Result<Response, Problem> {
    request(&services, &caller, Entity::Partners, wanted).await
}

/// Syncs dispatches.
#[utoipa::path(post, path = "/sync/issue", tag = "Syncs",
    request_body(content = SyncRequest, example = json!({ "connection_id": 1 })),
    responses((status = 202, description = "A run was asked for; Location is where to look at it.", body = SyncRun,
        headers(("Location" = String, description = "The run.")))))]
pub async fn issue(
    State(services): State<Services>,
    caller: RestCaller,
    OptionalJson(wanted): OptionalJson<SyncRequest>,
) -> Result<Response, Problem> {
    request(&services, &caller, Entity::Dispatches, wanted).await
}

/// Syncs receipts.
#[utoipa::path(post, path = "/sync/receipt", tag = "Syncs",
    request_body(content = SyncRequest, example = json!({})),
    responses((status = 202, description = "A run was asked for; Location is where to look at it.", body = SyncRun,
        headers(("Location" = String, description = "The run.")))))]
pub async fn receipt(
    State(services): State<Services>,
    caller: RestCaller,
    OptionalJson(wanted): OptionalJson<SyncRequest>,
) -> Result<Response, Problem> {
    request(&services, &caller, Entity::Receipts, wanted).await
}

/// Syncs stock.
#[utoipa::path(post, path = "/sync/stock", tag = "Syncs",
    request_body(content = SyncRequest, example = json!({ "mode": "full", "dry": true })),
    responses((status = 202, description = "A run was asked for; Location is where to look at it.", body = SyncRun,
        headers(("Location" = String, description = "The run.")))))]
pub async fn stock(
    State(services): State<Services>,
    caller: RestCaller,
    OptionalJson(wanted): OptionalJson<SyncRequest>,
) -> Result<Response, Problem> {
    request(&services, &caller, Entity::Stock, wanted).await
}

/// Runs, newest first.
#[utoipa::path(get, path = "/sync-runs", tag = "Syncs", params(Wanted),
    responses((status = 200, description = "A page.", body = Page<SyncRun>)))]
pub async fn list(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<Wanted>,
) -> Answer<SyncRun> {
    let after = cursor(wanted.after.as_deref())?;
    let rows = limit(wanted.limit)?;
    let filter = RunFilter {
        connection_id: wanted.connection_id,
        entity: wanted.entity,
        state: wanted.state,
        dry: wanted.dry,
    };
    let store = &services.store;
    page(store::sync_runs::list(store, &caller, &filter, after.as_ref(), rows).await?)
}

/// One run.
#[utoipa::path(get, path = "/sync-runs/{id}", tag = "Syncs", params(("id" = i64, Path, example = 1)),
    responses((status = 200, description = "The run.", body = SyncRun)))]
pub async fn get(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<SyncRunId>,
) -> Result<Json<SyncRun>, Problem> {
    Ok(Json(
        store::sync_runs::get(&services.store, &caller, id).await?,
    ))
}

/// The rows a run did not accept, with the reason for each.
#[utoipa::path(get, path = "/sync-runs/{id}/rejected-rows", tag = "Syncs",
    params(("id" = i64, Path, example = 1), WantedRejected),
    responses((status = 200, description = "A page.", body = Page<RejectedRow>)))]
pub async fn rejected(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<SyncRunId>,
    Parameters(wanted): Parameters<WantedRejected>,
) -> Answer<RejectedRow> {
    let after = cursor(wanted.after.as_deref())?;
    let rows = limit(wanted.limit)?;
    let q = wanted.q.as_deref();
    let store = &services.store;
    page(store::sync_runs::rejected(store, &caller, id, q, after.as_ref(), rows).await?)
}

/// Stops a run: a waiting one at once, a running one after its current page.
#[utoipa::path(post, path = "/sync-runs/{id}/cancellation", tag = "Syncs",
    params(("id" = i64, Path, example = 11)),
    responses((status = 204, description = "It stops.")))]
pub async fn cancel(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<SyncRunId>,
) -> Result<StatusCode, Problem> {
    let now = services.clock.now();
    ::operations::sync_runs::cancel(&services.store, &caller, id, now).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn request(
    services: &Services,
    caller: &Caller,
    entity: Entity,
    wanted: SyncRequest,
) -> Result<Response, Problem> {
    let connection = match wanted.connection_id {
        Some(id) => id,
        None => first_connection(services, caller, entity).await?,
    };
    let mode = wanted.mode.unwrap_or(SyncMode::Delta);
    let (store, now) = (&services.store, services.clock.now());
    use ::operations::sync_runs::{request, request_preview};
    let id = match wanted.dry {
        true => request_preview(store, caller, connection, entity, mode, now).await?,
        false => request(store, caller, connection, entity, mode, now).await?,
    };
    accepted(services, caller, id).await
}

/// The answer that a run was asked for.
pub async fn accepted(
    services: &Services,
    caller: &Caller,
    id: SyncRunId,
) -> Result<Response, Problem> {
    let run = store::sync_runs::get(&services.store, caller, id).await?;
    let location = format!("{PREFIX}/sync-runs/{id}");
    Ok((
        StatusCode::ACCEPTED,
        [(header::LOCATION, location)],
        Json(run),
    )
        .into_response())
}

/// The one that was set up first of those that have such rows and are no test systems.
async fn first_connection(
    services: &Services,
    caller: &Caller,
    entity: Entity,
) -> Result<ConnectionId, Problem> {
    let all = store::connections::page(&services.store, caller, None, MOST_CONNECTIONS).await?;
    let reads = |kind: &str| {
        let known = connectors::registry::kinds().iter();
        known
            .filter(|known| known.kind == kind)
            .any(|known| known.capabilities.contains(&Capability::to_pull(entity)))
    };
    let mut systems = all.rows.iter();
    let first = systems.find(|connection| !connection.test_system && reads(&connection.kind));
    first
        .map(|connection| connection.id)
        .ok_or_else(|| Problem::invalid("No connection is set up that has such rows."))
}
