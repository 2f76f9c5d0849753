//! `…/erp-entry`: a person's word on whether the ERP has what the floor did.

use super::Problem;
use super::extract::{Id, Json, RestCaller};
use crate::services::Services;
use axum::extract::State;
use axum::http::StatusCode;
use domain::DocumentId;
use domain::document::DocumentKind;
use domain::user::Caller;
use serde::Deserialize;
use utoipa::ToSchema;

/// How the result got into the ERP.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// How, or under which number.
    #[schema(min_length = 3, max_length = 500)]
    note: String,
}

/// Marks a finished dispatch as entered in the ERP by hand.
#[utoipa::path(post, path = "/dispatches/{id}/erp-entry", tag = "Documents",
    params(("id" = i64, Path, example = 5)),
    request_body(content = Entry, example = json!({ "note": "Issued under 26-3000-000005." })),
    responses((status = 204, description = "Marked.")))]
pub async fn mark_dispatch(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<DocumentId>,
    Json(entry): Json<Entry>,
) -> Result<StatusCode, Problem> {
    mark(&services, &caller, DocumentKind::Dispatch, id, &entry).await
}

/// Marks a finished receipt as entered in the ERP by hand.
#[utoipa::path(post, path = "/receipts/{id}/erp-entry", tag = "Documents",
    params(("id" = i64, Path, example = 6)),
    request_body(content = Entry, example = json!({ "note": "Posted by Vesna." })),
    responses((status = 204, description = "Marked.")))]
pub async fn mark_receipt(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<DocumentId>,
    Json(entry): Json<Entry>,
) -> Result<StatusCode, Problem> {
    mark(&services, &caller, DocumentKind::Receipt, id, &entry).await
}

/// Takes back that a dispatch was entered.
#[utoipa::path(delete, path = "/dispatches/{id}/erp-entry", tag = "Documents",
    params(("id" = i64, Path, example = 5)),
    responses((status = 204, description = "Taken back.")))]
pub async fn unmark_dispatch(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<DocumentId>,
) -> Result<StatusCode, Problem> {
    unmark(&services, &caller, DocumentKind::Dispatch, id).await
}

/// Takes back that a receipt was entered.
#[utoipa::path(delete, path = "/receipts/{id}/erp-entry", tag = "Documents",
    params(("id" = i64, Path, example = 6)),
    responses((status = 204, description = "Taken back.")))]
pub async fn unmark_receipt(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<DocumentId>,
) -> Result<StatusCode, Problem> {
    unmark(&services, &caller, DocumentKind::Receipt, id).await
}

async fn mark(
    services: &Services,
    caller: &Caller,
    kind: DocumentKind,
    id: DocumentId,
    entry: &Entry,
) -> Result<StatusCode, Problem> {
    let (store, now) = (&services.store, services.clock.now());
    store::document_lines::check_document(store, caller, kind, id).await?;
    ::operations::documents::mark_entered(store, caller, id, &entry.note, now).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn unmark(
    services: &Services,
    caller: &Caller,
    kind: DocumentKind,
    id: DocumentId,
) -> Result<StatusCode, Problem> {
    let (store, now) = (&services.store, services.clock.now());
    store::document_lines::check_document(store, caller, kind, id).await?;
    ::operations::documents::unmark_entered(store, caller, id, now).await?;
    Ok(StatusCode::NO_CONTENT)
}
