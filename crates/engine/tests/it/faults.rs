//! An upstream that fails in mid-run.

use crate::support::{PAGE, Rig, assert_done, items, options};
use domain::connection::Health;
use domain::sync::{Entity, RunState, SyncMode};
use simulators::pantheon::{Config, Fault, FaultKind};
use std::time::Duration;

async fn health(rig: &Rig) -> (Health, String) {
    let detail = store::connections::get(&rig.store, &rig.people.ana, rig.connection).await;
    let connection = detail.unwrap().connection;
    (connection.health, connection.last_error.unwrap_or_default())
}

#[tokio::test]
async fn a_token_refused_in_mid_run_is_renewed_once() {
    let rig = Rig::new(items(350)).await;
    rig.upstream
        .faults()
        .add(Fault::times(FaultKind::ExpiredToken, 1).after(1));
    assert_done(&rig.sync(Entity::Items, SyncMode::Full).await);
    assert_eq!(rig.upstream.handle.counters().logins, 2);
    rig.assert_same_items().await;
}

#[tokio::test]
async fn passing_failures_in_mid_run_lose_and_double_nothing() {
    for kind in [
        FaultKind::TooManyRequests,
        FaultKind::ServerError,
        FaultKind::Cut,
    ] {
        let rig = Rig::new(items(350)).await;
        rig.upstream.faults().add(Fault::times(kind, 1).after(2));
        let run = rig.sync(Entity::Items, SyncMode::Full).await;
        assert_done(&run);
        assert!(
            rig.upstream.faults().list().is_empty(),
            "{kind:?} was not met"
        );
        assert_eq!(
            (run.counts.rows, run.counts.created),
            (350, 350),
            "{kind:?}"
        );
        rig.assert_same_items().await;
    }
}

#[tokio::test]
async fn a_run_says_why_it_waits_for_an_open_breaker_and_goes_on_after_it() {
    let rig = Rig::new(items(350)).await;
    rig.upstream
        .faults()
        .add(Fault::times(FaultKind::ServerError, 3).after(1));
    let id = rig.request(Entity::Items, SyncMode::Full).await;
    let engine = rig.engine();
    let work = tokio::spawn(async move { engine.run_until_idle().await });
    let waiting = rig.until(id, |run| run.message.is_some()).await;
    assert_eq!(waiting.state, RunState::Running);
    assert_eq!(waiting.counts.rows, 100);
    let message = waiting.message.unwrap();
    assert!(message.contains("waits and goes on by itself"), "{message}");
    assert_ne!(health(&rig).await.0, Health::Healthy);
    // Two minutes pass for the breaker and for the engine.
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(130)).await;
    tokio::time::resume();
    let run = rig.until(id, |run| run.state.is_final()).await;
    work.await.unwrap();
    assert_done(&run);
    assert_eq!((run.counts.rows, run.counts.created), (350, 350));
    assert_eq!(health(&rig).await.0, Health::Healthy);
    rig.assert_same_items().await;
}

#[tokio::test]
async fn a_run_gives_up_when_the_upstream_stays_away_too_long() {
    let rig = Rig::new(items(350)).await;
    rig.upstream
        .faults()
        .add(Fault::always(FaultKind::ServerError).after(1));
    let mut impatient = options();
    impatient.patience = Duration::from_secs(1);
    let engine = rig.engine_with(impatient);
    let run = rig.sync_on(&engine, Entity::Items, SyncMode::Full).await;
    assert_eq!((run.state, run.counts.rows), (RunState::Failed, 100));
    assert!(run.message.unwrap().contains("500"));
    assert_eq!(rig.cursor(Entity::Items).await, None);
}

#[tokio::test]
async fn a_run_that_waits_can_be_cancelled() {
    let rig = Rig::new(items(350)).await;
    rig.upstream
        .faults()
        .add(Fault::always(FaultKind::ServerError).after(1));
    let id = rig.request(Entity::Items, SyncMode::Full).await;
    let engine = rig.engine();
    let work = tokio::spawn(async move { engine.run_until_idle().await });
    rig.until(id, |run| run.message.is_some()).await;
    operations::sync_runs::cancel(&rig.store, &rig.people.ana, id, rig.now())
        .await
        .unwrap();
    let run = rig.until(id, |run| run.state.is_final()).await;
    work.await.unwrap();
    assert_eq!(run.state, RunState::Cancelled);
}

#[tokio::test]
async fn a_page_that_is_no_json_fails_the_run_with_words_and_leaves_no_half_of_it() {
    for (kind, words) in [
        (FaultKind::Malformed, "cannot be read: it breaks off"),
        (FaultKind::HtmlLogin, "it is a web page"),
    ] {
        let rig = Rig::new(items(350)).await;
        rig.upstream.faults().add(Fault::always(kind).after(2));
        let run = rig.sync(Entity::Items, SyncMode::Full).await;
        assert_eq!(run.state, RunState::Failed);
        let message = run.message.unwrap();
        assert!(message.contains(words), "{message}");
        assert_eq!(run.counts.rows, 200);
        assert_eq!(rig.number("select count(*) from items").await, 200);
        assert_eq!(rig.cursor(Entity::Items).await, None);
        assert_eq!(health(&rig).await, (Health::Failing, message));
        rig.upstream.faults().clear();
        assert_done(&rig.sync(Entity::Items, SyncMode::Full).await);
        rig.assert_same_items().await;
    }
}

#[tokio::test]
async fn a_wrong_password_fails_the_run_at_once_and_says_what_to_check() {
    let rig = Rig::new(items(10)).await;
    let (store, people) = (&rig.store, &rig.people);
    let (url, now) = (rig.upstream.url(), rig.now());
    let settings = serde_json::json!({});
    testkit::upstream::connect_as(store, people, &url, settings, "old-password", now).await;
    let run = rig.sync(Entity::Items, SyncMode::Full).await;
    assert_eq!(run.state, RunState::Failed);
    let message = run.message.unwrap();
    assert!(
        message.contains("does not accept user name and password"),
        "{message}"
    );
    assert!(!message.contains("old-password"));
}

#[tokio::test]
async fn a_cancelled_run_stops_after_its_page_and_keeps_what_it_has() {
    let rig = Rig::new(items(10 * PAGE)).await;
    let slow = Fault::always(FaultKind::Latency).lasting(Duration::from_millis(60));
    rig.upstream.faults().add(slow);
    let id = rig.request(Entity::Items, SyncMode::Full).await;
    let engine = rig.engine();
    let work = tokio::spawn(async move { engine.run_until_idle().await });
    rig.until(id, |run| run.counts.pages >= 2).await;
    operations::sync_runs::cancel(&rig.store, &rig.people.ana, id, rig.now())
        .await
        .unwrap();
    work.await.unwrap();
    let run = rig.run(id).await;
    assert_eq!(run.state, RunState::Cancelled);
    assert!((200..1_000).contains(&run.counts.rows), "{:?}", run.counts);
    assert_eq!(
        rig.number("select count(*) from items").await,
        run.counts.rows
    );
    assert_eq!(rig.cursor(Entity::Items).await, None);
}

#[tokio::test]
async fn a_page_that_our_database_refuses_fails_the_run_and_says_so() {
    let rig = Rig::new(items(350)).await;
    sqlx::raw_sql("alter table items add constraint no_150 check (code <> '00000150')")
        .execute(&rig.admin)
        .await
        .unwrap();
    let run = rig.sync(Entity::Items, SyncMode::Full).await;
    assert_eq!(run.state, RunState::Failed);
    let message = run.message.unwrap();
    assert!(
        message.contains("could not be stored") && message.contains("no_150"),
        "{message}"
    );
    assert_eq!(rig.number("select count(*) from items").await, 100);
}

#[tokio::test]
async fn a_check_says_how_the_account_is() {
    let rig = Rig::new(items(10)).await;
    let (store, ana) = (&rig.store, &rig.people.ana);
    for (fault, expected) in [
        (None, Health::Healthy),
        (Some(FaultKind::HtmlLogin), Health::Failing),
    ] {
        if let Some(kind) = fault {
            rig.upstream.faults().add(Fault::always(kind));
        }
        operations::connections::request_check(store, ana, rig.connection, rig.now())
            .await
            .unwrap();
        rig.engine().run_until_idle().await;
        assert_eq!(health(&rig).await.0, expected);
    }
    let detail = store::connections::get(store, ana, rig.connection)
        .await
        .unwrap();
    assert!(!detail.connection.check_pending);
}

#[tokio::test]
async fn a_check_of_an_upstream_that_is_away_is_answered_too() {
    let rig = Rig::with(Config::synthetic(1), serde_json::json!({ "retry_max": 1 })).await;
    let (store, people, now) = (&rig.store, &rig.people, rig.now());
    // Nobody listens on port 1.
    let settings = serde_json::json!({ "retry_max": 1 });
    testkit::upstream::connect(store, people, "http://127.0.0.1:1", settings, now).await;
    operations::connections::request_check(store, &people.ana, rig.connection, now)
        .await
        .unwrap();
    rig.engine().run_until_idle().await;
    let (health, words) = health(&rig).await;
    assert_eq!(health, Health::Failing);
    assert!(!words.is_empty());
}
