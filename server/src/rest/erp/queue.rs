//! Commands for ERPs, one or several that succeed together.

use crate::rest::extract::{Json, RestCaller};
use crate::rest::{PREFIX, Problem};
use crate::services::Services;
use ::operations::sagas::{self, Command};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::ConnectionId;
use domain::erp::{Saga, tenant_id};
use domain::push::PushKind;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// A recipe to write.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecipeSync {
    /// The caller's own company, as sagas show it; another is refused. May be left out.
    tenant_id: Option<Uuid>,
    /// The same key with the same recipe is the same saga.
    #[schema(min_length = 1, max_length = 128)]
    idempotency_key: String,
    /// May be left out when one connection writes recipes.
    connection_id: Option<ConnectionId>,
    /// Code, name, version, effective_from and materials.
    #[schema(value_type = Object)]
    recipe: Value,
    /// When the sender asked. It stands in the log and changes nothing, so that asking again later is
    /// the same saga.
    triggered_at: Option<String>,
    /// Who asked. It stands in the log and changes nothing.
    source_system: Option<String>,
}

/// Counted stock to write.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InventorySync {
    /// The same key with the same content is the same saga.
    #[schema(min_length = 1, max_length = 128)]
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
    #[schema(min_length = 1, max_length = 128)]
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
    #[schema(min_length = 1, max_length = 128)]
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

/// Writes a recipe into an ERP.
#[utoipa::path(post, path = "/erp/recipes", tag = "ERP",
    request_body(content = RecipeSync, example = json!({
        "idempotency_key": "recipe-RECIPE-001-1.0", "connection_id": 1,
        "recipe": {
            "recipe_code": "RECIPE-001", "name": "Example recipe", "version": "1.0",
            "effective_from": "2026-01-01T00:00:00",
            "materials": [{ "material_code": "RM-001", "quantity": 10.0, "unit_of_measure": "KG" }]
        },
        "triggered_at": "2026-01-01T00:00:00", "source_system": "manufacturing-app"
    })),
    responses((status = 202, description = "Queued; Location is where to look at it.", body = Saga,
        headers(("Location" = String, description = "The saga.")))))]
pub async fn recipe(
    State(services): State<Services>,
    caller: RestCaller,
    Json(wanted): Json<RecipeSync>,
) -> Result<Response, Problem> {
    refuse_other_tenant(&caller, wanted.tenant_id)?;
    let one = (PushKind::Recipe, wanted.connection_id, wanted.recipe);
    let queued = queue_one(&services, &caller, &wanted.idempotency_key, one).await?;
    tracing::info!(
        key = wanted.idempotency_key.as_str(),
        triggered_at = wanted.triggered_at.as_deref(),
        source_system = wanted.source_system.as_deref(),
        "a recipe was asked for"
    );
    Ok(queued)
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

fn refuse_other_tenant(caller: &RestCaller, named: Option<Uuid>) -> Result<(), Problem> {
    let own = tenant_id(caller.company_id);
    match named {
        Some(named) if named != own => Err(Problem::invalid(format!(
            "The tenant_id {named} is not the company of this login: leave it out, or send {own}."
        ))),
        _ => Ok(()),
    }
}

async fn queue_one(
    services: &Services,
    caller: &RestCaller,
    key: &str,
    (kind, named, payload): (PushKind, Option<ConnectionId>, Value),
) -> Result<Response, Problem> {
    let connection = sagas::account_for(&services.store, caller, key, named, kind).await?;
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
