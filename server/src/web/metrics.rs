//! `/metrics` in Prometheus' text format, for this machine or whoever holds the token.

use crate::auth::ClientAddress;
use crate::rest::bearer;
use crate::services::Services;
use axum::Extension;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use engine::samples::Meter;
use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};
use std::time::Instant;

/// The figures.
pub async fn show(
    State(services): State<Services>,
    Extension(handle): Extension<Option<PrometheusHandle>>,
    Extension(address): Extension<ClientAddress>,
    headers: HeaderMap,
) -> Response {
    if !(address.is_local || holds_token(&services, &headers)) {
        return (
            StatusCode::FORBIDDEN,
            "set CROSSDOCK_METRICS_TOKEN and send it as a bearer token\n",
        )
            .into_response();
    }
    let text = handle.map(|handle| handle.render()).unwrap_or_default();
    (
        [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        text,
    )
        .into_response()
}

/// Hashes are compared, so that the time taken tells nothing about the token.
fn holds_token(services: &Services, headers: &HeaderMap) -> bool {
    let sent = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(bearer);
    match (&services.settings.metrics_token, sent) {
        (Some(wanted), Some(sent)) => {
            Sha256::digest(wanted.expose_secret()) == Sha256::digest(sent)
        }
        _ => false,
    }
}

/// Middleware: counts requests and how long they took, by route.
pub async fn measure(
    State(meter): State<Meter>,
    path: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let method = request.method().to_string();
    let route = path.map_or_else(|| "other".to_owned(), |path| path.as_str().to_owned());
    let answers_data = route.starts_with("/api/");
    let response = next.run(request).await;
    if answers_data {
        meter.answered(started.elapsed(), response.status().is_server_error());
    }
    let status = response.status().as_u16().to_string();
    let labels = [("method", method), ("route", route), ("status", status)];
    metrics::counter!("crossdock_http_requests_total", &labels).increment(1);
    metrics::histogram!("crossdock_http_request_seconds", &labels).record(started.elapsed());
    response
}
