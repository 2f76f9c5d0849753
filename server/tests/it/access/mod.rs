//! Nobody reaches what is not theirs: every server function and every route of the API, enumerated.

mod bodies;
mod calls;

use crate::floor;
use crate::harness::{Harness, STRANGER};
use bodies::{body_of, filled};
use calls::calls;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use server::rest::{Access, endpoints};
use std::collections::BTreeSet;

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
        "every server function needs an entry in calls.rs"
    );
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
