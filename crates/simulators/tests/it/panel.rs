use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Gateway, small};

#[tokio::test]
async fn faults_are_added_listed_and_removed_over_http() {
    let gateway = Gateway::start(small()).await;
    let url = gateway.url("/_faults");
    let fault = json!({ "kind": "500", "count": 1, "method": "getIdentWMS" });
    let added = gateway.client.post(&url).json(&fault).send().await.unwrap();
    assert_eq!(added.status(), StatusCode::CREATED);
    let state: Value = gateway
        .client
        .get(&url)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(state["faults"][0]["kind"], "500");
    assert_eq!(state["counters"]["logins"], 1);
    assert_eq!(state["items"], 100);
    let state: Value = gateway
        .client
        .delete(&url)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(state["faults"], json!([]));
    assert_eq!(gateway.page("getIdentWMS", 0, 1).await.len(), 1);
}

#[tokio::test]
async fn every_kind_of_fault_has_a_name_on_the_wire() {
    let gateway = Gateway::start(small()).await;
    for kind in [
        "latency",
        "429",
        "500",
        "cut",
        "malformed",
        "expired_token",
        "slow_body",
        "html_login",
        "empty_page",
        "short_page",
        "duplicate_row",
    ] {
        let answer = gateway
            .client
            .post(gateway.url("/_faults"))
            .json(&json!({ "kind": kind }))
            .send()
            .await;
        assert_eq!(answer.unwrap().status(), StatusCode::CREATED, "{kind}");
    }
    let unknown = gateway
        .client
        .post(gateway.url("/_faults"))
        .json(&json!({ "kind": "fire" }))
        .send()
        .await;
    assert_eq!(unknown.unwrap().status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_page_needs_nothing_from_elsewhere() {
    let gateway = Gateway::start(small()).await;
    let page = gateway
        .client
        .get(gateway.url("/_panel"))
        .send()
        .await
        .unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    let page = page.text().await.unwrap();
    assert!(page.contains("Pantheon simulator"));
    assert!(!page.contains("http://") && !page.contains("https://"));
}

#[tokio::test]
async fn time_the_clock_and_items_can_be_moved_over_http() {
    let gateway = Gateway::start(small()).await;
    let post = |path: &str, body: Value| gateway.client.post(gateway.url(path)).json(&body).send();
    let touched: Value = post("/_touch", json!({ "per_mille": 100 }))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(touched["items"], 10);
    let changes: Value = post("/_tick", json!({}))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert!(!changes["items"].as_array().unwrap().is_empty());
    let state: Value = post("/_clock", json!({ "now": "2026-07-01T10:00:00Z" }))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert!(
        state["local"]
            .as_str()
            .unwrap()
            .starts_with("2026-07-01 12:00")
    );
    assert_eq!(
        gateway.running.handle.counters().requests,
        1,
        "the panel itself is not counted"
    );
}
