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
    let submit = json!({ "request": floor::pick(floor, Uuid::new_v4(), "1") });
    let sync = json!({ "connection_id": floor.connection, "entity": "items", "mode": "delta" });
    vec![
        call("audit/list", json!({}), 403, 200),
        call(
            "boards/shift",
            json!({ "warehouse_id": warehouse }),
            200,
            404,
        ),
        call("boards/warehouses", json!({}), 200, 200),
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
        call("documents/get", document.clone(), 403, 404),
        call("documents/timeline", document.clone(), 403, 404),
        call("documents/recalculate", document, 403, 404),
        call("items/list", json!({}), 403, 200),
        call("items/get", json!({ "id": 1 }), 403, 404),
        call(
            "mappings/list",
            json!({ "unanswered_only": false }),
            403,
            200,
        ),
        call(
            "mappings/answer",
            json!({ "id": 1, "answer": { "answer": "ignore" } }),
            403,
            404,
        ),
        call("partners/list", json!({}), 403, 200),
        call("session/who", json!({}), 200, 200),
        call("sync_runs/request", sync, 403, 404),
        call(
            "sync_runs/list",
            json!({ "connection_id": floor.connection }),
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
        call("tasks/list", json!({}), 403, 200),
        call("tasks/mine", json!({}), 403, 200),
        call("tasks/get", json!({ "id": floor.task }), 403, 404),
        call(
            "tasks/assign",
            json!({ "id": floor.task, "to": { "to": "nobody" } }),
            403,
            404,
        ),
        call("tasks/submit", submit, 403, 404),
        call("teams/list", json!({}), 403, 200),
        call("users/list", json!({}), 403, 200),
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
        _ => 1,
    };
    path.replace("{id}", &id.to_string())
}

fn body_of(path: &str, floor: &Floor) -> Value {
    if path.ends_with("/operations") {
        floor::pick(floor, Uuid::new_v4(), "1")
    } else {
        json!({ "connection_id": floor.connection })
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
            let wanted = if empty_list {
                StatusCode::OK
            } else {
                StatusCode::NOT_FOUND
            };
            assert_eq!(status, wanted, "stranger: {ours}: {text}");
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
