//! The gateway's routes: sign in, ask, and the older form with one route per method.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query as UrlQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::json;

use super::answer;
use super::faults::FaultKind;
use super::handle::Handle;
use super::methods;
use super::panel;
use super::requests::Entry;
use super::wire::{Credentials, LegacyQuery, Method, Query, Refusal};

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
    let mut entry = Entry::new(&handle.state().requests, "login", correlation_id(&headers));
    let spell = handle.faults().cast("login");
    spell.wait().await;
    let answer = match spell.kind.and_then(answer::instead) {
        _ if spell.kind == Some(FaultKind::ExpiredToken) => Refusal::bad_login().into_response(),
        Some(answer) => answer,
        None => match sign_in(&handle, &body) {
            Ok((account, body)) => {
                entry.request.account = Some(account);
                answer::spoilt(&spell, body.into_bytes())
            }
            Err(refusal) => refusal.into_response(),
        },
    };
    entry.close(answer)
}

fn sign_in(handle: &Handle, body: &[u8]) -> Result<(String, String), Refusal> {
    let Credentials { username, password } =
        serde_json::from_slice(body).map_err(|error| Refusal::bad_body(&error))?;
    if !handle.config().accepts(&username, &password) {
        return Err(Refusal::bad_login());
    }
    let life = handle.config().token_life;
    let token = handle.state().tokens.issue(&username, life);
    let body = json!({ "message": "Login successful", "token": token }).to_string();
    Ok((username, body))
}

async fn ask(State(handle): State<Handle>, headers: HeaderMap, body: Bytes) -> Response {
    let query = serde_json::from_slice(&body).map_err(|error| Refusal::bad_body(&error));
    data(&handle, &headers, query).await
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
    let filters = filters.map(|text| serde_json::from_str(&text)).transpose();
    let query = filters
        .map(|filters| Query {
            method,
            filters,
            offset,
            limit,
        })
        .map_err(|error| Refusal::bad_body(&error));
    data(&handle, &headers, query).await
}

async fn data(handle: &Handle, headers: &HeaderMap, query: Result<Query, Refusal>) -> Response {
    let mut entry = Entry::new(&handle.state().requests, "?", correlation_id(headers));
    let answer = methods::answer(handle, &mut entry.request, bearer(headers), query)
        .await
        .unwrap_or_else(IntoResponse::into_response);
    entry.close(answer)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .strip_prefix("Bearer ")
}

fn correlation_id(headers: &HeaderMap) -> Option<String> {
    Some(headers.get("x-correlation-id")?.to_str().ok()?.to_owned())
}
