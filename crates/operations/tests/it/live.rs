//! The live feed: nothing is skipped, and what is gone is said to be gone.

use crate::support::{Site, pick};
use chrono::{TimeDelta, Utc};
use domain::live::Topic;
use store::live::{current_position, prune, publish, read_after};
use store::{Scope, Store};
use testkit::records::dispatch;

#[tokio::test]
async fn a_late_commit_of_an_early_transaction_is_not_skipped() {
    let site = Site::open().await;
    let (store, scope) = (&site.store, Scope::Company(site.people.company));
    let start = current_position(store).await.unwrap();
    let company = site.people.company;
    let mut early = store.begin(scope).await.unwrap();
    publish(&mut early, company, None, &[Topic::Items], "early")
        .await
        .unwrap();
    let mut late = store.begin(scope).await.unwrap();
    publish(&mut late, company, None, &[Topic::Items], "late")
        .await
        .unwrap();
    late.commit().await.unwrap();
    let first = read_after(store, &start, 100).await.unwrap();
    assert_eq!(
        first
            .events
            .iter()
            .map(|event| &*event.what)
            .collect::<Vec<_>>(),
        ["late"]
    );
    early.commit().await.unwrap();
    let second = read_after(store, &first.position, 100).await.unwrap();
    assert_eq!(
        second
            .events
            .iter()
            .map(|event| &*event.what)
            .collect::<Vec<_>>(),
        ["early"]
    );
    assert!(second.events[0].id < first.events[0].id);
    let third = read_after(store, &second.position, 100).await.unwrap();
    assert!(third.events.is_empty() && !third.gap);
}

#[tokio::test]
async fn an_undone_transaction_tells_nothing() {
    let site = Site::open().await;
    let (store, company) = (&site.store, site.people.company);
    let start = current_position(store).await.unwrap();
    let mut tx = store.begin(Scope::Company(company)).await.unwrap();
    publish(&mut tx, company, None, &[Topic::Items], "never")
        .await
        .unwrap();
    drop(tx);
    assert!(
        read_after(store, &start, 100)
            .await
            .unwrap()
            .events
            .is_empty()
    );
}

#[tokio::test]
async fn who_was_away_for_longer_than_the_feed_is_kept_is_told_so() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let store = &site.store;
    let away = current_position(store).await.unwrap();
    site.act(
        &site.people.marko,
        task.task.id,
        pick(task.lines[0].id, "1"),
    )
    .await;
    assert!(!read_after(store, &away, 100).await.unwrap().gap);
    // Events carry the database's clock.
    assert!(
        prune(store, Utc::now() + TimeDelta::minutes(5))
            .await
            .unwrap()
            > 0
    );
    assert!(read_after(store, &away, 100).await.unwrap().gap);
    let here = position_beyond_the_gap(store).await;
    site.act(
        &site.people.marko,
        task.task.id,
        pick(task.lines[0].id, "1"),
    )
    .await;
    let batch = read_after(store, &here, 100).await.unwrap();
    assert_eq!((batch.gap, batch.events.len()), (false, 1));
}

/// A snapshot begins at the oldest transaction of the whole server: those that other tests have open
/// in their databases hold it back for a moment.
async fn position_beyond_the_gap(store: &Store) -> String {
    loop {
        let here = current_position(store).await.unwrap();
        if !read_after(store, &here, 100).await.unwrap().gap {
            return here;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn more_events_than_asked_for_are_a_gap_and_not_a_cut() {
    let site = Site::open().await;
    let start = current_position(&site.store).await.unwrap();
    for number in ["1", "2", "3"] {
        site.dispatches(&[dispatch(number, &[("A", 1)])]).await;
    }
    let batch = read_after(&site.store, &start, 2).await.unwrap();
    assert!(batch.gap);
}

#[tokio::test]
async fn a_text_that_is_no_position_is_refused() {
    let site = Site::open().await;
    for text in ["", "1", "1:2", "a:b:c", "1:2:3;drop table items", "5:3:4"] {
        assert!(read_after(&site.store, text, 10).await.is_err(), "{text}");
    }
}

#[tokio::test]
async fn a_pick_tells_the_document_the_lists_both_team_mates_and_the_board() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let start = current_position(&site.store).await.unwrap();
    let people = &site.people;
    site.act(&people.marko, task.task.id, pick(task.lines[0].id, "1"))
        .await;
    let batch = read_after(&site.store, &start, 10).await.unwrap();
    assert_eq!(batch.events.len(), 1);
    let event = &batch.events[0];
    assert_eq!(event.warehouse_id, Some(people.warehouse));
    for topic in [
        Topic::Document(task.task.document_id.0),
        Topic::Tasks,
        Topic::WorkerTasks(people.marko.user_id.0),
        Topic::WorkerTasks(people.jelena.user_id.0),
        Topic::Board(people.warehouse.0),
    ] {
        assert!(event.topics.contains(&topic), "{topic}");
    }
}

#[tokio::test]
async fn a_commit_wakes_the_tailer() {
    let site = Site::open().await;
    // Whatever came before has woken it once.
    site.store.feed_written().await;
    site.dispatches(&[dispatch("1", &[("A", 1)])]).await;
    let woken = tokio::time::timeout(std::time::Duration::from_secs(5), site.store.feed_written());
    assert!(woken.await.is_ok());
}
