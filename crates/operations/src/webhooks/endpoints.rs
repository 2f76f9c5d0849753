//! Setting endpoints up, and trying them.

use super::AddressPolicy;
use crate::secrets::{SecretError, SecretKey};
use crate::{Error, Result, audit, outbox, require};
use chrono::{DateTime, TimeDelta, Utc};
use domain::live::Topic;
use domain::outbox::MAX_ATTEMPTS;
use domain::permission::Permission;
use domain::user::Caller;
use domain::webhook::{TEST_EVENT, WebhookForm, check_secret};
use domain::{CompanyId, WebhookId};
use serde_json::json;
use store::outbox::{NewMessage, Target};
use store::{Scope, Store, Tx};
use uuid::Uuid;

/// How signing secrets are sealed.
#[derive(Debug, Clone, Copy)]
pub struct Sealing<'a> {
    /// The installation's key.
    pub key: &'a SecretKey,
    /// Fresh random bytes.
    pub nonce: [u8; 12],
}

/// Adds an endpoint.
pub async fn create(
    store: &Store,
    caller: &Caller,
    form: &WebhookForm,
    policy: &AddressPolicy,
    sealing: Sealing<'_>,
    now: DateTime<Utc>,
) -> Result<WebhookId> {
    require(caller, Permission::ManageConnections)?;
    form.check(true).map_err(Error::Invalid)?;
    policy.check(&form.url).map_err(Error::Invalid)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let company = caller.company_id;
    let id = store::webhooks::create(&mut tx, company, form, &caller.name, now).await;
    let id = id.map_err(name_taken)?;
    if let Some(secret) = &form.secret {
        let sealed = seal(company, id, secret, sealing)?;
        store::webhooks::set_secret(&mut tx, id, &sealed).await?;
    }
    let facts = json!({ "after": facts(form), "secret": "set" });
    let action = "WEBHOOK_CREATED";
    audit::by_person(&mut tx, caller, action, form.name.trim(), facts, now).await?;
    told(&mut tx, company, "created").await?;
    tx.commit().await?;
    Ok(id)
}

/// Changes an endpoint; an absent secret stays as it is.
pub async fn update(
    store: &Store,
    caller: &Caller,
    id: WebhookId,
    form: &WebhookForm,
    policy: &AddressPolicy,
    sealing: Sealing<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::ManageConnections)?;
    form.check(false).map_err(Error::Invalid)?;
    policy.check(&form.url).map_err(Error::Invalid)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let company = caller.company_id;
    let old = store::webhooks::find(&mut tx, company, id).await?;
    let changed = store::webhooks::update(&mut tx, company, id, form, now).await;
    changed.map_err(name_taken)?;
    if let Some(secret) = &form.secret {
        let sealed = seal(company, id, secret, sealing)?;
        store::webhooks::replace_secret(&mut tx, id, &sealed, now + both_sign()).await?;
    }
    let before =
        json!({ "name": old.name, "url": old.url, "events": old.events, "active": old.active });
    let secret = form.secret.as_ref().map_or("kept", |_| "replaced");
    let facts = json!({ "before": before, "after": facts(form), "secret": secret });
    audit::by_person(&mut tx, caller, "WEBHOOK_CHANGED", &old.name, facts, now).await?;
    told(&mut tx, company, "changed").await?;
    Ok(tx.commit().await?)
}

/// Replaces the signing secret; the one before signs too for a day, so that the receiver can change over
/// without losing a message.
pub async fn rotate_secret(
    store: &Store,
    caller: &Caller,
    id: WebhookId,
    secret: &str,
    sealing: Sealing<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::ManageConnections)?;
    check_secret(secret).map_err(Error::Invalid)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let company = caller.company_id;
    let endpoint = store::webhooks::find(&mut tx, company, id).await?;
    let (sealed, until) = (seal(company, id, secret, sealing)?, now + both_sign());
    store::webhooks::replace_secret(&mut tx, id, &sealed, until).await?;
    let (action, facts) = (
        "WEBHOOK_SECRET_REPLACED",
        json!({ "both_sign_until": until }),
    );
    audit::by_person(&mut tx, caller, action, &endpoint.name, facts, now).await?;
    told(&mut tx, company, "changed").await?;
    Ok(tx.commit().await?)
}

/// Deletes an endpoint and gives up what waits for it, with that as the reason; what it was told stays
/// on record. Refused while a message is being sent to it.
pub async fn delete(
    store: &Store,
    caller: &Caller,
    id: WebhookId,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::ManageConnections)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let company = caller.company_id;
    let endpoint = store::webhooks::find(&mut tx, company, id).await?;
    let (by, reason) = (&caller.name, "The endpoint was deleted.");
    let (given_up, sending) =
        store::webhooks::delete(&mut tx, company, id, by, reason, now).await?;
    if sending {
        let text = "A message is being sent to it right now. Switch it off, wait some seconds, then delete it.";
        return Err(Error::Conflict(text.to_owned()));
    }
    let facts =
        json!({ "url": endpoint.url, "events": endpoint.events, "messages_given_up": given_up });
    let action = "WEBHOOK_DELETED";
    audit::by_person(&mut tx, caller, action, &endpoint.name, facts, now).await?;
    told(&mut tx, company, "deleted").await?;
    Ok(tx.commit().await?)
}

/// How long the secret before and the present one both sign.
fn both_sign() -> TimeDelta {
    TimeDelta::hours(24)
}

fn facts(form: &WebhookForm) -> serde_json::Value {
    json!({ "name": form.name, "url": form.url, "events": form.events, "active": form.active })
}

fn name_taken(error: store::Error) -> Error {
    match error {
        store::Error::Taken { .. } => Error::Conflict("Another endpoint has this name.".to_owned()),
        other => other.into(),
    }
}

async fn told(tx: &mut Tx, company: CompanyId, what: &str) -> Result<()> {
    Ok(store::live::publish(tx, company, None, &[Topic::Webhooks], what).await?)
}

fn place(company: CompanyId, id: WebhookId) -> String {
    format!("crossdock/webhook/{company}/{id}")
}

fn seal(company: CompanyId, id: WebhookId, secret: &str, sealing: Sealing<'_>) -> Result<Vec<u8>> {
    sealing
        .key
        .seal_text(&place(company, id), secret, sealing.nonce)
        .map_err(|error| Error::Invalid(error.to_string()))
}

/// The signing secret of an endpoint, for the sender.
pub fn secret_of(
    key: &SecretKey,
    company: CompanyId,
    id: WebhookId,
    sealed: &[u8],
) -> std::result::Result<String, SecretError> {
    key.open_text(&place(company, id), sealed)
}

/// Queues a test delivery to an endpoint; what came of it is seen among its deliveries. Also for an
/// endpoint that is switched off: it waits until it is on.
pub async fn request_test(
    store: &Store,
    caller: &Caller,
    id: WebhookId,
    now: DateTime<Utc>,
) -> Result<Uuid> {
    require(caller, Permission::ManageConnections)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let company = caller.company_id;
    let endpoint = store::webhooks::find(&mut tx, company, id).await?;
    let asked = format!("test:{id}:{}", now.timestamp_micros());
    let payload = json!({ "message": "This is a test.", "requested_by": caller.name });
    let message = NewMessage {
        event_type: TEST_EVENT.to_owned(),
        target: Target::Webhook(id),
        aggregate_key: asked.clone(),
        payload_hash: outbox::payload_hash(TEST_EVENT, &asked, &payload),
        idempotency_key: asked,
        payload,
        max_attempts: MAX_ATTEMPTS,
        correlation_id: None,
        document: None,
    };
    let ids = outbox::enqueue(&mut tx, company, &[message], now).await?;
    let action = "WEBHOOK_TESTED";
    audit::by_person(&mut tx, caller, action, &endpoint.name, json!({}), now).await?;
    told(&mut tx, company, "test_requested").await?;
    tx.commit().await?;
    ids.first().copied().ok_or(Error::NotFound("message"))
}
