//! `sync-runs/{id}/preview`: what a dry run would do, and a person's word on it.

use super::Problem;
use super::extract::{Id, Json, Parameters, RestCaller};
use super::paging::{Answer, cursor, limit, page};
use super::sync;
use crate::services::Services;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::SyncRunId;
use domain::page::Page;
use domain::preview::{PreviewFilter, PreviewKind, PreviewRow};
use domain::sync::SyncRun;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Which rows.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Of this kind.
    #[param(inline, example = "created")]
    kind: Option<PreviewKind>,
    /// Part of the upstream's key or of the name.
    #[param(example = "22423")]
    q: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    #[param(minimum = 1, maximum = 200, default = 50, example = 20)]
    limit: Option<i64>,
}

/// A person's word on a preview.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// The rows that become inactive were looked at: the real run does not ask about that many again.
    #[serde(default)]
    #[schema(default = false)]
    deactivations_seen: bool,
}

/// A person's word on rows that a full pass did not meet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Deactivation {
    /// Mark them inactive, or leave them.
    approve: bool,
}

/// Rows a dry run would touch, field by field; at most 1,000 of each kind are kept, the run's figures
/// count all.
#[utoipa::path(get, path = "/sync-runs/{id}/preview", tag = "Syncs", params(("id" = i64, Path, example = 7), Wanted),
    responses((status = 200, description = "A page.", body = Page<PreviewRow>)))]
pub async fn rows(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<SyncRunId>,
    Parameters(wanted): Parameters<Wanted>,
) -> Answer<PreviewRow> {
    let after = cursor(wanted.after.as_deref())?;
    let rows = limit(wanted.limit)?;
    let filter = PreviewFilter {
        kind: wanted.kind,
        q: wanted.q,
    };
    let store = &services.store;
    page(store::sync_previews::list(store, &caller, id, &filter, after.as_ref(), rows).await?)
}

/// Asks for the real run of a finished dry run.
#[utoipa::path(post, path = "/sync-runs/{id}/preview/application", tag = "Syncs",
    params(("id" = i64, Path, example = 7)),
    request_body(content = Application, example = json!({ "deactivations_seen": true })),
    responses((status = 202, description = "The real run was asked for; Location is where to look at it.",
        body = SyncRun, headers(("Location" = String, description = "The run.")))))]
pub async fn apply(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<SyncRunId>,
    Json(word): Json<Application>,
) -> Result<Response, Problem> {
    let (store, now) = (&services.store, services.clock.now());
    let seen = word.deactivations_seen;
    let real = ::operations::sync_runs::apply_preview(store, &caller, id, seen, now).await?;
    sync::accepted(&services, &caller, real).await
}

/// Throws a preview away.
#[utoipa::path(delete, path = "/sync-runs/{id}/preview", tag = "Syncs", params(("id" = i64, Path, example = 8)),
    responses((status = 204, description = "Gone.")))]
pub async fn discard(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<SyncRunId>,
) -> Result<StatusCode, Problem> {
    let now = services.clock.now();
    ::operations::sync_runs::discard_preview(&services.store, &caller, id, now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Answers a run that stopped at the brake: mark what it did not meet as inactive, or leave it.
#[utoipa::path(post, path = "/sync-runs/{id}/deactivation", tag = "Syncs", params(("id" = i64, Path, example = 10)),
    request_body(content = Deactivation, example = json!({ "approve": false })),
    responses((status = 204, description = "The run goes on.")))]
pub async fn decide(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<SyncRunId>,
    Json(word): Json<Deactivation>,
) -> Result<StatusCode, Problem> {
    let (store, now) = (&services.store, services.clock.now());
    ::operations::sync_runs::decide_deactivation(store, &caller, id, word.approve, now).await?;
    Ok(StatusCode::NO_CONTENT)
}
