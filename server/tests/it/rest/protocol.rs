//! What holds for every route: problems, limits, tags, kinds of content, ids of requests.

use crate::floor;
use crate::harness::Harness;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use uuid::Uuid;

#[tokio::test]
async fn every_error_is_a_problem() {
    let server = Harness::start().await;
    let token = server.access_token("ana").await;
    let ask = |method: Method, path: &str, kind: Option<&'static str>, body: &'static str| {
        let mut request = server.request(method, path).bearer_auth(&token).body(body);
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        request.send()
    };
    let json = Some("application/json");
    for (method, path, kind, body, status) in [
        (Method::GET, "/api/v1/nothing", None, "", 404),
        (Method::POST, "/api/nothing/at/all", None, "", 404),
        (Method::GET, "/api/v1/dispatches/999999", None, "", 404),
        (Method::GET, "/api/v1/dispatches/seven", None, "", 404),
        (Method::DELETE, "/api/v1/items", None, "", 405),
        (Method::GET, "/api/v1/operations", None, "", 405),
        (Method::GET, "/api/v1/items?limit=many", None, "", 422),
        (Method::GET, "/api/v1/items?limit=0", None, "", 422),
        (Method::GET, "/api/v1/items?limit=201", None, "", 422),
        (Method::GET, "/api/v1/items?colour=red", None, "", 422),
        (Method::GET, "/api/v1/items?q=%00", None, "", 422),
        (Method::GET, "/api/v1/dispatches?sort=colour", None, "", 422),
        (Method::GET, "/api/v1/items?after=garbage", None, "", 422),
        (
            Method::GET,
            "/api/v1/dispatches?date_from=yesterday",
            None,
            "",
            422,
        ),
        (Method::POST, "/api/v1/operations", json, "{", 400),
        (Method::POST, "/api/v1/operations", json, "{}", 422),
        (
            Method::POST,
            "/api/v1/operations",
            Some("text/plain"),
            "{}",
            415,
        ),
        (Method::POST, "/api/v1/sync/catalog", json, "{", 400),
        (
            Method::POST,
            "/api/v1/sync/catalog",
            json,
            "{\"mode\":\"half\"}",
            422,
        ),
        (Method::POST, "/api/v1/sync/catalog", None, "", 422),
    ] {
        let answer = ask(method.clone(), path, kind, body).await.unwrap();
        let shown = format!("{method} {path} {body}");
        assert_eq!(answer.status().as_u16(), status, "{shown}");
        assert_eq!(
            answer.headers()["content-type"],
            "application/problem+json",
            "{shown}"
        );
        assert_eq!(answer.headers()["cache-control"], "no-store", "{shown}");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["status"], status, "{shown}");
        assert!(
            problem["detail"]
                .as_str()
                .is_some_and(|text| !text.is_empty()),
            "{shown}"
        );
        assert!(problem["code"].is_string(), "{shown}");
    }
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let server = Harness::start_with(&[("CROSSDOCK_REQUEST_BODY_KILOBYTES", "16")]).await;
    let token = server.access_token("ana").await;
    let request = server
        .request(Method::POST, "/api/v1/operations")
        .bearer_auth(token)
        .header("content-type", "application/json")
        .body("x".repeat(20_000));
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(problem["code"], "too_large");
}

#[tokio::test]
async fn a_read_that_did_not_change_is_not_sent_again() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let token = server.access_token("luka").await;
    let path = format!("/api/v1/dispatches/{}", floor.document);
    let ask = |tag: &str, encoding: &str| {
        server
            .request(Method::GET, &path)
            .bearer_auth(&token)
            .header("if-none-match", tag)
            .header("accept-encoding", encoding)
            .send()
    };
    let first = ask("", "identity").await.unwrap();
    assert_eq!(first.status(), StatusCode::OK);
    let plain = first.headers()["etag"].to_str().unwrap().to_owned();
    assert!(plain.starts_with('"'), "{plain} is a strong tag");
    let packed = ask("", "gzip").await.unwrap().headers()["etag"]
        .to_str()
        .unwrap()
        .to_owned();
    assert_ne!(plain, packed, "other bytes have another strong tag");
    for tag in [
        plain.clone(),
        format!("W/{plain}"),
        format!("\"other\", {packed}"),
        "*".to_owned(),
    ] {
        let again = ask(&tag, "identity").await.unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{tag}");
        assert!(again.headers().contains_key("etag"), "{tag}");
        assert!(again.bytes().await.unwrap().is_empty(), "{tag}");
    }
    let marko = server.access_token("marko").await;
    let pick = floor::pick(&floor, Uuid::new_v4(), "1");
    let request = server
        .request(Method::POST, "/api/v1/operations")
        .bearer_auth(marko);
    assert_eq!(
        request.json(&pick).send().await.unwrap().status(),
        StatusCode::OK
    );
    let after = ask(&plain, "identity").await.unwrap();
    assert_eq!(after.status(), StatusCode::OK, "a pick changed it");
    assert_ne!(after.headers()["etag"].to_str().unwrap(), plain);
}

#[tokio::test]
async fn a_client_that_takes_no_json_is_told_so() {
    let server = Harness::start().await;
    let token = server.access_token("ana").await;
    for (accept, status) in [
        ("text/html", 406),
        ("application/*", 200),
        ("text/html, */*;q=0.1", 200),
    ] {
        let request = server
            .request(Method::GET, "/api/v1/items")
            .bearer_auth(&token);
        let answer = request.header("accept", accept).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{accept}");
    }
}

#[tokio::test]
async fn every_answer_carries_the_id_of_its_request() {
    let server = Harness::start().await;
    for path in ["/api/v1/items", "/api/v1/nothing", "/api/v1/openapi.json"] {
        let request = server
            .request(Method::GET, path)
            .header("x-request-id", "till-7");
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers()["x-request-id"], "till-7", "{path}");
        let answer = server.request(Method::GET, path).send().await.unwrap();
        assert!(answer.headers()["x-request-id"].len() > 20, "{path}");
    }
}

#[tokio::test]
async fn a_method_a_path_has_not_is_told_which_it_has() {
    let server = Harness::start().await;
    let answer = server
        .request(Method::PUT, "/api/v1/items")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.headers()["allow"], "GET,HEAD");
}
