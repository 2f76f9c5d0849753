//! The office's download links, behind the session or a token.

use super::{Format, document, documents, shortages};
use crate::rest::{Access, Problem, RestCaller, admit};
use crate::services::Services;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use domain::document::{DocumentFilter, DocumentKind, DocumentSource, DocumentStatus};
use domain::permission::Permission;
use domain::shortage::ShortageReason;
use domain::shortage_report::ShortageFilter;
use domain::{DocumentId, UserId, WarehouseId};
use serde::Deserialize;

/// The routes, each behind its access check.
pub fn router<S: Clone + Send + Sync + 'static>(services: &Services) -> Router<S> {
    let access = Access::Needs(Permission::ReadDocuments);
    Router::new()
        .route("/exports/dispatches/{format}", get(dispatches))
        .route("/exports/receipts/{format}", get(receipts))
        .route("/exports/documents/{id}/{format}", get(one_document))
        .route("/exports/shortages/{format}", get(short_lines))
        .route_layer(from_fn_with_state((services.clone(), access), admit))
        .with_state(services.clone())
}

/// The query of a list page; what it does not know, such as the page, does not narrow.
#[derive(Debug, Deserialize)]
struct Wanted {
    date_from: Option<NaiveDate>,
    date_to: Option<NaiveDate>,
    doc_type: Option<String>,
    status: Option<DocumentStatus>,
    warehouse: Option<WarehouseId>,
    only_wms: Option<String>,
    only_conflicts: Option<String>,
    only_unentered: Option<String>,
    source: Option<DocumentSource>,
    q: Option<String>,
}

impl From<Wanted> for DocumentFilter {
    fn from(wanted: Wanted) -> Self {
        Self {
            date_from: wanted.date_from,
            date_to: wanted.date_to,
            doc_type: wanted.doc_type,
            status: wanted.status,
            warehouse: wanted.warehouse,
            only_wms: is_on(wanted.only_wms.as_deref()),
            only_conflicts: is_on(wanted.only_conflicts.as_deref()),
            only_unentered: is_on(wanted.only_unentered.as_deref()),
            source: wanted.source,
            q: wanted.q,
            ..Self::default()
        }
    }
}

fn is_on(value: Option<&str>) -> bool {
    matches!(value, Some("1" | "true"))
}

#[derive(Debug, Deserialize)]
struct WantedShortages {
    date_from: Option<NaiveDate>,
    date_to: Option<NaiveDate>,
    reason: Option<ShortageReason>,
    worker: Option<UserId>,
    warehouse: Option<WarehouseId>,
    item_code: Option<String>,
    location: Option<String>,
}

type Asked<T> = Result<Query<T>, axum::extract::rejection::QueryRejection>;

fn read<T>(asked: Asked<T>) -> Result<T, Problem> {
    asked
        .map(|Query(wanted)| wanted)
        .map_err(|rejection| Problem::invalid(rejection.body_text()))
}

async fn dispatches(
    State(services): State<Services>,
    caller: RestCaller,
    Path(format): Path<Format>,
    asked: Asked<Wanted>,
) -> Result<Response, Problem> {
    let filter = read(asked)?.into();
    documents(&services, &caller, DocumentKind::Dispatch, &filter, format).await
}

async fn receipts(
    State(services): State<Services>,
    caller: RestCaller,
    Path(format): Path<Format>,
    asked: Asked<Wanted>,
) -> Result<Response, Problem> {
    let filter = read(asked)?.into();
    documents(&services, &caller, DocumentKind::Receipt, &filter, format).await
}

async fn one_document(
    State(services): State<Services>,
    caller: RestCaller,
    Path((id, format)): Path<(DocumentId, Format)>,
) -> Result<Response, Problem> {
    document(&services, &caller, id, format).await
}

async fn short_lines(
    State(services): State<Services>,
    caller: RestCaller,
    Path(format): Path<Format>,
    asked: Asked<WantedShortages>,
) -> Result<Response, Problem> {
    let wanted = read(asked)?;
    let filter = ShortageFilter {
        date_from: wanted.date_from,
        date_to: wanted.date_to,
        reason: wanted.reason,
        worker: wanted.worker,
        warehouse: wanted.warehouse,
        item_code: wanted.item_code,
        location: wanted.location,
    };
    shortages(&services, &caller, &filter, format).await
}
