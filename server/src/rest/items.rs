//! `items`.

use super::Problem;
use super::extract::{Id, Json, Parameters, RestCaller};
use super::paging::{Answer, cursor, limit, page};
use crate::services::Services;
use axum::extract::State;
use domain::ItemId;
use domain::item::{ItemDetail, ItemFilter, ItemSort, ItemSummary};
use domain::page::Page;
use domain::sort::Sort;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which items.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Part of the code or name, or a whole barcode.
    #[param(example = "85123")]
    q: Option<String>,
    /// Only items that the ERP still has, or only those it has no more.
    #[param(example = true)]
    active: Option<bool>,
    /// A column, with '-' before it for downwards.
    #[param(value_type = Option<String>, pattern = "^-?(code|name|supplier|class|synced_at)$", example = "-name")]
    sort: Option<Sort<ItemSort>>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    #[param(minimum = 1, maximum = 200, default = 50, example = 20)]
    limit: Option<i64>,
}

/// Which item.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Scanned {
    /// What was scanned or typed: a code, a barcode or a GS1 label.
    #[param(example = "85123A")]
    code: String,
}

/// The catalogue.
#[utoipa::path(get, path = "/items", tag = "Catalogue", params(Wanted),
    responses((status = 200, description = "A page.", body = Page<ItemSummary>)))]
pub async fn list(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<Wanted>,
) -> Answer<ItemSummary> {
    let after = cursor(wanted.after.as_deref())?;
    let rows = limit(wanted.limit)?;
    let sort = wanted.sort.unwrap_or_default();
    let filter = ItemFilter {
        q: wanted.q,
        active: wanted.active,
    };
    let store = &services.store;
    page(store::items::list(store, &caller, &filter, sort, after.as_ref(), rows).await?)
}

/// One item with its barcodes and stock.
#[utoipa::path(get, path = "/items/{id}", tag = "Catalogue", params(("id" = i64, Path, example = 1)),
    responses((status = 200, description = "The item.", body = ItemDetail)))]
pub async fn get(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<ItemId>,
) -> Result<Json<ItemDetail>, Problem> {
    Ok(Json(store::items::get(&services.store, &caller, id).await?))
}

/// The item that a scanned code means, with where it lies and where it is asked for.
#[utoipa::path(get, path = "/items/lookup", tag = "Floor", params(Scanned),
    responses((status = 200, description = "The item.", body = ItemDetail)))]
pub async fn look_up(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(scanned): Parameters<Scanned>,
) -> Result<Json<ItemDetail>, Problem> {
    let store = &services.store;
    Ok(Json(
        store::items::look_up(store, &caller, &scanned.code).await?,
    ))
}
