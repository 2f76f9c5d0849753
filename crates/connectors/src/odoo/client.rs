//! Calls methods of Odoo's models, over the protocol the server speaks.

use super::answer::{Reader, unreadable};
use super::config::{API_KEY, PASSWORD, Protocol, Settings};
use crate::http::call::{Answer, Call, Limits, Upstream};
use crate::http::gateway::Gateway;
use crate::http::redact::Redactor;
use crate::http::status;
use crate::settings::refused;
use crate::{BreakerState, Error, ErrorKind, Secrets, Services};
use reqwest::{Method, Request, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;

/// From this version on the server speaks JSON-2.
const FIRST_WITH_JSON2: u32 = 19;

/// What a call is made for: our word for it, and the id that ties it to its cause.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cause<'a> {
    pub operation: &'static str,
    pub correlation_id: &'a str,
}

/// A method of a model.
#[derive(Debug)]
pub(super) struct Ask<'a> {
    pub model: &'static str,
    pub method: &'static str,
    /// The records it works on; none for methods of the model itself.
    pub ids: Option<&'a [i64]>,
    /// Its arguments by name, in the order of its signature: one protocol sends the names, the
    /// other the order.
    pub args: Vec<(&'static str, Value)>,
    /// Beyond language and company.
    pub context: Value,
    /// Whether it only reads, so that it may be sent again.
    pub reads: bool,
}

/// The server behind the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Server {
    /// As it calls itself, for example `19.0`.
    pub version: String,
    pub major: u32,
    /// JSON-RPC's number of the user; none over JSON-2.
    pub uid: Option<i64>,
}

/// Fields of a model by name; how many decimals are kept, of those that are rounded.
pub(super) type Fields = BTreeMap<String, Option<u32>>;

/// One user of one database.
pub(super) struct Client {
    base: Url,
    settings: Settings,
    key: SecretString,
    gateway: Gateway,
    reader: Reader,
    server: Mutex<Option<Arc<Server>>>,
    fields: Mutex<BTreeMap<&'static str, Arc<Fields>>>,
    /// Milliseconds the server took so far, without the waiting for the pace.
    took_ms: AtomicU64,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let account = &self.gateway.upstream().account;
        f.debug_struct("Client")
            .field("account", account)
            .finish_non_exhaustive()
    }
}

impl Client {
    pub fn new(settings: &Settings, secrets: &Secrets, services: Services) -> Result<Self, Error> {
        let key = secrets
            .get(API_KEY)
            .or_else(|| secrets.get(PASSWORD))
            .cloned()
            .ok_or_else(|| {
                refused("The API key of the Odoo user is not set: enter it with the settings.")
                    .about(API_KEY)
            })?;
        let base = settings.address()?;
        let redactor = Redactor::new([key.clone()]);
        let gateway = Gateway::new(upstream(settings, &base), redactor, services)?;
        Ok(Self {
            // A 500 over JSON-2 is mostly a refusal, and its body tells the cause.
            gateway: gateway.explaining_500(),
            reader: Reader::new(settings),
            settings: settings.clone(),
            key,
            base,
            server: Mutex::default(),
            fields: Mutex::default(),
            took_ms: AtomicU64::new(0),
        })
    }

    pub fn longest_call(&self) -> Duration {
        self.gateway.upstream().limits.total
    }

    pub fn breaker(&self) -> BreakerState {
        self.gateway.breaker()
    }

    /// Milliseconds the server took for all calls so far.
    pub fn took_ms(&self) -> u64 {
        self.took_ms.load(Ordering::Relaxed)
    }

    /// Forgets what is known of the server, so that the next call asks again.
    pub async fn forget(&self) {
        *self.server.lock().await = None;
        self.fields.lock().await.clear();
    }

    /// Forgets the fields of a model.
    pub async fn forget_fields(&self, model: &'static str) {
        self.fields.lock().await.remove(model);
    }

    /// The server, asked for once.
    pub async fn server(&self, cause: Cause<'_>) -> Result<Arc<Server>, Error> {
        let mut held = self.server.lock().await;
        if let Some(server) = &*held {
            return Ok(server.clone());
        }
        let server = Arc::new(self.look_up_server(cause).await?);
        *held = Some(server.clone());
        Ok(server)
    }

    /// A model's fields, asked for once: they differ by version, by installed apps and by what the account may see.
    pub async fn fields(
        &self,
        cause: Cause<'_>,
        model: &'static str,
    ) -> Result<Arc<Fields>, Error> {
        if let Some(fields) = self.fields.lock().await.get(model) {
            return Ok(fields.clone());
        }
        let answer = self
            .ask(
                cause,
                &Ask {
                    model,
                    method: "fields_get",
                    ids: None,
                    args: vec![
                        ("allfields", json!([])),
                        ("attributes", json!(["type", "digits"])),
                    ],
                    context: Value::Null,
                    reads: true,
                },
            )
            .await?;
        let Value::Object(fields) = answer else {
            return Err(unreadable(cause.operation, "it names no fields"));
        };
        let decimals = |told: &Value| told["digits"][1].as_u64()?.try_into().ok();
        let fields = fields.into_iter();
        let fields = Arc::new(fields.map(|(name, told)| (name, decimals(&told))).collect());
        let mut held = self.fields.lock().await;
        Ok(held.entry(model).or_insert(fields).clone())
    }

    /// Calls a method and returns what it returned.
    pub async fn ask(&self, cause: Cause<'_>, ask: &Ask<'_>) -> Result<Value, Error> {
        let server = self.server(cause).await?;
        match server.uid {
            None => {
                let request = self.json2(cause.operation, ask)?;
                let read = |answer: &Answer| {
                    let redactor = self.gateway.redactor();
                    self.reader.json2(cause.operation, answer, redactor)
                };
                self.send(cause, request, ask.reads, read).await
            }
            Some(uid) => {
                let params = self.execute_kw(uid, ask);
                self.jsonrpc(cause, params, ask.reads).await
            }
        }
    }

    fn json2(&self, operation: &'static str, ask: &Ask<'_>) -> Result<Request, Error> {
        let mut body = Map::new();
        for (name, value) in &ask.args {
            body.insert((*name).to_owned(), value.clone());
        }
        if let Some(ids) = ask.ids {
            body.insert("ids".to_owned(), json!(ids));
        }
        body.insert("context".to_owned(), self.context(&ask.context));
        let path = format!("json/2/{}/{}", ask.model, ask.method);
        self.gateway
            .request(Method::POST, self.route(&path, operation)?)
            .header("X-Odoo-Database", &self.settings.database)
            // The scheme's letter case does not matter to Odoo.
            .bearer_auth(self.key.expose_secret())
            .json(&body)
            .build()
            .map_err(|error| status::transport(self.gateway.upstream(), operation, error))
    }

    fn execute_kw(&self, uid: i64, ask: &Ask<'_>) -> Value {
        let ids = ask.ids.map(|ids| json!(ids));
        let values = ask.args.iter().map(|(_, value)| value.clone());
        let args: Vec<Value> = ids.into_iter().chain(values).collect();
        json!({
            "service": "object",
            "method": "execute_kw",
            "args": [
                self.settings.database,
                uid,
                self.key.expose_secret(),
                ask.model,
                ask.method,
                args,
                { "context": self.context(&ask.context) },
            ],
        })
    }

    /// Language and company of every call, and what this one adds.
    fn context(&self, more: &Value) -> Value {
        let mut context = json!({ "lang": self.settings.language });
        if let Some(company) = self.settings.company_id {
            context["allowed_company_ids"] = json!([company]);
        }
        for (name, value) in more.as_object().into_iter().flatten() {
            context[name] = value.clone();
        }
        context
    }

    async fn look_up_server(&self, cause: Cause<'_>) -> Result<Server, Error> {
        let (version, major) = self.version(cause).await?;
        let json2 = match self.settings.protocol {
            Protocol::Auto => major >= FIRST_WITH_JSON2,
            Protocol::Json2 => true,
            Protocol::Jsonrpc | Protocol::JsonrpcSsl => false,
        };
        let uid = match json2 {
            true => None,
            false => Some(self.authenticate(cause).await?),
        };
        Ok(Server {
            version,
            major,
            uid,
        })
    }

    /// Asks for the version: where new servers tell it, then where all do.
    async fn version(&self, cause: Cause<'_>) -> Result<(String, u32), Error> {
        let operation = cause.operation;
        let request = self
            .gateway
            .request(Method::GET, self.route("web/version", operation)?)
            .header("X-Odoo-Database", &self.settings.database)
            .build()
            .map_err(|error| status::transport(self.gateway.upstream(), operation, error))?;
        let read = |answer: &Answer| match answer.status {
            404 => Ok(None),
            _ => {
                let redactor = self.gateway.redactor();
                self.reader.json2(operation, answer, redactor).map(Some)
            }
        };
        if let Some(found) = self.send(cause, request, true, read).await? {
            return version_in(&found, "version", "version_info")
                .ok_or_else(|| unreadable(operation, "it tells no version"));
        }
        let params = json!({ "service": "common", "method": "version", "args": [] });
        let found = self.jsonrpc(cause, params, true).await?;
        version_in(&found, "server_version", "server_version_info")
            .ok_or_else(|| unreadable(operation, "it tells no version"))
    }

    async fn authenticate(&self, cause: Cause<'_>) -> Result<i64, Error> {
        let settings = &self.settings;
        if settings.username.trim().is_empty() {
            return Err(refused(
                "The setting username is empty: Odoo before 19 needs the user's login beside the \
                 key.",
            ));
        }
        let params = json!({
            "service": "common",
            "method": "authenticate",
            "args": [settings.database, settings.username, self.key.expose_secret(), {}],
        });
        // `false` says that the two do not fit.
        let uid = self.jsonrpc(cause, params, true).await?;
        uid.as_i64()
            .ok_or_else(|| self.reader.unauthorized(cause.operation, ""))
    }

    async fn jsonrpc(&self, cause: Cause<'_>, params: Value, reads: bool) -> Result<Value, Error> {
        let body = json!({ "jsonrpc": "2.0", "method": "call", "id": 1, "params": params });
        let request = self
            .gateway
            .request(Method::POST, self.route("jsonrpc", cause.operation)?)
            .json(&body)
            .build()
            .map_err(|error| status::transport(self.gateway.upstream(), cause.operation, error))?;
        let read = |answer: &Answer| {
            let redactor = self.gateway.redactor();
            self.reader.jsonrpc(cause.operation, answer, redactor)
        };
        self.send(cause, request, reads, read).await
    }

    async fn send<T>(
        &self,
        cause: Cause<'_>,
        request: Request,
        reads: bool,
        read: impl Fn(&Answer) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let call = Call {
            operation: cause.operation,
            correlation_id: cause.correlation_id,
            request,
        };
        let read = |answer: &Answer| {
            let took = u64::try_from(answer.latency.as_millis()).unwrap_or(u64::MAX);
            self.took_ms.fetch_add(took, Ordering::Relaxed);
            read(answer)
        };
        match reads {
            true => self.gateway.send(&call, read).await,
            false => self.gateway.send_once(&call, read).await,
        }
    }

    fn route(&self, path: &str, operation: &'static str) -> Result<Url, Error> {
        self.base.join(path).map_err(|error| {
            let message = "The setting base_url does not allow routes to be added: check it.";
            Error::new(ErrorKind::Rejected, operation, message).caused_by(error)
        })
    }
}

/// The version's text and its first number; hosted servers write `saas~18` for that.
fn version_in(answer: &Value, text: &str, info: &str) -> Option<(String, u32)> {
    let version = answer.get(text)?.as_str()?.to_owned();
    let first = answer.get(info)?.get(0)?;
    let major = match first {
        Value::String(series) => series.rsplit('~').next()?.parse().ok()?,
        number => u32::try_from(number.as_u64()?).ok()?,
    };
    Some((version, major))
}

fn upstream(settings: &Settings, base: &Url) -> Upstream {
    let total = Duration::from_secs(settings.timeout_seconds.into());
    let address = base.as_str().trim_end_matches('/').to_owned();
    let (database, username) = (&settings.database, &settings.username);
    Upstream {
        kind: "odoo",
        label: "Odoo",
        account: format!("odoo {username} {database} {address}"),
        address,
        limits: Limits {
            interval: settings.interval(),
            attempts: settings.retry_max,
            total,
            read: total,
            body_cap: usize::try_from(settings.max_body_mb).unwrap_or(1) * 1_000_000,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_hosted_servers_are_read_too() {
        let read = |value: Value| version_in(&value, "version", "version_info");
        let plain = json!({ "version": "19.0", "version_info": [19, 0, 0, "final", 0, ""] });
        assert_eq!(read(plain), Some(("19.0".into(), 19)));
        let hosted = json!({ "version": "saas~18.2+e", "version_info": ["saas~18", 2, 0] });
        assert_eq!(read(hosted), Some(("saas~18.2+e".into(), 18)));
        assert_eq!(read(json!({ "version": "19.0" })), None);
    }
}
