use crate::support::upstream::{Upstream, plain, refuse, rows, with_header};
use crate::support::{Rig, item_row};
use connectors::{ErrorKind, Retry};
use domain::sync::Entity;
use serde_json::json;
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_read_is_tried_three_times_under_one_correlation_id() {
    let upstream = Upstream::new(|asked| match asked.before {
        0 | 1 => refuse(503, 5000, "Service unavailable"),
        _ => rows([item_row("00013")]),
    })
    .await;
    let rig = Rig::new(&upstream.url);
    rig.first_page(Entity::Items).await.unwrap();
    let asked = upstream.data();
    assert_eq!(asked.len(), 3);
    assert!(
        asked
            .iter()
            .all(|asked| asked.header("x-correlation-id") == "run-7-page-1")
    );
    let attempts: Vec<u32> = rig.seen.exchanges()[1..]
        .iter()
        .map(|one| one.attempt)
        .collect();
    assert_eq!(attempts, [1, 2, 3]);
}

#[tokio::test]
async fn refusals_and_unreadable_answers_are_not_repeated() {
    for (status, body, kind) in [
        (
            400,
            r#"{"errorCode":1004,"message":"no"}"#,
            ErrorKind::Rejected,
        ),
        (403, "", ErrorKind::Forbidden),
        (404, "", ErrorKind::NotFound),
        (409, "", ErrorKind::Conflict),
        (501, "", ErrorKind::Unsupported),
        (200, "[{", ErrorKind::Malformed),
    ] {
        let upstream = Upstream::new(move |_| plain(status, body)).await;
        let error = Rig::new(&upstream.url).first_page(Entity::Items).await;
        let error = error.unwrap_err();
        assert_eq!(
            (error.kind(), error.retry()),
            (kind, Retry::Never),
            "{error}"
        );
        assert_eq!(upstream.data().len(), 1, "{error}");
    }
}

#[tokio::test]
async fn the_upstreams_own_waiting_time_is_kept() {
    let upstream = Upstream::new(|asked| match asked.before {
        0 => with_header(refuse(429, 4290, "Too many requests"), "retry-after", "1"),
        _ => rows([item_row("00013")]),
    })
    .await;
    let started = Instant::now();
    Rig::new(&upstream.url)
        .first_page(Entity::Items)
        .await
        .unwrap();
    assert!(started.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_long_waiting_time_is_handed_to_the_caller_at_once() {
    let later = crate::support::now() + chrono::TimeDelta::seconds(90);
    let date = later.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    for (value, seconds) in [("60".to_owned(), 60), (date, 90)] {
        let upstream = Upstream::new(move |_| {
            with_header(
                refuse(429, 4290, "Too many requests"),
                "retry-after",
                &value,
            )
        })
        .await;
        let error = Rig::new(&upstream.url).first_page(Entity::Items).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        assert_eq!(error.retry(), Retry::After(Duration::from_secs(seconds)));
        assert_eq!(upstream.data().len(), 1);
    }
}

#[tokio::test]
async fn nobody_there_is_unavailable_and_says_where_was_looked() {
    let rig = Rig::with("http://127.0.0.1:1", json!({ "retry_max": 1 }));
    let error = rig.first_page(Entity::Items).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.retry()),
        (ErrorKind::Unavailable, Retry::Later)
    );
    assert!(error.to_string().contains("http://127.0.0.1:1"), "{error}");
    assert!(std::error::Error::source(&error).is_some());
}
