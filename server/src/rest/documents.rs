//! `dispatches` and `receipts`.

use super::Problem;
use super::extract::{Id, Json, Parameters, RestCaller};
use super::paging::{Answer, Position, cursor, limit, page};
use crate::services::Services;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{Datelike as _, NaiveDate};
use domain::document::{
    DocumentDetail, DocumentFilter, DocumentKind, DocumentLine, DocumentSort, DocumentSource,
    DocumentStatus, DocumentSummary,
};
use domain::page::Page;
use domain::sort::Sort;
use domain::timeline::TimelineEntry;
use domain::user::Caller;
use domain::{DocumentId, WarehouseId};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which documents.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Dated on this day or later.
    #[param(example = "2020-01-01")]
    date_from: Option<NaiveDate>,
    /// Dated on this day or earlier.
    #[param(example = "2099-12-31")]
    date_to: Option<NaiveDate>,
    /// The ERP's document type.
    #[param(example = "3000")]
    doc_type: Option<String>,
    /// Where it stands.
    #[param(inline, example = "new")]
    status: Option<DocumentStatus>,
    /// Of this site.
    #[param(value_type = Option<i64>, example = 1)]
    warehouse: Option<WarehouseId>,
    /// Only documents with lines that are floor work.
    #[serde(default)]
    #[param(default = false, example = true)]
    only_wms: bool,
    /// Only documents where the ERP and the floor disagree.
    #[serde(default)]
    #[param(default = false, example = false)]
    only_conflicts: bool,
    /// From the ERP, or made to try things out.
    #[param(inline, example = "erp")]
    source: Option<DocumentSource>,
    /// Part of the number or of the partner's name.
    #[param(example = "26-3000")]
    q: Option<String>,
    /// A column, with '-' before it for downwards.
    #[param(value_type = Option<String>,
        pattern = "^-?(dated_on|number|doc_type|status|partner|warehouse|lines_wms|updated_at)$", example = "-dated_on")]
    sort: Option<Sort<DocumentSort>>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    #[param(minimum = 1, maximum = 200, default = 50, example = 20)]
    limit: Option<i64>,
}

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

/// What happened to a dispatch, oldest first; at most its newest 500 entries.
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

/// What happened to a receipt, oldest first; at most its newest 500 entries.
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

async fn list(
    services: &Services,
    caller: &Caller,
    kind: DocumentKind,
    wanted: Wanted,
) -> Answer<DocumentSummary> {
    let after = cursor(wanted.after.as_deref())?;
    let rows = limit(wanted.limit)?;
    believable(wanted.date_from)?;
    believable(wanted.date_to)?;
    let filter = DocumentFilter {
        date_from: wanted.date_from,
        date_to: wanted.date_to,
        doc_type: wanted.doc_type,
        status: wanted.status,
        only_wms: wanted.only_wms,
        q: wanted.q,
        ..DocumentFilter::default()
    };
    let narrowed = at_site(caller, wanted.warehouse);
    let found =
        store::documents::list(&services.store, &narrowed, kind, &filter, after.as_ref(), rows)
            .await?;
    page(found)
}

/// Days outside of four-digit years are slips.
fn believable(day: Option<NaiveDate>) -> Result<(), Problem> {
    match day {
        Some(day) if !(1..=9999).contains(&day.year()) => {
            Err(Problem::invalid("A year has four digits."))
        }
        _ => Ok(()),
    }
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
    let entries = store::timeline::list(&services.store, caller, id).await?;
    position.of(entries, |entry| entry.id)
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
