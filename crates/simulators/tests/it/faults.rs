use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};
use simulators::pantheon::{Fault, FaultKind};

use crate::support::{Gateway, small};

fn ask() -> Value {
    json!({ "method": "getIdentWMS", "offset": 0, "limit": 10 })
}

async fn with(fault: Fault) -> Gateway {
    let gateway = Gateway::start(small()).await;
    gateway.running.faults().add(fault);
    gateway
}

#[tokio::test]
async fn latency_delays_a_right_answer() {
    let gateway =
        with(Fault::times(FaultKind::Latency, 1).lasting(Duration::from_millis(200))).await;
    let start = Instant::now();
    assert_eq!(gateway.rows(ask()).await.len(), 10);
    assert!(start.elapsed() >= Duration::from_millis(200));
    let start = Instant::now();
    gateway.rows(ask()).await;
    assert!(start.elapsed() < Duration::from_millis(150), "only once");
}

#[tokio::test]
async fn statuses_are_given_for_as_many_requests_as_asked() {
    for (kind, status) in [
        (FaultKind::TooManyRequests, 429),
        (FaultKind::ServerError, 500),
    ] {
        let gateway = with(Fault::times(kind, 2)).await;
        assert_eq!(gateway.refusal(ask()).await.0, status);
        assert_eq!(gateway.refusal(ask()).await.0, status);
        assert_eq!(gateway.rows(ask()).await.len(), 10);
        assert!(gateway.running.faults().list().is_empty());
    }
}

#[tokio::test]
async fn a_cut_connection_breaks_the_body() {
    let gateway = with(Fault::times(FaultKind::Cut, 1)).await;
    let broken = match gateway.try_post(&ask()).await {
        Ok(answer) => answer.bytes().await.is_err(),
        Err(_) => true,
    };
    assert!(broken);
    assert_eq!(gateway.rows(ask()).await.len(), 10);
}

#[tokio::test]
async fn malformed_json_arrives_whole_but_cannot_be_read() {
    let gateway = with(Fault::times(FaultKind::Malformed, 1)).await;
    let answer = gateway.post(&ask()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let body = answer.bytes().await.unwrap();
    assert!(serde_json::from_slice::<Value>(&body).is_err());
}

#[tokio::test]
async fn an_expired_token_stays_expired_until_a_new_login() {
    let mut gateway = with(Fault::times(FaultKind::ExpiredToken, 1)).await;
    assert_eq!(gateway.refusal(ask()).await.0, 401);
    assert_eq!(gateway.refusal(ask()).await.0, 401);
    gateway.token = gateway.sign_in("wms_user", "change-me").await;
    assert_eq!(gateway.rows(ask()).await.len(), 10);
}

#[tokio::test]
async fn a_slow_body_starts_at_once_and_takes_its_time() {
    let gateway =
        with(Fault::times(FaultKind::SlowBody, 1).lasting(Duration::from_millis(300))).await;
    let start = Instant::now();
    let answer = gateway.post(&ask()).await;
    let headers = start.elapsed();
    let rows: Vec<Value> = answer.json().await.unwrap();
    assert_eq!(rows.len(), 10);
    assert!(start.elapsed() >= Duration::from_millis(300));
    assert!(headers < Duration::from_millis(200), "{headers:?}");
}

#[tokio::test]
async fn a_login_page_comes_with_200_and_html() {
    let gateway = with(Fault::times(FaultKind::HtmlLogin, 1)).await;
    let answer = gateway.post(&ask()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(
        answer.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
}

#[tokio::test]
async fn an_empty_page_hides_rows_that_exist() {
    let gateway = with(Fault::times(FaultKind::EmptyPage, 1)).await;
    assert!(gateway.rows(ask()).await.is_empty());
    assert_eq!(gateway.rows(ask()).await.len(), 10);
}

#[tokio::test]
async fn a_short_page_has_half_its_rows() {
    let gateway = with(Fault::times(FaultKind::ShortPage, 1)).await;
    assert_eq!(gateway.rows(ask()).await.len(), 5);
}

#[tokio::test]
async fn a_duplicate_row_ends_the_page_twice() {
    let gateway = with(Fault::times(FaultKind::DuplicateRow, 1)).await;
    let rows = gateway.rows(ask()).await;
    assert_eq!(rows.len(), 11);
    assert_eq!(rows[9], rows[10]);
}

#[tokio::test]
async fn a_fault_can_wait_for_its_turn() {
    let gateway = with(Fault::times(FaultKind::ServerError, 1).after(2)).await;
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(gateway.post(&ask()).await.status().as_u16());
    }
    assert_eq!(seen, [200, 200, 500, 200]);
}

#[tokio::test]
async fn a_fault_can_be_for_one_method_or_for_the_login() {
    let gateway = with(Fault::always(FaultKind::ServerError).on("GetIdentWMS")).await;
    assert_eq!(gateway.refusal(ask()).await.0, 500);
    assert_eq!(gateway.page("GetSubjectWMS", 0, 5).await.len(), 5);
    assert_eq!(
        gateway.login("wms_user", "change-me").await.status(),
        StatusCode::OK
    );
    gateway.running.faults().clear();
    gateway
        .running
        .faults()
        .add(Fault::times(FaultKind::ServerError, 1).on("login"));
    assert_eq!(gateway.rows(ask()).await.len(), 10);
    assert_eq!(gateway.login("wms_user", "change-me").await.status(), 500);
}

#[tokio::test]
async fn a_share_hits_about_that_many_requests() {
    let gateway = with(Fault::always(FaultKind::ServerError).share(300)).await;
    let mut hits = 0;
    for _ in 0..200 {
        hits += usize::from(gateway.post(&ask()).await.status() == 500);
    }
    assert!((35..=85).contains(&hits), "{hits} of 200");
}
