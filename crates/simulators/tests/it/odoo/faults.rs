//! The fault panel of the simulated Odoo.

use super::Server;
use reqwest::StatusCode;
use serde_json::{Value, json};
use simulators::odoo::{Config, Data, Fault, FaultKind};
use std::time::Duration;

async fn empty() -> Server {
    Server::start(Config {
        data: Data::Empty,
        ..Config::default()
    })
    .await
}

fn product() -> Value {
    json!({ "vals_list": [{ "name": "Bolt", "default_code": "B-1" }] })
}

#[tokio::test]
async fn an_answer_that_is_lost_after_commit_leaves_the_record() {
    let server = empty().await;
    let fault = Fault::times(FaultKind::LostAnswer, 1).on("product.product/create");
    server.running.faults().add(fault);
    let answer = server.send("product.product", "create", &product()).await;
    let lost = match answer {
        Err(_) => true,
        Ok(answer) => answer.bytes().await.is_err(),
    };
    assert!(lost);
    let count = json!({ "domain": [["default_code", "=", "B-1"]] });
    assert_eq!(
        server.call("product.product", "search_count", count).await,
        1
    );
}

#[tokio::test]
async fn faults_before_the_commit_leave_nothing() {
    for (kind, status) in [
        (FaultKind::TooManyRequests, Some(429)),
        (FaultKind::ServerError, Some(500)),
        (FaultKind::Unavailable, Some(503)),
        (FaultKind::ExpiredKey, Some(401)),
        (FaultKind::Locked, Some(500)),
        (FaultKind::Cut, None),
    ] {
        let server = empty().await;
        server
            .running
            .faults()
            .add(Fault::times(kind, 1).on("writes"));
        let answer = server.send("product.product", "create", &product()).await;
        match (answer, status) {
            (Ok(answer), Some(status)) => assert_eq!(answer.status(), status, "{kind:?}"),
            (Ok(answer), None) => assert!(answer.bytes().await.is_err(), "{kind:?}"),
            (Err(error), None) => assert!(!error.is_builder(), "{kind:?}"),
            (Err(error), Some(_)) => panic!("{kind:?}: {error}"),
        }
        assert_eq!(
            server.running.handle.count("product.product"),
            0,
            "{kind:?}"
        );
        assert!(server.running.faults().list().is_empty(), "{kind:?}");
    }
}

#[tokio::test]
async fn faults_are_added_listed_and_removed_over_http() {
    let server = empty().await;
    let url = format!("{}/_faults", server.running.url());
    for kind in FaultKind::ALL {
        let fault = Fault::times(kind, 1).on("mrp.bom").lasting(Duration::ZERO);
        let added = server.client.post(&url).json(&fault).send().await.unwrap();
        assert_eq!(added.status(), StatusCode::CREATED);
    }
    let state: Value = server
        .client
        .get(&url)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(state["faults"].as_array().unwrap().len(), 10);
    assert_eq!(state["faults"][6]["kind"], "lost_answer");
    let state: Value = server
        .client
        .delete(&url)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(state["faults"], json!([]));
    let page = server
        .client
        .get(format!("{}/_panel", server.running.url()))
        .send()
        .await
        .unwrap();
    assert!(
        page.text()
            .await
            .unwrap()
            .contains("answer lost after commit")
    );
}
