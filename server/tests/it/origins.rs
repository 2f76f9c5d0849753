//! Another site cannot act with a visitor's cookie.

use crate::floor;
use crate::harness::{Harness, PASSWORD};
use reqwest::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn a_change_that_another_site_asks_for_is_refused() {
    let server = Harness::start().await;
    let marko = server.sign_in("marko").await;
    let cookie = marko.cookie.clone().unwrap();
    let kinds = [
        "application/json",
        "application/x-www-form-urlencoded",
        "text/plain",
        "multipart/form-data",
    ];
    for path in [
        "/api/fn/session/sign_out",
        "/api/fn/tasks/mine",
        "/api/v1/operations",
        "/",
    ] {
        for origin in ["https://evil.example", "null", "http://127.0.0.1"] {
            for kind in kinds {
                let request = server.request(Method::POST, path).header("cookie", &cookie);
                let request = request
                    .header("origin", origin)
                    .header("content-type", kind);
                let answer = request.body("{}").send().await.unwrap();
                assert_eq!(
                    answer.status(),
                    StatusCode::FORBIDDEN,
                    "{path} {origin} {kind}"
                );
            }
        }
        for site in ["cross-site", "same-site"] {
            let request = server.request(Method::POST, path).header("cookie", &cookie);
            let answer = request
                .header("sec-fetch-site", site)
                .body("{}")
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path} {site}");
        }
        let bare = server.request(Method::POST, path).header("cookie", &cookie);
        let answer = bare.body("{}").send().await.unwrap();
        assert_eq!(
            answer.status(),
            StatusCode::FORBIDDEN,
            "{path} without an origin"
        );
    }
    let still = marko.call("/api/fn/tasks/mine", &json!({})).await;
    assert_eq!(still.status(), StatusCode::OK);
}

fn form(server: &Harness, origin: &str) -> reqwest::RequestBuilder {
    server
        .request(Method::POST, "/api/fn/session/sign_in_form")
        .header("origin", origin)
        .header("accept", "text/html")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("login=marko&password={PASSWORD}"))
}

#[tokio::test]
async fn another_site_cannot_sign_a_visitor_in() {
    let server = Harness::start().await;
    let answer = form(&server, "https://evil.example").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert!(!answer.headers().contains_key("set-cookie"));
}

#[tokio::test]
async fn a_plain_form_signs_in_and_goes_on_to_the_start_page() {
    let server = Harness::start().await;
    let answer = form(&server, &server.origin()).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::FOUND);
    assert!(answer.headers().contains_key("set-cookie"));
    let location = answer.headers()["location"].to_str().unwrap();
    assert!(location.starts_with("/floor"), "{location}");
}

#[tokio::test]
async fn the_public_address_counts_as_ours_behind_a_proxy() {
    let server = Harness::start_with(&[("CROSSDOCK_PUBLIC_URL", "https://wms.example.com")]).await;
    let request = server
        .request(Method::POST, "/api/fn/session/sign_in")
        .header("origin", "https://wms.example.com")
        .json(&json!({ "login": "marko", "password": PASSWORD }));
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    for part in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(cookie.contains(part), "{cookie} lacks {part}");
    }
}

#[tokio::test]
async fn a_program_with_a_token_needs_no_origin() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let token = server.access_token("ana").await;
    let body = json!({ "connection_id": floor.connection });
    let request = server
        .request(Method::POST, "/api/sync/catalog")
        .bearer_auth(token);
    let answer = request.json(&body).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
}
