//! Writes that are safe to send twice: the same `Idempotency-Key` with the same payload gets the
//! stored answer.

use super::Problem;
use super::extract::{RestCaller, read};
use crate::services::Services;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use store::idempotency_keys::{self as keys, Answer, Known, Write};
use uuid::Uuid;

/// The header.
pub const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const LONGEST: usize = 255;
/// An attempt without an answer for so long died with its node: requests end earlier.
const STALE_MINUTES: i64 = 5;
/// What a repeat carries.
const KEPT: [HeaderName; 2] = [CONTENT_TYPE, LOCATION];
/// Answers of writes are small.
const LARGEST: usize = 1024 * 1024;

/// Middleware of writes.
pub async fn once(State(services): State<Services>, request: Request, next: Next) -> Response {
    let Some(key) = request.headers().get(HEADER).cloned() else {
        return next.run(request).await;
    };
    match keyed(&services, &key, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn keyed(
    services: &Services,
    key: &HeaderValue,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let key = readable(key)?.to_owned();
    let caller = request.extensions().get::<RestCaller>().cloned();
    let caller = caller.ok_or_else(Problem::unauthorized)?;
    let (parts, body) = request.into_parts();
    let body = read(Request::new(body)).await?;
    let route = format!("{} {}", parts.method, parts.uri.path());
    let payload_hash = hash(&parts.headers, parts.uri.query(), &body);
    let write = Write {
        route: &route,
        key: &key,
        payload_hash: &payload_hash,
        attempt: Uuid::new_v4(),
    };
    let now = services.clock.now();
    let stale = now - TimeDelta::minutes(STALE_MINUTES);
    match keys::claim(&services.store, &caller, &write, stale, now).await? {
        Known::Answered(answer) => replay(answer),
        Known::Running => Err(Problem::still_running()),
        Known::OtherPayload => Err(Problem::new(
            StatusCode::CONFLICT,
            "idempotency_key_reused",
            "This Idempotency-Key came with another payload before; use a new one.",
        )),
        Known::New => {
            let response = next.run(Request::from_parts(parts, Body::from(body))).await;
            keep(services, &caller, &write, response).await
        }
    }
}

fn readable(key: &HeaderValue) -> Result<&str, Problem> {
    let text = key.to_str().ok().filter(|text| {
        (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
    });
    text.ok_or_else(|| {
        Problem::invalid(
            "An Idempotency-Key has 1 to 255 visible ASCII characters, for example a UUID.",
        )
    })
}

fn hash(headers: &HeaderMap, query: Option<&str>, body: &Bytes) -> Vec<u8> {
    let mut hash = Sha256::new();
    let kind = headers
        .get(CONTENT_TYPE)
        .map_or(&b""[..], HeaderValue::as_bytes);
    for part in [query.unwrap_or_default().as_bytes(), kind] {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hash.update(body);
    hash.finalize().to_vec()
}

/// Stores the answer, unless the failure may pass: then the same key may try again.
async fn keep(
    services: &Services,
    caller: &RestCaller,
    write: &Write<'_>,
    response: Response,
) -> Result<Response, Problem> {
    let status = response.status();
    let passing = status.is_server_error()
        || matches!(
            status,
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS
        );
    if passing {
        keys::release(&services.store, caller, write).await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, LARGEST)
        .await
        .map_err(|error| Problem::internal(&error))?;
    let answer = Answer {
        status: i16::try_from(status.as_u16()).unwrap_or_default(),
        headers: kept(&parts.headers),
        body: body.to_vec(),
    };
    keys::answer(
        &services.store,
        caller,
        write,
        &answer,
        services.clock.now(),
    )
    .await?;
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn kept(headers: &HeaderMap) -> Value {
    let values = KEPT.iter().filter_map(|name| {
        let value = headers.get(name)?.to_str().ok()?;
        Some((name.to_string(), Value::from(value)))
    });
    Value::Object(values.collect::<Map<_, _>>())
}

fn replay(answer: Answer) -> Result<Response, Problem> {
    let status = u16::try_from(answer.status).ok();
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for name in KEPT {
        let value = answer.headers.get(name.as_str()).and_then(Value::as_str);
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            response.headers_mut().insert(name, value);
        }
    }
    response
        .headers_mut()
        .insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}
