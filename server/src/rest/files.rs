//! Floor lines as files for spreadsheets.

use super::Problem;
use super::extract::{Id, Parameters, RestCaller};
use super::selection::Selection;
use crate::exports::{self, Format};
use crate::services::Services;
use axum::extract::State;
use axum::response::Response;
use domain::DocumentId;
use domain::document::DocumentKind;

/// Floor lines of the dispatches that a filter lets through, as CSV. Texts that look like formulas
/// are disarmed; more than 50,000 lines are refused.
#[utoipa::path(get, path = "/dispatches.csv", tag = "Documents", params(Selection),
    responses((status = 200, description = "The file.", body = String, content_type = "text/csv")))]
pub async fn dispatches_csv(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<Selection>,
) -> Result<Response, Problem> {
    many(
        &services,
        &caller,
        DocumentKind::Dispatch,
        wanted,
        Format::Csv,
    )
    .await
}

/// The same as an Excel workbook.
#[utoipa::path(get, path = "/dispatches.xlsx", tag = "Documents", params(Selection),
    responses((status = 200, description = "The file.", body = String, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn dispatches_xlsx(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<Selection>,
) -> Result<Response, Problem> {
    many(
        &services,
        &caller,
        DocumentKind::Dispatch,
        wanted,
        Format::Xlsx,
    )
    .await
}

/// Floor lines of the receipts that a filter lets through, as CSV.
#[utoipa::path(get, path = "/receipts.csv", tag = "Documents", params(Selection),
    responses((status = 200, description = "The file.", body = String, content_type = "text/csv")))]
pub async fn receipts_csv(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<Selection>,
) -> Result<Response, Problem> {
    many(
        &services,
        &caller,
        DocumentKind::Receipt,
        wanted,
        Format::Csv,
    )
    .await
}

/// The same as an Excel workbook.
#[utoipa::path(get, path = "/receipts.xlsx", tag = "Documents", params(Selection),
    responses((status = 200, description = "The file.", body = String, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn receipts_xlsx(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<Selection>,
) -> Result<Response, Problem> {
    many(
        &services,
        &caller,
        DocumentKind::Receipt,
        wanted,
        Format::Xlsx,
    )
    .await
}

/// Floor lines of a dispatch as CSV.
#[utoipa::path(get, path = "/dispatches/{id}/items.csv", tag = "Documents", params(("id" = i64, Path, example = 1)),
    responses((status = 200, description = "The file.", body = String, content_type = "text/csv")))]
pub async fn dispatch_csv(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<DocumentId>,
) -> Result<Response, Problem> {
    one(&services, &caller, DocumentKind::Dispatch, id, Format::Csv).await
}

/// Floor lines of a dispatch as an Excel workbook.
#[utoipa::path(get, path = "/dispatches/{id}/items.xlsx", tag = "Documents", params(("id" = i64, Path, example = 1)),
    responses((status = 200, description = "The file.", body = String, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn dispatch_xlsx(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<DocumentId>,
) -> Result<Response, Problem> {
    one(&services, &caller, DocumentKind::Dispatch, id, Format::Xlsx).await
}

/// Floor lines of a receipt as CSV.
#[utoipa::path(get, path = "/receipts/{id}/items.csv", tag = "Documents", params(("id" = i64, Path, example = 2)),
    responses((status = 200, description = "The file.", body = String, content_type = "text/csv")))]
pub async fn receipt_csv(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<DocumentId>,
) -> Result<Response, Problem> {
    one(&services, &caller, DocumentKind::Receipt, id, Format::Csv).await
}

/// Floor lines of a receipt as an Excel workbook.
#[utoipa::path(get, path = "/receipts/{id}/items.xlsx", tag = "Documents", params(("id" = i64, Path, example = 2)),
    responses((status = 200, description = "The file.", body = String, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn receipt_xlsx(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<DocumentId>,
) -> Result<Response, Problem> {
    one(&services, &caller, DocumentKind::Receipt, id, Format::Xlsx).await
}

async fn many(
    services: &Services,
    caller: &RestCaller,
    kind: DocumentKind,
    wanted: Selection,
    format: Format,
) -> Result<Response, Problem> {
    exports::documents(services, caller, kind, &wanted.filter()?, format).await
}

async fn one(
    services: &Services,
    caller: &RestCaller,
    kind: DocumentKind,
    id: DocumentId,
    format: Format,
) -> Result<Response, Problem> {
    store::document_lines::check_document(&services.store, caller, kind, id).await?;
    exports::document(services, caller, id, format).await
}
