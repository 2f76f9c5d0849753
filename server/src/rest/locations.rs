//! `locations` and `put-aways`: where goods lie, and what waits to be brought there.

use super::Problem;
use super::extract::{Json, Parameters, RestCaller};
use crate::services::Services;
use axum::extract::State;
use domain::WarehouseId;
use domain::location::{Location, LocationPlan};
use domain::put_away::PutAway;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Of which site, and which of them.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Site; the caller's first when left out.
    #[param(value_type = Option<i64>, example = 1)]
    warehouse: Option<WarehouseId>,
    /// Only what answers to this code, however its letters are written; at all of the caller's sites when
    /// none is named.
    #[param(example = "A-01-01")]
    code: Option<String>,
}

/// The locations of a site.
#[derive(Debug, Serialize, ToSchema)]
pub struct Locations {
    /// In walking order.
    rows: Vec<Location>,
}

/// What becomes of a site's locations.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LocationsPlan {
    /// Site.
    warehouse: WarehouseId,
    /// All of them, in walking order; at most 5,000.
    locations: Vec<LocationPlan>,
}

/// Received goods that lie on no location yet.
#[derive(Debug, Serialize, ToSchema)]
pub struct PutAways {
    /// The oldest receipt first, at most 100.
    rows: Vec<PutAway>,
}

/// The locations of a site in walking order, with how much lies on each; or the one of a code.
#[utoipa::path(get, path = "/locations", tag = "Floor", params(Wanted),
    responses((status = 200, description = "The locations.", body = Locations)))]
pub async fn list(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<Json<Locations>, Problem> {
    let (store, now) = (&services.store, services.clock.now());
    let Wanted { warehouse, code } = wanted;
    let site = warehouse.or_else(|| caller.warehouses.first().copied());
    let rows = match (code, site) {
        (Some(code), _) => store::locations::named(store, &caller, warehouse, &code, now).await?,
        (None, Some(site)) => store::locations::list(store, &caller, site, now).await?,
        (None, None) => Vec::new(),
    };
    Ok(Json(Locations { rows }))
}

/// Makes these the locations of a site. Those not named take no goods any more; what lies there stays
/// on record.
#[utoipa::path(put, path = "/locations", tag = "Floor",
    request_body(content = LocationsPlan, example = json!({
        "warehouse": 1,
        "locations": [{ "code": "A-01-01", "zone": "A" }, { "code": "A-01-02", "zone": "A" }]
    })),
    responses((status = 200, description = "The locations as they are now.", body = Locations)))]
pub async fn replace(
    State(services): State<Services>,
    caller: RestCaller,
    Json(plan): Json<LocationsPlan>,
) -> Result<Json<Locations>, Problem> {
    let (store, now) = (&services.store, services.clock.now());
    let LocationsPlan {
        warehouse,
        locations,
    } = plan;
    ::operations::locations::replace(store, &caller, warehouse, &locations, now).await?;
    let rows = store::locations::list(store, &caller, warehouse, now).await?;
    Ok(Json(Locations { rows }))
}

/// Received goods that lie on no location yet, each with where it belongs and why.
#[utoipa::path(get, path = "/put-aways", tag = "Floor",
    responses((status = 200, description = "What waits.", body = PutAways)))]
pub async fn put_aways(
    State(services): State<Services>,
    caller: RestCaller,
) -> Result<Json<PutAways>, Problem> {
    let now = services.clock.now();
    let rows = store::put_aways::waiting(&services.store, &caller, now).await?;
    Ok(Json(PutAways { rows }))
}
