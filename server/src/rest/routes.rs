//! Every route of the API in one table: method, path, access, handler.

use super::access::{Access, admit};
use super::problem::{no_such_method, no_such_path};
use super::{PREFIX, boards, documents, items, operations, partners, sync, tasks, tokens};
use crate::services::Services;
use axum::Router;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, post};
use domain::permission::Permission as P;
use std::collections::BTreeMap;

/// One route.
pub struct Endpoint {
    /// GET or POST.
    pub method: Method,
    /// Below the prefix.
    pub path: &'static str,
    /// What it demands.
    pub access: Access,
    /// Whether it also answers below `/api`, where older clients look for it.
    pub alias: bool,
    handler: fn() -> MethodRouter<Services>,
}

impl Endpoint {
    const fn new(
        method: Method,
        path: &'static str,
        access: Access,
        handler: fn() -> MethodRouter<Services>,
    ) -> Self {
        Self {
            method,
            path,
            access,
            alias: false,
            handler,
        }
    }

    const fn with_alias(mut self) -> Self {
        self.alias = true;
        self
    }

    /// All full paths it answers.
    pub fn paths(&self) -> Vec<String> {
        let mut paths = vec![format!("{PREFIX}{}", self.path)];
        if self.alias {
            paths.push(format!("/api{}", self.path));
        }
        paths
    }
}

const fn read(
    path: &'static str,
    permission: P,
    handler: fn() -> MethodRouter<Services>,
) -> Endpoint {
    Endpoint::new(Method::GET, path, Access::Needs(permission), handler)
}

const fn act(
    path: &'static str,
    permission: P,
    handler: fn() -> MethodRouter<Services>,
) -> Endpoint {
    Endpoint::new(Method::POST, path, Access::Needs(permission), handler)
}

const fn open(path: &'static str, handler: fn() -> MethodRouter<Services>) -> Endpoint {
    Endpoint::new(Method::POST, path, Access::Open, handler)
}

/// The table.
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        open("/auth/token", || post(tokens::issue)),
        open("/auth/refresh", || post(tokens::refresh)),
        open("/auth/revoke", || post(tokens::revoke)),
        read("/items", P::ReadCatalogue, || get(items::list)),
        read("/items/{id}", P::ReadCatalogue, || get(items::get)),
        read("/partners", P::ReadCatalogue, || get(partners::list)),
        read("/dispatches", P::ReadDocuments, || {
            get(documents::list_dispatches)
        })
        .with_alias(),
        read("/dispatches/{id}", P::ReadDocuments, || {
            get(documents::get_dispatch)
        })
        .with_alias(),
        read("/dispatches/{id}/items", P::ReadDocuments, || {
            get(documents::dispatch_lines)
        })
        .with_alias(),
        read("/receipts", P::ReadDocuments, || {
            get(documents::list_receipts)
        })
        .with_alias(),
        read("/receipts/{id}", P::ReadDocuments, || {
            get(documents::get_receipt)
        })
        .with_alias(),
        read("/receipts/{id}/items", P::ReadDocuments, || {
            get(documents::receipt_lines)
        })
        .with_alias(),
        read("/tasks", P::WorkOnTasks, || get(tasks::list)),
        read("/tasks/{id}", P::WorkOnTasks, || get(tasks::get)),
        act("/operations", P::WorkOnTasks, || post(operations::submit)),
        act("/sync/catalog", P::ManageConnections, || {
            post(sync::catalog)
        })
        .with_alias(),
        act("/sync/subjects", P::ManageConnections, || {
            post(sync::subjects)
        })
        .with_alias(),
        act("/sync/issue", P::ManageConnections, || post(sync::issue)).with_alias(),
        act("/sync/receipt", P::ManageConnections, || {
            post(sync::receipt)
        })
        .with_alias(),
        read("/sync-runs/{id}", P::ReadConnections, || get(sync::get)),
        read("/boards/shift", P::ReadBoards, || get(boards::shift)),
        read("/kpis", P::ReadBoards, || get(boards::figures)),
    ]
}

/// The routes, each behind its access check.
pub fn router<S: Clone + Send + Sync + 'static>(services: &Services) -> Router<S> {
    let mut by_path: BTreeMap<String, MethodRouter<Services>> = BTreeMap::new();
    for endpoint in endpoints() {
        let state = (services.clone(), endpoint.access);
        let guarded = (endpoint.handler)().route_layer(from_fn_with_state(state, admit));
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
        .route("/api", axum::routing::any(no_such_path))
        .route("/api/{*path}", axum::routing::any(no_such_path))
        .with_state(services.clone())
}
