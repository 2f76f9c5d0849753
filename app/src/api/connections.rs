//! Accounts at upstream systems.

use super::text::Answered;
use crate::AppError;
use domain::ConnectionId;
use domain::connection::{ConnectionDetail, ConnectionSummary};
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    crate::session::caller_with,
    crate::state::{store, store_and_now},
    domain::permission::Permission,
};

/// All connections with their health.
#[server(prefix = "/api/fn", endpoint = "connections/list", input = Json, output = Answered)]
pub async fn list() -> Result<Vec<ConnectionSummary>, AppError> {
    let caller = caller_with(Permission::ReadConnections).await?;
    Ok(store::connections::list(&store()?, &caller).await?)
}

/// One connection with its entities and schedules.
#[server(prefix = "/api/fn", endpoint = "connections/get", input = Json, output = Answered)]
pub async fn get(id: ConnectionId) -> Result<ConnectionDetail, AppError> {
    let caller = caller_with(Permission::ReadConnections).await?;
    Ok(store::connections::get(&store()?, &caller, id).await?)
}

/// Asks the worker to test a connection; the answer arrives as its health.
#[server(prefix = "/api/fn", endpoint = "connections/request_check", input = Json, output = Answered)]
pub async fn request_check(id: ConnectionId) -> Result<(), AppError> {
    let caller = caller_with(Permission::ManageConnections).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::connections::request_check(&store, &caller, id, now).await?)
}
