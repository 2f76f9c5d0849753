//! `dispatches` and `receipts`.

use super::Problem;
use super::extract::{Id, Json, Parameters, RestCaller};
use super::paging::{Answer, Position, cursor, limit, page};
use super::selection::Wanted;
use crate::services::Services;
use axum::extract::State;
use axum::http::StatusCode;
use domain::DocumentId;
use domain::document::{DocumentDetail, DocumentKind, DocumentLine, DocumentSummary};
use domain::page::Page;
use domain::timeline::TimelineEntry;
use domain::user::Caller;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which lines.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedLines {
    /// Only lines that are floor work.
    #[serde(default)]
    #[param(default = false, example = true)]
    only_wms: bool,
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    #[param(minimum = 1, maximum = 200, default = 50, example = 50)]
    limit: Option<i64>,
}

/// Dispatches, newest first.
#[utoipa::path(get, path = "/dispatches", tag = "Documents", params(Wanted),
    responses((status = 200, description = "A page.", body = Page<DocumentSummary>)))]
pub async fn list_dispatches(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<Wanted>,
) -> Answer<DocumentSummary> {
    list(&services, &caller, DocumentKind::Dispatch, wanted).await
}

/// Receipts, newest first.
#[utoipa::path(get, path = "/receipts", tag = "Documents", params(Wanted),
    responses((status = 200, description = "A page.", body = Page<DocumentSummary>)))]
pub async fn list_receipts(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<Wanted>,
) -> Answer<DocumentSummary> {
    list(&services, &caller, DocumentKind::Receipt, wanted).await
}

/// One dispatch with its lines and task.
#[utoipa::path(get, path = "/dispatches/{id}", tag = "Documents", params(("id" = i64, Path, example = 1)),
    responses((status = 200, description = "The dispatch.", body = DocumentDetail)))]
pub async fn get_dispatch(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<DocumentId>,
) -> Result<Json<DocumentDetail>, Problem> {
    let found = get(&services, &caller, DocumentKind::Dispatch, id).await?;
    Ok(Json(found))
}

/// One receipt with its lines and task.
#[utoipa::path(get, path = "/receipts/{id}", tag = "Documents", params(("id" = i64, Path, example = 2)),
    responses((status = 200, description = "The receipt.", body = DocumentDetail)))]
pub async fn get_receipt(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<DocumentId>,
) -> Result<Json<DocumentDetail>, Problem> {
    let found = get(&services, &caller, DocumentKind::Receipt, id).await?;
    Ok(Json(found))
}

/// Lines of a dispatch, in the ERP's order.
#[utoipa::path(get, path = "/dispatches/{id}/items", tag = "Documents",
    params(("id" = i64, Path, example = 1), WantedLines),
    responses((status = 200, description = "A page.", body = Page<DocumentLine>)))]
pub async fn dispatch_lines(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<DocumentId>,
    Parameters(wanted): Parameters<WantedLines>,
) -> Answer<DocumentLine> {
    lines(&services, &caller, DocumentKind::Dispatch, id, wanted).await
}

/// Lines of a receipt, in the ERP's order.
#[utoipa::path(get, path = "/receipts/{id}/items", tag = "Documents",
    params(("id" = i64, Path, example = 2), WantedLines),
    responses((status = 200, description = "A page.", body = Page<DocumentLine>)))]
pub async fn receipt_lines(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<DocumentId>,
    Parameters(wanted): Parameters<WantedLines>,
) -> Answer<DocumentLine> {
    lines(&services, &caller, DocumentKind::Receipt, id, wanted).await
}

/// What happened to a dispatch, oldest first.
#[utoipa::path(get, path = "/dispatches/{id}/timeline", tag = "Documents",
    params(("id" = i64, Path, example = 1), Position),
    responses((status = 200, description = "A page.", body = Page<TimelineEntry>)))]
pub async fn dispatch_timeline(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<DocumentId>,
    Parameters(position): Parameters<Position>,
) -> Answer<TimelineEntry> {
    timeline(&services, &caller, DocumentKind::Dispatch, id, position).await
}

/// What happened to a receipt, oldest first.
#[utoipa::path(get, path = "/receipts/{id}/timeline", tag = "Documents",
    params(("id" = i64, Path, example = 2), Position),
    responses((status = 200, description = "A page.", body = Page<TimelineEntry>)))]
pub async fn receipt_timeline(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<DocumentId>,
    Parameters(position): Parameters<Position>,
) -> Answer<TimelineEntry> {
    timeline(&services, &caller, DocumentKind::Receipt, id, position).await
}

/// Matches a dispatch's lines with the catalogue again and judges which are floor work.
#[utoipa::path(post, path = "/dispatches/{id}/recalculation", tag = "Documents",
    params(("id" = i64, Path, example = 1)),
    responses((status = 204, description = "Done.")))]
pub async fn recalculate_dispatch(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<DocumentId>,
) -> Result<StatusCode, Problem> {
    recalculate(&services, &caller, DocumentKind::Dispatch, id).await
}

/// Matches a receipt's lines with the catalogue again and judges which are floor work.
#[utoipa::path(post, path = "/receipts/{id}/recalculation", tag = "Documents",
    params(("id" = i64, Path, example = 2)),
    responses((status = 204, description = "Done.")))]
pub async fn recalculate_receipt(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<DocumentId>,
) -> Result<StatusCode, Problem> {
    recalculate(&services, &caller, DocumentKind::Receipt, id).await
}

/// Deletes a test document with its lines and task; documents of the ERP stay.
#[utoipa::path(delete, path = "/dispatches/{id}", tag = "Documents", params(("id" = i64, Path, example = 3)),
    responses((status = 204, description = "Gone.")))]
pub async fn delete_dispatch(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<DocumentId>,
) -> Result<StatusCode, Problem> {
    delete(&services, &caller, DocumentKind::Dispatch, id).await
}

/// Deletes a test document with its lines and task; documents of the ERP stay.
#[utoipa::path(delete, path = "/receipts/{id}", tag = "Documents", params(("id" = i64, Path, example = 4)),
    responses((status = 204, description = "Gone.")))]
pub async fn delete_receipt(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<DocumentId>,
) -> Result<StatusCode, Problem> {
    delete(&services, &caller, DocumentKind::Receipt, id).await
}

async fn list(
    services: &Services,
    caller: &Caller,
    kind: DocumentKind,
    wanted: Wanted,
) -> Answer<DocumentSummary> {
    let (position, filter) = wanted.parts()?;
    let after = position.cursor()?;
    let rows = position.rows()?;
    let store = &services.store;
    page(store::documents::list(store, caller, kind, &filter, after.as_ref(), rows).await?)
}

async fn get(
    services: &Services,
    caller: &Caller,
    kind: DocumentKind,
    id: DocumentId,
) -> Result<DocumentDetail, Problem> {
    let found = store::documents::get(&services.store, caller, id).await?;
    if found.document.kind == kind {
        Ok(found)
    } else {
        Err(Problem::not_found(kind.as_str()))
    }
}

async fn lines(
    services: &Services,
    caller: &Caller,
    kind: DocumentKind,
    id: DocumentId,
    wanted: WantedLines,
) -> Answer<DocumentLine> {
    let after = cursor(wanted.after.as_deref())?;
    let rows = limit(wanted.limit)?;
    let of = (kind, id);
    let found = store::document_lines::list(
        &services.store,
        caller,
        of,
        wanted.only_wms,
        after.as_ref(),
        rows,
    );
    page(found.await?)
}

async fn timeline(
    services: &Services,
    caller: &Caller,
    kind: DocumentKind,
    id: DocumentId,
    position: Position,
) -> Answer<TimelineEntry> {
    store::document_lines::check_document(&services.store, caller, kind, id).await?;
    let (after, rows) = (position.cursor()?, position.rows()?);
    page(store::timeline::page(&services.store, caller, id, after.as_ref(), rows).await?)
}

async fn recalculate(
    services: &Services,
    caller: &Caller,
    kind: DocumentKind,
    id: DocumentId,
) -> Result<StatusCode, Problem> {
    store::document_lines::check_document(&services.store, caller, kind, id).await?;
    let now = services.clock.now();
    ::operations::documents::recalculate(&services.store, caller, id, now).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn delete(
    services: &Services,
    caller: &Caller,
    kind: DocumentKind,
    id: DocumentId,
) -> Result<StatusCode, Problem> {
    store::document_lines::check_document(&services.store, caller, kind, id).await?;
    let now = services.clock.now();
    ::operations::test_documents::delete(&services.store, caller, id, now).await?;
    Ok(StatusCode::NO_CONTENT)
}
