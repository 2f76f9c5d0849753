//! Accounts at upstream systems.

use super::text::Answered;
use crate::AppError;
use domain::ConnectionId;
use domain::connection::{ConnectionDetail, ConnectionSummary};
use domain::connection_form::{ConnectionForm, EnteredConnection, FieldWords, Misfit};
use domain::delivery::DeliverySettings;
use domain::exchange::CapturedExchange;
use leptos::prelude::*;
use server_fn::codec::Json;
use std::collections::BTreeMap;
#[cfg(feature = "ssr")]
use {
    crate::session::caller_with,
    crate::state::{state, store, store_and_now},
    domain::exchange::ExchangeFilter,
    domain::permission::Permission,
    operations::connections::Sealing,
};

/// All connections with their health.
#[server(prefix = "/api/fn", endpoint = "connections/list", input = Json, output = Answered)]
pub async fn list() -> Result<Vec<ConnectionSummary>, AppError> {
    let caller = caller_with(Permission::ReadConnections).await?;
    Ok(store::connections::list(&store()?, &caller).await?)
}

/// One connection with what it can be asked for and its schedules.
#[server(prefix = "/api/fn", endpoint = "connections/get", input = Json, output = Answered)]
pub async fn get(id: ConnectionId) -> Result<ConnectionDetail, AppError> {
    let caller = caller_with(Permission::ReadConnections).await?;
    let mut found = store::connections::get(&store()?, &caller, id).await?;
    let kind = &found.connection.kind;
    let pulled = state()?.connections.pulled(kind, &found.settings);
    found
        .entities
        .retain(|status| pulled.contains(&status.entity));
    Ok(found)
}

/// What people call this connection's settings and secrets and their choices, in English, by their names.
#[server(prefix = "/api/fn", endpoint = "connections/labels", input = Json, output = Answered)]
pub async fn labels(id: ConnectionId) -> Result<BTreeMap<String, FieldWords>, AppError> {
    let caller = caller_with(Permission::ReadConnections).await?;
    let connections = state()?.connections;
    let forms = connections.forms(&caller, Some(id)).await?;
    let fields = forms.into_iter().flat_map(|form| form.fields);
    let words = fields.map(|field| {
        let (label, kind) = (field.label, field.kind);
        (field.name, FieldWords { label, kind })
    });
    Ok(words.collect())
}

/// The form of this connection as it is; without one, the forms of every kind of system.
#[server(prefix = "/api/fn", endpoint = "connections/forms", input = Json, output = Answered)]
pub async fn forms(id: Option<ConnectionId>) -> Result<Vec<ConnectionForm>, AppError> {
    let caller = caller_with(Permission::ManageConnections).await?;
    let connections = state()?.connections;
    connections.forms(&caller, id).await
}

/// Changes this connection, or sets a new one up, and asks for a check; answers which, or what does not fit.
#[server(prefix = "/api/fn", endpoint = "connections/save", input = Json, output = Answered)]
pub async fn save(
    id: Option<ConnectionId>,
    entered: EnteredConnection,
) -> Result<Result<ConnectionId, Misfit>, AppError> {
    let caller = caller_with(Permission::ManageConnections).await?;
    let connections = state()?.connections;
    connections.save(&caller, id, entered).await
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

/// Sets how results and commands go to a connection.
#[server(prefix = "/api/fn", endpoint = "connections/set_delivery", input = Json, output = Answered)]
pub async fn set_delivery(id: ConnectionId, settings: DeliverySettings) -> Result<(), AppError> {
    let caller = caller_with(Permission::ManageConnections).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::connections::set_delivery(&store, &caller, id, &settings, now).await?)
}

/// Replaces a secret; it is sealed, never shown again, and tried at once.
#[server(prefix = "/api/fn", endpoint = "connections/set_secret", input = Json, output = Answered)]
pub async fn set_secret(id: ConnectionId, name: String, value: String) -> Result<(), AppError> {
    let caller = caller_with(Permission::ManageConnections).await?;
    let (store, now) = store_and_now()?;
    let given = state()?.webhooks;
    let secrets = BTreeMap::from([(name, value)]);
    let sealing = Sealing {
        key: &given.key,
        nonce: (given.nonce)(),
        secrets: &secrets,
    };
    Ok(operations::connections::replace_secrets(&store, &caller, id, sealing, now).await?)
}

/// The newest calls of a connection.
#[server(prefix = "/api/fn", endpoint = "connections/calls", input = Json, output = Answered)]
pub async fn calls(id: ConnectionId) -> Result<Vec<CapturedExchange>, AppError> {
    let caller = caller_with(Permission::ReadConnections).await?;
    let all = ExchangeFilter::default();
    let page = store::exchanges::page(&store()?, &caller, id, &all, None, SHOWN_CALLS).await?;
    Ok(page.rows)
}

#[cfg(feature = "ssr")]
const SHOWN_CALLS: i64 = 20;
