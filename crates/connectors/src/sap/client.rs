//! One account at an SAP system: address, session, CSRF token.

use super::config::{PASSWORD, Settings};
use super::password::Password;
use super::session::{CSRF, Session, wants_token};
use super::{odata, refusal};
use crate::http::call::{Answer, Call, Limits, Upstream};
use crate::http::gateway::Gateway;
use crate::http::redact::Redactor;
use crate::http::status;
use crate::settings::refused;
use crate::{BreakerState, Error, ErrorKind, Secrets, Services};
use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderName};
use reqwest::{Method, Request, Url};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

/// How soon what waits after a refused password asks again, since that may have been mended.
const SOON: Duration = Duration::from_secs(60);

/// What is sent.
#[derive(Debug)]
pub(super) struct Ask<'a> {
    /// Our word for it, in logs and metrics.
    pub operation: &'static str,
    pub correlation_id: &'a str,
    pub method: Method,
    /// From the root, encoded, without a query.
    pub path: String,
    /// Encoded; client and language are added.
    pub query: String,
    pub headers: Vec<(HeaderName, String)>,
    /// Content type and content.
    pub body: Option<(String, Vec<u8>)>,
    /// Changes something: sent once.
    pub writes: bool,
    /// Needs a CSRF token.
    pub guarded: bool,
    /// The session it belongs to; the account's own when none.
    pub session: Option<&'a Session>,
}

impl<'a> Ask<'a> {
    /// A read of JSON.
    pub fn get(
        operation: &'static str,
        correlation_id: &'a str,
        path: impl Into<String>,
        query: String,
    ) -> Self {
        Self {
            operation,
            correlation_id,
            method: Method::GET,
            path: path.into(),
            query,
            headers: vec![(ACCEPT, "application/json".into())],
            body: None,
            writes: false,
            guarded: false,
            session: None,
        }
    }
}

/// What became of a guarded request.
enum Sent<T> {
    Done(T),
    /// The token was not accepted; nothing was executed.
    TokenWanted,
}

/// The account.
pub(super) struct Client {
    base: Url,
    gateway: Gateway,
    session: Session,
    /// Whether the password is taken.
    trust: Password,
    password: SecretString,
    user: String,
    /// Client and language, for every address.
    common: String,
    trace: bool,
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
            refused("The password of the SAP user is not set: enter it with the settings.")
                .about(PASSWORD)
        })?;
        let base = settings.address()?;
        let redactor = Redactor::new([password.clone()]);
        let language = settings.lang.to_ascii_uppercase();
        Ok(Self {
            gateway: Gateway::new(upstream(settings, &base), redactor, services)?.explaining_500(),
            session: Session::default(),
            trust: Password::default(),
            password,
            user: settings.user.trim().to_owned(),
            common: odata::query(&[
                ("sap-client", settings.client.as_str()),
                ("sap-language", language.as_str()),
            ]),
            trace: settings.trace,
            base,
        })
    }

    pub fn longest_call(&self) -> Duration {
        self.gateway.upstream().limits.total
    }

    pub fn breaker(&self) -> BreakerState {
        self.gateway.breaker()
    }

    pub fn user(&self) -> &str {
        &self.user
    }

    /// The system's name, once it has opened a session.
    pub fn system(&self) -> Option<String> {
        self.session.system()
    }

    /// Client and language as they stand in every address.
    pub fn common_query(&self) -> &str {
        &self.common
    }

    /// Where a link of the server leads to: path below our own address, and query. Its host is not
    /// followed, so that the credentials go nowhere else. None when it leads out of the address.
    pub fn followed(&self, link: &str, from: &str) -> Option<(String, String)> {
        let from = self.base.join(from.trim_start_matches('/')).ok()?;
        let url = from.join(link).ok()?;
        let path = url.path().strip_prefix(self.base.path())?;
        Some((path.to_owned(), url.query().unwrap_or_default().to_owned()))
    }

    /// The answer cannot be used.
    pub fn unreadable(&self, operation: &'static str, why: &str) -> Error {
        let why = self.gateway.redactor().text(why);
        let message = format!("SAP's answer for {operation} cannot be read: {why}.");
        Error::new(ErrorKind::Malformed, operation, message)
    }

    /// Sends and reads; a refused CSRF token is fetched again, since the request was then not
    /// executed. `fetch_at` is the path of the service whose token is wanted.
    pub async fn ask<T>(
        &self,
        ask: &Ask<'_>,
        fetch_at: &str,
        read: impl Fn(&Answer) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let session = ask.session.unwrap_or(&self.session);
        for _ in 0..3 {
            if ask.guarded {
                // Each fetch may begin a session of its own: one does for all who wait.
                let _one = session.fetching().await;
                if session.token().is_none() {
                    self.fetch_token(session, ask.correlation_id, fetch_at)
                        .await?;
                }
            }
            let token = session.token();
            match self.send(ask, session, &read).await? {
                Sent::Done(done) => return Ok(done),
                Sent::TokenWanted => session.forget_token(token.as_deref()),
            }
        }
        let message = "SAP does not accept the CSRF token it has just given. Check that no proxy \
                       between takes cookies away.";
        Err(Error::new(ErrorKind::Forbidden, ask.operation, message))
    }

    /// Opens the session's CSRF token at a service. Systems on premise redirect from a service's address without a
    /// slash at its end, and give no token on the way.
    pub async fn fetch_token(
        &self,
        session: &Session,
        correlation_id: &str,
        path: &str,
    ) -> Result<Duration, Error> {
        let root = format!("{path}/");
        match self.fetch_token_at(session, correlation_id, &root).await {
            Err(error) if matches!(error.kind(), ErrorKind::Rejected | ErrorKind::NotFound) => {
                let plain = self.fetch_token_at(session, correlation_id, path).await;
                plain.map_err(|other| match other.kind() {
                    ErrorKind::Rejected | ErrorKind::NotFound => error,
                    _ => other,
                })
            }
            fetched => fetched,
        }
    }

    async fn fetch_token_at(
        &self,
        session: &Session,
        correlation_id: &str,
        path: &str,
    ) -> Result<Duration, Error> {
        let mut ask = Ask::get("login", correlation_id, path, String::new());
        ask.headers.push((CSRF, "Fetch".into()));
        let read = |answer: &Answer| match refusal::of_answer("login", &self.user, answer) {
            Some(error) => Err(error),
            None => Ok(answer.latency),
        };
        match self.send(&ask, session, &read).await? {
            Sent::Done(latency) => Ok(latency),
            Sent::TokenWanted => {
                let message = "SAP gives no CSRF token. Check that base_url leads to SAP itself.";
                Err(Error::new(ErrorKind::Forbidden, "login", message))
            }
        }
    }

    /// The account's own session.
    pub fn session(&self) -> &Session {
        &self.session
    }

    async fn send<T>(
        &self,
        ask: &Ask<'_>,
        session: &Session,
        read: &impl Fn(&Answer) -> Result<T, Error>,
    ) -> Result<Sent<T>, Error> {
        let _turn = self.trust.turn().await;
        self.refuse_while_quiet(ask.operation)?;
        let (request, cookies) = (self.request(ask, session)?, session.cookies());
        let call = Call {
            operation: ask.operation,
            correlation_id: ask.correlation_id,
            request,
        };
        let fetches = ask.headers.iter().any(|(name, _)| *name == CSRF);
        let read = |answer: &Answer| {
            // Another session was begun meanwhile: that one goes on.
            if fetches || session.cookies() == cookies {
                session.keep(&answer.headers);
            }
            self.note(ask, answer);
            match answer.status == 403 && wants_token(&answer.headers) {
                true => Ok(Sent::TokenWanted),
                false => read(answer).map(Sent::Done),
            }
        };
        let sent = match ask.writes {
            true => self.gateway.send_once(&call, read).await,
            false => self.gateway.send(&call, read).await,
        };
        self.trust.learn(&sent, self.gateway.now());
        sent
    }

    /// Has the password tried again at once.
    pub fn try_again(&self) {
        self.trust.try_again();
    }

    /// Nothing is sent for a while after the password was refused.
    fn refuse_while_quiet(&self, operation: &'static str) -> Result<(), Error> {
        let Some(left) = self.trust.quiet(self.gateway.now()) else {
            return Ok(());
        };
        let message = format!(
            "SAP refused user name and password before. Nothing is sent for {} min, so that it does not lock '{}': save \
             the right password with the connection, or test it once SAP has it, and all goes on.",
            left.as_secs() / 60 + 1,
            self.user
        );
        let error = Error::new(ErrorKind::RateLimited, operation, message);
        Err(error.retry_after(left.min(SOON)))
    }

    fn request(&self, ask: &Ask<'_>, session: &Session) -> Result<Request, Error> {
        let mut url = self.base.clone();
        url.set_path(&format!(
            "{}{}",
            self.base.path(),
            ask.path.trim_start_matches('/')
        ));
        let query = match ask.query.is_empty() {
            true => self.common.clone(),
            false if ask.query.contains("sap-client=") => ask.query.clone(),
            false => format!("{}&{}", ask.query, self.common),
        };
        url.set_query(Some(&query));
        let mut request = self
            .gateway
            .request(ask.method.clone(), url)
            .basic_auth(&self.user, Some(self.password.expose_secret()));
        for (name, value) in &ask.headers {
            request = request.header(name, value);
        }
        if let Some(cookies) = session.cookies() {
            request = request.header(COOKIE, cookies);
        }
        if let Some(token) = session.token().filter(|_| ask.guarded) {
            request = request.header(CSRF, token);
        }
        if let Some((kind, body)) = &ask.body {
            request = request.header(CONTENT_TYPE, kind).body(body.clone());
        }
        request
            .build()
            .map_err(|error| status::transport(self.gateway.upstream(), ask.operation, error))
    }

    /// With the setting `trace`, every answer is logged with SAP's own words.
    fn note(&self, ask: &Ask<'_>, answer: &Answer) {
        if !self.trace {
            return;
        }
        let said = refusal::Said::read(&answer.body).unwrap_or_default();
        tracing::info!(
            operation = ask.operation,
            correlation_id = ask.correlation_id,
            method = %ask.method,
            path = ask.path,
            status = answer.status,
            said = self.gateway.redactor().text(&said.quoted()),
            "SAP answered"
        );
    }
}

fn upstream(settings: &Settings, base: &Url) -> Upstream {
    let total = Duration::from_secs(settings.timeout_seconds.into());
    let address = base.as_str().trim_end_matches('/').to_owned();
    let (user, client) = (settings.user.trim(), &settings.client);
    Upstream {
        kind: "sap",
        label: "SAP",
        account: format!("sap {user} {client} {address}"),
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
