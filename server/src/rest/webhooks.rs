//! `webhooks`: other programs that are told what happened.

use super::extract::{Id, Json, Parameters, RestCaller};
use super::paging::{Answer, Position, page};
use super::{PREFIX, Problem};
use crate::services::Services;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::WebhookId;
use domain::page::Page;
use domain::webhook::{WebhookEndpoint, WebhookForm};
use operations::webhooks::Sealing;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A new signing secret.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSecret {
    /// `whsec_` and the base64 of a key, or any text of at least 24 characters.
    #[schema(min_length = 24, max_length = 500)]
    secret: String,
}

/// A delivery that was queued.
#[derive(Debug, Serialize, ToSchema)]
pub struct Queued {
    /// Look at it under `deliveries/{id}`.
    delivery_id: Uuid,
}

/// The endpoints; their secrets are never read back.
#[utoipa::path(get, path = "/webhooks", tag = "Webhooks", params(Position),
    responses((status = 200, description = "A page.", body = Page<WebhookEndpoint>)))]
pub async fn list(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(position): Parameters<Position>,
) -> Answer<WebhookEndpoint> {
    let (after, rows) = (position.cursor()?, position.rows()?);
    page(store::webhooks::page(&services.store, &caller, after.as_ref(), rows).await?)
}

/// One endpoint.
#[utoipa::path(get, path = "/webhooks/{id}", tag = "Webhooks", params(("id" = i64, Path, example = 1)),
    responses((status = 200, description = "The endpoint.", body = WebhookEndpoint)))]
pub async fn get(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<WebhookId>,
) -> Result<Json<WebhookEndpoint>, Problem> {
    let found = store::webhooks::get(&services.store, &caller, id).await?;
    Ok(Json(found))
}

/// Adds an endpoint. Only public `https` addresses, unless the operator allows others.
#[utoipa::path(post, path = "/webhooks", tag = "Webhooks",
    request_body(content = WebhookForm, example = json!({
        "name": "Returns desk",
        "url": "https://returns.example.com/crossdock",
        "events": ["document.finished", "document.shortage"],
        "active": true,
        "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    })),
    responses((status = 201, description = "Added; Location is where to look at it.", body = WebhookEndpoint,
        headers(("Location" = String, description = "The endpoint.")))))]
pub async fn create(
    State(services): State<Services>,
    caller: RestCaller,
    Json(form): Json<WebhookForm>,
) -> Result<Response, Problem> {
    let (store, now) = (&services.store, services.clock.now());
    let policy = &services.settings.monitoring.addresses;
    let sealing = sealing(&services);
    let id = ::operations::webhooks::create(store, &caller, &form, policy, sealing, now).await?;
    let made = store::webhooks::get(store, &caller, id).await?;
    let location = format!("{PREFIX}/webhooks/{id}");
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        Json(made),
    )
        .into_response())
}

/// Replaces an endpoint's settings; without a secret the present one stays.
#[utoipa::path(put, path = "/webhooks/{id}", tag = "Webhooks", params(("id" = i64, Path, example = 1)),
    request_body(content = WebhookForm, example = json!({
        "name": "Shop",
        "url": "https://shop.example.com/crossdock",
        "events": ["document.finished"],
        "active": true
    })),
    responses((status = 200, description = "The endpoint as it is now.", body = WebhookEndpoint)))]
pub async fn update(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<WebhookId>,
    Json(form): Json<WebhookForm>,
) -> Result<Json<WebhookEndpoint>, Problem> {
    let (store, now) = (&services.store, services.clock.now());
    let policy = &services.settings.monitoring.addresses;
    let sealing = sealing(&services);
    ::operations::webhooks::update(store, &caller, id, &form, policy, sealing, now).await?;
    Ok(Json(store::webhooks::get(store, &caller, id).await?))
}

/// Replaces the signing secret. For a day messages are signed with the one before, too.
#[utoipa::path(post, path = "/webhooks/{id}/secret", tag = "Webhooks", params(("id" = i64, Path, example = 1)),
    request_body(content = NewSecret, example = json!({ "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD" })),
    responses((status = 204, description = "Replaced.")))]
pub async fn rotate(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<WebhookId>,
    Json(new): Json<NewSecret>,
) -> Result<StatusCode, Problem> {
    let (store, now) = (&services.store, services.clock.now());
    let sealing = sealing(&services);
    ::operations::webhooks::rotate_secret(store, &caller, id, &new.secret, sealing, now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Queues a test delivery.
#[utoipa::path(post, path = "/webhooks/{id}/test", tag = "Webhooks", params(("id" = i64, Path, example = 1)),
    responses((status = 202, description = "Queued; what comes of it is seen among the deliveries.", body = Queued,
        headers(("Location" = String, description = "The delivery.")))))]
pub async fn test(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<WebhookId>,
) -> Result<Response, Problem> {
    let now = services.clock.now();
    let delivery_id =
        ::operations::webhooks::request_test(&services.store, &caller, id, now).await?;
    let location = format!("{PREFIX}/deliveries/{delivery_id}");
    Ok((
        StatusCode::ACCEPTED,
        [(header::LOCATION, location)],
        Json(Queued { delivery_id }),
    )
        .into_response())
}

/// Deletes an endpoint. What waits for it is given up with that reason; what it was told stays on record.
#[utoipa::path(delete, path = "/webhooks/{id}", tag = "Webhooks", params(("id" = i64, Path, example = 2)),
    responses((status = 204, description = "Gone.")))]
pub async fn delete(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<WebhookId>,
) -> Result<StatusCode, Problem> {
    let now = services.clock.now();
    ::operations::webhooks::delete(&services.store, &caller, id, now).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn sealing(services: &Services) -> Sealing<'_> {
    Sealing {
        key: services.secret.sealing(),
        nonce: rand::random(),
    }
}
