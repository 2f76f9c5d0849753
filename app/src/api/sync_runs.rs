//! Executions of a sync.

use super::text::Answered;
use crate::AppError;
use domain::page::{Cursor, Page};
use domain::preview::{PreviewFilter, PreviewRow};
use domain::sync::{Entity, RejectedRow, RunFilter, SyncMode, SyncRun};
use domain::{ConnectionId, SyncRunId};
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    super::PAGE,
    crate::session::caller_with,
    crate::state::{store, store_and_now},
    domain::permission::Permission,
};

/// Asks for a run; answers the one under way if there is one.
#[server(prefix = "/api/fn", endpoint = "sync_runs/request", input = Json, output = Answered)]
pub async fn request(
    connection_id: ConnectionId,
    entity: Entity,
    mode: SyncMode,
) -> Result<SyncRunId, AppError> {
    let caller = caller_with(Permission::ManageConnections).await?;
    let (store, now) = store_and_now()?;
    let id =
        operations::sync_runs::request(&store, &caller, connection_id, entity, mode, now).await?;
    Ok(id)
}

/// Asks for a dry run; answers the one under way if there is one.
#[server(prefix = "/api/fn", endpoint = "sync_runs/request_preview", input = Json, output = Answered)]
pub async fn request_preview(
    connection_id: ConnectionId,
    entity: Entity,
    mode: SyncMode,
) -> Result<SyncRunId, AppError> {
    let caller = caller_with(Permission::ManageConnections).await?;
    let (store, now) = store_and_now()?;
    let id =
        operations::sync_runs::request_preview(&store, &caller, connection_id, entity, mode, now)
            .await?;
    Ok(id)
}

/// Runs, newest first.
#[server(prefix = "/api/fn", endpoint = "sync_runs/list", input = Json, output = Answered)]
pub async fn list(filter: RunFilter, after: Option<Cursor>) -> Result<Page<SyncRun>, AppError> {
    let caller = caller_with(Permission::ReadConnections).await?;
    Ok(store::sync_runs::list(&store()?, &caller, &filter, after.as_ref(), PAGE).await?)
}

/// One run.
#[server(prefix = "/api/fn", endpoint = "sync_runs/get", input = Json, output = Answered)]
pub async fn get(id: SyncRunId) -> Result<SyncRun, AppError> {
    let caller = caller_with(Permission::ReadConnections).await?;
    Ok(store::sync_runs::get(&store()?, &caller, id).await?)
}

/// Rows of a run that were not accepted.
#[server(prefix = "/api/fn", endpoint = "sync_runs/rejected", input = Json, output = Answered)]
pub async fn rejected(
    id: SyncRunId,
    q: Option<String>,
    after: Option<Cursor>,
) -> Result<Page<RejectedRow>, AppError> {
    let caller = caller_with(Permission::ReadConnections).await?;
    let (q, after) = (q.as_deref(), after.as_ref());
    Ok(store::sync_runs::rejected(&store()?, &caller, id, q, after, PAGE).await?)
}

/// Rows a dry run would touch.
#[server(prefix = "/api/fn", endpoint = "sync_runs/preview", input = Json, output = Answered)]
pub async fn preview(
    id: SyncRunId,
    filter: PreviewFilter,
    after: Option<Cursor>,
) -> Result<Page<PreviewRow>, AppError> {
    let caller = caller_with(Permission::ReadConnections).await?;
    Ok(store::sync_previews::list(&store()?, &caller, id, &filter, after.as_ref(), PAGE).await?)
}

/// Asks for the real run of a dry one.
#[server(prefix = "/api/fn", endpoint = "sync_runs/apply_preview", input = Json, output = Answered)]
pub async fn apply_preview(id: SyncRunId, deactivations_seen: bool) -> Result<SyncRunId, AppError> {
    let caller = caller_with(Permission::ManageConnections).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::sync_runs::apply_preview(&store, &caller, id, deactivations_seen, now).await?)
}

/// Throws a preview away.
#[server(prefix = "/api/fn", endpoint = "sync_runs/discard_preview", input = Json, output = Answered)]
pub async fn discard_preview(id: SyncRunId) -> Result<(), AppError> {
    let caller = caller_with(Permission::ManageConnections).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::sync_runs::discard_preview(&store, &caller, id, now).await?)
}

/// Asks a run to stop after its page.
#[server(prefix = "/api/fn", endpoint = "sync_runs/cancel", input = Json, output = Answered)]
pub async fn cancel(id: SyncRunId) -> Result<(), AppError> {
    let caller = caller_with(Permission::ManageConnections).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::sync_runs::cancel(&store, &caller, id, now).await?)
}

/// Answers the brake: deactivate what the full pass did not meet, or leave it.
#[server(prefix = "/api/fn", endpoint = "sync_runs/decide", input = Json, output = Answered)]
pub async fn decide(id: SyncRunId, approve: bool) -> Result<(), AppError> {
    let caller = caller_with(Permission::ManageConnections).await?;
    let (store, now) = store_and_now()?;
    operations::sync_runs::decide_deactivation(&store, &caller, id, approve, now).await?;
    Ok(())
}
