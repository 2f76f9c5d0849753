//! `counts`: blind counts of what lies on locations.

use super::Problem;
use super::extract::{Json, Parameters, RestCaller};
use crate::services::Services;
use axum::extract::State;
use domain::WarehouseId;
use domain::counting::{CountLine, CountRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Of which site.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Site; the caller's first when left out.
    #[param(value_type = Option<i64>, example = 1)]
    warehouse: Option<WarehouseId>,
}

/// Counts as a lead sees them.
#[derive(Debug, Serialize, ToSchema)]
pub struct Counts {
    /// Newest first, at most 200.
    rows: Vec<CountRow>,
}

/// Counts that wait for the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitingCounts {
    /// In walking order, at most 100; without what should be there.
    rows: Vec<CountLine>,
}

/// What is to be counted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CountRequest {
    /// Site.
    warehouse: WarehouseId,
    /// The code of a location, or a code or barcode of an item.
    of: String,
}

/// What came of asking.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountsMade {
    /// Counts that were made; 0 when nothing is on record there, or all of it is asked for already.
    made: u64,
}

/// Counts with what was found and what should have been there, newest first.
#[utoipa::path(get, path = "/counts", tag = "Floor", params(Wanted),
    responses((status = 200, description = "The counts.", body = Counts)))]
pub async fn list(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<Json<Counts>, Problem> {
    let site = wanted
        .warehouse
        .or_else(|| caller.warehouses.first().copied());
    let rows = match site {
        Some(site) => store::counts::list(&services.store, &caller, site).await?,
        None => Vec::new(),
    };
    Ok(Json(Counts { rows }))
}

/// Asks for a count of a location or an item. People see it without what should be there.
#[utoipa::path(post, path = "/counts", tag = "Floor",
    request_body(content = CountRequest, example = json!({ "warehouse": 1, "of": "85123A" })),
    responses((status = 200, description = "How many counts were made.", body = CountsMade)))]
pub async fn request(
    State(services): State<Services>,
    caller: RestCaller,
    Json(request): Json<CountRequest>,
) -> Result<Json<CountsMade>, Problem> {
    let (store, now) = (&services.store, services.clock.now());
    let CountRequest { warehouse, of } = request;
    let made = ::operations::counts::request(store, &caller, warehouse, &of, now).await?;
    Ok(Json(CountsMade { made }))
}

/// Counts that wait for the caller; what was found is sent as an act, `count`.
#[utoipa::path(get, path = "/counts/waiting", tag = "Floor",
    responses((status = 200, description = "What is to be counted.", body = WaitingCounts)))]
pub async fn waiting(
    State(services): State<Services>,
    caller: RestCaller,
) -> Result<Json<WaitingCounts>, Problem> {
    let rows = store::counts::waiting(&services.store, &caller).await?;
    Ok(Json(WaitingCounts { rows }))
}
