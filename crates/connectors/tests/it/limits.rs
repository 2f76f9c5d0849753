use crate::support::upstream::{Asked, Upstream, json, plain, rows, silence, token, with_header};
use crate::support::{Rig, item_row};
use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use connectors::{ErrorKind, Retry};
use domain::delivery::{BreakerLimits, TimeoutSettings};
use domain::sync::Entity;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use std::time::{Duration, Instant};

const MEGABYTE: usize = 1_000_000;

async fn complaint(
    data: impl Fn(&Asked) -> Response + Send + Sync + 'static,
) -> (ErrorKind, String) {
    let upstream = Upstream::new(data).await;
    let settings = serde_json::json!({ "max_body_mb": 1, "timeout_seconds": 1, "retry_max": 1 });
    let error = Rig::with(&upstream.url, settings)
        .first_page(Entity::Items)
        .await;
    let error = error.unwrap_err();
    (error.kind(), error.to_string())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn an_answer_larger_than_allowed_is_not_read() {
    let (kind, text) = complaint(|_| plain(200, vec![b' '; 2 * MEGABYTE])).await;
    assert_eq!(kind, ErrorKind::Malformed);
    assert!(
        text.contains("1 MB") && text.contains("max_body_mb"),
        "{text}"
    );
}

#[tokio::test]
async fn an_answer_that_tells_no_size_is_cut_at_the_cap() {
    let (kind, text) = complaint(|_| {
        let chunk = || Ok::<_, std::io::Error>(Bytes::from(vec![b' '; 64 * 1024]));
        Body::from_stream(futures::stream::repeat_with(chunk)).into_response()
    })
    .await;
    assert_eq!(kind, ErrorKind::Malformed, "{text}");
}

#[tokio::test]
async fn a_small_packed_answer_cannot_unpack_beyond_the_cap() {
    let bomb = gzip(&vec![b' '; 20 * MEGABYTE]);
    assert!(bomb.len() < MEGABYTE / 20);
    let (kind, text) =
        complaint(move |_| with_header(plain(200, bomb.clone()), "content-encoding", "gzip")).await;
    assert_eq!(kind, ErrorKind::Malformed, "{text}");
}

#[tokio::test]
async fn packed_answers_are_unpacked_and_broken_packing_is_unreadable() {
    let packed = gzip(
        serde_json::json!([item_row("00013")])
            .to_string()
            .as_bytes(),
    );
    let whole = packed.clone();
    let upstream =
        Upstream::new(move |_| with_header(plain(200, whole.clone()), "content-encoding", "gzip"))
            .await;
    let page = Rig::new(&upstream.url)
        .first_page(Entity::Items)
        .await
        .unwrap();
    assert_eq!(page.rows, 1);
    assert!(
        upstream.data()[0]
            .header("accept-encoding")
            .contains("gzip")
    );

    let (kind, text) = complaint(|_| {
        with_header(
            plain(200, "not gzip at all, not at all"),
            "content-encoding",
            "gzip",
        )
    })
    .await;
    assert_eq!(kind, ErrorKind::Malformed, "{text}");
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_given_up() {
    let started = Instant::now();
    let (kind, text) = complaint(|_| silence()).await;
    assert_eq!(kind, ErrorKind::Timeout);
    assert!(text.contains("timeout_seconds"), "{text}");
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn silence_is_given_up_before_the_whole_time_is_over() {
    let upstream = Upstream::new(|_| silence()).await;
    let settings = serde_json::json!({
        "timeout_seconds": 60, "read_timeout_seconds": 1, "retry_max": 1
    });
    let started = Instant::now();
    let error = Rig::with(&upstream.url, settings)
        .first_page(Entity::Items)
        .await;
    let error = error.unwrap_err();
    assert_eq!(
        (error.kind(), error.retry()),
        (ErrorKind::Timeout, Retry::Later)
    );
    assert!(started.elapsed() < Duration::from_secs(10));
}

/// An upstream that never answers, called with a limit of ten minutes and these times of the connection.
async fn given_up(timeouts: TimeoutSettings) -> String {
    let upstream = Upstream::new(|_| silence()).await;
    let settings = serde_json::json!({ "timeout_seconds": 600, "retry_max": 1 });
    let rig = Rig::treated(
        &upstream.url,
        settings,
        timeouts,
        Some(BreakerLimits::default()),
    );
    // Without the connection's word this would last ten minutes.
    let answer = tokio::time::timeout(Duration::from_secs(60), rig.first_page(Entity::Items)).await;
    let error = answer.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    error.to_string()
}

#[tokio::test]
async fn the_connections_limit_of_a_call_counts_before_its_connectors() {
    let text = given_up(TimeoutSettings {
        request_timeout_seconds: Some(1),
        ..TimeoutSettings::default()
    })
    .await;
    assert!(text.contains("request_timeout_seconds"), "{text}");
}

#[tokio::test]
async fn the_connections_limit_of_silence_counts_before_its_connectors() {
    let text = given_up(TimeoutSettings {
        idle_timeout_seconds: Some(1),
        ..TimeoutSettings::default()
    })
    .await;
    assert!(text.contains("idle_timeout_seconds"), "{text}");
}

#[tokio::test]
async fn reaching_a_system_takes_no_longer_than_the_connection_allows() {
    // Nobody takes what is waiting at this door, and there is no more room in front of it.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    loop {
        let knock = tokio::net::TcpStream::connect(address);
        match tokio::time::timeout(Duration::from_millis(300), knock).await {
            Ok(knocked) => waiting.push(knocked.unwrap()),
            Err(_) => break,
        }
        assert!(waiting.len() < 64, "the door never fills");
    }
    let timeouts = TimeoutSettings {
        connection_timeout_seconds: 1,
        ..TimeoutSettings::default()
    };
    let settings = serde_json::json!({ "timeout_seconds": 600, "retry_max": 1 });
    let rig = Rig::treated(
        &format!("http://{address}"),
        settings,
        timeouts,
        Some(BreakerLimits::default()),
    );
    // By default it would be five seconds.
    let answer = tokio::time::timeout(Duration::from_secs(4), rig.first_page(Entity::Items)).await;
    let error = answer.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    let text = error.to_string();
    assert!(text.contains("connection_timeout_seconds"), "{text}");
}

#[tokio::test]
async fn redirects_are_told_and_never_followed_with_the_token() {
    let elsewhere = Upstream::new(|_| rows([])).await;
    let target = format!("{}/get?token=abc", elsewhere.url);
    let upstream = Upstream::new(move |_| with_header(plain(307, ""), "location", &target)).await;
    let error = Rig::new(&upstream.url).first_page(Entity::Items).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    let text = error.to_string();
    assert!(
        text.contains(&elsewhere.url) && text.contains("base_url"),
        "{text}"
    );
    assert!(!text.contains("abc"), "{text}");
    assert!(elsewhere.asked().is_empty());
}

#[tokio::test]
async fn a_deeply_nested_answer_is_unreadable_and_harmless() {
    let deep = "[".repeat(200_000);
    let (kind, _) = complaint(move |_| plain(200, deep.clone())).await;
    assert_eq!(kind, ErrorKind::Malformed);
}

#[tokio::test]
async fn an_absurd_life_of_a_token_is_survived() {
    let login = |asked: &Asked| match asked.before {
        0 => token(0, i64::MAX - 2_000),
        _ => json(serde_json::json!({ "api_token": "t", "expires_in": u64::MAX })),
    };
    let upstream = Upstream::with_login(login, |_| rows([item_row("1")])).await;
    let rig = Rig::new(&upstream.url);
    rig.first_page(Entity::Items).await.unwrap();
    rig.connector.check().await.unwrap();
}

#[tokio::test]
async fn a_call_may_last_as_long_as_its_connection_says() {
    let upstream = Upstream::new(|_| plain(200, "[]")).await;
    let settings = serde_json::json!({ "timeout_seconds": 300 });
    let rig = Rig::with(&upstream.url, settings.clone());
    assert_eq!(rig.connector.longest_call(), Duration::from_secs(300));
    let odoo = crate::odoo::Odoo::with(crate::odoo::empty(), settings).await;
    assert_eq!(odoo.connector.longest_call(), Duration::from_secs(300));
}
