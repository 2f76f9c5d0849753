//! Who may ask, in which session, and which service answers.

mod bills;
mod modules;
mod process;
mod products;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::batch::{self, Part};
use super::faults::{Access, FaultKind};
use super::handle::{Handle, Request};
use super::orders;
use super::panel;
use super::products::Version;
use super::query::Options;
use super::render;
use super::reply::Reply;
use super::soap;

/// Who works on everything when a fault says so.
const BUSY_USER: &str = "KOVAC";

pub(crate) fn router(handle: Handle) -> Router {
    Router::new()
        .merge(panel::routes())
        .fallback(answer)
        .with_state(handle)
}

/// One request as it came.
struct Came<'a> {
    handle: &'a Handle,
    method: &'a Method,
    path: &'a str,
    query: &'a str,
    headers: &'a HeaderMap,
    body: &'a str,
    access: Access,
    fault: Option<FaultKind>,
    wrote: bool,
    token_refused: bool,
    module: Option<String>,
}

async fn answer(
    State(handle): State<Handle>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let body = String::from_utf8_lossy(&body);
    let access = access(&method, uri.path(), &body);
    let spell = handle.faults().cast(access);
    spell.wait().await;
    let mut came = Came {
        handle: &handle,
        method: &method,
        path: uri.path(),
        query: uri.query().unwrap_or_default(),
        headers: &headers,
        body: &body,
        access,
        fault: spell.kind,
        wrote: false,
        token_refused: false,
        module: None,
    };
    let mut reply = came.instead().unwrap_or_else(|| came.answer());
    if came.in_german() {
        reply = reply.in_german();
    }
    let request = Request {
        method: method.to_string(),
        path: uri.path().to_owned(),
        module: came.module.take(),
        status: reply.status,
        wrote: came.wrote,
        correlation_id: came.header("x-correlation-id").map(str::to_owned),
    };
    let token_refused = came.token_refused;
    handle.record(request, token_refused);
    match spell.kind {
        Some(FaultKind::Cut) => reply.cut(50),
        Some(FaultKind::LostAnswer) => reply.cut(0),
        Some(FaultKind::Malformed) => reply.malformed(),
        _ => reply.whole(),
    }
}

/// Batches that hold no unit of changes read; so do modules that change nothing.
fn access(method: &Method, path: &str, body: &str) -> Access {
    let writes = match path {
        "/sap/bc/soap/rfc" => soap::function(body).is_some_and(|call| soap::writes(&call.name)),
        path if path.ends_with("/$batch") => body.contains("multipart/mixed; boundary="),
        _ => method != Method::GET,
    };
    match writes {
        true => Access::Write,
        false => Access::Read,
    }
}

impl Came<'_> {
    /// What faults answer before anything is looked at.
    fn instead(&self) -> Option<Reply> {
        Some(match self.fault? {
            FaultKind::TooManyRequests => Reply::html(429, "Too many requests"),
            FaultKind::ServerError => {
                Reply::refusal(500, "SY/530", "An exception occurred: raise_exception")
            }
            FaultKind::Unavailable => Reply::html(503, "Service unavailable"),
            FaultKind::HtmlLogin => Reply::html(200, "Logon"),
            FaultKind::ExpiredSession => {
                self.handle.expire_sessions();
                return None;
            }
            _ => return None,
        })
    }

    fn answer(&mut self) -> Reply {
        if !self.signed_in() {
            return Reply::html(401, "Anmeldung fehlgeschlagen").with(
                "www-authenticate",
                "Basic realm=\"SAP NetWeaver Application Server\"",
            );
        }
        let (session, fresh) = self.enter();
        let config = self.handle.config();
        let reply = match self.path {
            "/sap/bc/soap/rfc" if config.soap => self.soap(),
            path if config.odata && path.starts_with("/sap/opu/") => self.guarded(&session),
            _ => Reply::html(404, "Service nicht erreichbar"),
        };
        match fresh && reply.status != 404 {
            true => {
                let (system, client) = (&config.system, &config.client);
                let cookie = format!("SAP_SESSIONID_{system}_{client}={session}; path=/; HttpOnly");
                reply.with("set-cookie", cookie).with(
                    "set-cookie",
                    format!("sap-usercontext=sap-client={client}; path=/"),
                )
            }
            false => reply,
        }
    }

    /// The user exists in one client only; without a client another one is meant.
    fn signed_in(&self) -> bool {
        let config = self.handle.config();
        let options = Options::parse(self.query);
        let given = self
            .header("authorization")
            .and_then(|text| text.strip_prefix("Basic "));
        let given = given.and_then(|text| STANDARD.decode(text).ok());
        let wanted = format!("{}:{}", config.user, config.password);
        options.get("sap-client") == Some(&config.client)
            && given.is_some_and(|given| given == wanted.as_bytes())
    }

    fn in_german(&self) -> bool {
        let options = Options::parse(self.query);
        let language = options.get("sap-language");
        language.is_some_and(|language| language == "DE")
    }

    fn enter(&self) -> (String, bool) {
        let config = self.handle.config();
        let name = format!("SAP_SESSIONID_{}_{}", config.system, config.client);
        self.handle.state().sessions.enter(self.cookie(&name))
    }

    fn cookie(&self, name: &str) -> Option<&str> {
        let pairs = self.header("cookie")?.split(';');
        let mut pairs = pairs.filter_map(|pair| pair.trim().split_once('='));
        pairs
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Everything but reads needs the session's token.
    fn guarded(&mut self, session: &str) -> Reply {
        let sessions = &self.handle.state().sessions;
        let token = self.header("x-csrf-token");
        if *self.method != Method::GET {
            if sessions.accepts(session, token) {
                return self.odata();
            }
            self.token_refused = true;
            return Reply::text(403, "CSRF token validation failed")
                .with("x-csrf-token", "Required");
        }
        let fetches = token.is_some_and(|token| token.eq_ignore_ascii_case("fetch"));
        let roots = [
            render::PRODUCT_V2,
            render::PRODUCT_V4,
            render::BILLS,
            orders::ROOT,
        ];
        if fetches && roots.contains(&self.path) {
            let to = format!("{}/?{}", self.path, self.query);
            return Reply::html(307, "Temporary Redirect").with("location", to);
        }
        let token = fetches.then(|| sessions.token(session));
        let reply = self.odata();
        match token.filter(|_| reply.accepted()) {
            Some(token) => reply.with("x-csrf-token", token),
            None => reply,
        }
    }

    fn odata(&mut self) -> Reply {
        for (version, root) in [
            (Version::V2, render::PRODUCT_V2),
            (Version::V4, render::PRODUCT_V4),
        ] {
            if let Some(rest) = below(self.path, root) {
                return self.products(version, rest);
            }
        }
        if let Some(rest) = below(self.path, orders::ROOT) {
            return self.orders(rest);
        }
        match below(self.path, render::BILLS) {
            Some(rest) if self.handle.config().bill_service => self.bills(rest),
            _ => Reply::inactive(self.path.rsplit('/').next().unwrap_or_default()),
        }
    }

    fn parts(&self) -> Option<Vec<Part>> {
        let kind = self.header(header::CONTENT_TYPE.as_str())?;
        batch::parse(kind, self.body)
    }
}

/// The rest of a path below a service.
fn below<'a>(path: &'a str, root: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(root)?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

fn malformed_batch() -> Reply {
    Reply::refusal(
        400,
        "/IWBEP/CM_MGW_RT/041",
        "The request body is no valid batch",
    )
}
