//! Photos over HTTP: sent once, shown with the right headers, refused in words.

use crate::floor::{self, Floor};
use crate::harness::{Harness, STRANGER};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

const PICTURE: &[u8] = &[0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 0xff, 0xd9];

/// Marko reports the goods damaged.
async fn damaged(server: &Harness, floor: &Floor) -> Uuid {
    let id = Uuid::new_v4();
    let mut act = floor::pick(floor, id, "1");
    act["action"] =
        json!({ "do": "short", "line_id": floor.line, "reason": "damaged", "text": null });
    let token = server.access_token("marko").await;
    let answer = server
        .request(Method::POST, "/api/v1/operations")
        .bearer_auth(token)
        .json(&act)
        .send()
        .await
        .unwrap();
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["outcome"]["outcome"], "accepted", "{answer}");
    id
}

async fn send(server: &Harness, who: &str, act: Uuid, photo: Uuid, content: Vec<u8>) -> Response {
    let token = server.access_token(who).await;
    let path = format!("/api/v1/operations/{act}/photos/{photo}");
    let request = server.request(Method::PUT, &path).bearer_auth(token);
    let request = request.header("content-type", "image/jpeg").body(content);
    request.send().await.unwrap()
}

async fn get(server: &Harness, who: &str, path: &str) -> Response {
    let token = server.access_token(who).await;
    let request = server.request(Method::GET, path).bearer_auth(token);
    request.send().await.unwrap()
}

#[tokio::test]
async fn a_photo_is_sent_once_listed_and_shown_to_who_may_see_the_document() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let (act, photo) = (damaged(&server, &floor).await, Uuid::new_v4());
    for _ in 0..2 {
        let kept = send(&server, "marko", act, photo, PICTURE.to_vec()).await;
        assert_eq!(kept.status(), StatusCode::NO_CONTENT);
    }
    let path = format!("/api/v1/photos?document={}", floor.document);
    let list: Value = get(&server, "luka", &path).await.json().await.unwrap();
    assert_eq!(list["rows"].as_array().unwrap().len(), 1);
    assert_eq!(list["rows"][0]["id"], photo.to_string());
    let path = format!("/api/v1/photos/{photo}");
    let shown = get(&server, "luka", &path).await;
    assert_eq!(shown.status(), StatusCode::OK);
    for (name, value) in [
        ("content-type", "image/jpeg"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "private, max-age=600"),
    ] {
        assert_eq!(shown.headers()[name], value);
    }
    assert!(!shown.headers().contains_key("content-encoding"));
    assert_eq!(&shown.bytes().await.unwrap()[..], PICTURE);
    for (who, status) in [
        ("tv", StatusCode::FORBIDDEN),
        (STRANGER, StatusCode::NOT_FOUND),
    ] {
        assert_eq!(get(&server, who, &path).await.status(), status, "{who}");
    }
    let short: Value = get(&server, "luka", "/api/v1/shortages")
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(short["rows"][0]["photos"], json!([photo]));
}

#[tokio::test]
async fn what_is_no_photo_or_too_large_is_refused_in_a_sentence() {
    let server = Harness::start_with(&[("CROSSDOCK_REQUEST_BODY_KILOBYTES", "4096")]).await;
    let floor = floor::prepare(&server).await;
    let act = damaged(&server, &floor).await;
    let page = send(&server, "marko", act, Uuid::new_v4(), b"<html>".to_vec()).await;
    assert_eq!(page.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let told: Value = page.json().await.unwrap();
    assert_eq!(told["detail"], "This is not a photo. Take it again.");
    let mut large = PICTURE.to_vec();
    large.resize(domain::photo::MOST_BYTES + 1, 0);
    let large = send(&server, "marko", act, Uuid::new_v4(), large).await;
    assert_eq!(large.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let told: Value = large.json().await.unwrap();
    assert_eq!(told["detail"], "This photo is too large. Take it again.");
    let other = send(&server, "jelena", act, Uuid::new_v4(), PICTURE.to_vec()).await;
    assert_eq!(other.status(), StatusCode::CONFLICT);
    let foreign = send(&server, STRANGER, act, Uuid::new_v4(), PICTURE.to_vec()).await;
    assert_eq!(foreign.status(), StatusCode::NOT_FOUND);
    let odd = "/api/v1/operations/1/photos/2";
    let token = server.access_token("marko").await;
    let odd = server.request(Method::PUT, odd).bearer_auth(token);
    assert_eq!(odd.send().await.unwrap().status(), StatusCode::NOT_FOUND);
}
