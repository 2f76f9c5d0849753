//! Groups of workers.

use super::text::Answered;
use crate::AppError;
use chrono::NaiveDate;
use domain::roster::{RosterChoice, RosterWeek, ShiftPlan, Staff, TeamPlan};
use domain::team::Team;
use domain::{ShiftId, TeamId, UserId, WarehouseId};
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    crate::session::caller_with,
    crate::state::{store, store_and_now},
    domain::permission::Permission,
};

/// Teams of the caller's sites.
#[server(prefix = "/api/fn", endpoint = "teams/list", input = Json, output = Answered)]
pub async fn list() -> Result<Vec<Team>, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    Ok(store::teams::list(&store()?, &caller).await?)
}

/// Shifts, teams and workers of the caller's sites.
#[server(prefix = "/api/fn", endpoint = "teams/staff", input = Json, output = Answered)]
pub async fn plans() -> Result<Staff, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    Ok(operations::teams::staff(&store()?, &caller).await?)
}

/// Adds or changes a team and its people.
#[server(prefix = "/api/fn", endpoint = "teams/save", input = Json, output = Answered)]
pub async fn save(team: TeamPlan) -> Result<TeamId, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::teams::save_team(&store, &caller, &team, now).await?)
}

/// Adds or changes a shift.
#[server(prefix = "/api/fn", endpoint = "teams/save_shift", input = Json, output = Answered)]
pub async fn save_shift(shift: ShiftPlan) -> Result<ShiftId, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::teams::save_shift(&store, &caller, &shift, now).await?)
}

/// Who works when, in the week of a day.
#[server(prefix = "/api/fn", endpoint = "teams/roster", input = Json, output = Answered)]
pub async fn roster(
    warehouse_id: WarehouseId,
    day: Option<NaiveDate>,
) -> Result<RosterWeek, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(store::rosters::week(&store, &caller, warehouse_id, day, now).await?)
}

/// Decides what a day is for a person.
#[server(prefix = "/api/fn", endpoint = "teams/set_day", input = Json, output = Answered)]
pub async fn set_day(
    warehouse_id: WarehouseId,
    user_id: UserId,
    on: NaiveDate,
    choice: RosterChoice,
) -> Result<(), AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    let done = operations::teams::set_day(&store, &caller, warehouse_id, user_id, on, choice, now);
    Ok(done.await?)
}
