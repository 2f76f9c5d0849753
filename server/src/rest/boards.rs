//! `boards/shift` and `shifts`: the same figures as the TV and the admin page.

use super::Problem;
use super::extract::{Json, Parameters, RestCaller};
use crate::services::Services;
use axum::extract::State;
use chrono::NaiveDate;
use domain::WarehouseId;
use domain::board::ShiftBoard;
use domain::shift::ShiftDay;
use domain::user::Caller;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which site.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// May be left out by a caller who sees only one.
    #[param(value_type = Option<i64>, example = 1)]
    warehouse: Option<WarehouseId>,
}

/// The shifts of a site's day.
#[derive(Debug, Serialize, ToSchema)]
pub struct Shifts {
    /// Site.
    warehouse_id: WarehouseId,
    /// The site's day.
    day: NaiveDate,
    /// By start.
    shifts: Vec<ShiftDay>,
}

/// The shift board.
#[utoipa::path(get, path = "/boards/shift", tag = "Figures", params(Wanted),
    responses((status = 200, description = "The board.", body = ShiftBoard)))]
pub async fn shift(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<Json<ShiftBoard>, Problem> {
    Ok(Json(read(&services, &caller, wanted).await?))
}

/// Today's shifts of a site with their breaks.
#[utoipa::path(get, path = "/shifts", tag = "Figures", params(Wanted),
    responses((status = 200, description = "The shifts.", body = Shifts)))]
pub async fn shifts(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<Json<Shifts>, Problem> {
    let board = read(&services, &caller, wanted).await?;
    Ok(Json(Shifts {
        warehouse_id: board.warehouse_id,
        day: board.day,
        shifts: board.shifts,
    }))
}

async fn read(services: &Services, caller: &Caller, wanted: Wanted) -> Result<ShiftBoard, Problem> {
    let warehouse = only_site(caller, wanted.warehouse)?;
    let now = services.clock.now();
    Ok(store::boards::shift(&services.store, caller, warehouse, now).await?)
}

/// The site that is asked for, or the only one the caller sees.
pub fn only_site(caller: &Caller, asked: Option<WarehouseId>) -> Result<WarehouseId, Problem> {
    match (asked, caller.warehouses.as_slice()) {
        (Some(id), _) => Ok(id),
        (None, [only]) => Ok(*only),
        (None, _) => Err(Problem::invalid("Say which site: ?warehouse=<id>.")),
    }
}
