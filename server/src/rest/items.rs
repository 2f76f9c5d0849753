//! `items`.

use super::Problem;
use super::extract::{Id, Json, Parameters, RestCaller, cursor, limit};
use crate::services::Services;
use axum::extract::State;
use domain::ItemId;
use domain::item::{ItemDetail, ItemSummary};
use domain::page::Page;
use serde::Deserialize;

/// Which items.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    q: Option<String>,
    after: Option<String>,
    limit: Option<i64>,
}

/// A page of the catalogue.
pub async fn list(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<Json<Page<ItemSummary>>, Problem> {
    let after = cursor(wanted.after);
    let rows = limit(wanted.limit);
    let q = wanted.q.as_deref();
    let page = store::items::list(&services.store, &caller, q, after.as_ref(), rows).await?;
    Ok(Json(page))
}

/// One item.
pub async fn get(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<ItemId>,
) -> Result<Json<ItemDetail>, Problem> {
    Ok(Json(store::items::get(&services.store, &caller, id).await?))
}
