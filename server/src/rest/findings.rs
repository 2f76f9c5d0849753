//! `conflicts`, `shortages` and `exceptions`: what needs a person's eye.

use super::Problem;
use super::extract::{Id, Json, Parameters, RestCaller};
use super::paging::{Answer, Position, cursor, limit, page};
use crate::services::Services;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use domain::document::{OpenConflict, Resolution, SeenConflict};
use domain::exception::{Exception, ExceptionKind, ExceptionView};
use domain::page::Page;
use domain::shortage::ShortageReason;
use domain::shortage_report::{ShortageFilter, ShortageRow};
use domain::{ExceptionId, LineId, OperationId, UserId, WarehouseId};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Which shortages.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedShortages {
    /// Reported on this day or later, site time.
    #[param(example = "2020-01-01")]
    date_from: Option<NaiveDate>,
    /// Reported on this day or earlier, site time.
    #[param(example = "2099-12-31")]
    date_to: Option<NaiveDate>,
    /// Only this reason.
    #[param(inline, example = "damaged")]
    reason: Option<ShortageReason>,
    /// Only this worker's reports.
    #[param(value_type = Option<i64>, example = 3)]
    worker: Option<UserId>,
    /// Only this site.
    #[param(value_type = Option<i64>, example = 1)]
    warehouse: Option<WarehouseId>,
    /// Only this item's code.
    #[param(example = "85123A")]
    item_code: Option<String>,
    /// Only what should have been on this location.
    #[param(example = "A-01-1")]
    location: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    #[param(minimum = 1, maximum = 200, default = 50, example = 20)]
    limit: Option<i64>,
}

/// Which exceptions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedExceptions {
    /// Those that wait, the reader's own among them, or those that are over.
    #[serde(default)]
    #[param(inline, example = "open")]
    view: ExceptionView,
    /// Of this kind.
    #[param(inline, example = "late")]
    kind: Option<ExceptionKind>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    #[param(minimum = 1, maximum = 200, default = 50, example = 20)]
    limit: Option<i64>,
}

/// A person's word about a conflict.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Made by the client; the same id twice decides once.
    id: OperationId,
    /// What the person saw; a line that changed meanwhile is not touched.
    seen: SeenConflict,
    /// What happens.
    resolution: Resolution,
}

/// A lead's word about work done without a network.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewDecision {
    /// It counts for the person who did it; otherwise for nothing.
    accept: bool,
}

/// Decides about work done without a network: an exception of the kind `review`.
#[utoipa::path(post, path = "/exceptions/{id}/decision", tag = "Findings",
    params(("id" = i64, Path, description = "The exception.")),
    request_body(content = ReviewDecision),
    responses((status = 204, description = "Decided.")))]
pub async fn review(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<ExceptionId>,
    Json(decision): Json<ReviewDecision>,
) -> Result<StatusCode, Problem> {
    let (store, now) = (&services.store, services.clock.now());
    ::operations::reviews::decide(store, &caller, id, decision.accept, now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lines where the ERP and the floor disagree, newest first.
#[utoipa::path(get, path = "/conflicts", tag = "Findings", params(Position),
    responses((status = 200, description = "A page.", body = Page<OpenConflict>)))]
pub async fn conflicts(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(position): Parameters<Position>,
) -> Answer<OpenConflict> {
    let after = position.cursor()?;
    let rows = position.rows()?;
    page(store::conflicts::list(&services.store, &caller, after.as_ref(), rows).await?)
}

/// Decides a conflict of a line.
#[utoipa::path(post, path = "/conflicts/{id}/decision", tag = "Findings",
    params(("id" = i64, Path, description = "The line.")),
    request_body(content = Decision),
    responses((status = 204, description = "Decided.")))]
pub async fn decide(
    State(services): State<Services>,
    caller: RestCaller,
    Id(line): Id<LineId>,
    Json(decision): Json<Decision>,
) -> Result<StatusCode, Problem> {
    let (store, now) = (&services.store, services.clock.now());
    let Decision {
        id,
        seen,
        resolution,
    } = decision;
    ::operations::conflicts::resolve(store, &caller, line, seen, &resolution, id, now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lines that are short, newest report first.
#[utoipa::path(get, path = "/shortages", tag = "Findings", params(WantedShortages),
    responses((status = 200, description = "A page.", body = Page<ShortageRow>)))]
pub async fn shortages(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<WantedShortages>,
) -> Answer<ShortageRow> {
    let after = cursor(wanted.after.as_deref())?;
    let rows = limit(wanted.limit)?;
    super::selection::believable(wanted.date_from)?;
    super::selection::believable(wanted.date_to)?;
    let filter = ShortageFilter {
        date_from: wanted.date_from,
        date_to: wanted.date_to,
        reason: wanted.reason,
        worker: wanted.worker,
        warehouse: wanted.warehouse,
        item_code: wanted.item_code,
        location: wanted.location,
    };
    let store = &services.store;
    page(store::shortages::list(store, &caller, &filter, after.as_ref(), rows).await?)
}

/// What is late, idle, short, stuck, miscounted, unmapped or broken.
#[utoipa::path(get, path = "/exceptions", tag = "Findings", params(WantedExceptions),
    responses((status = 200, description = "A page.", body = Page<Exception>)))]
pub async fn exceptions(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<WantedExceptions>,
) -> Answer<Exception> {
    let after = cursor(wanted.after.as_deref())?;
    let rows = limit(wanted.limit)?;
    let (store, now) = (&services.store, services.clock.now());
    let (view, kind) = (wanted.view, wanted.kind);
    page(store::exceptions::list(store, &caller, view, kind, after.as_ref(), rows, now).await?)
}
