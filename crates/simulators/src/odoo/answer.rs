//! The forms answers have, and the ways faults spoil them.

use super::fault::Refusal;
use super::faults::FaultKind;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream;
use serde_json::{Value, json};
use std::io;

const JSON: &str = "application/json; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";

/// What Odoo says when no database of the name is there.
const NO_DATABASE: &str = "<!DOCTYPE html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n\
    <p>No database is selected and the requested URL was not found in the server-wide \
    controllers.</p>\n<p>Please verify the hostname, <a href=/web/login>login</a> and try \
    again.</p>\n\n<!-- Alternatively, use the X-Odoo-Database header. -->\n";

pub(crate) fn json_body(status: u16, body: &Value) -> Response {
    typed(status, JSON, body.to_string())
}

pub(crate) fn html(status: u16, body: &'static str) -> Response {
    typed(status, HTML, body)
}

fn typed(status: u16, kind: &'static str, body: impl Into<Body>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, kind)], body.into()).into_response()
}

pub(crate) fn no_database() -> Response {
    html(404, NO_DATABASE)
}

/// A result or refusal over JSON-2.
pub(crate) fn json2(result: Result<Value, Refusal>) -> Response {
    match result {
        Ok(result) => json_body(200, &result),
        Err(refusal) => {
            let mut response = json_body(refusal.status, &refusal.shown());
            if refusal.status == 401 {
                response.headers_mut().insert(
                    header::WWW_AUTHENTICATE,
                    HeaderValue::from_static("Bearer "),
                );
            }
            response
        }
    }
}

/// A result or refusal over JSON-RPC: always 200; nothing is left out altogether.
pub(crate) fn jsonrpc(id: Value, result: Result<Value, Refusal>, major: u32) -> Response {
    let mut body = json!({ "jsonrpc": "2.0", "id": id });
    match result {
        Ok(Value::Null) if major >= 19 => {}
        Ok(result) => body["result"] = result,
        Err(refusal) => {
            let expired = refusal.name.ends_with("SessionExpiredException");
            let (code, message) = match (expired, major) {
                (true, _) => (100, "Odoo Session Expired"),
                (false, 19..) => (0, "Odoo Server Error"),
                (false, _) => (200, "Odoo Server Error"),
            };
            body["error"] = json!({ "code": code, "message": message, "data": refusal.shown() });
        }
    }
    json_body(200, &body)
}

/// The answer a fault gives in place of doing what was asked.
pub(crate) fn instead(kind: FaultKind) -> Option<Response> {
    Some(match kind {
        FaultKind::TooManyRequests => html(429, "<h1>Too Many Requests</h1>"),
        FaultKind::ServerError => html(500, "<h1>Internal Server Error</h1>"),
        FaultKind::Unavailable => html(503, "<h1>Service Unavailable</h1>"),
        FaultKind::Cut => broken(),
        FaultKind::Timeout => typed(
            200,
            JSON,
            Body::from_stream(stream::pending::<io::Result<Bytes>>()),
        ),
        _ => return None,
    })
}

/// What a fault makes of the answer after everything was done.
pub(crate) async fn spoil(kind: Option<FaultKind>, answer: Response) -> Response {
    match kind {
        Some(FaultKind::LostAnswer) => broken(),
        Some(FaultKind::Malformed) => {
            let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await;
            let body = body.unwrap_or_default();
            let kept = (body.len() * 2 / 3).max(1).min(body.len());
            typed(200, JSON, Body::from(body.slice(..kept)))
        }
        _ => answer,
    }
}

/// Breaks the connection before the first byte of the body.
fn broken() -> Response {
    let gone = io::Error::new(io::ErrorKind::ConnectionReset, "cut on request");
    let nothing = stream::iter([Err::<Bytes, _>(gone)]);
    typed(200, JSON, Body::from_stream(nothing))
}
