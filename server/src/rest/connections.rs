//! `connections`: accounts at upstream systems, how they are, and what went over the wire.

use super::Problem;
use super::extract::{Id, Json, Parameters, RestCaller};
use super::paging::{Answer, Position, cursor, limit, page};
use crate::connecting::{Connecting, Written};
use crate::services::Services;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::ConnectionId;
use domain::connection::ConnectionSummary;
use domain::delivery::DeliverySettings;
use domain::exchange::{CapturedExchange, ExchangeFilter};
use domain::page::Page;
use operations::connections::Sealing;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// Which calls.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedCalls {
    /// Of one click, operation or run.
    #[param(example = "test")]
    correlation_id: Option<String>,
    /// Only those that failed, or only those that did not.
    #[param(example = false)]
    failed: Option<bool>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    #[param(minimum = 1, maximum = 200, default = 50, example = 20)]
    limit: Option<i64>,
}

/// A connection as it is set up.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConnectionSetup {
    /// How it is.
    connection: ConnectionSummary,
    /// In the form of the schema at `/schemas/connection`, without secrets.
    #[schema(value_type = Object)]
    settings: Value,
    /// Names of the secrets that are set.
    secrets_set: Vec<String>,
    /// A full pass that would mark more than this share of the active rows inactive asks first, percent.
    brake_percent: i16,
    /// What its connector can write.
    push_kinds: Vec<String>,
    /// How messages to it are treated; none when what is kept of that cannot be read.
    delivery: Option<DeliverySettings>,
    /// Why it cannot be read: set it again.
    delivery_fault: Option<String>,
}

/// New secrets of a connection; those that are not named stay.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSecrets {
    /// By the names that the connection has; never read back.
    secrets: BTreeMap<String, String>,
}

/// The accounts at upstream systems and how they are; without their settings and secrets.
#[utoipa::path(get, path = "/connections", tag = "Syncs", params(Position),
    responses((status = 200, description = "A page.", body = Page<ConnectionSummary>)))]
pub async fn list(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(position): Parameters<Position>,
) -> Answer<ConnectionSummary> {
    let (after, rows) = (position.cursor()?, position.rows()?);
    page(store::connections::page(&services.store, &caller, after.as_ref(), rows).await?)
}

/// One connection as it is set up, without its secrets.
#[utoipa::path(get, path = "/connections/{id}", tag = "Syncs", params(("id" = i64, Path, example = 1)),
    responses((status = 200, description = "The connection.", body = ConnectionSetup)))]
pub async fn get(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<ConnectionId>,
) -> Result<Json<ConnectionSetup>, Problem> {
    let found = store::connections::get(&services.store, &caller, id).await?;
    let kinds = found.push_kinds.iter();
    let (delivery, delivery_fault) = match found.delivery {
        Ok(settings) => (Some(settings), None),
        Err(fault) => (None, Some(fault)),
    };
    Ok(Json(ConnectionSetup {
        connection: found.connection,
        settings: found.settings,
        secrets_set: found.secrets_set,
        brake_percent: found.brake_percent,
        push_kinds: kinds.map(|kind| kind.as_str().to_owned()).collect(),
        delivery,
        delivery_fault,
    }))
}

/// Sets a connection up in the form of the schema at `/schemas/connection`, with a `name` and, where there are
/// several, its site as `warehouse_id`. It is checked at once. Variables such as `${NAME}` are refused: they
/// count in files of `crossdock connect` only.
#[utoipa::path(post, path = "/connections", tag = "Syncs",
    request_body(content = Object, example = json!({
        "name": "Odoo of the returns desk",
        "warehouse_id": 1,
        "adapter_type": "odoo",
        "connection": {
            "base_url": "https://mycompany.odoo.com", "database": "production",
            "api_key": "0123456789abcdef0123456789abcdef01234567"
        },
        "retry_policy": { "strategy": "fixed", "initial_delay_seconds": 60 }
    })),
    responses((status = 201, description = "Set up.", body = ConnectionSummary)))]
pub async fn create(
    State(services): State<Services>,
    caller: RestCaller,
    Json(body): Json<Map<String, Value>>,
) -> Result<Response, Problem> {
    let written = Written::read(body)?;
    let id = Connecting::of(&services).create(&caller, written).await?;
    let made = store::connections::get(&services.store, &caller, id).await?;
    Ok((StatusCode::CREATED, Json(made.connection)).into_response())
}

/// Changes a connection and asks for a check. `connection` replaces its settings as a whole; secrets that are
/// not given stay, unless the address changes. Name and treatment of messages change where they are given.
#[utoipa::path(put, path = "/connections/{id}", tag = "Syncs", params(("id" = i64, Path, example = 1)),
    request_body(content = Object, example = json!({
        "name": "Pantheon",
        "connection": {
            "base_url": "http://pantheon.example.invalid:3003", "username": "crossdock",
            "password": "a new one", "page_size": 500
        },
        "timeout_settings": { "sync_timeout_seconds": 300 }
    })),
    responses((status = 204, description = "Changed.")))]
pub async fn change(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<ConnectionId>,
    Json(body): Json<Map<String, Value>>,
) -> Result<StatusCode, Problem> {
    let written = Written::read(body)?;
    Connecting::of(&services)
        .change(&caller, id, written)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Calls as they went over the wire, without secrets, newest first: of those that succeed a sample, of
/// those that fail each.
#[utoipa::path(get, path = "/connections/{id}/calls", tag = "Syncs",
    params(("id" = i64, Path, example = 1), WantedCalls),
    responses((status = 200, description = "A page.", body = Page<CapturedExchange>)))]
pub async fn calls(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<ConnectionId>,
    Parameters(wanted): Parameters<WantedCalls>,
) -> Answer<CapturedExchange> {
    let after = cursor(wanted.after.as_deref())?;
    let rows = limit(wanted.limit)?;
    let filter = ExchangeFilter {
        correlation_id: wanted.correlation_id,
        failed: wanted.failed,
    };
    let store = &services.store;
    page(store::exchanges::page(store, &caller, id, &filter, after.as_ref(), rows).await?)
}

/// Asks for a check: a fresh sign-in and one row. The answer is seen as the connection's health.
#[utoipa::path(post, path = "/connections/{id}/check", tag = "Syncs", params(("id" = i64, Path, example = 1)),
    responses((status = 204, description = "Asked for.")))]
pub async fn check(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<ConnectionId>,
) -> Result<StatusCode, Problem> {
    let now = services.clock.now();
    ::operations::connections::request_check(&services.store, &caller, id, now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sets how results and commands go to a connection: whether results are written back, how failures are
/// tried again, how long calls may take, which precautions are taken, when it rests, what operators are told.
#[utoipa::path(put, path = "/connections/{id}/delivery", tag = "ERP", params(("id" = i64, Path, example = 1)),
    request_body(content = DeliverySettings, example = json!({
        "write_back": true,
        "retry_policy": { "max_attempts": 5, "strategy": "exponential", "initial_delay_seconds": 30, "base": 4 },
        "timeout_settings": { "request_timeout_seconds": 60, "sync_timeout_seconds": 300 },
        "features": { "batch_size": 8, "circuit_breaker_failures": 3, "circuit_breaker_pause_seconds": 120 },
        "monitoring": { "backlog_threshold": 200 },
        "maintenance": [{ "from": "22:00:00", "until": "23:30:00" }]
    })),
    responses((status = 204, description = "Set.")))]
pub async fn set_delivery(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<ConnectionId>,
    Json(settings): Json<DeliverySettings>,
) -> Result<StatusCode, Problem> {
    let (store, now) = (&services.store, services.clock.now());
    ::operations::connections::set_delivery(store, &caller, id, &settings, now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Replaces secrets and asks for a check. What is under way goes on with the sign-in it has.
#[utoipa::path(put, path = "/connections/{id}/secrets", tag = "Syncs", params(("id" = i64, Path, example = 1)),
    request_body(content = NewSecrets, example = json!({ "secrets": { "password": "a new one" } })),
    responses((status = 204, description = "Replaced.")))]
pub async fn replace_secrets(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<ConnectionId>,
    Json(new): Json<NewSecrets>,
) -> Result<StatusCode, Problem> {
    let (store, now) = (&services.store, services.clock.now());
    let sealing = Sealing {
        key: services.secret.sealing(),
        nonce: rand::random(),
        secrets: &new.secrets,
    };
    ::operations::connections::replace_secrets(store, &caller, id, sealing, now).await?;
    Ok(StatusCode::NO_CONTENT)
}
