//! How writing into ERPs goes.

use crate::rest::Problem;
use crate::rest::extract::{Id, Json, Parameters, RestCaller};
use crate::services::Services;
use axum::extract::State;
use domain::erp::{ErpMetrics, ErpStatus, FailedPage, Saga};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

/// Longest period of the figures, hours.
const LONGEST_PERIOD: i64 = 168;
/// Most rows of a page.
const LARGEST_PAGE: i64 = 200;

/// Which period.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Period {
    /// The last so many hours.
    #[param(minimum = 1, maximum = 168, default = 24, example = 24)]
    hours: Option<i64>,
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedFailed {
    /// From 1.
    #[param(minimum = 1, maximum = 1_000_000, default = 1, example = 1)]
    page: Option<i64>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50, example = 50)]
    page_size: Option<i64>,
    /// Those that were given up, too.
    #[param(default = false, example = true)]
    include_dead: Option<bool>,
}

/// The queue now.
#[utoipa::path(get, path = "/erp/status", tag = "ERP",
    responses((status = 200, description = "The queue.", body = ErpStatus)))]
pub async fn status(
    State(services): State<Services>,
    caller: RestCaller,
) -> Result<Json<ErpStatus>, Problem> {
    Ok(Json(store::erp::status(&services.store, &caller).await?))
}

/// How the last hours went.
#[utoipa::path(get, path = "/erp/metrics", tag = "ERP", params(Period),
    responses((status = 200, description = "The figures.", body = ErpMetrics)))]
pub async fn metrics(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(period): Parameters<Period>,
) -> Result<Json<ErpMetrics>, Problem> {
    let hours = within("hours", period.hours.unwrap_or(24), LONGEST_PERIOD)?;
    let (store, now) = (&services.store, services.clock.now());
    Ok(Json(store::erp::metrics(store, &caller, hours, now).await?))
}

/// Sagas whose last attempt failed, newest first.
#[utoipa::path(get, path = "/erp/failed", tag = "ERP", params(WantedFailed),
    responses((status = 200, description = "A page.", body = FailedPage)))]
pub async fn failed(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<WantedFailed>,
) -> Result<Json<FailedPage>, Problem> {
    let page = within("page", wanted.page.unwrap_or(1), 1_000_000)?;
    let rows = within("page_size", wanted.page_size.unwrap_or(50), LARGEST_PAGE)?;
    let dead = wanted.include_dead.unwrap_or(false);
    let store = &services.store;
    Ok(Json(
        store::erp::failed(store, &caller, dead, page, rows).await?,
    ))
}

/// One saga.
#[utoipa::path(get, path = "/erp/saga/{saga_id}", tag = "ERP",
    params(("saga_id" = Uuid, Path, example = "5d0f1c5e-0a51-4b4e-9b7a-2d6f1f5f0b01")),
    responses((status = 200, description = "The saga.", body = Saga)))]
pub async fn saga(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<Uuid>,
) -> Result<Json<Saga>, Problem> {
    Ok(Json(store::erp::saga(&services.store, &caller, id).await?))
}

fn within(field: &str, value: i64, most: i64) -> Result<i64, Problem> {
    if (1..=most).contains(&value) {
        return Ok(value);
    }
    Err(Problem::invalid(format!(
        "{field} is a number from 1 to {most}."
    )))
}
