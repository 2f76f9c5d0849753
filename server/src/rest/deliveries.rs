//! `deliveries`: messages to other systems and what became of them.

use super::extract::{Id, Json, Parameters, RestCaller};
use super::paging::{Answer, cursor, limit, page};
use super::{PREFIX, Problem};
use crate::services::Services;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::outbox::{FailedFor, MessageDetail, MessageState, MessageSummary};
use domain::page::Page;
use domain::{ConnectionId, WebhookId};
use serde::Deserialize;
use serde_json::Value;
use store::outbox::Filter;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Which messages.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// To this webhook.
    #[param(value_type = Option<i64>, example = 1)]
    webhook: Option<WebhookId>,
    /// To this connection.
    #[param(value_type = Option<i64>)]
    connection: Option<ConnectionId>,
    /// Where they stand.
    #[param(inline, example = "dead")]
    state: Option<MessageState>,
    /// What the last attempt failed for; `unknown` where none was noted.
    #[param(value_type = Option<String>, example = "rejected")]
    cause: Option<FailedFor>,
    /// What they tell.
    #[param(example = "document.result")]
    event: Option<String>,
    /// To this system, as `connection:1`, `webhook:3` or `email`.
    #[param(example = "connection:1")]
    lane: Option<String>,
    /// About a document whose number has this part, or about goods whose code has it; or their key.
    q: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    #[param(minimum = 1, maximum = 200, default = 50, example = 20)]
    limit: Option<i64>,
}

/// A person's word about a message.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Word {
    /// Why; kept with the message and in the audit.
    #[schema(min_length = 3, max_length = 500)]
    reason: String,
}

/// Where a message is tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rehearsal {
    /// A test system of the kind that the message goes to.
    connection_id: ConnectionId,
    /// What the copy says instead, as the message shows it or by itself; the same when left out.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    payload: Option<Value>,
}

/// Messages, newest first. By `cause`, `event`, `lane` or the code of goods, the newest 100,000 of each state that are
/// not accepted are looked through, and the newest 2,000 of each system for accepted ones.
#[utoipa::path(get, path = "/deliveries", tag = "Webhooks", params(Wanted),
    responses((status = 200, description = "A page.", body = Page<MessageSummary>)))]
pub async fn list(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<Wanted>,
) -> Answer<MessageSummary> {
    let after = cursor(wanted.after.as_deref())?;
    let rows = limit(wanted.limit)?;
    let filter = Filter {
        endpoint: wanted.webhook,
        connection: wanted.connection,
        state: wanted.state,
        cause: wanted.cause,
        event: wanted.event.as_deref(),
        lane: wanted.lane.as_deref(),
        number: wanted.q.as_deref(),
    };
    let store = &services.store;
    page(store::outbox::list(store, &caller, filter, after.as_ref(), rows).await?)
}

/// One message with its newest 50 attempts: what was sent, without secrets, and answered.
#[utoipa::path(get, path = "/deliveries/{id}", tag = "Webhooks",
    params(("id" = Uuid, Path, example = "5d0f1c5e-0a51-4b4e-9b7a-2d6f1f5f0a01")),
    responses((status = 200, description = "The message.", body = MessageDetail)))]
pub async fn get(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<Uuid>,
) -> Result<Json<MessageDetail>, Problem> {
    Ok(Json(
        store::outbox::get(&services.store, &caller, id).await?,
    ))
}

/// Puts a dead message back into the queue, with all its attempts before it. A lead may for the result of a
/// document of their sites.
#[utoipa::path(post, path = "/deliveries/{id}/requeue", tag = "Webhooks",
    params(("id" = Uuid, Path, example = "5d0f1c5e-0a51-4b4e-9b7a-2d6f1f5f0a01")),
    request_body(content = Word, example = json!({ "reason": "The receiver was repaired." })),
    responses((status = 204, description = "It waits again.")))]
pub async fn requeue(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<Uuid>,
    Json(word): Json<Word>,
) -> Result<StatusCode, Problem> {
    let now = services.clock.now();
    ::operations::outbox::retry(&services.store, &caller, id, &word.reason, now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a dead or waiting message up; what stood behind it goes on. A lead may for the result of a document of
/// their sites.
#[utoipa::path(post, path = "/deliveries/{id}/discard", tag = "Webhooks",
    params(("id" = Uuid, Path, example = "5d0f1c5e-0a51-4b4e-9b7a-2d6f1f5f0a02")),
    request_body(content = Word, example = json!({ "reason": "The shop was told by telephone." })),
    responses((status = 204, description = "Given up.")))]
pub async fn discard(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<Uuid>,
    Json(word): Json<Word>,
) -> Result<StatusCode, Problem> {
    let now = services.clock.now();
    ::operations::outbox::discard(&services.store, &caller, id, &word.reason, now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a copy of a command to a test system, with another payload if one is given. It is tried once; its
/// attempt, request and answer stand with the copy, whose `rehearsal_of` names the message. The message, its document
/// and what waits behind it stay as they are, and a copy that is not taken ends as discarded.
#[utoipa::path(post, path = "/deliveries/{id}/rehearse", tag = "Webhooks",
    params(("id" = Uuid, Path, example = "5d0f1c5e-0a51-4b4e-9b7a-2d6f1f5f0a03")),
    request_body(content = Rehearsal, example = json!({
        "connection_id": 2, "payload": { "code": "SKU-001", "name": "Hammer, 500 g" }
    })),
    responses((status = 202, description = "Queued; Location is where to look at the copy.", body = MessageDetail,
        headers(("Location" = String, description = "The copy.")))))]
pub async fn rehearse(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<Uuid>,
    Json(wanted): Json<Rehearsal>,
) -> Result<Response, Problem> {
    let (store, now) = (&services.store, services.clock.now());
    let (target, payload) = (wanted.connection_id, wanted.payload.as_ref());
    let copy = ::operations::rehearsals::rehearse(store, &caller, id, target, payload, now).await?;
    let detail = store::outbox::get(store, &caller, copy).await?;
    let location = format!("{PREFIX}/deliveries/{copy}");
    let queued = StatusCode::ACCEPTED;
    Ok((queued, [(header::LOCATION, location)], Json(detail)).into_response())
}
