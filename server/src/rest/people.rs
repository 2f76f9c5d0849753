//! `warehouses`, `teams`, `shift-plans`, `rosters` and `users`.

use super::Problem;
use super::extract::{Json, Parameters, RestCaller};
use super::paging::{Answer, Position, closed, cursor, limit, page};
use super::selection::believable;
use crate::services::Services;
use axum::extract::State;
use chrono::NaiveDate;
use domain::WarehouseId;
use domain::company::Warehouse;
use domain::page::{Cursor, Page};
use domain::roster::{RosterRow, ShiftPlan};
use domain::team::Team;
use domain::user::{UserFilter, UserSummary};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which week.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedWeek {
    /// Of this site; may be left out by a caller who sees only one.
    #[param(value_type = Option<i64>, example = 1)]
    warehouse: Option<WarehouseId>,
    /// A day of the week, site time; this week without one.
    #[param(example = "2026-11-20")]
    day: Option<NaiveDate>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    #[param(minimum = 1, maximum = 200, default = 50, example = 20)]
    limit: Option<i64>,
}

/// People of a site and their week.
#[derive(Debug, Serialize, ToSchema)]
pub struct RosterPage {
    /// Site.
    warehouse_id: WarehouseId,
    /// The week's Monday; each person's `days` begin with it.
    monday: NaiveDate,
    /// The site's current day.
    today: NaiveDate,
    /// The rows.
    rows: Vec<RosterRow>,
    /// The cursor of the next page; none on the last.
    next: Option<Cursor>,
}

/// The sites the caller sees.
#[utoipa::path(get, path = "/warehouses", tag = "People", params(Position),
    responses((status = 200, description = "A page.", body = Page<Warehouse>)))]
pub async fn warehouses(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(position): Parameters<Position>,
) -> Answer<Warehouse> {
    let (after, rows) = (position.cursor()?, position.rows()?);
    page(store::warehouses::page(&services.store, &caller, after.as_ref(), rows).await?)
}

/// The teams of the caller's sites.
#[utoipa::path(get, path = "/teams", tag = "People", params(Position),
    responses((status = 200, description = "A page.", body = Page<Team>)))]
pub async fn teams(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(position): Parameters<Position>,
) -> Answer<Team> {
    let (after, rows) = (position.cursor()?, position.rows()?);
    page(store::teams::page(&services.store, &caller, after.as_ref(), rows).await?)
}

/// Shifts of the caller's sites as they are every day, in site time.
#[utoipa::path(get, path = "/shift-plans", tag = "People", params(Position),
    responses((status = 200, description = "A page.", body = Page<ShiftPlan>)))]
pub async fn shift_plans(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(position): Parameters<Position>,
) -> Answer<ShiftPlan> {
    let (after, rows) = (position.cursor()?, position.rows()?);
    page(store::shifts::page(&services.store, &caller, after.as_ref(), rows).await?)
}

/// Who works when in a site's week: seven days a person, each with its shift, or none.
#[utoipa::path(get, path = "/rosters", tag = "People", params(WantedWeek),
    responses((status = 200, description = "A page.", body = RosterPage)))]
pub async fn rosters(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<WantedWeek>,
) -> Result<Json<RosterPage>, Problem> {
    let (after, rows) = (cursor(wanted.after.as_deref())?, limit(wanted.limit)?);
    believable(wanted.day)?;
    let warehouse = super::boards::only_site(&caller, wanted.warehouse)?;
    let (store, now) = (&services.store, services.clock.now());
    let of = (warehouse, wanted.day);
    let (week, next) = store::rosters::page(store, &caller, of, after.as_ref(), rows, now).await?;
    Ok(Json(RosterPage {
        warehouse_id: week.warehouse_id,
        monday: week.monday,
        today: week.today,
        rows: week.people,
        next: next.map(closed),
    }))
}

/// The logins of the caller's sites.
#[utoipa::path(get, path = "/users", tag = "People", params(Position),
    responses((status = 200, description = "A page.", body = Page<UserSummary>)))]
pub async fn users(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(position): Parameters<Position>,
) -> Answer<UserSummary> {
    let filter = UserFilter {
        active: Some(true),
        ..UserFilter::default()
    };
    let (after, rows) = (position.cursor()?, position.rows()?);
    let store = &services.store;
    let found = store::user_list::page(store, &caller, &filter, after.as_ref(), rows).await?;
    page(found.map(UserSummary::from))
}
