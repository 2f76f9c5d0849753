//! The gateway's routes: sign in, ask, and the older form with one route per method.

use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query as UrlQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::json;

use super::answer;
use super::faults::{FaultKind, Spell};
use super::filter::Filter;
use super::handle::Handle;
use super::panel;
use super::requests::Request;
use super::wire::{Credentials, LegacyQuery, Method, Query, Refusal, max_limit};

pub(crate) fn router(handle: Handle) -> Router {
    Router::new()
        .route("/login", post(login))
        .route("/get", post(ask))
        .route("/{method}", get(ask_legacy))
        .merge(panel::routes())
        .fallback(|| async { Refusal::unknown_route() })
        .method_not_allowed_fallback(|| async { Refusal::unknown_route() })
        .with_state(handle)
}

async fn login(State(handle): State<Handle>, headers: HeaderMap, body: Bytes) -> Response {
    let mut entry = entry(&headers, "login");
    let Spell { delay, fault } = handle.faults().cast("login");
    pause(delay).await;
    let answer = match fault.map(|fault| (fault.kind, fault.latency_ms)) {
        Some((FaultKind::TooManyRequests, _)) => Refusal::too_fast().into_response(),
        Some((FaultKind::ServerError, _)) => Refusal::broken().into_response(),
        Some((FaultKind::HtmlLogin, _)) => answer::login_page(),
        Some((FaultKind::ExpiredToken, _)) => Refusal::bad_login().into_response(),
        fault => match sign_in(&handle, &body) {
            Ok((account, body)) => {
                entry.account = Some(account);
                let body = body.into_bytes();
                match fault {
                    Some((FaultKind::Cut, _)) => answer::cut(body),
                    Some((FaultKind::Malformed, _)) => answer::malformed(body),
                    Some((FaultKind::SlowBody, ms)) => {
                        answer::slow(body, Duration::from_millis(ms))
                    }
                    _ => answer::json(body),
                }
            }
            Err(refusal) => refusal.into_response(),
        },
    };
    record(&handle, entry, answer)
}

fn sign_in(handle: &Handle, body: &[u8]) -> Result<(String, String), Refusal> {
    let credentials: Credentials =
        serde_json::from_slice(body).map_err(|error| Refusal::bad_body(&error))?;
    if !handle
        .config()
        .accepts(&credentials.username, &credentials.password)
    {
        return Err(Refusal::bad_login());
    }
    let token = handle
        .state()
        .tokens
        .issue(&credentials.username, handle.token_life());
    let body = json!({ "message": "Login successful", "token": token }).to_string();
    Ok((credentials.username, body))
}

async fn ask(State(handle): State<Handle>, headers: HeaderMap, body: Bytes) -> Response {
    let query = serde_json::from_slice(&body).map_err(|error| Refusal::bad_body(&error));
    data(handle, &headers, query).await
}

async fn ask_legacy(
    State(handle): State<Handle>,
    Path(method): Path<String>,
    UrlQuery(query): UrlQuery<LegacyQuery>,
    headers: HeaderMap,
) -> Response {
    if Method::parse(&method).is_none() {
        return Refusal::unknown_route().into_response();
    }
    let LegacyQuery {
        filters,
        offset,
        limit,
    } = query;
    let query = filters
        .map(|text| serde_json::from_str(&text))
        .transpose()
        .map(|filters| Query {
            method,
            filters,
            offset,
            limit,
        })
        .map_err(|error| Refusal::bad_body(&error));
    data(handle, &headers, query).await
}

/// Answers a data request: token, pace and faults first, as the gateway does.
async fn data(handle: Handle, headers: &HeaderMap, query: Result<Query, Refusal>) -> Response {
    let mut entry = entry(headers, "?");
    if let Ok(query) = &query {
        entry.method = Method::parse(&query.method)
            .map_or(query.method.clone(), |method| method.name().into());
        entry.offset = query.offset;
        entry.limit = query.limit;
        entry.filtered = query.filters.is_some();
    }
    let state = handle.state();
    let token = bearer(headers);
    entry.account = token.and_then(|token| state.tokens.account(token));
    let Some(account) = entry.account.clone() else {
        return record(&handle, entry, Refusal::bad_token().into_response());
    };
    if !state
        .pace
        .admits(&account, entry.at, state.config.min_interval)
    {
        return record(&handle, entry, Refusal::too_fast().into_response());
    }
    let Spell { delay, fault } = handle.faults().cast(&entry.method);
    pause(delay).await;
    let kind = fault.as_ref().map(|fault| fault.kind);
    let refused = match kind {
        Some(FaultKind::TooManyRequests) => Some(Refusal::too_fast()),
        Some(FaultKind::ServerError) => Some(Refusal::broken()),
        Some(FaultKind::ExpiredToken) => {
            token.inspect(|token| state.tokens.revoke(token));
            Some(Refusal::bad_token())
        }
        _ => None,
    };
    if let Some(refusal) = refused {
        return record(&handle, entry, refusal.into_response());
    }
    let answer = match kind {
        Some(FaultKind::HtmlLogin) => answer::login_page(),
        Some(FaultKind::EmptyPage) => answer::json(b"[]".to_vec()),
        _ => match query.and_then(|query| page(&handle, &query, kind)) {
            Ok(Page {
                method, rows: 0, ..
            }) => answer::nothing(state.config.nothing, method, handle.next_empty()),
            Ok(Page { rows, body, .. }) => {
                entry.rows = rows;
                let lasting = fault.map_or(0, |fault| fault.latency_ms);
                spoil(kind, body, Duration::from_millis(lasting))
            }
            Err(refusal) => refusal.into_response(),
        },
    };
    record(&handle, entry, answer)
}

struct Page {
    method: Method,
    rows: usize,
    body: Vec<u8>,
}

fn page(handle: &Handle, query: &Query, fault: Option<FaultKind>) -> Result<Page, Refusal> {
    let method =
        Method::parse(&query.method).ok_or_else(|| Refusal::unknown_method(&query.method))?;
    if !(1..=max_limit()).contains(&query.limit) {
        return Err(Refusal::bad_limit());
    }
    let filter = Filter::parse(method, query.filters.as_ref())?;
    let world = handle.read();
    let limit = match fault {
        Some(FaultKind::ShortPage) => (query.limit / 2).max(1),
        _ => query.limit,
    };
    let (rows, mut body) = world.page(method, &filter, query.offset, limit);
    if fault == Some(FaultKind::DuplicateRow) && rows > 0 {
        let (_, last) = world.page(method, &filter, query.offset + rows - 1, 1);
        body.pop();
        body.push(b',');
        body.extend_from_slice(&last[1..]);
    }
    Ok(Page { method, rows, body })
}

fn spoil(fault: Option<FaultKind>, body: Vec<u8>, lasting: Duration) -> Response {
    match fault {
        Some(FaultKind::Cut) => answer::cut(body),
        Some(FaultKind::Malformed) => answer::malformed(body),
        Some(FaultKind::SlowBody) => answer::slow(body, lasting),
        _ => answer::json(body),
    }
}

fn entry(headers: &HeaderMap, method: &str) -> Request {
    let correlation_id = headers
        .get("x-correlation-id")
        .and_then(|id| id.to_str().ok());
    Request {
        at: Instant::now(),
        account: None,
        method: method.to_owned(),
        offset: 0,
        limit: 0,
        filtered: false,
        status: 0,
        rows: 0,
        correlation_id: correlation_id.map(str::to_owned),
    }
}

fn record(handle: &Handle, mut entry: Request, answer: Response) -> Response {
    entry.status = answer.status().as_u16();
    handle.state().requests.record(entry);
    answer
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .strip_prefix("Bearer ")
}

async fn pause(delay: Duration) {
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
}
