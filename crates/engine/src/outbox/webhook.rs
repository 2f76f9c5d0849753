//! Posting events to endpoints, signed.

use super::Settings;
use super::client::{Clients, Inside};
use super::destination::{Delivery, Destination, Outcome};
use super::sign::{Key, signatures};
use crate::Clock;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::outbox::Cause;
use domain::webhook::BODY_VERSION;
use domain::{CompanyId, WebhookId};
use operations::secrets::{SecretError, SecretKey};
use operations::webhooks::{AddressPolicy, secret_of};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::Store;
use store::outbox::{Claimed, Target};
use store::webhooks::EndpointForWork;
use tokio::sync::OnceCell;
use url::Url;
use uuid::Uuid;

/// Bytes of an answer that are read; the rest is not waited for.
const ANSWER: usize = 16 * 1024;
/// Bytes of a body that are kept with the attempt at most, cut again by characters.
const KEPT: usize = 16_000;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const WEBHOOK_ID: HeaderName = HeaderName::from_static("webhook-id");
const WEBHOOK_TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const WEBHOOK_SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");
const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");

pub(super) struct Webhook {
    store: Store,
    key: SecretKey,
    addresses: AddressPolicy,
    clients: Clients,
    clock: Clock,
    known: Mutex<HashMap<WebhookId, Known>>,
}

/// An endpoint as it stood after a batch was claimed; read once for all messages of the batch, by the
/// first of them.
struct Known {
    token: Uuid,
    endpoint: Arc<OnceCell<Result<Arc<Endpoint>, Delivery>>>,
}

/// What posting to an endpoint takes.
struct Endpoint {
    url: Url,
    client: reqwest::Client,
    keys: Vec<Key>,
}

/// The body as it is sent. The fields stand in the order of their names, like those of the payload: a
/// body has the same bytes at every attempt, whichever version of the program makes it.
#[derive(Serialize)]
struct Body<'a> {
    company_id: CompanyId,
    correlation_id: &'a str,
    data: &'a Value,
    id: Uuid,
    timestamp: DateTime<Utc>,
    r#type: &'a str,
    version: u32,
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
        let endpoint = self.known(message.token, id);
        let read = endpoint.get_or_init(|| async { self.read(message, id).await.map(Arc::new) });
        read.await.clone()
    }

    /// Where the endpoint is put for the batch that was claimed under the token.
    fn known(&self, token: Uuid, id: WebhookId) -> Arc<OnceCell<Result<Arc<Endpoint>, Delivery>>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || Known {
            token,
            endpoint: Arc::default(),
        };
        let one = known.entry(id).or_insert_with(fresh);
        if one.token != token {
            *one = fresh();
        }
        Arc::clone(&one.endpoint)
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
        let keys = self
            .keys(message, id, &endpoint)
            .map_err(|error| Delivery::fatal(Cause::Settings, error.to_string()))?;
        let client = self
            .clients
            .get(self.addresses.allows(&url), url.scheme() == "https")
            .map_err(|error| Delivery::failed(Cause::Settings, error, false))?;
        Ok(Endpoint { url, client, keys })
    }

    async fn post(&self, message: &Claimed, id: WebhookId) -> Result<Delivery, Delivery> {
        let endpoint = self.endpoint(message, id).await?;
        let (url, body) = (&endpoint.url, body(message)?);
        let id = message.id.to_string();
        let sent = sent(url, &id, &body);
        let timestamp = (self.clock)().timestamp().to_string();
        let signed = signatures(&endpoint.keys, &id, &timestamp, body.as_bytes());
        let request = endpoint
            .client
            .post(url.clone())
            .header(CONTENT_TYPE, JSON)
            .header(WEBHOOK_ID, id)
            .header(WEBHOOK_TIMESTAMP, timestamp)
            .header(WEBHOOK_SIGNATURE, signed)
            .header(CORRELATION_ID, &message.correlation_id)
            .body(body);
        match request.send().await {
            Ok(response) => Ok(self.answer(response).await.sent(sent)),
            Err(error) => Err(unsent(&error, url).sent(sent)),
        }
    }

    /// Of the present secret, and of the one before while it still signs. One that was sealed under a key that is no
    /// more can sign nothing: its receivers have the present one by now, or refuse.
    fn keys(
        &self,
        message: &Claimed,
        id: WebhookId,
        endpoint: &EndpointForWork,
    ) -> Result<Vec<Key>, SecretError> {
        let open = |sealed: &Vec<u8>| {
            let secret = secret_of(&self.key, message.company_id, id, sealed)?;
            Ok(Key::new(&secret))
        };
        let mut keys = vec![open(&endpoint.secret)?];
        if let Some(sealed) = &endpoint.previous_secret {
            match open(sealed) {
                Ok(key) => keys.push(key),
                Err(error) => tracing::warn!(
                    webhook.id = id.0,
                    %error,
                    "the secret before the present one cannot be read and signs no more"
                ),
            }
        }
        Ok(keys)
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

fn body(message: &Claimed) -> Result<String, Delivery> {
    let body = Body {
        company_id: message.company_id,
        correlation_id: &message.correlation_id,
        data: &message.payload,
        id: message.id,
        timestamp: message.created_at,
        r#type: &message.event_type,
        version: BODY_VERSION,
    };
    serde_json::to_string(&body)
        .map_err(|error| Delivery::fatal(Cause::Payload, format!("{error}.")))
}

/// What is kept of a post: its secrets are no part of it.
fn sent(url: &Url, id: &str, body: &str) -> String {
    let body = &body[..body.floor_char_boundary(KEPT)];
    format!("POST {url}\nwebhook-id: {id}\n\n{body}")
}

fn judge(status: u16, wait: Option<Duration>) -> Delivery {
    match status {
        200..=299 => Delivery::of(Outcome::Delivered(json!({ "status": status }))),
        429 | 503 => Delivery::of(Outcome::Postponed {
            error: format!("It answered {status}: come later."),
            wait,
            unknown: false,
            alone: false,
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
fn asked_wait(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = DateTime::parse_from_rfc2822(text).ok()?;
    (at.to_utc() - now).to_std().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(payload: Value) -> Claimed {
        Claimed {
            id: Uuid::from_u128(7),
            token: Uuid::nil(),
            lease: 1,
            company_id: CompanyId(3),
            event_type: "document.finished".to_owned(),
            target: Target::Webhook(WebhookId(1)),
            lane: "webhook:1".to_owned(),
            at_once: None,
            payload,
            correlation_id: "a \"quoted\" one".to_owned(),
            attempts: 0,
            max_attempts: 5,
            outcome_unknown: false,
            undoing: false,
            round: 0,
            rehearsal: false,
            result: false,
            created_at: DateTime::UNIX_EPOCH + chrono::TimeDelta::milliseconds(1_234),
        }
    }

    #[test]
    fn a_body_has_the_bytes_of_the_object_of_its_values() {
        let message =
            message(json!({ "z": 1, "a": [null, "ž", 0.5], "aa": { "c": "\n", "b": true } }));
        let object = json!({
            "version": BODY_VERSION,
            "id": message.id,
            "type": message.event_type,
            "timestamp": message.created_at,
            "company_id": message.company_id,
            "correlation_id": message.correlation_id,
            "data": message.payload,
        });
        assert_eq!(body(&message).unwrap(), object.to_string());
    }

    #[test]
    fn of_a_long_body_the_beginning_is_kept_however_many_bytes_its_letters_have() {
        let url: Url = "https://example.com/hook".parse().unwrap();
        for letter in ["x", "ž", "€", "😀"] {
            let body = letter.repeat(5_000);
            let whole = format!("POST {url}\nwebhook-id: 7\n\n{body}");
            let kept = Delivery::of(Outcome::Delivered(Value::Null)).sent(sent(&url, "7", &body));
            let first: String = whole.chars().take(4_000).collect();
            assert_eq!(kept.request, Some(first), "{letter}");
        }
    }
}
