//! The connector against the simulated gateway, faults included.

use crate::support::{PASSWORD, Rig, USERNAME, items, request};
use chrono::TimeDelta;
use connectors::{ErrorKind, PullRequest, PulledPage, Records};
use domain::document::DocumentKind;
use domain::sync::Entity;
use serde_json::{Value, json};
use simulators::pantheon::{Config, Fault, FaultKind, Method, Nothing, Running, Simulator};
use std::collections::BTreeSet;
use std::time::Duration;

fn config() -> Config {
    Config {
        username: USERNAME.into(),
        password: PASSWORD.into(),
        min_interval: None,
        now: Some(crate::support::now()),
        ..Config::default()
    }
}

/// A catalogue of 2,300 items, for what does not need real ones.
fn small() -> Config {
    Config {
        username: USERNAME.into(),
        password: PASSWORD.into(),
        now: Some(crate::support::now()),
        ..Config::synthetic(2_300)
    }
}

async fn simulator(config: Config) -> Running {
    Simulator::start(config, ([127, 0, 0, 1], 0).into())
        .await
        .unwrap()
}

async fn start(config: Config) -> (Running, Rig) {
    start_with(config, json!({})).await
}

async fn start_with(config: Config, settings: Value) -> (Running, Rig) {
    let running = simulator(config).await;
    let rig = Rig::with(&running.url(), settings);
    (running, rig)
}

fn codes(pages: &[PulledPage]) -> BTreeSet<String> {
    pages
        .iter()
        .flat_map(items)
        .map(|item| item.code.clone())
        .collect()
}

fn rows(pages: &[PulledPage]) -> usize {
    pages.iter().map(|page| page.records.len()).sum()
}

#[tokio::test]
async fn everything_the_demo_holds_is_read_and_nothing_is_refused() {
    let (running, rig) = start(config()).await;
    for entity in Entity::ALL {
        let pages = rig.pull_all(request(entity, 500)).await.unwrap();
        let refused: Vec<_> = pages.iter().flat_map(|page| &page.refused).collect();
        assert!(refused.is_empty(), "{entity}: {refused:?}");
        let expected = match entity {
            Entity::Items => running.handle.items().len(),
            Entity::Partners => running.handle.partners().len(),
            Entity::Stock => running.handle.items().len(),
            Entity::Dispatches => documents(&running, DocumentKind::Dispatch),
            Entity::Receipts => documents(&running, DocumentKind::Receipt),
        };
        assert!(expected > 0);
        assert_eq!(rows(&pages), expected, "{entity}");
    }
    assert_eq!(running.handle.counters().too_fast, 0);
}

#[tokio::test]
async fn documents_of_before_the_first_day_are_never_read() {
    let from = crate::support::now().date_naive() - TimeDelta::days(4);
    let (running, rig) = start_with(config(), json!({ "documents_from": from })).await;
    let kind = simulators::pantheon::DocumentKind::Dispatch;
    let all = running.handle.documents(kind);
    let expected = all.iter().filter(|document| document.on >= from).count();
    assert!(expected > 0 && expected < all.len());
    let full = rig
        .pull_all(request(Entity::Dispatches, 500))
        .await
        .unwrap();
    assert_eq!(rows(&full), expected);
    let mut delta = request(Entity::Dispatches, 500);
    delta.since = Some(crate::support::now());
    let delta = rig.pull_all(delta).await.unwrap();
    assert_eq!(
        rows(&delta),
        expected,
        "the window of late edits ends there too"
    );
}

fn documents(running: &Running, kind: DocumentKind) -> usize {
    let kind = match kind {
        DocumentKind::Dispatch => simulators::pantheon::DocumentKind::Dispatch,
        DocumentKind::Receipt => simulators::pantheon::DocumentKind::Receipt,
    };
    running.handle.documents(kind).len()
}

#[tokio::test]
async fn both_dialects_bring_the_same() {
    let (running, rig) = start(config()).await;
    let legacy = Rig::with(&running.url(), json!({ "dialect": "legacy_get" }));
    let month = Some(crate::support::now() - TimeDelta::days(30));
    for entity in Entity::ALL {
        let since = month.filter(|_| matches!(entity, Entity::Dispatches | Entity::Receipts));
        let request = PullRequest {
            since,
            ..request(entity, 1000)
        };
        let new = rig.pull_all(request.clone()).await.unwrap();
        let old = legacy.pull_all(request).await.unwrap();
        assert!(rows(&new) > 0, "{entity}");
        for (new, old) in new.iter().zip(&old) {
            assert_eq!(new.records, old.records);
        }
    }
}

#[tokio::test]
async fn a_delta_reads_what_changed_since_the_high_water_mark() {
    let (running, rig) = start(config()).await;
    let pages = rig.pull_all(request(Entity::Items, 1000)).await.unwrap();
    let since = pages.iter().filter_map(|page| page.high_water).max();
    let (first, second) = (
        items(&pages[0])[0].code.clone(),
        items(&pages[0])[1].code.clone(),
    );
    running
        .handle
        .set_now(crate::support::now() + TimeDelta::hours(1));
    rig.pass_minutes(60);
    running.handle.touch_items(&[&first, &second]);
    let delta = PullRequest {
        since,
        ..request(Entity::Items, 1000)
    };
    let delta = codes(&rig.pull_all(delta).await.unwrap());
    assert!(delta.contains(&first) && delta.contains(&second));
    assert!(delta.len() < 100, "{}", delta.len());
}

#[tokio::test]
async fn an_item_is_looked_up_by_its_code() {
    let (running, rig) = start(config()).await;
    let known = running.handle.items().remove(5);
    let found = rig
        .connector
        .find_item(&known.code, "look-up")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (&*found.code, &*found.name),
        (&*known.code, known.title.trim())
    );
    assert_eq!(
        rig.connector
            .find_item("NO-SUCH-CODE", "look-up")
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn every_face_of_nothing_ends_a_pass() {
    for nothing in [
        Nothing::NotFound,
        Nothing::NoContent,
        Nothing::EmptyArray,
        Nothing::Rotate,
    ] {
        let (_running, rig) = start(Config { nothing, ..small() }).await;
        let far = crate::support::now() + TimeDelta::days(400);
        for entity in Entity::ALL {
            let request = PullRequest {
                since: Some(far),
                ..request(entity, 100)
            };
            let pages = rig.pull_all(request).await.unwrap();
            assert_eq!((pages.len(), rows(&pages)), (1, 0), "{entity} {nothing:?}");
        }
    }
}

#[tokio::test]
async fn faults_in_mid_run_lose_and_double_nothing() {
    for kind in [
        FaultKind::TooManyRequests,
        FaultKind::ServerError,
        FaultKind::Cut,
        FaultKind::ExpiredToken,
        FaultKind::ShortPage,
        FaultKind::DuplicateRow,
    ] {
        let (running, rig) = start(small()).await;
        running.faults().add(Fault::times(kind, 1).after(1));
        let pages = rig.pull_all(request(Entity::Items, 1000)).await.unwrap();
        let expected: BTreeSet<String> = running
            .handle
            .items()
            .iter()
            .map(|item| item.code.to_string())
            .collect();
        assert!(codes(&pages) == expected, "{kind:?}");
        assert!(running.faults().list().is_empty(), "{kind:?} was not met");
    }
}

#[tokio::test]
async fn faults_that_cannot_be_got_over_are_told() {
    for (kind, expected, part) in [
        (
            FaultKind::ServerError,
            ErrorKind::Unavailable,
            "server error (500)",
        ),
        (FaultKind::Cut, ErrorKind::Unavailable, "cut the connection"),
        (FaultKind::Malformed, ErrorKind::Malformed, "breaks off"),
        (FaultKind::HtmlLogin, ErrorKind::Malformed, "web page"),
        (FaultKind::ExpiredToken, ErrorKind::Unauthorized, "401"),
        (FaultKind::SlowBody, ErrorKind::Timeout, "timeout_seconds"),
        (FaultKind::Latency, ErrorKind::Timeout, "timeout_seconds"),
    ] {
        let settings = json!({ "timeout_seconds": 1, "retry_max": 1 });
        let (running, rig) = start_with(small(), settings).await;
        running
            .faults()
            .add(Fault::always(kind).lasting(Duration::from_secs(5)));
        let error = rig.first_page(Entity::Items).await.unwrap_err();
        assert_eq!(error.kind(), expected, "{kind:?}: {error}");
        assert!(error.to_string().contains(part), "{kind:?}: {error}");
    }
}

#[tokio::test]
async fn the_pace_is_kept_by_all_callers_of_an_account() {
    let interval = Duration::from_millis(100);
    let running = simulator(Config {
        min_interval: Some(interval),
        ..small()
    })
    .await;
    let rig = Rig::at_pace(&running.url(), json!({ "rate_per_second": 10 }));
    let calls = (0..12).map(|_| rig.first_page(Entity::Partners));
    for outcome in futures::future::join_all(calls).await {
        outcome.unwrap();
    }
    assert!(running.handle.counters().requests >= 13);
    let gap = running.handle.shortest_gap(USERNAME).unwrap();
    assert!(gap >= Duration::from_millis(80), "{gap:?}");
}

#[tokio::test]
async fn broken_rows_among_real_ones_are_refused_alone() {
    let (running, rig) = start(config()).await;
    running
        .handle
        .put_raw(Method::Items, r#"{"Ident":"X1","Naziv":null}"#);
    running.handle.put_raw(
        Method::Dispatches,
        r#"{"BrojDokumenta":"X2","TipDokumenta":"20ET",
        "DatumDokumenta":"2026-11-20","Objekti":[{"Poz":1,"Ident":"1","Kolicina":"many"}]}"#,
    );
    for (entity, key, part) in [
        (Entity::Items, "X1", "no name"),
        (Entity::Dispatches, "X2", "\"many\", which is not a number"),
    ] {
        let page = rig.connector.pull(&request(entity, 50)).await.unwrap();
        let refused = &page.refused[0];
        assert_eq!(refused.external_key, key);
        assert!(refused.reason.contains(part), "{}", refused.reason);
        assert_eq!(page.records.len(), page.rows - 1);
    }
}

#[tokio::test]
async fn documents_carry_their_lines_and_sites() {
    let (_running, rig) = start(config()).await;
    let page = rig.first_page(Entity::Dispatches).await.unwrap();
    let Records::Documents(documents) = &page.records else {
        panic!("not documents");
    };
    assert!(
        documents
            .iter()
            .all(|document| document.kind == DocumentKind::Dispatch)
    );
    assert!(
        documents
            .iter()
            .all(|document| !document.warehouse_name.is_empty())
    );
    assert!(documents.iter().any(|document| document.lines.len() > 1));
    assert!(
        documents
            .iter()
            .flat_map(|one| &one.lines)
            .all(|line| !line.key.is_empty())
    );
}
