//! When syncs run by themselves.

use super::text::Answered;
use crate::AppError;
use domain::page::{Cursor, Page};
use domain::schedule::{ScheduleFilter, ScheduleLine, ScheduleRow, Upcoming};
use domain::sync::{Entity, SyncMode};
use domain::{ConnectionId, ScheduleId, SyncRunId};
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    super::PAGE,
    crate::ErrorCode,
    crate::session::caller_with,
    crate::state::{state, store, store_and_now},
    domain::permission::Permission,
};

/// Cron lines with how their last run went.
#[server(prefix = "/api/fn", endpoint = "schedules/list", input = Json, output = Answered)]
pub async fn list(
    filter: ScheduleFilter,
    after: Option<Cursor>,
) -> Result<Page<ScheduleRow>, AppError> {
    let caller = caller_with(Permission::ReadConnections).await?;
    Ok(store::schedules::list(&store()?, &caller, &filter, after.as_ref(), PAGE).await?)
}

/// What a cron line means and its next five times, or what is wrong with it.
#[server(prefix = "/api/fn", endpoint = "schedules/preview", input = Json, output = Answered)]
pub async fn preview(
    cron: String,
    time_zone: String,
) -> Result<Result<Upcoming, String>, AppError> {
    caller_with(Permission::ReadConnections).await?;
    let (_, now) = store_and_now()?;
    let upcoming = operations::schedules::upcoming(&cron, &time_zone, now, 5);
    // While one types, most lines are not yet right: no failed request for each of them.
    Ok(upcoming.map_err(|error| error.to_string()))
}

/// Adds a line of what the connection can be asked for.
#[server(prefix = "/api/fn", endpoint = "schedules/create", input = Json, output = Answered)]
pub async fn create(
    connection_id: ConnectionId,
    entity: Entity,
    mode: SyncMode,
    line: ScheduleLine,
) -> Result<ScheduleId, AppError> {
    let caller = caller_with(Permission::ManageConnections).await?;
    let (store, now) = store_and_now()?;
    let found = store::connections::get(&store, &caller, connection_id).await?;
    let kind = &found.connection.kind;
    let pulled = state()?.connections.pulled(kind, &found.settings);
    if !pulled.contains(&entity) {
        let sentence = "This system does not have that: choose something else.";
        return Err(AppError::new(ErrorCode::Invalid, sentence));
    }
    let what = (entity, mode);
    Ok(operations::schedules::create(&store, &caller, connection_id, what, &line, now).await?)
}

/// Changes a line.
#[server(prefix = "/api/fn", endpoint = "schedules/change", input = Json, output = Answered)]
pub async fn change(id: ScheduleId, line: ScheduleLine) -> Result<(), AppError> {
    let caller = caller_with(Permission::ManageConnections).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::schedules::change(&store, &caller, id, &line, now).await?)
}

/// Removes a line.
#[server(prefix = "/api/fn", endpoint = "schedules/remove", input = Json, output = Answered)]
pub async fn remove(id: ScheduleId) -> Result<(), AppError> {
    let caller = caller_with(Permission::ManageConnections).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::schedules::remove(&store, &caller, id, now).await?)
}

/// Asks for a line's run now.
#[server(prefix = "/api/fn", endpoint = "schedules/run_now", input = Json, output = Answered)]
pub async fn run_now(id: ScheduleId) -> Result<SyncRunId, AppError> {
    let caller = caller_with(Permission::ManageConnections).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::schedules::run_now(&store, &caller, id, now).await?)
}
