//! Programs and the systems that rows come from and messages go to.

use super::endpoint::{Endpoint, act, open, read, remove, replace};
use crate::rest::access::Access;
use crate::rest::{
    connections, deliveries, erp, mappings, openapi, previews, schedules, schemas, sync, tokens,
    webhooks,
};
use axum::http::Method;
use axum::routing::{delete, get, post, put};
use domain::permission::Permission as P;

pub(super) fn open_routes() -> Vec<Endpoint> {
    let description = || get(openapi::serve);
    vec![
        open("/auth/token", || post(tokens::issue)),
        open("/auth/refresh", || post(tokens::refresh)),
        open("/auth/revoke", || post(tokens::revoke)),
        Endpoint::new(Method::GET, "/openapi.json", Access::Open, description),
    ]
}

pub(super) fn previews() -> Vec<Endpoint> {
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

pub(super) fn webhooks() -> Vec<Endpoint> {
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
        act("/deliveries/{id}/requeue", P::AssignTasks, || {
            post(deliveries::requeue)
        }),
        act("/deliveries/{id}/discard", P::AssignTasks, || {
            post(deliveries::discard)
        }),
        act("/deliveries/{id}/rehearse", MANAGE, || {
            post(deliveries::rehearse)
        }),
    ]
}

pub(super) fn syncs() -> Vec<Endpoint> {
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
        remove("/mappings/{id}/answer", P::AnswerMappings, || {
            delete(mappings::ask_again)
        }),
    ]
}

pub(super) fn erp() -> Vec<Endpoint> {
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
