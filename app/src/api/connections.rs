//! Accounts at upstream systems.

use super::text::Answered;
use crate::AppError;
use chrono::{DateTime, Utc};
use domain::ConnectionId;
use domain::connection::{ConnectionDetail, ConnectionSummary};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
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

/// Sets from which share of the active rows on a full pass asks before it marks rows inactive.
#[server(prefix = "/api/fn", endpoint = "connections/set_brake", input = Json, output = Answered)]
pub async fn set_brake(id: ConnectionId, percent: i16) -> Result<(), AppError> {
    let caller = caller_with(Permission::ManageConnections).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::connections::set_brake(&store, &caller, id, percent, now).await?)
}

/// One call to an upstream system, without secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapturedCall {
    /// Sent as `X-Correlation-ID`.
    pub correlation_id: String,
    /// What it was for.
    pub operation: String,
    /// HTTP method and address.
    pub request: String,
    /// HTTP status; none when no answer came.
    pub status: Option<i16>,
    /// Milliseconds.
    pub latency_ms: i32,
    /// Why there is no usable answer.
    pub error: Option<String>,
    /// When it was sent.
    pub at: DateTime<Utc>,
}

/// The newest calls of a connection.
#[server(prefix = "/api/fn", endpoint = "connections/calls", input = Json, output = Answered)]
pub async fn calls(id: ConnectionId) -> Result<Vec<CapturedCall>, AppError> {
    let caller = caller_with(Permission::ReadConnections).await?;
    let calls = store::exchanges::list(&store()?, &caller, id, SHOWN_CALLS).await?;
    Ok(calls.into_iter().map(CapturedCall::from).collect())
}

#[cfg(feature = "ssr")]
const SHOWN_CALLS: i64 = 20;

#[cfg(feature = "ssr")]
impl From<store::exchanges::Exchange> for CapturedCall {
    fn from(call: store::exchanges::Exchange) -> Self {
        Self {
            correlation_id: call.correlation_id,
            operation: call.operation,
            request: format!("{} {}", call.method, call.url),
            status: call.status,
            latency_ms: call.latency_ms,
            error: call.error,
            at: call.at,
        }
    }
}
