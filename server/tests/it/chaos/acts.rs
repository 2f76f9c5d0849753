//! Acts of the floor under faults.

use crate::floor;
use crate::harness::Harness;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use testkit::chaos::Trial;
use testkit::room::{fill, free};
use uuid::Uuid;

#[tokio::test]
async fn an_act_that_finds_no_room_is_answered_with_503_and_counts_once_when_it_is_sent_again() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let token = server.access_token("marko").await;
    let admin = server.admin();
    fill(&admin, "insert", "operations").await;
    let body = floor::pick(&floor, Uuid::new_v4(), "2");
    let send = async || {
        let request = server.request(Method::POST, "/api/v1/operations");
        request
            .bearer_auth(&token)
            .json(&body)
            .send()
            .await
            .unwrap()
    };
    let refused = send().await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers().contains_key("retry-after"));
    let problem: Value = refused.json().await.unwrap();
    assert_eq!(problem["code"], "unavailable");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("its disk is full")
    );
    free(&admin, "operations").await;
    for _ in 0..2 {
        assert_eq!(send().await.status(), StatusCode::OK);
    }
    let luka = server.caller("luka").await;
    let detail = store::documents::get(&server.store, &luka, floor.document).await;
    assert_eq!(detail.unwrap().lines[0].done, 2.into());
}

#[tokio::test]
async fn an_act_sent_many_times_at_once_counts_once_and_is_answered_with_the_same_bytes() {
    an_act_is_sent_many_times_at_once(12).await;
}

pub async fn an_act_is_sent_many_times_at_once(times: usize) {
    let size = format!("{times} times");
    let trial = Trial::begin("one act sent many times at once", size);
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let token = server.access_token("marko").await;
    let body = floor::pick(&floor, Uuid::new_v4(), "2");
    let all = (0..times).map(|_| until_taken(&server, &token, &body));
    let answers = futures::future::join_all(all).await;
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    let luka = server.caller("luka").await;
    let detail = store::documents::get(&server.store, &luka, floor.document).await;
    let once = detail.unwrap().lines[0].done == 2.into();
    trial.end(0, usize::from(!once));
}

/// Sends an act until it is taken, and answers what was said then.
async fn until_taken(server: &Harness, token: &str, body: &Value) -> Vec<u8> {
    let again = [
        StatusCode::CONFLICT,
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::SERVICE_UNAVAILABLE,
    ];
    loop {
        let request = server.request(Method::POST, "/api/v1/operations");
        let answer = request.bearer_auth(token).json(body).send().await.unwrap();
        if answer.status() == StatusCode::OK {
            return answer.bytes().await.unwrap().to_vec();
        }
        assert!(again.contains(&answer.status()), "{}", answer.status());
        tokio::task::yield_now().await;
    }
}
