use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::StatusCode;
use serde_json::{Value, json};
use simulators::pantheon::{Config, Fault, FaultKind};

use crate::support::{Gateway, refusal, small};

fn ask() -> Value {
    json!({ "method": "getIdentWMS", "offset": 0, "limit": 10 })
}

fn claims(token: &str) -> Value {
    let parts: Vec<&str> = token.split('.').collect();
    assert_eq!(parts.len(), 3, "a JWT has three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap()
}

#[tokio::test]
async fn a_login_answers_with_a_jwt_whose_exp_is_the_real_end_of_its_life() {
    let gateway = Gateway::start(small()).await;
    let answer: Value = gateway
        .login("wms_user", "change-me")
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(answer["message"], "Login successful");
    let claims = claims(answer["token"].as_str().unwrap());
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let left = claims["exp"].as_u64().unwrap() - now;
    assert!((595..=600).contains(&left), "{left} s left");
    assert_eq!(claims["sub"], "wms_user");
}

#[tokio::test]
async fn a_wrong_password_gets_401_and_no_token() {
    let gateway = Gateway::start(small()).await;
    let (status, code, message) = refusal(gateway.login("wms_user", "guess").await).await;
    assert_eq!((status, code), (401, 2000));
    assert!(!message.contains("guess"));
}

#[tokio::test]
async fn a_request_without_a_valid_token_gets_401() {
    let mut gateway = Gateway::start(small()).await;
    let bare = gateway
        .client
        .post(gateway.url("/get"))
        .json(&ask())
        .send()
        .await
        .unwrap();
    assert_eq!(bare.status(), StatusCode::UNAUTHORIZED);
    gateway.token.push('x');
    assert_eq!(gateway.refusal(ask()).await.0, 401);
}

#[tokio::test]
async fn a_token_expires_in_the_middle_of_a_run_and_a_new_login_goes_on() {
    let mut gateway = Gateway::start(Config {
        token_life: Duration::from_millis(300),
        ..small()
    })
    .await;
    assert_eq!(gateway.page("getIdentWMS", 0, 10).await.len(), 10);
    tokio::time::sleep(Duration::from_millis(350)).await;
    assert_eq!(gateway.refusal(ask()).await.0, 401);
    gateway.token = gateway.sign_in("wms_user", "change-me").await;
    assert_eq!(gateway.page("getIdentWMS", 10, 10).await.len(), 10);
}

#[tokio::test]
async fn every_token_can_be_expired_at_once() {
    let gateway = Gateway::start(small()).await;
    gateway.running.handle.expire_tokens();
    assert_eq!(gateway.refusal(ask()).await.0, 401);
}

#[tokio::test]
async fn a_second_request_within_the_interval_gets_429_and_a_later_one_passes() {
    let interval = Duration::from_millis(400);
    let gateway = Gateway::start(Config {
        min_interval: Some(interval),
        ..small()
    })
    .await;
    assert_eq!(gateway.post(&ask()).await.status(), StatusCode::OK);
    assert_eq!(gateway.refusal(ask()).await.0, 429);
    tokio::time::sleep(interval).await;
    assert_eq!(gateway.post(&ask()).await.status(), StatusCode::OK);
    let counters = gateway.running.handle.counters();
    assert_eq!(
        (counters.requests, counters.logins, counters.too_fast),
        (4, 1, 1)
    );
}

#[tokio::test]
async fn the_pace_is_kept_per_account() {
    let mut gateway = Gateway::start(Config {
        min_interval: Some(Duration::from_secs(60)),
        more_accounts: vec![("stock_user".into(), "change-me-too".into())],
        ..small()
    })
    .await;
    assert_eq!(gateway.post(&ask()).await.status(), StatusCode::OK);
    gateway.token = gateway.sign_in("stock_user", "change-me-too").await;
    assert_eq!(gateway.post(&ask()).await.status(), StatusCode::OK);
    assert_eq!(
        gateway.post(&ask()).await.status(),
        StatusCode::TOO_MANY_REQUESTS
    );
    gateway.token = gateway.sign_in("wms_user", "change-me").await;
    assert_eq!(
        gateway.post(&ask()).await.status(),
        StatusCode::TOO_MANY_REQUESTS,
        "a new token is no new account"
    );
}

#[tokio::test]
async fn the_default_allows_one_request_a_second() {
    assert_eq!(Config::default().min_interval, Some(Duration::from_secs(1)));
}

#[tokio::test]
async fn the_request_log_tells_who_asked_for_what_and_when() {
    let gateway = Gateway::start(small()).await;
    let request = gateway
        .client
        .post(gateway.url("/get"))
        .bearer_auth(&gateway.token);
    request
        .header("X-Correlation-ID", "abc-1")
        .json(&ask())
        .send()
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    gateway.post(&ask()).await;
    let log = gateway.running.handle.requests();
    assert_eq!(log.len(), 3);
    assert_eq!(
        (log[1].method.as_str(), log[1].offset, log[1].limit),
        ("getIdentWMS", 0, 10)
    );
    assert_eq!((log[1].status, log[1].rows), (200, 10));
    assert_eq!(log[1].correlation_id.as_deref(), Some("abc-1"));
    assert_eq!(log[1].account.as_deref(), Some("wms_user"));
    let gap = gateway.running.handle.shortest_gap("wms_user").unwrap();
    assert!(gap >= Duration::from_millis(50), "{gap:?}");
}

#[tokio::test]
async fn a_stopped_simulator_frees_its_port_and_its_address_can_be_taken_again() {
    let gateway = Gateway::start(small()).await;
    let addr = gateway.running.addr;
    gateway.running.stop().await;
    let again = simulators::pantheon::Simulator::start(small(), addr)
        .await
        .unwrap();
    assert_eq!(again.addr, addr);
    again.stop().await;
}

#[tokio::test]
async fn a_request_whose_client_gave_up_is_in_the_log_without_a_status() {
    let gateway = Gateway::start(small()).await;
    gateway
        .running
        .faults()
        .add(Fault::times(FaultKind::Latency, 1).lasting(Duration::from_secs(60)));
    let request = gateway
        .client
        .post(gateway.url("/get"))
        .bearer_auth(&gateway.token)
        .json(&ask());
    assert!(
        request
            .timeout(Duration::from_millis(50))
            .send()
            .await
            .unwrap_err()
            .is_timeout()
    );
    for _ in 0..200 {
        if gateway
            .running
            .handle
            .requests()
            .iter()
            .any(|request| request.status == 0)
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the request left no trace");
}
