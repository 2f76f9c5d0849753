//! Programs that are told what happened, and what became of it.

use super::text::Answered;
use crate::AppError;
use domain::outbox::{MessageDetail, MessageGroup, MessageState, MessageSummary};
use domain::page::{Cursor, Page};
use domain::webhook::{WebhookEndpoint, WebhookForm};
use domain::{ConnectionId, WebhookId};
use leptos::prelude::*;
use server_fn::codec::Json;
use uuid::Uuid;
#[cfg(feature = "ssr")]
use {
    super::PAGE,
    crate::session::caller_with,
    crate::state::{state, store, store_and_now},
    domain::permission::Permission,
    operations::webhooks::Sealing,
    store::outbox::Filter,
};

/// All endpoints.
#[server(prefix = "/api/fn", endpoint = "webhooks/list", input = Json, output = Answered)]
pub async fn list() -> Result<Vec<WebhookEndpoint>, AppError> {
    let caller = caller_with(Permission::ManageConnections).await?;
    Ok(store::webhooks::list(&store()?, &caller).await?)
}

/// One endpoint.
#[server(prefix = "/api/fn", endpoint = "webhooks/get", input = Json, output = Answered)]
pub async fn get(id: WebhookId) -> Result<WebhookEndpoint, AppError> {
    let caller = caller_with(Permission::ManageConnections).await?;
    Ok(store::webhooks::get(&store()?, &caller, id).await?)
}

/// Adds an endpoint, or changes one.
#[server(prefix = "/api/fn", endpoint = "webhooks/save", input = Json, output = Answered)]
pub async fn save(id: Option<WebhookId>, form: WebhookForm) -> Result<WebhookId, AppError> {
    let caller = caller_with(Permission::ManageConnections).await?;
    let (store, now) = store_and_now()?;
    let given = state()?.webhooks;
    let (policy, nonce) = (&given.addresses, (given.nonce)());
    let sealing = Sealing {
        key: &given.key,
        nonce,
    };
    match id {
        None => {
            Ok(operations::webhooks::create(&store, &caller, &form, policy, sealing, now).await?)
        }
        Some(id) => {
            operations::webhooks::update(&store, &caller, id, &form, policy, sealing, now).await?;
            Ok(id)
        }
    }
}

/// Queues a test delivery; what comes of it appears among the deliveries.
#[server(prefix = "/api/fn", endpoint = "webhooks/test", input = Json, output = Answered)]
pub async fn test(id: WebhookId) -> Result<(), AppError> {
    let caller = caller_with(Permission::ManageConnections).await?;
    let (store, now) = store_and_now()?;
    operations::webhooks::request_test(&store, &caller, id, now).await?;
    Ok(())
}

/// Messages, newest first: of one endpoint, of one connection or all, in one state or any, of a group or any, about
/// documents or goods whose number or code has a part, under a key, or about anything.
#[server(prefix = "/api/fn", endpoint = "webhooks/deliveries", input = Json, output = Answered)]
pub async fn deliveries(
    endpoint: Option<WebhookId>,
    connection: Option<ConnectionId>,
    state: Option<MessageState>,
    number: Option<String>,
    group: Option<MessageGroup>,
    after: Option<Cursor>,
) -> Result<Page<MessageSummary>, AppError> {
    let caller = caller_with(Permission::ManageConnections).await?;
    let group = group.unwrap_or_default();
    let filter = Filter {
        endpoint,
        connection,
        state,
        cause: group.cause,
        event: group.event.as_deref(),
        lane: group.lane.as_deref(),
        number: number.as_deref(),
    };
    Ok(store::outbox::list(&store()?, &caller, filter, after.as_ref(), PAGE).await?)
}

/// One message with its attempts.
#[server(prefix = "/api/fn", endpoint = "webhooks/delivery", input = Json, output = Answered)]
pub async fn delivery(id: Uuid) -> Result<MessageDetail, AppError> {
    let caller = caller_with(Permission::ManageConnections).await?;
    Ok(store::outbox::get(&store()?, &caller, id).await?)
}

/// Puts a dead message back into the queue. A lead may for results of documents, here as below.
#[server(prefix = "/api/fn", endpoint = "webhooks/retry", input = Json, output = Answered)]
pub async fn retry(id: Uuid, reason: String) -> Result<(), AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::outbox::retry(&store, &caller, id, &reason, now).await?)
}

/// Lets a message that waits for its next attempt go now.
#[server(prefix = "/api/fn", endpoint = "webhooks/hasten", input = Json, output = Answered)]
pub async fn hasten(id: Uuid, reason: String) -> Result<(), AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::outbox::hasten(&store, &caller, id, &reason, now).await?)
}

/// Gives a message up.
#[server(prefix = "/api/fn", endpoint = "webhooks/discard", input = Json, output = Answered)]
pub async fn discard(id: Uuid, reason: String) -> Result<(), AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::outbox::discard(&store, &caller, id, &reason, now).await?)
}
