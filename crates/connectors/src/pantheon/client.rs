//! Signs in and asks.

use super::config::{Dialect, PASSWORD, Settings};
use super::page::{self, Read};
use super::wire;
use crate::auth::jwt;
use crate::auth::token::{Fresh, Token, TokenCache};
use crate::http::call::{Answer, Call, Limits, Upstream};
use crate::http::gateway::Gateway;
use crate::http::redact::Redactor;
use crate::http::status;
use crate::settings::refused;
use crate::{BreakerState, Error, ErrorKind, Secrets, Services};
use chrono::{DateTime, Utc};
use reqwest::{Method, Request, Url};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use std::time::Duration;

/// Life of a token that does not tell it.
const UNTOLD_LIFE: Duration = Duration::from_secs(3_600);
/// Characters of the vendor's own words that are shown.
const WORDS_SHOWN: usize = 300;

/// What is asked for.
#[derive(Debug)]
pub(super) struct Query {
    /// Our word for it, in logs and metrics.
    pub operation: &'static str,
    /// The vendor's method.
    pub method: &'static str,
    /// Column, operator, value.
    pub filter: Option<(&'static str, &'static str, String)>,
    /// Rows to skip.
    pub offset: u64,
    /// Rows wanted.
    pub limit: u32,
}

/// The gateway's two routes behind one account.
pub(super) struct Client {
    base: Url,
    dialect: Dialect,
    username: String,
    password: SecretString,
    gateway: Gateway,
    tokens: TokenCache,
    clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
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
        let password = secrets.get(PASSWORD).cloned().ok_or_else(|| {
            refused("The password of the Pantheon account is not set: enter it with the settings.")
                .about(PASSWORD)
        })?;
        let base = settings.address()?;
        let clock = services.clock.clone();
        let redactor = Redactor::new([password.clone()]);
        Ok(Self {
            gateway: Gateway::new(upstream(settings, &base), redactor, services)?,
            tokens: TokenCache::new(clock.clone()),
            dialect: settings.dialect,
            username: settings.username.clone(),
            password,
            base,
            clock,
        })
    }

    pub fn longest_call(&self) -> Duration {
        self.gateway.upstream().limits.total
    }

    pub fn breaker(&self) -> BreakerState {
        self.gateway.breaker()
    }

    /// Signs in afresh; returns how long the upstream took.
    pub async fn sign_in(&self, correlation_id: &str) -> Result<Duration, Error> {
        let mut took = Duration::ZERO;
        self.tokens
            .replace(async || {
                let (fresh, latency) = self.login(correlation_id).await?;
                took = latency;
                Ok(fresh)
            })
            .await?;
        Ok(took)
    }

    /// Asks and reads the rows; a refused token is replaced once.
    pub async fn query<T>(
        &self,
        query: &Query,
        correlation_id: &str,
        read: impl Fn(&str) -> Result<Read<T>, page::Unreadable>,
    ) -> Result<(Read<T>, Duration), Error>
    where
        Read<T>: Default,
    {
        let sign_in = async || Ok(self.login(correlation_id).await?.0);
        let token = self.tokens.get(sign_in).await?;
        let first = self.ask(query, correlation_id, &token, &read).await;
        let outcome = match first {
            Err(error) if error.kind() == ErrorKind::Unauthorized => {
                let token = self.tokens.renew(&token, sign_in).await?;
                self.ask(query, correlation_id, &token, &read).await
            }
            other => other,
        };
        if outcome.is_ok() {
            self.tokens.worked();
        }
        outcome
    }

    async fn ask<T>(
        &self,
        query: &Query,
        correlation_id: &str,
        token: &Token,
        read: impl Fn(&str) -> Result<Read<T>, page::Unreadable>,
    ) -> Result<(Read<T>, Duration), Error>
    where
        Read<T>: Default,
    {
        let call = Call {
            operation: query.operation,
            correlation_id,
            request: self.request(query, token)?,
        };
        let read = |answer: &Answer| {
            if is_no_data(answer) {
                return Ok((Read::default(), answer.latency));
            }
            self.accepted(query.operation, answer)?;
            let text = wire::text(&answer.body);
            let page = read(&text).map_err(|why| self.unreadable(query.operation, &why))?;
            Ok((page, answer.latency))
        };
        self.gateway.send(&call, read).await
    }

    fn request(&self, query: &Query, token: &Token) -> Result<Request, Error> {
        let request = match self.dialect {
            Dialect::PostGet => self
                .gateway
                .request(Method::POST, self.route("get", query.operation)?)
                .json(&wire::Ask::from(query)),
            Dialect::LegacyGet => {
                let mut url = self.route(query.method, query.operation)?;
                url.query_pairs_mut()
                    .append_pair("offset", &query.offset.to_string())
                    .append_pair("limit", &query.limit.to_string());
                if let Some(filters) = wire::filters(query) {
                    let filters = filters.to_string();
                    url.query_pairs_mut().append_pair("filters", &filters);
                }
                self.gateway.request(Method::GET, url)
            }
        };
        request
            .bearer_auth(token.secret.expose_secret())
            .build()
            .map_err(|error| status::transport(self.gateway.upstream(), query.operation, error))
    }

    async fn login(&self, correlation_id: &str) -> Result<(Fresh, Duration), Error> {
        let body = serde_json::json!({
            "username": self.username,
            "password": self.password.expose_secret(),
        });
        let request = self
            .gateway
            .request(Method::POST, self.route("login", "login")?)
            .json(&body)
            .build()
            .map_err(|error| status::transport(self.gateway.upstream(), "login", error))?;
        let call = Call {
            operation: "login",
            correlation_id,
            request,
        };
        let read = |answer: &Answer| Ok((self.read_login(answer)?, answer.latency));
        self.gateway.send(&call, read).await
    }

    fn read_login(&self, answer: &Answer) -> Result<Fresh, Error> {
        if matches!(answer.status, 400 | 401 | 403 | 422) {
            return Err(self.login_refused(answer));
        }
        self.accepted("login", answer)?;
        let text = wire::text(&answer.body);
        let login: wire::Login = serde_json::from_str(&text)
            .map_err(|error| self.unreadable("login", &page::Unreadable::from(error)))?;
        match login.token() {
            Some(token) => {
                let told = login.expires_in().map(Duration::from_secs);
                let life = jwt::life(token, (self.clock)()).or(told);
                Ok(Fresh {
                    life: life.unwrap_or(UNTOLD_LIFE),
                    secret: SecretString::from(token),
                })
            }
            None if wire::refusal(&text).is_some() => Err(self.login_refused(answer)),
            None => Err(self.unreadable("login", &page::Unreadable::new("it holds no token"))),
        }
    }

    fn login_refused(&self, answer: &Answer) -> Error {
        Error::new(
            ErrorKind::Unauthorized,
            "login",
            format!(
                "Pantheon does not accept user name and password of '{}'{}. Check both in the \
                 settings.",
                self.username,
                self.words(answer)
            ),
        )
    }

    /// An error for every status that does not bring rows.
    fn accepted(&self, operation: &'static str, answer: &Answer) -> Result<(), Error> {
        let Some(kind) = status::kind(answer.status) else {
            return Ok(());
        };
        let status = answer.status;
        let advice = match kind {
            ErrorKind::Unauthorized => {
                "Its own token is not accepted. If this stays so after signing in again, check \
                 the account's rights."
            }
            ErrorKind::Forbidden => "Ask for the right to read this for the account.",
            ErrorKind::NotFound => {
                "There is no such route: check base_url, and whether the dialect should be the \
                 other one (post_get, legacy_get)."
            }
            _ => "The request is not what this gateway expects.",
        };
        let message = format!(
            "Pantheon refused to answer for {operation} ({status}{}). {advice}",
            self.words(answer)
        );
        Err(Error::new(kind, operation, message))
    }

    fn unreadable(&self, operation: &'static str, why: &page::Unreadable) -> Error {
        let why: String = self.gateway.redactor().text(&why.to_string());
        Error::new(
            ErrorKind::Malformed,
            operation,
            format!("Pantheon's answer for {operation} cannot be read: {why}."),
        )
    }

    /// The vendor's own sentence, if there is one.
    fn words(&self, answer: &Answer) -> String {
        let Some(words) = wire::refusal(&wire::text(&answer.body)) else {
            return String::new();
        };
        let words: String = words.chars().take(WORDS_SHOWN).collect();
        format!(": \"{}\"", self.gateway.redactor().text(&words))
    }

    fn route(&self, path: &str, operation: &'static str) -> Result<Url, Error> {
        self.base.join(path).map_err(|error| {
            let message = "The setting base_url does not allow routes to be added: check it.";
            Error::new(ErrorKind::Rejected, operation, message).caused_by(error)
        })
    }
}

fn upstream(settings: &Settings, base: &Url) -> Upstream {
    let seconds = |seconds: u32| Duration::from_secs(seconds.into());
    let total = seconds(settings.timeout_seconds);
    let address = base.as_str().trim_end_matches('/').to_owned();
    Upstream {
        kind: "pantheon",
        label: "Pantheon",
        account: format!("pantheon {} {address}", settings.username),
        address,
        limits: Limits {
            interval: settings.interval(),
            attempts: settings.retry_max,
            total,
            read: settings.read_timeout_seconds.map_or(total, seconds),
            body_cap: usize::try_from(settings.max_body_mb).unwrap_or(1) * 1_000_000,
        },
    }
}

/// The faces of "no such row" that come without rows; the third, `[]`, reads as a page.
fn is_no_data(answer: &Answer) -> bool {
    answer.status == 204 || (answer.status == 404 && wire::says_no_data(&answer.body))
}
