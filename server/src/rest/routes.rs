//! Every route of the API in one table: method, path, access, handler.

mod endpoint;
mod goods;
mod systems;

pub use endpoint::{Endpoint, JSON};

use super::access::{Access, admit};
use super::problem::{no_such_method, no_such_path};
use super::{conditional, docs, idempotency, negotiate};
use crate::services::Services;
use axum::Router;
use axum::http::Method;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get};
use std::collections::BTreeMap;

/// The table.
pub fn endpoints() -> Vec<Endpoint> {
    let mut all = systems::open_routes();
    all.extend(goods::catalogue());
    all.extend(goods::work());
    all.extend(goods::waves());
    all.extend(systems::previews());
    all.extend(systems::syncs());
    all.extend(systems::webhooks());
    all.extend(goods::downloads());
    all.extend(goods::erp_entries());
    all.extend(systems::erp());
    all.extend(goods::findings());
    all
}

/// The routes, each behind its access check.
pub fn router<S: Clone + Send + Sync + 'static>(services: &Services) -> Router<S> {
    let mut by_path: BTreeMap<String, MethodRouter<Services>> = BTreeMap::new();
    for endpoint in endpoints() {
        let guarded = guarded(&endpoint, services);
        for path in endpoint.paths() {
            let known = by_path.remove(&path).unwrap_or_default();
            by_path.insert(path, known.merge(guarded.clone()));
        }
    }
    let mut router = Router::new();
    for (path, methods) in by_path {
        router = router.route(&path, methods.fallback(no_such_method));
    }
    router
        .route("/docs", get(docs::show))
        .route("/docs/{file}", get(docs::file))
        .route("/api", axum::routing::any(no_such_path))
        .route("/api/{*path}", axum::routing::any(no_such_path))
        .with_state(services.clone())
}

/// The route behind its layers; the last one added asks first.
fn guarded(endpoint: &Endpoint, services: &Services) -> MethodRouter<Services> {
    let route = (endpoint.handler)();
    let route = match (&endpoint.method, endpoint.access) {
        // Files are made anew each time, and noted in the audit.
        (&Method::GET, _) if endpoint.made != JSON => route,
        (&Method::GET, _) => route.route_layer(from_fn(conditional::tag)),
        (_, Access::Needs(_)) => {
            route.route_layer(from_fn_with_state(services.clone(), idempotency::once))
        }
        (_, Access::Open) => route,
    };
    let state = (services.clone(), endpoint.access);
    route
        .route_layer(from_fn_with_state(endpoint.made, negotiate::accept))
        .route_layer(from_fn_with_state(state, admit))
}
