//! Reading requests; what cannot be read is told as a problem.

use super::Problem;
use axum::body::Bytes;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use domain::user::Caller;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::ops::Deref;
use std::sync::Arc;

/// Who calls; put there by the route's access check.
#[derive(Debug, Clone)]
pub struct RestCaller(pub Arc<Caller>);

impl Deref for RestCaller {
    type Target = Caller;
    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for RestCaller {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let found = parts.extensions.get::<Self>().cloned();
        found.ok_or_else(Problem::unauthorized)
    }
}

/// JSON in and out.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !is_json(&request) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "Send the body as application/json.",
            ));
        }
        let body = read(request).await?;
        refuse_nul(&body)?;
        axum::Json::from_bytes(&body)
            .map(|axum::Json(value)| Self(value))
            .map_err(|rejection| unreadable(&rejection))
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// A body that may be left out.
#[derive(Debug)]
pub struct OptionalJson<T>(pub T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for OptionalJson<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let body = read(Request::new(body)).await?;
        if body.trim_ascii().is_empty() {
            return Ok(Self(T::default()));
        }
        let request = Request::from_parts(parts, body.into());
        let Json(value) = Json::from_request(request, state).await?;
        Ok(Self(value))
    }
}

/// The whole body; its size is limited by a layer.
pub async fn read(request: Request) -> Result<Bytes, Problem> {
    let read = Bytes::from_request(request, &()).await;
    read.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(),
        status => Problem::new(status, "malformed", "The body could not be read."),
    })
}

fn is_json(request: &Request) -> bool {
    let kind = request.headers().get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

/// The database keeps no NUL in texts.
fn refuse_nul(body: &[u8]) -> Result<(), Problem> {
    let suspect = body.windows(6).any(|part| part == b"\\u0000");
    if suspect && serde_json::from_slice(body).is_ok_and(|value| has_nul(&value)) {
        return Err(nul());
    }
    Ok(())
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(has_nul),
        Value::Object(fields) => fields
            .iter()
            .any(|(name, value)| name.contains('\0') || has_nul(value)),
        _ => false,
    }
}

fn nul() -> Problem {
    Problem::invalid("Texts cannot contain the character NUL.")
}

fn unreadable(rejection: &JsonRejection) -> Problem {
    let code = match rejection.status() {
        StatusCode::UNPROCESSABLE_ENTITY => "invalid",
        _ => "malformed",
    };
    Problem::new(rejection.status(), code, rejection.body_text())
}

/// Query parameters.
#[derive(Debug)]
pub struct Parameters<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Parameters<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if parts.uri.query().is_some_and(|query| query.contains("%00")) {
            return Err(nul());
        }
        let read: Result<Query<T>, QueryRejection> = Query::from_request_parts(parts, state).await;
        read.map(|Query(value)| Self(value))
            .map_err(|rejection| Problem::invalid(rejection.body_text()))
    }
}

/// The id in a path; one that is no number names nothing.
#[derive(Debug)]
pub struct Id<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = Path::<T>::from_request_parts(parts, state).await;
        read.map(|Path(id)| Self(id))
            .map_err(|_| Problem::not_found("address"))
    }
}
