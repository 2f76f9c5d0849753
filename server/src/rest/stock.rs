//! `stock`: what the ERP says is on hand.

use super::extract::{Parameters, RestCaller};
use super::paging::{Answer, cursor, limit, page};
use crate::services::Services;
use axum::extract::State;
use domain::page::Page;
use domain::stock::{StockFilter, StockRow};
use domain::{ConnectionId, WarehouseId};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which levels.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Of this connection.
    #[param(value_type = Option<i64>, example = 1)]
    connection_id: Option<ConnectionId>,
    /// At this site; without it also at names of the ERP that are none of our sites.
    #[param(value_type = Option<i64>, example = 1)]
    warehouse: Option<WarehouseId>,
    /// Only this item's code.
    #[param(example = "85123A")]
    item_code: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    #[param(minimum = 1, maximum = 200, default = 50, example = 20)]
    limit: Option<i64>,
}

/// On hand by item and warehouse, each with the time since when it is true.
#[utoipa::path(get, path = "/stock", tag = "Catalogue", params(Wanted),
    responses((status = 200, description = "A page.", body = Page<StockRow>)))]
pub async fn list(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<Wanted>,
) -> Answer<StockRow> {
    let after = cursor(wanted.after.as_deref())?;
    let rows = limit(wanted.limit)?;
    let filter = StockFilter {
        connection_id: wanted.connection_id,
        warehouse: wanted.warehouse,
        item_code: wanted.item_code,
    };
    let store = &services.store;
    page(store::stock::list(store, &caller, &filter, after.as_ref(), rows).await?)
}
