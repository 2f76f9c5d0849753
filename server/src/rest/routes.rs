//! Every route of the API in one table: method, path, access, handler.

use super::access::{Access, admit};
use super::problem::{no_such_method, no_such_path};
use super::{
    PREFIX, audit, boards, conditional, connections, counts, deliveries, docs, documents, erp,
    erp_entries, files, findings, gs1, idempotency, items, kpis, locations, mappings, negotiate,
    openapi, operations, partners, people, photos, previews, reports, schedules, schemas, session,
    stock, sync, tasks, tokens, waves, webhooks,
};
use crate::services::Services;
use axum::Router;
use axum::http::Method;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, delete, get, post, put};
use domain::permission::Permission as P;
use std::collections::BTreeMap;

/// What most routes answer.
pub const JSON: &str = "application/json";
const JPEG: &str = domain::photo::CONTENT_TYPE;
const CSV: &str = "text/csv";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// One route.
pub struct Endpoint {
    /// GET, POST, PUT or DELETE.
    pub method: Method,
    /// Below the prefix.
    pub path: &'static str,
    /// What it demands.
    pub access: Access,
    /// Whether it also answers below `/api`, where older clients look for it.
    pub alias: bool,
    /// What it answers.
    pub made: &'static str,
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
            made: JSON,
            handler,
        }
    }

    const fn making(mut self, made: &'static str) -> Self {
        self.made = made;
        self
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

const fn replace(
    path: &'static str,
    permission: P,
    handler: fn() -> MethodRouter<Services>,
) -> Endpoint {
    Endpoint::new(Method::PUT, path, Access::Needs(permission), handler)
}

const fn remove(
    path: &'static str,
    permission: P,
    handler: fn() -> MethodRouter<Services>,
) -> Endpoint {
    Endpoint::new(Method::DELETE, path, Access::Needs(permission), handler)
}

const fn open(path: &'static str, handler: fn() -> MethodRouter<Services>) -> Endpoint {
    Endpoint::new(Method::POST, path, Access::Open, handler)
}

/// The table.
pub fn endpoints() -> Vec<Endpoint> {
    let mut all = open_routes();
    all.extend(catalogue());
    all.extend(work());
    all.extend(waves());
    all.extend(previews());
    all.extend(syncs());
    all.extend(webhooks());
    all.extend(downloads());
    all.extend(erp_entries());
    all.extend(erp());
    all.extend(findings());
    all
}

fn open_routes() -> Vec<Endpoint> {
    let description = || get(openapi::serve);
    vec![
        open("/auth/token", || post(tokens::issue)),
        open("/auth/refresh", || post(tokens::refresh)),
        open("/auth/revoke", || post(tokens::revoke)),
        Endpoint::new(Method::GET, "/openapi.json", Access::Open, description),
    ]
}

fn catalogue() -> Vec<Endpoint> {
    vec![
        read("/items", P::ReadCatalogue, || get(items::list)),
        read("/items/lookup", P::WorkOnTasks, || get(items::look_up)),
        read("/items/{id}", P::ReadCatalogue, || get(items::get)),
        read("/gs1", P::ReadCatalogue, || get(gs1::read)),
        read("/partners", P::ReadCatalogue, || get(partners::list)),
        read("/partners/{id}", P::ReadCatalogue, || get(partners::get)),
        read("/stock", P::ReadCatalogue, || get(stock::list)),
        read("/warehouses", P::ReadDocuments, || get(people::warehouses)),
        read("/teams", P::AssignTasks, || get(people::teams)),
        read("/shift-plans", P::AssignTasks, || get(people::shift_plans)),
        read("/rosters", P::AssignTasks, || get(people::rosters)),
        read("/cut-offs", P::AssignTasks, || get(waves::cut_offs)),
        read("/users", P::ReadUsers, || get(people::users)),
        read("/audit", P::ReadAudit, || get(audit::list)),
        read("/boards/shift", P::ReadBoards, || get(boards::shift)),
        read("/kpis", P::ReadBoards, || get(kpis::report)),
        read("/kpis/rows", P::ReadDocuments, || get(kpis::rows)),
        read("/shifts", P::ReadBoards, || get(boards::shifts)),
    ]
}

fn work() -> Vec<Endpoint> {
    use documents as d;
    const READ: P = P::ReadDocuments;
    vec![
        read("/dispatches", READ, || get(d::list_dispatches)).with_alias(),
        read("/dispatches/{id}", READ, || get(d::get_dispatch)).with_alias(),
        read("/dispatches/{id}/items", READ, || get(d::dispatch_lines)).with_alias(),
        read("/dispatches/{id}/timeline", READ, || {
            get(d::dispatch_timeline)
        }),
        act("/dispatches/{id}/recalculation", P::AnswerMappings, || {
            post(d::recalculate_dispatch)
        }),
        read("/receipts", READ, || get(d::list_receipts)).with_alias(),
        read("/receipts/{id}", READ, || get(d::get_receipt)).with_alias(),
        read("/receipts/{id}/items", READ, || get(d::receipt_lines)).with_alias(),
        read("/receipts/{id}/timeline", READ, || get(d::receipt_timeline)),
        act("/receipts/{id}/recalculation", P::AnswerMappings, || {
            post(d::recalculate_receipt)
        }),
        read("/tasks", P::WorkOnTasks, || get(tasks::list)),
        read("/tasks/{id}", P::WorkOnTasks, || get(tasks::get)),
        act("/tasks/{id}/assignment", P::AssignTasks, || {
            post(tasks::assign)
        }),
        act("/operations", P::WorkOnTasks, || post(operations::submit)),
        act("/operations/batch", P::WorkOnTasks, || {
            post(operations::submit_many)
        }),
        replace("/operations/{id}/photos/{photo}", P::WorkOnTasks, || {
            put(photos::add)
        }),
        read("/photos", READ, || get(photos::list)),
        read("/photos/{id}", READ, || get(photos::get)).making(JPEG),
        read("/session", P::WorkOnTasks, || get(session::get)),
        read("/locations", P::WorkOnTasks, || get(locations::list)),
        replace("/locations", P::AssignTasks, || put(locations::replace)),
        read("/reports", P::WorkOnTasks, || get(reports::list)),
        act("/reports", P::WorkOnTasks, || post(reports::report)),
        read("/counts", P::AssignTasks, || get(counts::list)),
        act("/counts", P::AssignTasks, || post(counts::request)),
        read("/counts/waiting", P::WorkOnTasks, || get(counts::waiting)),
        read("/put-aways", P::WorkOnTasks, || get(locations::put_aways)),
    ]
}

fn waves() -> Vec<Endpoint> {
    const PLAN: P = P::AssignTasks;
    vec![
        read("/waves", PLAN, || get(waves::list)),
        act("/waves", PLAN, || post(waves::make)),
        read("/waves/{id}", PLAN, || get(waves::get)),
        act("/waves/{id}/tasks", PLAN, || post(waves::add)),
        act("/waves/{id}/withdrawal", PLAN, || post(waves::take_out)),
        act("/waves/{id}/release", PLAN, || post(waves::release)),
        act("/waves/{id}/closure", PLAN, || post(waves::close)),
    ]
}

fn previews() -> Vec<Endpoint> {
    const SYNC: P = P::ManageConnections;
    vec![
        read("/sync-runs/{id}/preview", P::ReadConnections, || {
            get(previews::rows)
        }),
        act("/sync-runs/{id}/preview/application", SYNC, || {
            post(previews::apply)
        }),
        remove("/sync-runs/{id}/preview", SYNC, || {
            delete(previews::discard)
        }),
        act("/sync-runs/{id}/deactivation", SYNC, || {
            post(previews::decide)
        }),
    ]
}

fn webhooks() -> Vec<Endpoint> {
    const MANAGE: P = P::ManageConnections;
    vec![
        read("/webhooks", MANAGE, || get(webhooks::list)),
        act("/webhooks", MANAGE, || post(webhooks::create)),
        read("/webhooks/{id}", MANAGE, || get(webhooks::get)),
        replace("/webhooks/{id}", MANAGE, || put(webhooks::update)),
        remove("/webhooks/{id}", MANAGE, || delete(webhooks::delete)),
        act("/webhooks/{id}/secret", MANAGE, || post(webhooks::rotate)),
        act("/webhooks/{id}/test", MANAGE, || post(webhooks::test)),
        read("/deliveries", MANAGE, || get(deliveries::list)),
        read("/deliveries/{id}", MANAGE, || get(deliveries::get)),
        act("/deliveries/{id}/requeue", MANAGE, || {
            post(deliveries::requeue)
        }),
        act("/deliveries/{id}/discard", MANAGE, || {
            post(deliveries::discard)
        }),
    ]
}

fn syncs() -> Vec<Endpoint> {
    const SYNC: P = P::ManageConnections;
    vec![
        act("/sync/catalog", SYNC, || post(sync::catalog)).with_alias(),
        act("/sync/subjects", SYNC, || post(sync::subjects)).with_alias(),
        act("/sync/issue", SYNC, || post(sync::issue)).with_alias(),
        act("/sync/receipt", SYNC, || post(sync::receipt)).with_alias(),
        act("/sync/stock", SYNC, || post(sync::stock)),
        read("/sync-runs", P::ReadConnections, || get(sync::list)),
        read("/sync-runs/{id}", P::ReadConnections, || get(sync::get)),
        read("/sync-runs/{id}/rejected-rows", P::ReadConnections, || {
            get(sync::rejected)
        }),
        act("/sync-runs/{id}/cancellation", SYNC, || post(sync::cancel)),
        read("/connections", P::ReadConnections, || {
            get(connections::list)
        }),
        act("/connections", SYNC, || post(connections::create)),
        read("/connections/{id}", P::ReadConnections, || {
            get(connections::get)
        }),
        replace("/connections/{id}", SYNC, || put(connections::change)),
        read("/connections/{id}/calls", P::ReadConnections, || {
            get(connections::calls)
        }),
        act("/connections/{id}/check", SYNC, || post(connections::check)),
        replace("/connections/{id}/secrets", SYNC, || {
            put(connections::replace_secrets)
        }),
        read("/schedules", P::ReadConnections, || get(schedules::list)),
        read("/mappings", P::ReadConnections, || get(mappings::list)),
        act("/mappings/{id}/answer", P::AnswerMappings, || {
            post(mappings::answer)
        }),
    ]
}

fn downloads() -> Vec<Endpoint> {
    use files as f;
    const READ: P = P::ReadDocuments;
    vec![
        read("/dispatches.csv", READ, || get(f::dispatches_csv)).making(CSV),
        read("/dispatches.xlsx", READ, || get(f::dispatches_xlsx)).making(XLSX),
        read("/dispatches/{id}/items.csv", READ, || get(f::dispatch_csv)).making(CSV),
        read("/dispatches/{id}/items.xlsx", READ, || {
            get(f::dispatch_xlsx)
        })
        .making(XLSX),
        read("/receipts.csv", READ, || get(f::receipts_csv)).making(CSV),
        read("/receipts.xlsx", READ, || get(f::receipts_xlsx)).making(XLSX),
        read("/receipts/{id}/items.csv", READ, || get(f::receipt_csv)).making(CSV),
        read("/receipts/{id}/items.xlsx", READ, || get(f::receipt_xlsx)).making(XLSX),
    ]
}

fn erp_entries() -> Vec<Endpoint> {
    use erp_entries as e;
    const SAY: P = P::AssignTasks;
    vec![
        act("/dispatches/{id}/erp-entry", SAY, || post(e::mark_dispatch)),
        remove("/dispatches/{id}/erp-entry", SAY, || {
            delete(e::unmark_dispatch)
        }),
        act("/receipts/{id}/erp-entry", SAY, || post(e::mark_receipt)),
        remove("/receipts/{id}/erp-entry", SAY, || {
            delete(e::unmark_receipt)
        }),
    ]
}

fn erp() -> Vec<Endpoint> {
    use erp as e;
    const READ: P = P::ReadConnections;
    const WRITE: P = P::ManageConnections;
    vec![
        read("/erp/status", READ, || get(e::status)).with_alias(),
        read("/erp/metrics", READ, || get(e::metrics)).with_alias(),
        read("/erp/failed", READ, || get(e::failed)).with_alias(),
        read("/erp/saga/{saga_id}", READ, || get(e::saga)).with_alias(),
        read("/erp/dead-letters", READ, || get(e::dead)),
        act("/erp/recipes", WRITE, || post(e::recipe)),
        act("/erp/inventory", WRITE, || post(e::inventory)),
        act("/erp/boms", WRITE, || post(e::bom)),
        act("/erp/sagas", WRITE, || post(e::start)),
        act("/erp/saga/{saga_id}/requeue", WRITE, || post(e::requeue)),
        act("/erp/saga/{saga_id}/discard", WRITE, || post(e::discard)),
        act("/erp/saga/{saga_id}/payload", WRITE, || post(e::edit)),
        act("/erp/dead-letters/retry", WRITE, || post(e::retry_all)),
        replace("/connections/{id}/delivery", WRITE, || {
            put(connections::set_delivery)
        }),
        read("/schemas/connection", READ, || get(schemas::connection)),
    ]
}

fn findings() -> Vec<Endpoint> {
    vec![
        read("/conflicts", P::ReadDocuments, || get(findings::conflicts)),
        act("/conflicts/{id}/decision", P::AssignTasks, || {
            post(findings::decide)
        }),
        read("/shortages", P::ReadDocuments, || get(findings::shortages)),
        read("/exceptions", P::AssignTasks, || get(findings::exceptions)),
        act("/exceptions/{id}/decision", P::AssignTasks, || {
            post(findings::review)
        }),
        remove("/dispatches/{id}", P::ManageTestDocuments, || {
            delete(documents::delete_dispatch)
        }),
        remove("/receipts/{id}", P::ManageTestDocuments, || {
            delete(documents::delete_receipt)
        }),
    ]
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
