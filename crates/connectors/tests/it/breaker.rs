use crate::support::upstream::{Upstream, refuse, rows, with_header};
use crate::support::{Rig, item_row};
use connectors::{BreakerState, ErrorKind, Retry};
use domain::delivery::{BreakerLimits, TimeoutSettings};
use domain::sync::Entity;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// An upstream that fails until it is told to stop.
async fn failing() -> (Arc<AtomicBool>, Upstream) {
    let fails = Arc::new(AtomicBool::new(true));
    let flag = fails.clone();
    let upstream = Upstream::new(move |_| match flag.load(Ordering::Relaxed) {
        true => refuse(500, 5000, "Internal server error"),
        false => rows([item_row("00013")]),
    })
    .await;
    (fails, upstream)
}

/// Two minutes pass at once; nothing is under way meanwhile.
pub async fn two_minutes() {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(120)).await;
    tokio::time::resume();
}

#[tokio::test]
async fn three_failed_requests_pause_all_calls_until_one_probe_succeeds() {
    let (fails, upstream) = failing().await;
    let rig = Rig::with(&upstream.url, json!({ "retry_max": 1 }));
    let mut failure = String::new();
    for _ in 0..3 {
        let error = rig.first_page(Entity::Items).await.unwrap_err();
        assert_eq!(error.retry(), Retry::Later);
        failure = error.to_string();
    }
    assert_eq!(upstream.data().len(), 3);
    let error = rig.first_page(Entity::Items).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    let Retry::After(wait) = error.retry() else {
        panic!("{error}");
    };
    assert!(wait > Duration::from_secs(110) && wait <= Duration::from_secs(120));
    assert!(error.to_string().contains("paused"), "{error}");
    assert!(error.to_string().contains(&failure), "{error}");
    assert_eq!(upstream.data().len(), 3);
    let BreakerState::Open { cause, .. } = rig.connector.breaker() else {
        panic!("it is not open");
    };
    assert_eq!(*cause, *failure);

    two_minutes().await;
    rig.first_page(Entity::Items).await.unwrap_err();
    rig.first_page(Entity::Items).await.unwrap_err();
    assert_eq!(upstream.data().len(), 4, "one probe, then paused again");

    two_minutes().await;
    fails.store(false, Ordering::Relaxed);
    rig.first_page(Entity::Items).await.unwrap();
    assert_eq!(rig.connector.breaker(), BreakerState::Closed);
    let changes = rig.seen.breaker.lock().unwrap().clone();
    let changes: Vec<_> = changes
        .iter()
        .map(|change| (change.from.as_str(), change.to.as_str()))
        .collect();
    assert_eq!(
        changes,
        [
            ("closed", "open"),
            ("half_open", "open"),
            ("half_open", "closed")
        ]
    );
}

#[tokio::test]
async fn a_connection_without_a_breaker_makes_every_call() {
    let (_fails, upstream) = failing().await;
    let settings = json!({ "retry_max": 1 });
    let rig = Rig::treated(&upstream.url, settings, TimeoutSettings::default(), None);
    for _ in 0..7 {
        let error = rig.first_page(Entity::Items).await.unwrap_err();
        assert_eq!(error.retry(), Retry::Later, "not paused");
    }
    assert_eq!(upstream.data().len(), 7);
    assert_eq!(rig.connector.breaker(), BreakerState::Closed);
    assert!(rig.seen.breaker.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_connection_pauses_after_as_many_failures_and_as_long_as_it_says() {
    let (_fails, upstream) = failing().await;
    let limits = BreakerLimits {
        failures: 5,
        pause: Some(Duration::from_secs(300)),
    };
    let (settings, timeouts) = (json!({ "retry_max": 1 }), TimeoutSettings::default());
    let rig = Rig::treated(&upstream.url, settings, timeouts, Some(limits));
    for _ in 0..5 {
        let error = rig.first_page(Entity::Items).await.unwrap_err();
        assert_eq!(error.retry(), Retry::Later, "not paused yet");
    }
    let error = rig.first_page(Entity::Items).await.unwrap_err();
    let Retry::After(wait) = error.retry() else {
        panic!("{error}");
    };
    assert!(wait > Duration::from_secs(290) && wait <= Duration::from_secs(300));
    assert_eq!(upstream.data().len(), 5);
    two_minutes().await;
    rig.first_page(Entity::Items).await.unwrap_err();
    assert_eq!(upstream.data().len(), 5, "it pauses still");
}

#[tokio::test]
async fn one_call_with_three_failed_tries_opens_it() {
    let (_fails, upstream) = failing().await;
    let rig = Rig::new(&upstream.url);
    rig.first_page(Entity::Items).await.unwrap_err();
    assert_eq!(upstream.data().len(), 3);
    assert!(matches!(rig.connector.breaker(), BreakerState::Open { .. }));
}

#[tokio::test]
async fn being_too_fast_and_being_refused_never_open_it() {
    let upstream = Upstream::new(|asked| match asked.before % 2 {
        0 => with_header(refuse(429, 4290, "Too many requests"), "retry-after", "30"),
        _ => refuse(400, 1004, "Each filter must have both operator and value"),
    })
    .await;
    let rig = Rig::new(&upstream.url);
    for _ in 0..8 {
        rig.first_page(Entity::Items).await.unwrap_err();
    }
    assert_eq!(upstream.data().len(), 8);
    assert_eq!(rig.connector.breaker(), BreakerState::Closed);
}
