//! `mappings`: what an upstream value means here.

use super::Problem;
use super::extract::{Id, Json, Parameters, RestCaller};
use super::paging::{Answer, cursor, limit, page};
use crate::services::Services;
use axum::extract::State;
use domain::MappingId;
use domain::mapping::{Mapping, MappingAnswer, MappingFilter, MappingKind, MappingSort};
use domain::page::Page;
use domain::sort::Sort;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which mappings.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Only those that wait for an answer.
    #[serde(default)]
    #[param(default = false, example = true)]
    waiting: bool,
    /// Of what.
    #[param(inline, example = "warehouse")]
    kind: Option<MappingKind>,
    /// Part of the upstream's value.
    #[param(example = "VELE")]
    q: Option<String>,
    /// A column, with '-' before it for downwards.
    #[param(value_type = Option<String>, pattern = "^-?(urgency|external|first_seen_at)$", example = "external")]
    sort: Option<Sort<MappingSort>>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    #[param(minimum = 1, maximum = 200, default = 50, example = 20)]
    limit: Option<i64>,
}

/// What an answer did.
#[derive(Debug, Serialize, ToSchema)]
pub struct Answered {
    /// Documents that were judged again.
    documents: i64,
}

/// Answers that people gave or owe.
#[utoipa::path(get, path = "/mappings", tag = "Syncs", params(Wanted),
    responses((status = 200, description = "A page.", body = Page<Mapping>)))]
pub async fn list(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<Wanted>,
) -> Answer<Mapping> {
    let after = cursor(wanted.after.as_deref())?;
    let rows = limit(wanted.limit)?;
    let sort = wanted.sort.unwrap_or_default();
    let filter = MappingFilter {
        waiting: wanted.waiting,
        kind: wanted.kind,
        q: wanted.q,
    };
    let store = &services.store;
    page(store::mappings::list(store, &caller, &filter, sort, after.as_ref(), rows).await?)
}

/// Says what a value means here, or that it is none of ours.
#[utoipa::path(post, path = "/mappings/{id}/answer", tag = "Syncs", params(("id" = i64, Path, example = 1)),
    request_body(content = MappingAnswer, example = json!({ "answer": "means", "code": "VELE_TEST" })),
    responses((status = 200, description = "Answered.", body = Answered)))]
pub async fn answer(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<MappingId>,
    Json(answer): Json<MappingAnswer>,
) -> Result<Json<Answered>, Problem> {
    let now = services.clock.now();
    let documents =
        ::operations::mappings::answer(&services.store, &caller, id, &answer, now).await?;
    Ok(Json(Answered { documents }))
}

/// Takes an answer back: the value waits for one again, and its documents are judged as if it never had one.
#[utoipa::path(delete, path = "/mappings/{id}/answer", tag = "Syncs", params(("id" = i64, Path, example = 2)),
    responses((status = 200, description = "It waits again.", body = Answered)))]
pub async fn ask_again(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<MappingId>,
) -> Result<Json<Answered>, Problem> {
    let now = services.clock.now();
    let documents = ::operations::mappings::ask_again(&services.store, &caller, id, now).await?;
    Ok(Json(Answered { documents }))
}
