//! Writes that are sent again.

use crate::floor::{self, Floor};
use crate::harness::{Harness, STRANGER};
use chrono::{TimeDelta, Utc};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use store::idempotency_keys::{self as keys, Known, Write};
use uuid::Uuid;

async fn sync(server: &Harness, token: &str, key: &str, body: &Value) -> Response {
    let request = server
        .request(Method::POST, "/api/v1/sync/catalog")
        .bearer_auth(token);
    let request = request.header("idempotency-key", key).json(body);
    request.send().await.unwrap()
}

async fn prepared() -> (Harness, Floor, String) {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let token = server.access_token("ana").await;
    (server, floor, token)
}

async fn cancel(server: &Harness, token: &str, run: &Value) {
    let path = format!("/api/v1/sync-runs/{}/cancellation", run["id"]);
    let answer = server
        .request(Method::POST, &path)
        .bearer_auth(token)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn the_same_key_and_payload_get_the_stored_answer_and_change_nothing() {
    let (server, _floor, token) = prepared().await;
    let body = json!({ "mode": "delta" });
    let first = sync(&server, &token, "intent-1", &body).await;
    assert_eq!(first.status(), StatusCode::ACCEPTED);
    let location = first.headers()["location"].clone();
    assert!(!first.headers().contains_key("idempotency-replayed"));
    let first = first.bytes().await.unwrap();
    let run: Value = serde_json::from_slice(&first).unwrap();
    cancel(&server, &token, &run).await;
    server.advance(TimeDelta::hours(24) - TimeDelta::minutes(1));
    let token = server.access_token("ana").await;
    let again = sync(&server, &token, "intent-1", &body).await;
    assert_eq!(again.status(), StatusCode::ACCEPTED);
    assert_eq!(again.headers()["location"], location);
    assert_eq!(again.headers()["idempotency-replayed"], "true");
    assert_eq!(
        again.bytes().await.unwrap(),
        first,
        "the stored answer, although the run ended"
    );
    let other = sync(&server, &token, "intent-2", &body).await;
    let other: Value = other.json().await.unwrap();
    assert_ne!(other["id"], run["id"], "another intent is another run");
}

#[tokio::test]
async fn the_same_key_with_another_payload_is_refused() {
    let (server, _floor, token) = prepared().await;
    assert_eq!(
        sync(&server, &token, "intent-1", &json!({ "mode": "delta" }))
            .await
            .status(),
        StatusCode::ACCEPTED
    );
    let other = sync(&server, &token, "intent-1", &json!({ "mode": "full" })).await;
    assert_eq!(other.status(), StatusCode::CONFLICT);
    let problem: Value = other.json().await.unwrap();
    assert_eq!(problem["code"], "idempotency_key_reused");
}

#[tokio::test]
async fn a_key_belongs_to_its_user_and_route() {
    let (server, _floor, token) = prepared().await;
    let body = json!({});
    let first = sync(&server, &token, "shared", &body).await;
    assert_eq!(first.status(), StatusCode::ACCEPTED);
    let stranger = server.access_token(STRANGER).await;
    let theirs = sync(&server, &stranger, "shared", &body).await;
    assert_eq!(
        theirs.status(),
        StatusCode::UNPROCESSABLE_ENTITY,
        "they have no connection"
    );
    let request = server
        .request(Method::POST, "/api/v1/sync/receipt")
        .bearer_auth(&token);
    let other = request
        .header("idempotency-key", "shared")
        .json(&body)
        .send()
        .await
        .unwrap();
    assert!(!other.headers().contains_key("idempotency-replayed"));
    let run: Value = other.json().await.unwrap();
    assert_eq!(run["entity"], "receipts");
}

#[tokio::test]
async fn a_repeat_while_the_first_is_being_answered_is_asked_to_wait() {
    let (server, _floor, token) = prepared().await;
    let ana = server.caller("ana").await;
    let hash = [7; 32];
    let write = Write {
        route: "POST /api/v1/sync/catalog",
        key: "slow",
        payload_hash: &hash,
        attempt: Uuid::new_v4(),
    };
    let now = server.now();
    let claim = |at| keys::claim(&server.store, &ana, &write, at - TimeDelta::minutes(5), at);
    assert!(matches!(claim(now).await.unwrap(), Known::New));
    assert!(matches!(claim(now).await.unwrap(), Known::Running));
    let refused = sync(&server, &token, "slow", &json!({})).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    let later = now + TimeDelta::minutes(6);
    assert!(
        matches!(claim(later).await.unwrap(), Known::New),
        "its node died: the next attempt answers it"
    );
}

#[tokio::test]
async fn of_many_repeats_at_once_one_is_answered_and_none_fails() {
    let (server, _floor, token) = prepared().await;
    let body = json!({ "mode": "full" });
    let all = futures::future::join_all((0..8).map(|_| sync(&server, &token, "burst", &body)));
    let mut answered = 0;
    for answer in all.await {
        match answer.status() {
            StatusCode::ACCEPTED => answered += 1,
            StatusCode::CONFLICT => {
                assert_eq!(answer.headers()["retry-after"], "1");
                let problem: Value = answer.json().await.unwrap();
                assert_eq!(problem["code"], "in_progress");
            }
            other => panic!("{other}"),
        }
    }
    assert!(answered >= 1);
}

#[tokio::test]
async fn a_key_that_is_none_is_refused_and_old_ones_are_forgotten() {
    let (server, _floor, token) = prepared().await;
    for key in ["", "two words", &"x".repeat(256)] {
        let answer = sync(&server, &token, key, &json!({})).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{key:?}");
    }
    assert_eq!(
        sync(&server, &token, "old", &json!({})).await.status(),
        StatusCode::ACCEPTED
    );
    let day = TimeDelta::hours(24);
    assert_eq!(
        keys::prune(&server.store, Utc::now() - day).await.unwrap(),
        0
    );
    assert_eq!(
        keys::prune(&server.store, Utc::now() + day).await.unwrap(),
        1
    );
}
