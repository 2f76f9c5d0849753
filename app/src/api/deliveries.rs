//! What goes to other systems, and a person's word on what did not get there.

use super::text::Answered;
use crate::AppError;
use domain::ConnectionId;
use domain::monitoring::DeliveriesView;
use domain::outbox::{DeadFilter, TestSystem};
use domain::push::help::FieldHelp;
use leptos::prelude::*;
use server_fn::codec::Json;
use uuid::Uuid;
#[cfg(feature = "ssr")]
use {
    crate::session::caller_with, crate::state::store_and_now, chrono::TimeDelta,
    domain::permission::Permission,
};

/// The queue, what waits for each system, what is dead and why.
#[server(prefix = "/api/fn", endpoint = "deliveries/view", input = Json, output = Answered)]
pub async fn view() -> Result<DeliveriesView, AppError> {
    let caller = caller_with(Permission::ManageConnections).await?;
    let (store, now) = store_and_now()?;
    let since = now - TimeDelta::hours(1);
    let (accounts, _) = store::samples::accounts(&store, &caller, since).await?;
    Ok(DeliveriesView {
        at: now,
        queue: store::outbox::figures(&store, &caller, now).await?,
        backlogs: store::backlogs::of_caller(&store, &caller, since).await?,
        groups: store::outbox::groups(&store, &caller).await?,
        accounts,
    })
}

/// Puts all dead messages that fit back into the queue, in their order; `seen` is how many were shown.
#[server(prefix = "/api/fn", endpoint = "deliveries/retry_all", input = Json, output = Answered)]
pub async fn retry_all(filter: DeadFilter, seen: i64, reason: String) -> Result<u64, AppError> {
    let caller = caller_with(Permission::ManageConnections).await?;
    let (store, now) = store_and_now()?;
    let seen = Some(seen);
    Ok(operations::outbox::retry_all(&store, &caller, &filter, seen, &reason, now).await?)
}

/// What the fields of a message's payload hold and mean, or of that of a step of a saga; none where it is no command to
/// an ERP.
#[server(prefix = "/api/fn", endpoint = "deliveries/help", input = Json, output = Answered)]
pub async fn help(id: Uuid, step: Option<i16>) -> Result<Vec<FieldHelp>, AppError> {
    let caller = caller_with(Permission::ManageConnections).await?;
    let (store, _) = store_and_now()?;
    let detail = store::outbox::get(&store, &caller, id).await?;
    let mut steps = detail.steps.into_iter();
    let event = match step {
        None => detail.message.event_type,
        Some(step) => steps
            .find(|one| one.step == step)
            .map(|one| one.event_type)
            .unwrap_or_default(),
    };
    Ok(event
        .parse()
        .map(domain::push::help::fields)
        .unwrap_or_default())
}

/// Gives a dead message, or a step of a dead saga, another payload, as JSON, and puts it back into the queue.
#[server(prefix = "/api/fn", endpoint = "deliveries/edit", input = Json, output = Answered)]
pub async fn edit(
    id: Uuid,
    step: Option<i16>,
    payload: String,
    reason: String,
) -> Result<(), AppError> {
    let caller = caller_with(Permission::ManageConnections).await?;
    let (store, now) = store_and_now()?;
    let payload = read(&payload)?;
    Ok(operations::outbox::edit(&store, &caller, id, step, &payload, &reason, now).await?)
}

/// The test systems at which a message can be tried.
#[server(prefix = "/api/fn", endpoint = "deliveries/test_systems", input = Json, output = Answered)]
pub async fn test_systems(id: Uuid) -> Result<Vec<TestSystem>, AppError> {
    let caller = caller_with(Permission::ManageConnections).await?;
    let (store, _) = store_and_now()?;
    Ok(store::outbox::test_systems(&store, &caller, id).await?)
}

/// Sends a copy of a message to a test system, with this payload as JSON; answers which message the copy is.
#[server(prefix = "/api/fn", endpoint = "deliveries/rehearse", input = Json, output = Answered)]
pub async fn rehearse(
    id: Uuid,
    connection: ConnectionId,
    payload: String,
) -> Result<Uuid, AppError> {
    let caller = caller_with(Permission::ManageConnections).await?;
    let (store, now) = store_and_now()?;
    let payload = Some(read(&payload)?);
    let payload = payload.as_ref();
    Ok(operations::rehearsals::rehearse(&store, &caller, id, connection, payload, now).await?)
}

#[cfg(feature = "ssr")]
fn read(payload: &str) -> operations::Result<serde_json::Value> {
    serde_json::from_str(payload)
        .map_err(|error| operations::Error::Invalid(format!("This is no JSON: {error}.")))
}
