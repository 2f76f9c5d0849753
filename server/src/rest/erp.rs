//! `erp`: what is written into ERPs, how it goes, and a person's word on what does not.

use super::extract::{Id, Json, Parameters, RestCaller};
use super::{PREFIX, Problem};
use crate::services::Services;
use ::operations::sagas::{self, Command};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::ConnectionId;
use domain::erp::{ErpMetrics, ErpStatus, FailedPage, Saga};
use domain::outbox::{DeadFilter, DeadGroup};
use domain::push::PushKind;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Longest period of the figures, hours.
const LONGEST_PERIOD: i64 = 168;
/// Most rows of a page.
const LARGEST_PAGE: i64 = 200;

/// Which period.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Period {
    /// The last so many hours.
    #[param(minimum = 1, maximum = 168, default = 24, example = 24)]
    hours: Option<i64>,
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedFailed {
    /// From 1.
    #[param(minimum = 1, default = 1, example = 1)]
    page: Option<i64>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50, example = 50)]
    page_size: Option<i64>,
    /// Those that were given up, too.
    #[param(default = false, example = true)]
    include_dead: Option<bool>,
}

/// A recipe to write.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecipeSync {
    /// The same key with the same recipe is the same saga.
    #[schema(min_length = 1, max_length = 120)]
    idempotency_key: String,
    /// May be left out when one connection writes recipes.
    connection_id: Option<ConnectionId>,
    /// Code, name, version, effective_from and materials.
    #[schema(value_type = Object)]
    recipe: Value,
}

/// Counted stock to write.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InventorySync {
    /// The same key with the same content is the same saga.
    #[schema(min_length = 1, max_length = 120)]
    idempotency_key: String,
    /// May be left out when one connection writes stock.
    connection_id: Option<ConnectionId>,
    /// Location and counted items.
    #[schema(value_type = Object)]
    inventory: Value,
}

/// A bill of materials to write.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BomSync {
    /// The same key with the same bill is the same saga.
    #[schema(min_length = 1, max_length = 120)]
    idempotency_key: String,
    /// May be left out when one connection writes bills of materials.
    connection_id: Option<ConnectionId>,
    /// Product, quantity and components.
    #[schema(value_type = Object)]
    bom: Value,
}

/// Several commands that succeed together or are taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSaga {
    /// The same key with the same steps is the same saga.
    #[schema(min_length = 1, max_length = 120)]
    idempotency_key: String,
    /// In their order, 1 to 50.
    #[schema(min_items = 1, max_items = 50)]
    steps: Vec<NewStep>,
}

/// One of them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStep {
    /// What it does, for example `inventory.product.upsert`.
    event_type: String,
    /// Where.
    connection_id: ConnectionId,
    /// What is written.
    #[schema(value_type = Object)]
    payload: Value,
}

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
    /// What is written instead; about the same thing.
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

/// The queue now.
#[utoipa::path(get, path = "/erp/status", tag = "ERP",
    responses((status = 200, description = "The queue.", body = ErpStatus)))]
pub async fn status(
    State(services): State<Services>,
    caller: RestCaller,
) -> Result<Json<ErpStatus>, Problem> {
    Ok(Json(store::erp::status(&services.store, &caller).await?))
}

/// How the last hours went.
#[utoipa::path(get, path = "/erp/metrics", tag = "ERP", params(Period),
    responses((status = 200, description = "The figures.", body = ErpMetrics)))]
pub async fn metrics(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(period): Parameters<Period>,
) -> Result<Json<ErpMetrics>, Problem> {
    let hours = within("hours", period.hours.unwrap_or(24), LONGEST_PERIOD)?;
    let (store, now) = (&services.store, services.clock.now());
    Ok(Json(store::erp::metrics(store, &caller, hours, now).await?))
}

/// Sagas whose last attempt failed, newest first.
#[utoipa::path(get, path = "/erp/failed", tag = "ERP", params(WantedFailed),
    responses((status = 200, description = "A page.", body = FailedPage)))]
pub async fn failed(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<WantedFailed>,
) -> Result<Json<FailedPage>, Problem> {
    let page = within("page", wanted.page.unwrap_or(1), 1_000_000)?;
    let rows = within("page_size", wanted.page_size.unwrap_or(50), LARGEST_PAGE)?;
    let dead = wanted.include_dead.unwrap_or(false);
    let store = &services.store;
    Ok(Json(
        store::erp::failed(store, &caller, dead, page, rows).await?,
    ))
}

/// One saga.
#[utoipa::path(get, path = "/erp/saga/{saga_id}", tag = "ERP",
    params(("saga_id" = Uuid, Path, example = "5d0f1c5e-0a51-4b4e-9b7a-2d6f1f5f0b01")),
    responses((status = 200, description = "The saga.", body = Saga)))]
pub async fn saga(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<Uuid>,
) -> Result<Json<Saga>, Problem> {
    Ok(Json(store::erp::saga(&services.store, &caller, id).await?))
}

/// Writes a recipe into an ERP.
#[utoipa::path(post, path = "/erp/recipes", tag = "ERP",
    request_body(content = RecipeSync, example = json!({
        "idempotency_key": "recipe-RECIPE-001-1.0", "connection_id": 1,
        "recipe": {
            "recipe_code": "RECIPE-001", "name": "Example recipe", "version": "1.0",
            "effective_from": "2026-01-01T00:00:00Z",
            "materials": [{ "material_code": "RM-001", "quantity": 10.0, "unit_of_measure": "KG" }]
        }
    })),
    responses((status = 202, description = "Queued; Location is where to look at it.", body = Saga,
        headers(("Location" = String, description = "The saga.")))))]
pub async fn recipe(
    State(services): State<Services>,
    caller: RestCaller,
    Json(wanted): Json<RecipeSync>,
) -> Result<Response, Problem> {
    let one = (PushKind::Recipe, wanted.connection_id, wanted.recipe);
    queue_one(&services, &caller, &wanted.idempotency_key, one).await
}

/// Writes what was counted at a place into an ERP.
#[utoipa::path(post, path = "/erp/inventory", tag = "ERP",
    request_body(content = InventorySync, example = json!({
        "idempotency_key": "count-WH-2026-11-28", "connection_id": 1,
        "inventory": {
            "location": "8",
            "items": [{ "product_code": "SKU-001", "quantity": "100", "lot_number": "LOT-2024-001" }]
        }
    })),
    responses((status = 202, description = "Queued; Location is where to look at it.", body = Saga,
        headers(("Location" = String, description = "The saga.")))))]
pub async fn inventory(
    State(services): State<Services>,
    caller: RestCaller,
    Json(wanted): Json<InventorySync>,
) -> Result<Response, Problem> {
    let one = (PushKind::Stock, wanted.connection_id, wanted.inventory);
    queue_one(&services, &caller, &wanted.idempotency_key, one).await
}

/// Writes a bill of materials into an ERP.
#[utoipa::path(post, path = "/erp/boms", tag = "ERP",
    request_body(content = BomSync, example = json!({
        "idempotency_key": "bom-FG-001", "connection_id": 1,
        "bom": {
            "product_code": "FG-001", "quantity": 1, "plant": "1000",
            "lines": [{ "component": "RM-001", "quantity": 10.0, "uom": "KG", "item_category": "L" }]
        }
    })),
    responses((status = 202, description = "Queued; Location is where to look at it.", body = Saga,
        headers(("Location" = String, description = "The saga.")))))]
pub async fn bom(
    State(services): State<Services>,
    caller: RestCaller,
    Json(wanted): Json<BomSync>,
) -> Result<Response, Problem> {
    let one = (PushKind::Bom, wanted.connection_id, wanted.bom);
    queue_one(&services, &caller, &wanted.idempotency_key, one).await
}

/// Writes several commands in their order; when one is refused for good, those before it are taken back.
#[utoipa::path(post, path = "/erp/sagas", tag = "ERP",
    request_body(content = NewSaga, example = json!({
        "idempotency_key": "new-product-FG-002",
        "steps": [
            { "event_type": "inventory.product.upsert", "connection_id": 1,
              "payload": { "code": "FG-002", "name": "Chair" } },
            { "event_type": "inventory.bom.upsert", "connection_id": 1,
              "payload": { "product_code": "FG-002", "quantity": 1, "lines": [{ "component": "RM-001", "quantity": 4 }] } }
        ]
    })),
    responses((status = 202, description = "Queued; Location is where to look at it.", body = Saga,
        headers(("Location" = String, description = "The saga.")))))]
pub async fn start(
    State(services): State<Services>,
    caller: RestCaller,
    Json(new): Json<NewSaga>,
) -> Result<Response, Problem> {
    let commands: Vec<Command> = new
        .steps
        .into_iter()
        .map(|step| Command {
            event_type: step.event_type,
            connection: step.connection_id,
            payload: step.payload,
        })
        .collect();
    queue(&services, &caller, &new.idempotency_key, &commands).await
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

/// Gives a dead saga another payload and puts it back into the queue; what was queued first is kept.
#[utoipa::path(post, path = "/erp/saga/{saga_id}/payload", tag = "ERP",
    params(("saga_id" = Uuid, Path, example = "5d0f1c5e-0a51-4b4e-9b7a-2d6f1f5f0b03")),
    request_body(content = SagaEdit, example = json!({
        "payload": { "code": "SKU-001", "name": "Hammer, 500 g" }, "reason": "The name was missing."
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
    let (payload, reason) = (&edit.payload, &edit.reason);
    ::operations::outbox::edit(store, &caller, message, payload, reason, now).await?;
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

async fn queue_one(
    services: &Services,
    caller: &RestCaller,
    key: &str,
    (kind, named, payload): (PushKind, Option<ConnectionId>, Value),
) -> Result<Response, Problem> {
    let connection = sagas::account_for(&services.store, caller, named, kind).await?;
    let command = Command {
        event_type: kind.as_str().to_owned(),
        connection,
        payload,
    };
    queue(services, caller, key, &[command]).await
}

async fn queue(
    services: &Services,
    caller: &RestCaller,
    key: &str,
    commands: &[Command],
) -> Result<Response, Problem> {
    let (store, now) = (&services.store, services.clock.now());
    let message = sagas::start(store, caller, key, commands, now).await?;
    let saga_id = store::outbox::get(store, caller, message)
        .await?
        .message
        .saga_id;
    let saga = store::erp::saga(store, caller, saga_id).await?;
    let location = format!("{PREFIX}/erp/saga/{saga_id}");
    let queued = StatusCode::ACCEPTED;
    Ok((queued, [(header::LOCATION, location)], Json(saga)).into_response())
}

fn within(field: &str, value: i64, most: i64) -> Result<i64, Problem> {
    if (1..=most).contains(&value) {
        return Ok(value);
    }
    Err(Problem::invalid(format!(
        "{field} is a number from 1 to {most}."
    )))
}
