//! `dispatches` and `receipts`.

use super::Problem;
use super::extract::{Id, Json, Parameters, RestCaller, cursor, limit};
use crate::services::Services;
use axum::extract::State;
use chrono::NaiveDate;
use domain::DocumentId;
use domain::document::{
    DocumentDetail, DocumentFilter, DocumentKind, DocumentLine, DocumentStatus, DocumentSummary,
};
use domain::page::Page;
use domain::user::Caller;
use serde::{Deserialize, Serialize};

/// Which documents.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    date_from: Option<NaiveDate>,
    date_to: Option<NaiveDate>,
    doc_type: Option<String>,
    status: Option<DocumentStatus>,
    #[serde(default)]
    only_wms: bool,
    q: Option<String>,
    after: Option<String>,
    limit: Option<i64>,
}

/// Lines of one document.
#[derive(Debug, Serialize)]
pub struct Lines {
    rows: Vec<DocumentLine>,
}

/// A page of dispatches, newest first.
pub async fn list_dispatches(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<Json<Page<DocumentSummary>>, Problem> {
    list(&services, &caller, DocumentKind::Dispatch, wanted).await
}

/// A page of receipts, newest first.
pub async fn list_receipts(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<Json<Page<DocumentSummary>>, Problem> {
    list(&services, &caller, DocumentKind::Receipt, wanted).await
}

/// One dispatch.
pub async fn get_dispatch(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<DocumentId>,
) -> Result<Json<DocumentDetail>, Problem> {
    Ok(Json(
        get(&services, &caller, DocumentKind::Dispatch, id).await?,
    ))
}

/// One receipt.
pub async fn get_receipt(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<DocumentId>,
) -> Result<Json<DocumentDetail>, Problem> {
    Ok(Json(
        get(&services, &caller, DocumentKind::Receipt, id).await?,
    ))
}

/// Lines of a dispatch.
pub async fn dispatch_lines(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<DocumentId>,
) -> Result<Json<Lines>, Problem> {
    let found = get(&services, &caller, DocumentKind::Dispatch, id).await?;
    Ok(Json(Lines { rows: found.lines }))
}

/// Lines of a receipt.
pub async fn receipt_lines(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<DocumentId>,
) -> Result<Json<Lines>, Problem> {
    let found = get(&services, &caller, DocumentKind::Receipt, id).await?;
    Ok(Json(Lines { rows: found.lines }))
}

async fn list(
    services: &Services,
    caller: &Caller,
    kind: DocumentKind,
    wanted: Wanted,
) -> Result<Json<Page<DocumentSummary>>, Problem> {
    let after = cursor(wanted.after);
    let rows = limit(wanted.limit);
    let filter = DocumentFilter {
        date_from: wanted.date_from,
        date_to: wanted.date_to,
        doc_type: wanted.doc_type,
        status: wanted.status,
        only_wms: wanted.only_wms,
        q: wanted.q,
    };
    let page = store::documents::list(&services.store, caller, kind, &filter, after.as_ref(), rows)
        .await?;
    Ok(Json(page))
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
