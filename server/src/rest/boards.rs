//! `boards/shift` and `kpis`: the same figures as the TV and the admin page.

use super::Problem;
use super::extract::{Json, Parameters, RestCaller};
use crate::services::Services;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use domain::WarehouseId;
use domain::board::{BoardFigures, ShiftBoard};
use domain::user::Caller;
use serde::{Deserialize, Serialize};

/// Which site; may be left out by a caller who sees only one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    warehouse: Option<WarehouseId>,
}

/// The figures without the rest of the board.
#[derive(Debug, Serialize)]
pub struct Figures {
    warehouse_id: WarehouseId,
    as_of: DateTime<Utc>,
    day: NaiveDate,
    #[serde(flatten)]
    figures: BoardFigures,
    coverage_per_mille: Option<i64>,
}

/// The shift board.
pub async fn shift(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<Json<ShiftBoard>, Problem> {
    Ok(Json(read(&services, &caller, wanted).await?))
}

/// The figures alone.
pub async fn figures(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<Json<Figures>, Problem> {
    let board = read(&services, &caller, wanted).await?;
    Ok(Json(Figures {
        warehouse_id: board.warehouse_id,
        as_of: board.as_of,
        day: board.day,
        coverage_per_mille: board.figures.coverage_per_mille(),
        figures: board.figures,
    }))
}

async fn read(services: &Services, caller: &Caller, wanted: Wanted) -> Result<ShiftBoard, Problem> {
    let warehouse = match (wanted.warehouse, caller.warehouses.as_slice()) {
        (Some(id), _) => id,
        (None, [only]) => *only,
        (None, _) => return Err(Problem::invalid("Say which site: ?warehouse=<id>.")),
    };
    let now = services.clock.now();
    Ok(store::boards::shift(&services.store, caller, warehouse, now).await?)
}
