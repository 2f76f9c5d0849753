//! Who may ask, in which session, and which service answers.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::batch::{self, Answers, Inner, Part};
use super::bills::{self, Around, Asked};
use super::faults::{Access, FaultKind, Spell};
use super::handle::{Handle, Request};
use super::modules::Call;
use super::orders;
use super::panel;
use super::products::{Read, Version};
use super::query::{Options, Target};
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
    let Spell { delay, fault } = handle.faults().cast(access);
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let mut came = Came {
        handle: &handle,
        method: &method,
        path: uri.path(),
        query: uri.query().unwrap_or_default(),
        headers: &headers,
        body: &body,
        access,
        fault,
        wrote: false,
        token_refused: false,
        module: None,
    };
    let reply = came.instead().unwrap_or_else(|| came.answer());
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
    match fault {
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

    fn products(&self, version: Version, rest: &str) -> Reply {
        if rest.trim_matches('/') == "$batch" {
            return self.batch(|inner| self.product(version, &inner.path, &inner.query));
        }
        if *self.method != Method::GET {
            return Reply::refusal(405, "/IWBEP/CM_MGW_RT/105", "Method not allowed");
        }
        self.product(version, rest, self.query)
    }

    fn orders(&mut self, rest: &str) -> Reply {
        let config = self.handle.config();
        if config.read_only && self.access == Access::Write {
            let message = "You have no authorization to create process orders";
            return Reply::refusal(403, "CO/500", message);
        }
        if self.access == Access::Write && self.fault == Some(FaultKind::Locked) {
            return bills::locked("", BUSY_USER);
        }
        let Some(target) = Target::parse(rest) else {
            return Reply::absent();
        };
        let asked = orders::Asked {
            method: self.method.as_str(),
            target,
            options: Options::parse(self.query),
            body: self.body,
            now: self.handle.now(),
            plant: &config.plant,
        };
        let (reply, wrote) = orders::execute(&mut self.handle.world(), &asked);
        self.wrote = wrote;
        reply
    }

    fn product(&self, version: Version, path: &str, query: &str) -> Reply {
        let Some(target) = Target::parse(path) else {
            return Reply::absent();
        };
        let host = self.header(header::HOST.as_str()).unwrap_or("localhost");
        let read = Read {
            version,
            target: &target,
            options: &Options::parse(query),
            origin: &format!("http://{host}"),
            page_cap: self.handle.config().page_cap,
        };
        read.answer(&self.handle.world())
    }

    /// A batch of reads.
    fn batch(&self, one: impl Fn(&Inner) -> Reply) -> Reply {
        let Some(parts) = self.parts() else {
            return malformed_batch();
        };
        let answers: Vec<Answers> = parts
            .iter()
            .map(|part| match part {
                Part::One(inner) if inner.method == "GET" => Answers::One(one(inner)),
                _ => Answers::One(Reply::refusal(
                    405,
                    "/IWBEP/CM_MGW_RT/105",
                    "Method not allowed",
                )),
            })
            .collect();
        batch::answer(&answers)
    }

    fn parts(&self) -> Option<Vec<Part>> {
        let kind = self.header(header::CONTENT_TYPE.as_str())?;
        batch::parse(kind, self.body)
    }

    fn bills(&mut self, rest: &str) -> Reply {
        let config = self.handle.config();
        if config.read_only && self.access == Access::Write {
            let message = "You are not authorized to change bills of material";
            return Reply::refusal(403, "29/500", message);
        }
        if rest.trim_matches('/') == "$batch" {
            return self.changes();
        }
        let inner = Inner {
            method: self.method.to_string(),
            path: rest.to_owned(),
            query: self.query.to_owned(),
            if_match: self.header("if-match").map(str::to_owned),
            body: self.body.to_owned(),
        };
        let (reply, wrote) = self.unit(std::slice::from_ref(&inner));
        self.wrote = wrote;
        match reply {
            Ok(mut replies) => replies.pop().unwrap_or_else(Reply::absent),
            Err(refusal) => refusal,
        }
    }

    fn changes(&mut self) -> Reply {
        let Some(parts) = self.parts() else {
            return malformed_batch();
        };
        let mut answers = Vec::new();
        for part in &parts {
            let inners = match part {
                Part::One(inner) => std::slice::from_ref(inner),
                Part::Unit(inners) => inners.as_slice(),
            };
            let (replies, wrote) = self.unit(inners);
            self.wrote |= wrote;
            answers.push(match (part, replies) {
                (Part::One(_), Ok(mut replies)) => {
                    Answers::One(replies.pop().unwrap_or_else(Reply::absent))
                }
                (Part::Unit(_), Ok(replies)) => Answers::Unit(replies),
                // A unit that failed has one answer for all of it.
                (_, Err(refusal)) => Answers::One(refusal),
            });
        }
        batch::answer(&answers)
    }

    /// Executes all, or nothing and the first refusal; whether something was written.
    fn unit(&self, inners: &[Inner]) -> (Result<Vec<Reply>, Reply>, bool) {
        let locks = self.handle.locks();
        let around = Around {
            now: self.handle.now(),
            plant: &self.handle.config().plant,
            trouble: match self.fault {
                Some(FaultKind::Locked) => Some(bills::locked("", BUSY_USER)),
                Some(FaultKind::Changed) => Some(bills::changed()),
                _ => None,
            },
            locks: &locks,
        };
        let mut world = self.handle.world();
        let mut changed = world.clone();
        let mut replies = Vec::with_capacity(inners.len());
        for inner in inners {
            let Some(target) = Target::parse(&inner.path) else {
                return (Err(Reply::absent()), false);
            };
            let asked = Asked {
                method: &inner.method,
                target,
                options: Options::parse(&inner.query),
                if_match: inner.if_match.as_deref(),
                body: &inner.body,
            };
            let reply = bills::execute(&mut changed, &around, &asked);
            if !reply.accepted() {
                return (Err(reply), false);
            }
            replies.push(reply);
        }
        let writes = inners.iter().any(|inner| inner.method != "GET");
        if writes {
            *world = changed;
        }
        (Ok(replies), writes)
    }

    /// Calls a module. What it writes is kept when it commits itself, staged when a session is open,
    /// and lost otherwise.
    fn soap(&mut self) -> Reply {
        let Some(function) = soap::function(self.body) else {
            return soap::fault("SYSTEM_FAILURE", "XML parser error");
        };
        self.module = Some(function.name.clone());
        let config = self.handle.config();
        if config.read_only && soap::writes(&function.name) {
            return soap::fault(
                "ERROR",
                "You have no authorization to change bills of material",
            );
        }
        let sessions = &self.handle.state().sessions;
        let locks = self.handle.locks();
        let context = self.cookie("sap-contextid").map(str::to_owned);
        let staged = context
            .as_deref()
            .and_then(|context| sessions.take(context));
        let mut world = self.handle.world();
        let mut changed = staged.clone().unwrap_or_else(|| world.clone());
        let mut call = Call {
            world: &mut changed,
            config,
            now: self.handle.now(),
            locks: &locks,
            blocked_by: (self.fault == Some(FaultKind::Locked)).then_some(BUSY_USER),
            wrote: false,
        };
        let reply = soap::answer(&mut call, &function);
        let wrote = call.wrote;
        let commits = function.name == "BAPI_TRANSACTION_COMMIT" && call.blocked_by.is_none();
        let own = function.value("FL_COMMIT_AND_WAIT") == "X";
        let opens = config.keeps_sessions && self.query.contains("sap-sessioncmd=open");
        if reply.accepted() && ((wrote && own) || (commits && staged.is_some())) {
            *world = changed;
            self.wrote = true;
            return reply;
        }
        match wrote && opens {
            true => {
                let context = sessions.stage(context.as_deref(), changed);
                reply.with("set-cookie", format!("sap-contextid={context}; path=/"))
            }
            false => reply,
        }
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
