//! Answers to what an upstream's values mean, over the API.

use super::get;
use crate::floor;
use crate::harness::Harness;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

#[tokio::test]
async fn an_answer_that_is_taken_back_waits_again_and_is_taken_back_once() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let token = server.access_token("luka").await;
    let (_, known) = get(&server, &token, "/api/v1/mappings").await;
    let mapping = &known["rows"][0];
    assert!(mapping["target"].is_string(), "{known}");
    let path = format!("/api/v1/mappings/{}/answer", mapping["id"]);
    let ask_again = async || {
        let request = server.request(Method::DELETE, &path).bearer_auth(&token);
        request.send().await.unwrap()
    };
    let answer = ask_again().await;
    assert_eq!(answer.status(), StatusCode::OK);
    let told: Value = answer.json().await.unwrap();
    assert_eq!(told, json!({ "documents": 1 }));
    let (_, waiting) = get(&server, &token, "/api/v1/mappings?waiting=true").await;
    assert_eq!(waiting["rows"][0]["id"], mapping["id"]);
    let place = format!("/api/v1/dispatches/{}", floor.document);
    let (_, dispatch) = get(&server, &token, &place).await;
    assert_eq!(dispatch["lines"][0]["exists_in_wms"], false, "{dispatch}");
    assert_eq!(ask_again().await.status(), StatusCode::CONFLICT);
}
