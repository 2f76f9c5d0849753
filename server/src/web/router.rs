//! All routes and the layers around them.

use super::{assets, floor, headers, health, metrics, origin, pages, strangers, words};
use crate::auth::{self, Sessions, client_address, current_caller, keep_language};
use crate::exports;
use crate::live;
use crate::rest::{self, Problem};
use crate::services::Services;
use app::state::AppState;
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use std::any::Any;
use std::net::IpAddr;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;
use tracing::Span;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Everything this process answers.
pub fn router(services: &Services, figures: Option<PrometheusHandle>) -> Router {
    let settings = &services.settings;
    let state = pages::state(services);
    let answers = pages::router(&state)
        .merge(rest::router(services))
        .merge(exports::router(services))
        .merge(exports::audit::router(services))
        .merge(exports::refused::router(services))
        .merge(exports::exchanges::router(services))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            settings.request_timeout,
        ))
        .layer(CompressionLayer::new());
    // The live link is neither timed nor compressed.
    let live = Router::new()
        .route("/live", get(live::upgrade))
        .with_state(services.clone());
    let (store, clock) = (services.store.clone(), services.clock.clone());
    let sessions = Sessions::new(store, clock, settings.session_limits());
    let with_sessions = answers
        .merge(live)
        .layer(from_fn(strangers::turn_away))
        .layer(from_fn(current_caller))
        .layer(from_fn_with_state(services.store.clone(), keep_language))
        .layer(auth::layer(
            settings,
            services.store.clone(),
            sessions,
            services.sign_in.clone(),
        ));
    let all = with_sessions
        .merge(assets::packages(&settings.site_root))
        .merge(floor::router(&settings.site_root))
        .merge(words::router())
        .merge(watching(services, figures));
    around(all, services).with_state(state)
}

/// What a process without pages answers.
pub fn watch_router(services: &Services, figures: Option<PrometheusHandle>) -> Router {
    let trusted: Arc<[IpAddr]> = services.settings.trusted_proxies.clone().into();
    watching(services, figures)
        .layer(from_fn(headers::secure))
        .layer(from_fn_with_state(trusted, client_address))
}

/// What machines ask that watch this one.
fn watching<S: Clone + Send + Sync + 'static>(
    services: &Services,
    figures: Option<PrometheusHandle>,
) -> Router<S> {
    Router::new()
        .route("/health", get(health::process))
        .route("/health/db", get(health::database))
        .route("/metrics", get(metrics::show))
        .layer(axum::Extension(figures))
        .with_state(services.clone())
}

/// Layers around every answer; the last one added is the outermost.
fn around(router: Router<AppState>, services: &Services) -> Router<AppState> {
    let settings = &services.settings;
    let trusted: Arc<[IpAddr]> = settings.trusted_proxies.clone().into();
    let public_url = Arc::new(settings.public_url.clone());
    router
        // The limit below counts for every body, also those that no extractor reads.
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(settings.request_body_bytes))
        .layer(from_fn_with_state(public_url, origin::guard))
        .layer(from_fn(trace))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(rest::uniform_errors))
        .layer(from_fn_with_state(services.meter.clone(), metrics::measure))
        .layer(from_fn(headers::secure))
        .layer(from_fn_with_state(trusted, client_address))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .layer(from_fn(forget_odd_id))
}

/// An id that what the request causes could not carry is none: the request gets a fresh one, the same in its
/// answer, the log and the rest.
async fn forget_odd_id(mut request: Request, next: Next) -> Response {
    if !store::can_trace(id_of(&request)) {
        request.headers_mut().remove(REQUEST_ID);
    }
    next.run(request).await
}

fn id_of(request: &Request) -> &str {
    let id = request.headers().get(REQUEST_ID);
    id.and_then(|id| id.to_str().ok()).unwrap_or_default()
}

fn span(request: &Request) -> Span {
    tracing::info_span!(
        "request",
        request.id = id_of(request),
        method = %request.method(),
        // Without the query: a form sent the wrong way carries a password in it.
        path = request.uri().path(),
    )
}

/// What a request causes carries its id, up to the header of upstream calls.
async fn trace(request: Request, next: Next) -> Response {
    let id = id_of(&request).to_owned();
    store::traced(&id, next.run(request)).await
}

fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response<Body> {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no text");
    tracing::error!(panic = text, "a request ended in a panic");
    let detail = "Something went wrong on the server. Try again later.";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail).into_response()
}
