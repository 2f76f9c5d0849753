//! The API's description, OpenAPI 3.1: what handlers say of themselves, and around it what every
//! route of the table does alike.

mod everywhere;

use super::extract::Json;
use super::routes::endpoints;
use super::{
    PREFIX, audit, boards, connections, counts, deliveries, documents, erp, erp_entries, files,
    findings, gs1, items, kpis, locations, mappings, operations, partners, people, photos,
    previews, reports, schedules, schemas, session, stock, sync, tasks, tokens, waves, webhooks,
};
use axum::response::IntoResponse;
use serde_json::{Map, Value};
use std::sync::LazyLock;
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Crossdock",
        description = "Decimals are strings, instants are RFC 3339 in UTC, lists are `{\"rows\": […], \"next\": cursor}`: \
            pass `next` as `after` for the next page. Errors are `application/problem+json` with a stable `code`. \
            Reads carry an `ETag`; writes take an `Idempotency-Key` and answer a repeat with the stored answer.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/", description = "This server.")),
    tags(
        (name = "Sign-in", description = "Access tokens are good for 15 minutes; refresh tokens for one use."),
        (name = "Catalogue", description = "What the ERP knows: items, stock and partners."),
        (name = "Documents", description = "Dispatches and receipts with their lines."),
        (name = "Floor", description = "Tasks, and what people do on them."),
        (name = "Findings", description = "What needs a person's eye."),
        (name = "Syncs", description = "Bringing rows from the ERP, and what they mean here."),
        (name = "ERP", description = "What is written into ERPs: commands, their sagas, and what failed."),
        (name = "Webhooks", description = "Programs that are told what happened, and what became of each message."),
        (name = "Figures", description = "What the boards show."),
        (name = "People", description = "Sites, teams, logins and who did what."),
        (name = "Description", description = "This document."),
    ),
    paths(
        tokens::issue, tokens::refresh, tokens::revoke, serve,
        items::list, items::get, items::look_up, partners::list, partners::get, stock::list,
        people::warehouses, people::teams, people::shift_plans, people::rosters, people::users, audit::list,
        boards::shift, boards::shifts, kpis::report, kpis::rows, gs1::read,
        documents::list_dispatches, documents::get_dispatch, documents::dispatch_lines,
        documents::dispatch_timeline, documents::recalculate_dispatch,
        documents::list_receipts, documents::get_receipt, documents::receipt_lines,
        documents::receipt_timeline, documents::recalculate_receipt,
        documents::delete_dispatch, documents::delete_receipt,
        erp_entries::mark_dispatch, erp_entries::unmark_dispatch, erp_entries::mark_receipt, erp_entries::unmark_receipt,
        files::dispatches_csv, files::dispatches_xlsx, files::dispatch_csv, files::dispatch_xlsx,
        files::receipts_csv, files::receipts_xlsx, files::receipt_csv, files::receipt_xlsx,
        findings::conflicts, findings::decide, findings::shortages, findings::exceptions, findings::review,
        waves::list, waves::make, waves::get, waves::add, waves::take_out, waves::release, waves::close, waves::cut_offs,
        tasks::list, tasks::get, tasks::assign, operations::submit, operations::submit_many,
        photos::list, photos::get, photos::add,
        session::get, locations::list, locations::replace, locations::put_aways,
        counts::list, counts::request, counts::waiting, reports::list, reports::report,
        sync::catalog, sync::subjects, sync::issue, sync::receipt, sync::stock,
        sync::list, sync::get, sync::rejected, sync::cancel,
        previews::rows, previews::apply, previews::discard, previews::decide,
        webhooks::list, webhooks::get, webhooks::create, webhooks::update, webhooks::rotate, webhooks::test,
        webhooks::delete, deliveries::list, deliveries::get, deliveries::requeue, deliveries::discard,
        deliveries::rehearse,
        erp::status, erp::metrics, erp::failed, erp::saga, erp::dead, erp::recipe, erp::inventory, erp::bom,
        erp::start, erp::requeue, erp::discard, erp::edit, erp::retry_all,
        connections::set_delivery, schemas::connection,
        connections::list, connections::get, connections::create, connections::change,
        connections::calls, connections::check, connections::replace_secrets, schedules::list, mappings::list, mappings::answer,
        mappings::ask_again,
    ),
    components(schemas(everywhere::ProblemDetails)),
)]
struct Handlers;

static DOCUMENT: LazyLock<Value> = LazyLock::new(build);

/// The whole description.
pub fn document() -> &'static Value {
    &DOCUMENT
}

/// Where it is served.
pub fn address() -> String {
    format!("{PREFIX}/openapi.json")
}

/// This document.
#[utoipa::path(get, path = "/openapi.json", tag = "Description",
    responses((status = 200, description = "OpenAPI 3.1.", body = Object)))]
pub async fn serve() -> impl IntoResponse {
    Json(document())
}

fn build() -> Value {
    let mut document = serde_json::to_value(Handlers::openapi()).unwrap_or_default();
    let told = document["paths"].take();
    let mut paths: Map<String, Value> = Map::new();
    for endpoint in endpoints() {
        let method = endpoint.method.as_str().to_lowercase();
        let operation = &told[endpoint.path][&method];
        if operation.is_null() {
            continue;
        }
        for (index, path) in endpoint.paths().into_iter().enumerate() {
            let mut operation = everywhere::complete(operation.clone(), &endpoint);
            everywhere::name(&mut operation, &endpoint, index > 0);
            let item = paths
                .entry(path)
                .or_insert_with(|| Value::Object(Map::new()));
            item[&method] = operation;
        }
    }
    document["paths"] = Value::Object(paths);
    everywhere::add_components(&mut document);
    document
}

/// What handlers say without a route: nothing, unless the table and the handlers part ways.
pub fn without_route() -> Vec<String> {
    let told = serde_json::to_value(Handlers::openapi()).unwrap_or_default();
    let all = endpoints();
    let mut strays = Vec::new();
    for (path, item) in told["paths"].as_object().into_iter().flatten() {
        for method in item.as_object().into_iter().flat_map(Map::keys) {
            let known = all.iter().any(|endpoint| {
                endpoint.path == path && endpoint.method.as_str().eq_ignore_ascii_case(method)
            });
            if !known {
                strays.push(format!("{method} {path}"));
            }
        }
    }
    strays
}
