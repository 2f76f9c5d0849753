//! Posting events to endpoints, signed.

use super::client::{Clients, Inside};
use super::destination::{Delivery, Destination, Outcome};
use super::{Settings, sign};
use crate::Clock;
use async_trait::async_trait;
use domain::WebhookId;
use domain::outbox::Cause;
use domain::webhook::BODY_VERSION;
use operations::secrets::{SecretError, SecretKey};
use operations::webhooks::{AddressPolicy, secret_of};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use store::outbox::{Claimed, Target};
use store::webhooks::EndpointForWork;
use tokio::sync::Mutex;
use url::Url;
use uuid::Uuid;

/// Bytes of an answer that are read; the rest is not waited for.
const ANSWER: usize = 16 * 1024;

pub(super) struct Webhook {
    store: Store,
    key: SecretKey,
    addresses: AddressPolicy,
    clients: Clients,
    clock: Clock,
    known: Mutex<HashMap<WebhookId, Known>>,
}

/// An endpoint as it stood after a batch was claimed; read once for all messages of the batch.
struct Known {
    token: Uuid,
    endpoint: Result<Arc<Endpoint>, Delivery>,
}

/// What posting to an endpoint takes.
struct Endpoint {
    url: Url,
    client: reqwest::Client,
    secrets: Vec<String>,
}

impl Webhook {
    pub(super) fn new(store: Store, key: SecretKey, settings: &Settings, clock: Clock) -> Self {
        Self {
            store,
            key,
            addresses: settings.addresses.clone(),
            clients: Clients::new(settings.timeout),
            clock,
            known: Mutex::default(),
        }
    }

    async fn endpoint(&self, message: &Claimed, id: WebhookId) -> Result<Arc<Endpoint>, Delivery> {
        let mut known = self.known.lock().await;
        if let Some(known) = known.get(&id)
            && known.token == message.token
        {
            return known.endpoint.clone();
        }
        let endpoint = self.read(message, id).await.map(Arc::new);
        let read = Known {
            token: message.token,
            endpoint: endpoint.clone(),
        };
        known.insert(id, read);
        endpoint
    }

    async fn read(&self, message: &Claimed, id: WebhookId) -> Result<Endpoint, Delivery> {
        let now = (self.clock)();
        let endpoint = store::webhooks::for_work(&self.store, message.company_id, id, now)
            .await
            .map_err(|error| Delivery::unread(&error))?;
        // The settings may have changed since it was entered.
        let url = self
            .addresses
            .check(&endpoint.url)
            .map_err(|error| Delivery::fatal(Cause::Refused, error))?;
        let secrets = self
            .secrets(message, id, &endpoint)
            .map_err(|error| Delivery::fatal(Cause::Settings, error.to_string()))?;
        let client = self
            .clients
            .get(self.addresses.allows(&url), url.scheme() == "https")
            .map_err(|error| Delivery::failed(Cause::Settings, error, false))?;
        Ok(Endpoint {
            url,
            client,
            secrets,
        })
    }

    async fn post(&self, message: &Claimed, id: WebhookId) -> Result<Delivery, Delivery> {
        let endpoint = self.endpoint(message, id).await?;
        let (url, secrets) = (&endpoint.url, &endpoint.secrets);
        let body = body(message);
        let sent = format!("POST {url}\nwebhook-id: {}\n\n{body}", message.id);
        let timestamp = (self.clock)().timestamp();
        let id = message.id.to_string();
        let request = endpoint
            .client
            .post(url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", timestamp.to_string())
            .header(
                "webhook-signature",
                sign::signatures(secrets, &id, timestamp, body.as_bytes()),
            )
            .header("x-correlation-id", &message.correlation_id)
            .body(body);
        let response = request
            .send()
            .await
            .map_err(|error| unsent(&error, url).sent(sent.clone()))?;
        Ok(self.answer(response).await.sent(sent))
    }

    /// The present secret, and the one before while it still signs.
    fn secrets(
        &self,
        message: &Claimed,
        id: WebhookId,
        endpoint: &EndpointForWork,
    ) -> Result<Vec<String>, SecretError> {
        std::iter::once(&endpoint.secret)
            .chain(&endpoint.previous_secret)
            .map(|sealed| secret_of(&self.key, message.company_id, id, sealed))
            .collect()
    }

    async fn answer(&self, mut response: reqwest::Response) -> Delivery {
        let status = response.status().as_u16();
        let wait = asked_wait(response.headers(), (self.clock)());
        let mut bytes = Vec::new();
        // The status is the answer; a body that breaks off changes nothing about it.
        while let Ok(Some(chunk)) = response.chunk().await {
            bytes.extend_from_slice(&chunk);
            if bytes.len() >= ANSWER {
                break;
            }
        }
        bytes.truncate(ANSWER);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let code = i16::try_from(status).unwrap_or(0);
        judge(status, wait).answered(code, text)
    }
}

#[async_trait]
impl Destination for Webhook {
    async fn deliver(&self, message: &Claimed) -> Delivery {
        match message.target {
            Target::Webhook(id) => self.post(message, id).await.unwrap_or_else(|failed| failed),
            _ => Delivery::fatal(Cause::Settings, "This message names no endpoint."),
        }
    }
}

/// The body: the same bytes at every attempt.
fn body(message: &Claimed) -> String {
    json!({
        "version": BODY_VERSION,
        "id": message.id,
        "type": message.event_type,
        "timestamp": message.created_at,
        "company_id": message.company_id,
        "correlation_id": message.correlation_id,
        "data": message.payload,
    })
    .to_string()
}

fn judge(status: u16, wait: Option<Duration>) -> Delivery {
    match status {
        200..=299 => Delivery::of(Outcome::Delivered(json!({ "status": status }))),
        429 | 503 => Delivery::of(Outcome::Postponed {
            error: format!("It answered {status}: come later."),
            wait,
            unknown: false,
        }),
        410 => Delivery::fatal(
            Cause::Rejected,
            "It answered 410: it does not want these events any more. Switch the endpoint off.",
        ),
        300..=399 => Delivery::fatal(
            Cause::Refused,
            format!("It answered {status}, a redirect. Enter the address it leads to."),
        ),
        500..=599 => Delivery::failed(
            Cause::UpstreamError,
            format!("It answered {status}: it failed on its side."),
            true,
        ),
        _ => Delivery::failed(
            Cause::Rejected,
            format!("It answered {status}: it does not accept the event."),
            false,
        ),
    }
}

fn unsent(error: &reqwest::Error, url: &Url) -> Delivery {
    let host = url.host_str().unwrap_or_default();
    if chain_has::<Inside>(error) {
        let text = format!(
            "{host} lies inside our own network. If it is meant, the operator adds it to CROSSDOCK_WEBHOOK_ALLOWED_HOSTS."
        );
        return Delivery::fatal(Cause::Refused, text);
    }
    if error.is_connect() {
        let text = format!("{host} cannot be reached. Check the address and whether it runs.");
        return Delivery::failed(Cause::Unreachable, text, false);
    }
    let text = if error.is_timeout() {
        format!("{host} did not answer in time.")
    } else {
        format!("The connection to {host} broke before the answer came.")
    };
    Delivery::failed(Cause::Timeout, text, true)
}

fn chain_has<E: std::error::Error + 'static>(error: &reqwest::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if cause.is::<E>() {
            return true;
        }
        source = cause.source();
    }
    false
}

/// `Retry-After` in seconds or as a date.
fn asked_wait(headers: &HeaderMap, now: chrono::DateTime<chrono::Utc>) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = chrono::DateTime::parse_from_rfc2822(text).ok()?;
    (at.to_utc() - now).to_std().ok()
}
