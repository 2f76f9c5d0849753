//! Nobody reaches what is not theirs: every server function and every route of the API, enumerated.

use crate::floor::{self, Floor};
use crate::harness::{Harness, STRANGER};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use server::rest::{Access, endpoints};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What a server function is called with, and what a viewer and a stranger's admin must get.
struct Call {
    path: &'static str,
    arguments: Value,
    viewer: u16,
    stranger: u16,
}

fn call(path: &'static str, arguments: Value, viewer: u16, stranger: u16) -> Call {
    Call {
        path,
        arguments,
        viewer,
        stranger,
    }
}

/// One entry for every server function; the test fails when one is missing.
fn calls(floor: &Floor, warehouse: i64, marko: i64) -> Vec<Call> {
    let document = json!({ "id": floor.document });
    let new = json!({ "new": {
        "login": "petar", "name": "Petar", "role": "worker", "password": "long enough",
        "team_id": null, "warehouses": [warehouse],
    }});
    let filter = json!({ "only_wms": false });
    let report = json!({ "report": {
        "name": "stranger", "app_version": "1", "waiting": 0, "refused": 0,
    }});
    let team = json!({
        "id": null, "warehouse_id": warehouse, "name": "Beta", "shift_id": null, "members": [],
    });
    let shift = json!({
        "id": null, "warehouse_id": warehouse, "name": "C", "starts": "08:00:00",
        "ends": "15:00:00", "pause": null,
    });
    let day = json!({
        "warehouse_id": warehouse, "user_id": marko, "on": "2026-11-20",
        "choice": { "day": "off" },
    });
    let submit = json!({ "request": floor::pick(floor, Uuid::new_v4(), "1") });
    let line = json!({ "cron": "0 2 * * *", "time_zone": "Europe/Belgrade", "enabled": true });
    let endpoint = json!({
        "name": "shop", "url": "https://shop.example.com/hook", "events": ["document.finished"],
        "active": true, "secret": null,
    });
    let site = json!({ "warehouse_id": warehouse });
    let kpis = json!({ "warehouse": warehouse });
    let screen = json!({
        "name": "Hall", "warehouse_id": warehouse, "boards": ["shift"], "rotate_seconds": 20,
        "names": "full",
    });
    let settle = json!({ "id": Uuid::nil(), "reason": "because" });
    let sync = json!({ "connection_id": floor.connection, "entity": "items", "mode": "delta" });
    vec![
        call("audit/list", json!({ "filter": {} }), 403, 200),
        call("audit/get", json!({ "id": 1 }), 403, 404),
        call("audit/actions", json!({}), 403, 200),
        call(
            "boards/shift",
            json!({ "warehouse_id": warehouse }),
            200,
            404,
        ),
        call("boards/warehouses", json!({}), 200, 200),
        call("boards/shift_screen", site.clone(), 200, 404),
        call("boards/throughput", site.clone(), 200, 404),
        call("boards/quality", site.clone(), 200, 404),
        call("boards/connections", site, 200, 404),
        call("kpis/report", json!({ "filter": kpis }), 200, 404),
        call(
            "kpis/rows",
            json!({ "kpi": "lines", "filter": kpis }),
            403,
            404,
        ),
        call("screens/own", json!({}), 200, 200),
        call("screens/list", json!({}), 403, 200),
        call(
            "screens/pair",
            json!({ "code": "ABCDEF", "plan": screen }),
            403,
            404,
        ),
        call(
            "screens/change",
            json!({ "id": 1, "plan": screen }),
            403,
            404,
        ),
        call("screens/revoke", json!({ "id": 1 }), 403, 404),
        call("connections/list", json!({}), 403, 200),
        call(
            "connections/get",
            json!({ "id": floor.connection }),
            403,
            404,
        ),
        call(
            "connections/calls",
            json!({ "id": floor.connection }),
            403,
            404,
        ),
        call(
            "connections/forms",
            json!({ "id": floor.connection }),
            403,
            404,
        ),
        call(
            "connections/save",
            json!({ "id": floor.connection, "entered": { "kind": "pantheon", "values": {} } }),
            403,
            404,
        ),
        call(
            "connections/set_brake",
            json!({ "id": floor.connection, "percent": 20 }),
            403,
            404,
        ),
        call(
            "connections/set_secret",
            json!({ "id": floor.connection, "name": "password", "value": "new" }),
            403,
            404,
        ),
        call(
            "connections/set_delivery",
            json!({ "id": floor.connection, "settings": { "write_back": true } }),
            403,
            404,
        ),
        call(
            "connections/request_check",
            json!({ "id": floor.connection }),
            403,
            404,
        ),
        call(
            "documents/list",
            json!({ "kind": "dispatch", "filter": filter }),
            403,
            200,
        ),
        call("conflicts/list", json!({}), 403, 200),
        call(
            "conflicts/resolve",
            json!({ "line": floor.line, "seen": { "after": "6", "done": "0" }, "resolution": { "decision": "accept_erp" }, "id": Uuid::new_v4() }),
            403,
            404,
        ),
        call("doc_types/list", json!({ "unnamed_only": false }), 403, 200),
        call(
            "doc_types/name",
            json!({ "connection_id": floor.connection, "code": "3000", "name": "X" }),
            403,
            404,
        ),
        call("shortages/list", json!({ "filter": {} }), 403, 200),
        call(
            "shortages/groups",
            json!({ "filter": {}, "by": "item" }),
            403,
            200,
        ),
        call("shortages/rest_policies", json!({}), 403, 200),
        call(
            "shortages/set_rest_policy",
            json!({ "warehouse_id": warehouse, "by_itself": true }),
            403,
            404,
        ),
        call(
            "test_documents/create",
            json!({ "wanted": { "kind": "dispatch", "connection_id": floor.connection, "lines": [] } }),
            403,
            404,
        ),
        call("test_documents/delete", document.clone(), 403, 404),
        call("documents/get", document.clone(), 403, 404),
        call("documents/timeline", document.clone(), 403, 404),
        call("documents/photos", document.clone(), 403, 200),
        call("documents/recalculate", document.clone(), 403, 404),
        call("documents/give_back_rest", document.clone(), 403, 404),
        call(
            "documents/mark_entered",
            json!({ "id": floor.document, "note": "by hand" }),
            403,
            404,
        ),
        call("documents/unmark_entered", document, 403, 404),
        call("items/list", json!({}), 403, 200),
        call("items/get", json!({ "id": 1 }), 403, 404),
        call(
            "mappings/list",
            json!({ "filter": { "waiting": true } }),
            403,
            200,
        ),
        call("mappings/count", json!({}), 403, 200),
        call("taught-barcodes/waiting", json!({}), 403, 200),
        call(
            "taught-barcodes/teach",
            json!({ "teaching": { "task_id": floor.task, "line_id": floor.line, "scanned": "2012345678903" } }),
            403,
            404,
        ),
        call(
            "taught-barcodes/decide",
            json!({ "id": 1, "decision": "reject" }),
            403,
            404,
        ),
        call("mappings/choices", json!({}), 403, 200),
        call("mappings/acceptable", json!({ "at_least": 70 }), 403, 200),
        call("mappings/accept", json!({ "at_least": 70 }), 403, 200),
        call(
            "mappings/answer",
            json!({ "id": 1, "answer": { "answer": "ignore" } }),
            403,
            404,
        ),
        call("partners/list", json!({}), 403, 200),
        call("partners/get", json!({ "id": 1 }), 403, 404),
        call("sources/list", json!({ "entity": "items" }), 403, 200),
        call("session/who", json!({}), 200, 200),
        call("sync_runs/request", sync.clone(), 403, 404),
        call("sync_runs/request_preview", sync, 403, 404),
        call(
            "sync_runs/preview",
            json!({ "id": 1, "filter": {} }),
            403,
            404,
        ),
        call(
            "sync_runs/apply_preview",
            json!({ "id": 1, "deactivations_seen": true }),
            403,
            404,
        ),
        call("sync_runs/discard_preview", json!({ "id": 1 }), 403, 404),
        call("schedules/list", json!({ "filter": {} }), 403, 200),
        call(
            "schedules/preview",
            json!({ "cron": "0 2 * * *", "time_zone": "Europe/Belgrade" }),
            403,
            200,
        ),
        call(
            "schedules/create",
            json!({ "connection_id": floor.connection, "entity": "items", "mode": "full", "line": line }),
            403,
            404,
        ),
        call(
            "schedules/change",
            json!({ "id": 1, "line": line }),
            403,
            404,
        ),
        call("schedules/remove", json!({ "id": 1 }), 403, 404),
        call("schedules/run_now", json!({ "id": 1 }), 403, 404),
        call("why/look_up", json!({ "key": "a key of nobody" }), 403, 200),
        call(
            "sync_runs/list",
            json!({ "filter": { "connection_id": floor.connection } }),
            403,
            200,
        ),
        call("sync_runs/get", json!({ "id": 1 }), 403, 404),
        call("sync_runs/rejected", json!({ "id": 1 }), 403, 404),
        call("sync_runs/cancel", json!({ "id": 1 }), 403, 404),
        call(
            "sync_runs/decide",
            json!({ "id": 1, "approve": true }),
            403,
            404,
        ),
        call(
            "locations/list",
            json!({ "warehouse_id": warehouse }),
            403,
            200,
        ),
        call(
            "locations/save",
            json!({ "warehouse_id": warehouse, "text": "A-01" }),
            403,
            404,
        ),
        call(
            "counts/list",
            json!({ "warehouse_id": warehouse }),
            403,
            200,
        ),
        call(
            "counts/request",
            json!({ "warehouse_id": warehouse, "of": "A-01" }),
            403,
            404,
        ),
        call(
            "counts/set_tolerance",
            json!({ "warehouse_id": warehouse, "tolerance": { "percent": "5", "units": "1" } }),
            403,
            404,
        ),
        call("tasks/list", json!({ "filter": {} }), 403, 200),
        call("tasks/crew", json!({}), 403, 200),
        call("tasks/suggest", json!({ "tasks": [floor.task] }), 403, 200),
        call(
            "tasks/change",
            json!({ "change": { "tasks": [floor.task], "act": { "do": "give", "with": { "to": "nobody" } } } }),
            403,
            404,
        ),
        call("exceptions/list", json!({ "view": "open" }), 403, 200),
        call("exceptions/count", json!({}), 403, 200),
        call("exceptions/owners", json!({}), 403, 200),
        call("exceptions/acknowledge", json!({ "id": 1 }), 403, 404),
        call(
            "exceptions/decide",
            json!({ "id": 1, "accept": true }),
            403,
            404,
        ),
        call("exceptions/assign", json!({ "id": 1 }), 403, 404),
        call(
            "exceptions/resolve",
            json!({ "id": 1, "note": "Seen to." }),
            403,
            404,
        ),
        call("devices/list", json!({}), 403, 200),
        call("devices/report", report, 403, 200),
        call("devices/revoke", json!({ "name": "TC21" }), 403, 404),
        call("teams/staff", json!({}), 403, 200),
        call("teams/save", json!({ "team": team }), 403, 404),
        call("teams/save_shift", json!({ "shift": shift }), 403, 404),
        call(
            "teams/roster",
            json!({ "warehouse_id": warehouse }),
            403,
            404,
        ),
        call("teams/set_day", day, 403, 404),
        call("tasks/mine", json!({}), 403, 200),
        call("tasks/get", json!({ "id": floor.task }), 403, 404),
        call(
            "tasks/assign",
            json!({ "id": floor.task, "to": { "to": "nobody" } }),
            403,
            404,
        ),
        call("tasks/submit", submit, 403, 404),
        call("monitoring/view", json!({ "window": "1h" }), 403, 200),
        call("teams/list", json!({}), 403, 200),
        call("webhooks/list", json!({}), 403, 200),
        call("webhooks/get", json!({ "id": 1 }), 403, 404),
        call(
            "webhooks/save",
            json!({ "id": 1, "form": endpoint }),
            403,
            404,
        ),
        call("webhooks/test", json!({ "id": 1 }), 403, 404),
        call("webhooks/deliveries", json!({}), 403, 200),
        call("webhooks/delivery", json!({ "id": Uuid::nil() }), 403, 404),
        call("deliveries/view", json!({}), 403, 200),
        call(
            "deliveries/retry_all",
            json!({ "filter": {}, "seen": 0, "reason": "because" }),
            403,
            200,
        ),
        call("deliveries/help", json!({ "id": Uuid::nil() }), 403, 404),
        call(
            "deliveries/edit",
            json!({ "id": Uuid::nil(), "payload": "{}", "reason": "because" }),
            403,
            404,
        ),
        call("webhooks/retry", settle.clone(), 403, 404),
        call("webhooks/discard", settle, 403, 404),
        call("users/list", json!({ "filter": {} }), 403, 200),
        call("users/get", json!({ "id": marko }), 403, 404),
        call(
            "users/update",
            json!({ "id": marko, "change": { "name": "M", "role": "worker", "team_id": null, "warehouses": [warehouse] } }),
            403,
            404,
        ),
        call("users/reset_password", json!({ "id": marko }), 403, 404),
        call(
            "users/set_badge",
            json!({ "id": marko, "code": "BADGE-0001" }),
            403,
            404,
        ),
        call("users/enable", json!({ "id": marko }), 403, 404),
        call(
            "users/set_active",
            json!({ "ids": [marko], "active": false }),
            403,
            404,
        ),
        call(
            "users/revoke_session",
            json!({ "id": marko, "session": Uuid::nil() }),
            403,
            404,
        ),
        call("users/revoke_everything", json!({ "id": marko }), 403, 404),
        call(
            "saved_views/list",
            json!({ "page": "/admin/users" }),
            403,
            200,
        ),
        call(
            "saved_views/save",
            json!({ "view": { "page": "/admin/users", "name": "Mine", "query": "role=lead", "opens_first": false } }),
            403,
            200,
        ),
        call(
            "saved_views/rename",
            json!({ "id": 0, "name": "Other" }),
            403,
            404,
        ),
        call(
            "saved_views/open_first",
            json!({ "id": 0, "first": true }),
            403,
            404,
        ),
        call("saved_views/delete", json!({ "id": 0 }), 403, 404),
        call("users/workers", json!({}), 403, 200),
        call("users/create", new, 403, 404),
        call("users/disable", json!({ "id": marko }), 403, 404),
    ]
}

fn registered() -> BTreeSet<String> {
    server_fn::axum::server_fn_paths()
        .map(|(path, _)| path.to_owned())
        .collect()
}

#[tokio::test]
async fn every_server_function_turns_strangers_away_before_reading_anything() {
    let server = Harness::start().await;
    let closed: Vec<String> = registered()
        .into_iter()
        .filter(|path| !server::web::OPEN.contains(&path.as_str()))
        .collect();
    assert!(
        closed.len() > 20,
        "only {} server functions are registered",
        closed.len()
    );
    for path in closed {
        for cookie in [None, Some("crossdock=AAAAAAAAAAAAAAAAAAAAAA".to_owned())] {
            let mut browser = server.browser();
            browser.cookie = cookie;
            let answer = browser.call(&path, &json!({})).await;
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
            let error: Value = answer.json().await.unwrap();
            assert_eq!(error["code"], "signed_out", "{path}");
        }
    }
}

#[tokio::test]
async fn a_viewer_reaches_boards_only_and_another_company_nothing_of_ours() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let marko = server.caller("marko").await.user_id.0;
    let viewer = server.sign_in("tv").await;
    let stranger = server.sign_in(STRANGER).await;
    let mut known: BTreeSet<String> = server::web::OPEN
        .iter()
        .map(|path| (*path).to_owned())
        .collect();
    for call in calls(&floor, server.site.warehouse.0, marko) {
        let path = format!("/api/fn/{}", call.path);
        let answer = viewer.call(&path, &call.arguments).await;
        assert_eq!(answer.status().as_u16(), call.viewer, "viewer: {path}");
        let answer = stranger.call(&path, &call.arguments).await;
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        assert_eq!(status, call.stranger, "stranger: {path}: {text}");
        for ours in ["85123A", "26-3000-000001", "marko", "Pantheon"] {
            assert!(
                !text.contains(ours),
                "a stranger sees {ours} at {path}: {text}"
            );
        }
        known.insert(path);
    }
    assert_eq!(
        registered(),
        known,
        "every server function needs an entry above"
    );
}

fn filled(path: &str, floor: &Floor) -> String {
    let id = match path {
        path if path.contains("/tasks/") => floor.task.0,
        path if path.contains("/dispatches/") => floor.document.0,
        path if path.contains("/conflicts/") => floor.line.0,
        path if path.contains("/deliveries/") => return path.replace("{id}", &nobody()),
        path if path.contains("/saga/") => return path.replace("{saga_id}", &nobody()),
        path if path.contains("/photos/") => {
            let path = path.replace("{id}", &nobody());
            return path.replace("{photo}", &nobody());
        }
        _ => 1,
    };
    path.replace("{id}", &id.to_string())
}

fn nobody() -> String {
    Uuid::nil().to_string()
}

fn body_of(path: &str, floor: &Floor) -> Value {
    if path.ends_with("/operations") {
        floor::pick(floor, Uuid::new_v4(), "1")
    } else if path.ends_with("/operations/batch") {
        json!({ "operations": [floor::pick(floor, Uuid::new_v4(), "1")] })
    } else if path.ends_with("/reports") {
        json!({ "id": Uuid::new_v4(), "task_id": floor.task, "text": "The shelf is broken." })
    } else if path.contains("/exceptions/") {
        json!({ "accept": true })
    } else if path.ends_with("/counts") {
        json!({ "warehouse": 1, "of": "A-01" })
    } else if path.ends_with("/locations") {
        json!({ "warehouse": 1, "locations": [{ "code": "A-01" }] })
    } else if path.ends_with("/assignment") {
        json!({ "to": "nobody" })
    } else if path.ends_with("/answer") {
        json!({ "answer": "ignore" })
    } else if path.ends_with("/decision") {
        let seen = json!({ "after": "1", "done": "0" });
        json!({ "id": Uuid::new_v4(), "seen": seen, "resolution": { "decision": "accept_erp" } })
    } else if path.ends_with("/application") {
        json!({ "deactivations_seen": true })
    } else if path.ends_with("/deactivation") {
        json!({ "approve": true })
    } else if path.ends_with("/erp-entry") {
        json!({ "note": "by hand" })
    } else if path.ends_with("/secrets") {
        json!({ "secrets": { "password": "a new one" } })
    } else if path.ends_with("/connections") {
        json!({
            "name": "X", "warehouse_id": 1, "adapter_type": "pantheon",
            "connection": { "base_url": "http://x.example.invalid", "username": "x", "password": "x" },
        })
    } else if path.ends_with("/secret") {
        json!({ "secret": "a secret of twenty-four characters" })
    } else if path.contains("/erp/") {
        erp_body(path, floor)
    } else if path.ends_with("/delivery") {
        json!({ "write_back": true })
    } else if path.contains("/deliveries/") {
        json!({ "reason": "because" })
    } else if path.contains("/webhooks") {
        json!({
            "name": "shop", "url": "https://shop.example.com/hook",
            "events": ["document.finished"], "active": true,
            "secret": "a secret of twenty-four characters",
        })
    } else {
        json!({ "connection_id": floor.connection })
    }
}

fn erp_body(path: &str, floor: &Floor) -> Value {
    let product = json!({ "code": "X", "name": "X" });
    let named = |field: &str, payload: Value| {
        let mut body = json!({ "idempotency_key": "k1", "connection_id": floor.connection });
        body[field] = payload;
        body
    };
    let line = json!([{ "component": "Y", "quantity": 1 }]);
    if path.ends_with("/recipes") {
        let materials = json!([{ "material_code": "Y", "quantity": 1, "unit_of_measure": "KG" }]);
        let recipe = json!({
            "recipe_code": "X", "name": "X", "version": "1",
            "effective_from": "2026-01-01T00:00:00Z", "materials": materials,
        });
        named("recipe", recipe)
    } else if path.ends_with("/boms") {
        named(
            "bom",
            json!({ "product_code": "X", "quantity": 1, "lines": line }),
        )
    } else if path.ends_with("/inventory") {
        let items = json!([{ "product_code": "X", "quantity": "1" }]);
        named("inventory", json!({ "location": "8", "items": items }))
    } else if path.ends_with("/sagas") {
        let step = json!({
            "event_type": "inventory.product.upsert", "connection_id": floor.connection, "payload": product,
        });
        json!({ "idempotency_key": "k1", "steps": [step] })
    } else if path.ends_with("/payload") {
        json!({ "payload": product, "reason": "because" })
    } else {
        json!({ "reason": "because" })
    }
}

#[tokio::test]
async fn every_route_of_the_api_turns_strangers_away() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    for endpoint in endpoints()
        .iter()
        .filter(|endpoint| endpoint.access != Access::Open)
    {
        for path in endpoint.paths() {
            let path = filled(&path, &floor);
            for token in [None, Some("Bearer nonsense"), Some("Basic bWFya286eA==")] {
                let mut request = server.request(endpoint.method.clone(), &path);
                if let Some(token) = token {
                    request = request.header("authorization", token);
                }
                let answer = request.json(&body_of(&path, &floor)).send().await.unwrap();
                assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
                assert_eq!(
                    answer.headers()["content-type"],
                    "application/problem+json",
                    "{path}"
                );
                assert!(answer.headers().contains_key("www-authenticate"), "{path}");
            }
        }
    }
}

#[tokio::test]
async fn every_route_of_the_api_keeps_to_role_and_company() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let viewer = server.access_token("tv").await;
    let stranger = server.access_token(STRANGER).await;
    let ana = server.access_token("ana").await;
    let ours = server
        .request(Method::POST, "/api/v1/webhooks")
        .bearer_auth(ana)
        .json(&body_of("/api/v1/webhooks", &floor));
    assert_eq!(ours.send().await.unwrap().status(), StatusCode::CREATED);
    for endpoint in endpoints() {
        let Access::Needs(permission) = endpoint.access else {
            continue;
        };
        for path in endpoint.paths() {
            let path = filled(&path, &floor);
            let ask = |token: &str, path: &str| {
                server
                    .request(endpoint.method.clone(), path)
                    .bearer_auth(token)
                    .json(&body_of(path, &floor))
                    .send()
            };
            let answer = ask(&viewer, &path).await.unwrap();
            let boards = permission == domain::permission::Permission::ReadBoards;
            let wanted = if boards {
                StatusCode::OK
            } else {
                StatusCode::FORBIDDEN
            };
            assert_eq!(answer.status(), wanted, "viewer: {path}");
            let ours = match boards {
                true => format!("{path}?warehouse={}", server.site.warehouse),
                false => path.clone(),
            };
            let answer = ask(&stranger, &ours).await.unwrap();
            let status = answer.status();
            let text = answer.text().await.unwrap();
            let empty_list =
                endpoint.method == Method::GET && !endpoint.path.contains('{') && !boards;
            // Each of many acts is answered on its own.
            let each = endpoint.path.ends_with("/batch");
            let wanted = match endpoint.path {
                // Read the code they are given, of which there is none here.
                "/gs1" | "/items/lookup" => StatusCode::UNPROCESSABLE_ENTITY,
                _ if empty_list || each => StatusCode::OK,
                // The stranger may have a webhook of its own.
                "/webhooks" => StatusCode::CREATED,
                // Of the stranger's own there are none.
                "/erp/dead-letters/retry" => StatusCode::OK,
                _ => StatusCode::NOT_FOUND,
            };
            assert_eq!(status, wanted, "stranger: {ours}: {text}");
            assert!(!each || text.contains("\"code\":\"not_found\""), "{text}");
            for word in ["85123A", "26-3000-000001", "marko"] {
                assert!(!text.contains(word), "a stranger sees {word} at {ours}");
            }
        }
    }
}

#[tokio::test]
async fn a_worker_does_not_see_a_colleagues_task() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let path = format!("/api/v1/tasks/{}", floor.task);
    let get = |token: String| server.request(Method::GET, &path).bearer_auth(token).send();
    let own = get(server.access_token("marko").await).await.unwrap();
    assert_eq!(own.status(), StatusCode::OK);
    let other = get(server.access_token("jelena").await).await.unwrap();
    assert_eq!(other.status(), StatusCode::NOT_FOUND);
}
