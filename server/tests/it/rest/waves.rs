//! Waves over the API: what a lead holds back, no handheld is told of.

use super::get;
use crate::floor;
use crate::harness::Harness;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

async fn post(server: &Harness, token: &str, path: &str, body: Value) -> (StatusCode, Value) {
    let request = server.request(Method::POST, path).bearer_auth(token);
    let answer = request.json(&body).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

#[tokio::test]
async fn what_a_wave_holds_back_is_on_no_handheld_until_it_is_released() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let luka = server.access_token("luka").await;
    let marko = server.access_token("marko").await;
    let task = floor.task.0;
    let mine = async || {
        let (_, page) = get(&server, &marko, "/api/v1/tasks").await;
        let rows = page["rows"].as_array().unwrap().iter();
        rows.map(|row| row["id"].as_i64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(mine().await, [task]);
    let wanted = json!({ "name": "Courier", "tasks": [task] });
    let (status, wave) = post(&server, &luka, "/api/v1/waves", wanted.clone()).await;
    assert_eq!(status, StatusCode::OK, "{wave}");
    assert_eq!(wave["state"], "planned");
    assert_eq!(wave["held"], json!([task]));
    assert!(mine().await.is_empty());
    let own = format!("/api/v1/tasks/{task}");
    assert_eq!(get(&server, &marko, &own).await.0, StatusCode::NOT_FOUND);
    assert_eq!(get(&server, &luka, &own).await.0, StatusCode::OK);
    let mut claim = floor::pick(&floor, Uuid::new_v4(), "1");
    claim["action"] = json!({ "do": "claim" });
    let (status, problem) = post(&server, &marko, "/api/v1/operations", claim.clone()).await;
    assert_eq!(status, StatusCode::CONFLICT, "{problem}");
    let (status, _) = post(&server, &luka, "/api/v1/waves", wanted).await;
    assert_eq!(status, StatusCode::CONFLICT, "it is in a wave already");
    let (_, planned) = get(&server, &luka, "/api/v1/waves?state=planned").await;
    assert_eq!(planned["rows"], json!([wave]));

    let release = format!("/api/v1/waves/{}/release", wave["id"]);
    let (status, _) = post(&server, &marko, &release, Value::Null).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    for _ in 0..2 {
        let (status, wave) = post(&server, &luka, &release, Value::Null).await;
        assert_eq!(status, StatusCode::OK, "{wave}");
        assert_eq!(wave["state"], "released");
        assert_eq!(wave["held"], json!([]));
    }
    assert_eq!(mine().await, [task]);
    let (status, answer) = post(&server, &marko, "/api/v1/operations", claim).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(answer["task_state"], "claimed");
}
