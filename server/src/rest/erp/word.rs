//! A person's word on what could not be written.

use crate::rest::Problem;
use crate::rest::extract::{Id, Json, RestCaller};
use crate::services::Services;
use axum::extract::State;
use axum::http::StatusCode;
use domain::outbox::{DeadFilter, DeadGroup};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// A person's word about a saga.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SagaWord {
    /// Why; kept with the saga and in the audit.
    #[schema(min_length = 3, max_length = 500)]
    reason: String,
}

/// Another payload for a dead saga.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SagaEdit {
    /// Which step of several, from 1. When it is left out: the one that was refused, or at which the saga stands. A
    /// saga of one command has no steps to name.
    #[schema(minimum = 1, maximum = 50)]
    step: Option<i16>,
    /// What is written instead, as the saga shows it or by itself; about the same thing.
    #[schema(value_type = Object)]
    payload: Value,
    /// Why; kept with the saga and in the audit.
    #[schema(min_length = 3, max_length = 500)]
    reason: String,
}

/// All dead messages of a kind.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetryAll {
    /// Which; all when left out.
    #[serde(default)]
    matching: DeadFilter,
    /// How many the caller saw: with more by now, nothing happens.
    seen: Option<i64>,
    /// Why; kept with the messages and in the audit.
    #[schema(min_length = 3, max_length = 500)]
    reason: String,
}

/// How many were put back.
#[derive(Debug, Serialize, ToSchema)]
pub struct Retried {
    /// Messages.
    retried: u64,
}

/// Dead messages by what they failed for.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeadGroups {
    /// The largest first.
    groups: Vec<DeadGroup>,
}

/// Puts a dead saga back into the queue, with all its attempts before it.
#[utoipa::path(post, path = "/erp/saga/{saga_id}/requeue", tag = "ERP",
    params(("saga_id" = Uuid, Path, example = "5d0f1c5e-0a51-4b4e-9b7a-2d6f1f5f0b01")),
    request_body(content = SagaWord, example = json!({ "reason": "The account was unlocked." })),
    responses((status = 204, description = "It waits again.")))]
pub async fn requeue(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<Uuid>,
    Json(word): Json<SagaWord>,
) -> Result<StatusCode, Problem> {
    let (store, now) = (&services.store, services.clock.now());
    let message = store::erp::message_of(store, &caller, id).await?;
    ::operations::outbox::retry(store, &caller, message, &word.reason, now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a dead or waiting saga up; what stood behind it goes on. One that is half written is taken back
/// first.
#[utoipa::path(post, path = "/erp/saga/{saga_id}/discard", tag = "ERP",
    params(("saga_id" = Uuid, Path, example = "5d0f1c5e-0a51-4b4e-9b7a-2d6f1f5f0b02")),
    request_body(content = SagaWord, example = json!({ "reason": "It was typed in by hand." })),
    responses((status = 204, description = "Given up, or being taken back.")))]
pub async fn discard(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<Uuid>,
    Json(word): Json<SagaWord>,
) -> Result<StatusCode, Problem> {
    let (store, now) = (&services.store, services.clock.now());
    let message = store::erp::message_of(store, &caller, id).await?;
    ::operations::outbox::discard(store, &caller, message, &word.reason, now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a dead saga, or a step of one, another payload and puts it back into the queue.
/// What was queued first is kept. One that is taken back begins anew, another goes on where it stands. A step that
/// stands in the ERP, or may stand there, is not edited (409): discard the saga, which takes it back where
/// the ERP can do that, then edit it.
#[utoipa::path(post, path = "/erp/saga/{saga_id}/payload", tag = "ERP",
    params(("saga_id" = Uuid, Path, example = "5d0f1c5e-0a51-4b4e-9b7a-2d6f1f5f0b03")),
    request_body(content = SagaEdit, example = json!({
        "step": 2, "payload": { "code": "SKU-001", "name": "Hammer, 500 g" }, "reason": "The name was wrong."
    })),
    responses((status = 204, description = "It waits again.")))]
pub async fn edit(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<Uuid>,
    Json(edit): Json<SagaEdit>,
) -> Result<StatusCode, Problem> {
    let (store, now) = (&services.store, services.clock.now());
    let message = store::erp::message_of(store, &caller, id).await?;
    let (step, payload, reason) = (edit.step, &edit.payload, &edit.reason);
    ::operations::outbox::edit(store, &caller, message, step, payload, reason, now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Dead messages by what they failed for, with what they hold up. At most 200 groups.
#[utoipa::path(get, path = "/erp/dead-letters", tag = "ERP",
    responses((status = 200, description = "The groups.", body = DeadGroups)))]
pub async fn dead(
    State(services): State<Services>,
    caller: RestCaller,
) -> Result<Json<DeadGroups>, Problem> {
    let groups = store::outbox::groups(&services.store, &caller).await?;
    Ok(Json(DeadGroups { groups }))
}

/// Puts all dead messages that match back into the queue, in their order, however many.
#[utoipa::path(post, path = "/erp/dead-letters/retry", tag = "ERP",
    request_body(content = RetryAll, example = json!({
        "matching": { "cause": "settings" }, "seen": 12, "reason": "The key was renewed."
    })),
    responses((status = 200, description = "How many.", body = Retried)))]
pub async fn retry_all(
    State(services): State<Services>,
    caller: RestCaller,
    Json(all): Json<RetryAll>,
) -> Result<Json<Retried>, Problem> {
    let (store, now) = (&services.store, services.clock.now());
    let (filter, seen) = (&all.matching, all.seen);
    let retried =
        ::operations::outbox::retry_all(store, &caller, filter, seen, &all.reason, now).await?;
    Ok(Json(Retried { retried }))
}
