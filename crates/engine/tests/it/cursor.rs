//! Where a delta begins.

use crate::support::{Rig, assert_done, items};
use chrono::{NaiveDateTime, TimeDelta, TimeZone};
use chrono_tz::Europe::Belgrade;
use domain::sync::{Entity, SyncMode};
use simulators::pantheon::{Config, DocumentKind, DocumentSource, Fault, FaultKind};

fn utc(local: NaiveDateTime) -> chrono::DateTime<chrono::Utc> {
    Belgrade
        .from_local_datetime(&local)
        .earliest()
        .unwrap()
        .to_utc()
}

#[tokio::test]
async fn the_cursor_is_the_highest_change_time_seen_and_never_the_clock() {
    let rig = Rig::new(items(350)).await;
    let listed = rig.upstream.handle.items();
    let highest = listed.iter().map(|item| item.changed_at).max().unwrap();
    assert_done(&rig.sync(Entity::Items, SyncMode::Full).await);
    assert_eq!(rig.cursor(Entity::Items).await, Some(utc(highest)));
    rig.pass(TimeDelta::hours(5));
    let run = rig.sync(Entity::Items, SyncMode::Delta).await;
    assert_done(&run);
    assert_eq!(rig.cursor(Entity::Items).await, Some(utc(highest)));
}

#[tokio::test]
async fn a_delta_reads_only_what_changed() {
    let rig = Rig::new(items(350)).await;
    rig.sync(Entity::Items, SyncMode::Full).await;
    rig.pass(TimeDelta::hours(1));
    rig.upstream.handle.touch_items(&["00000003", "00000207"]);
    let run = rig.sync(Entity::Items, SyncMode::Delta).await;
    assert_done(&run);
    assert_eq!(run.counts.updated, 2);
    // The boundary second is read again, and a batch of forty was saved in one second.
    assert!(run.counts.rows <= 42, "{:?}", run.counts);
    rig.assert_same_items().await;
    let again = rig.sync(Entity::Items, SyncMode::Delta).await;
    assert_eq!((again.counts.updated, again.counts.created), (0, 0));
    assert_eq!(again.counts.rows, 2);
}

#[tokio::test]
async fn a_delta_of_partners_reads_only_what_changed() {
    let rig = Rig::new(items(0)).await;
    let rename = |at: usize, name: &str| {
        let handle = &rig.upstream.handle;
        let mut partner = handle.partners().remove(at);
        partner.name = name.into();
        partner.changed_at = handle.local_now();
        handle.put_partner(partner);
    };
    rename(0, "THE NEWEST");
    let all = rig.sync(Entity::Partners, SyncMode::Full).await;
    assert_done(&all);
    assert!(all.counts.rows > 1_000, "{:?}", all.counts);
    rig.pass(TimeDelta::hours(1));
    rename(3, "CHANGED 3");
    rename(207, "CHANGED 207");
    let run = rig.sync(Entity::Partners, SyncMode::Delta).await;
    assert_done(&run);
    assert_eq!((run.counts.updated, run.counts.created), (2, 0));
    // The boundary second is read again.
    assert!(run.counts.rows <= 3, "{:?}", run.counts);
    let changed = "select count(*) from partners where name like 'CHANGED %'";
    assert_eq!(rig.number(changed).await, 2);
}

#[tokio::test]
async fn a_change_that_ties_with_the_cursor_is_not_skipped() {
    let rig = Rig::new(items(50)).await;
    rig.sync(Entity::Items, SyncMode::Full).await;
    let handle = &rig.upstream.handle;
    let listed = handle.items();
    let mut late = listed
        .iter()
        .max_by_key(|item| item.changed_at)
        .unwrap()
        .clone();
    late.code = "99999999".into();
    late.barcodes = vec!["96385074".to_owned()];
    handle.put_item(late);
    let run = rig.sync(Entity::Items, SyncMode::Delta).await;
    assert_done(&run);
    assert_eq!(run.counts.created, 1);
    rig.assert_same_items().await;
}

#[tokio::test]
async fn a_failed_run_moves_no_cursor() {
    let rig = Rig::new(items(350)).await;
    rig.upstream
        .faults()
        .add(Fault::always(FaultKind::Malformed).after(2));
    rig.sync(Entity::Items, SyncMode::Full).await;
    assert_eq!(rig.cursor(Entity::Items).await, None);
}

#[tokio::test]
async fn a_change_time_in_the_future_does_not_carry_the_cursor_away() {
    let rig = Rig::new(items(50)).await;
    let handle = &rig.upstream.handle;
    let mut wrong = handle.item("00000007").unwrap();
    wrong.changed_at += TimeDelta::days(4_000);
    handle.put_item(wrong);
    assert_done(&rig.sync(Entity::Items, SyncMode::Full).await);
    assert!(rig.cursor(Entity::Items).await.unwrap() <= rig.now());
}

#[tokio::test]
async fn a_late_edit_of_a_document_is_found_in_the_window_that_is_read_again() {
    let config = Config {
        documents: DocumentSource::Demo,
        ..items(0)
    };
    let rig = Rig::new(config).await;
    let mut options = crate::support::options();
    options.lookups = 0;
    let engine = rig.engine_with(options);
    let all = rig
        .sync_on(&engine, Entity::Dispatches, SyncMode::Delta)
        .await;
    assert_done(&all);
    let handle = &rig.upstream.handle;
    let documents = handle.documents(DocumentKind::Dispatch);
    // Three days old: its date says nothing of the edit.
    let day = rig.upstream.handle.local_now().date() - TimeDelta::days(3);
    let edited = documents
        .iter()
        .find(|document| document.on == day)
        .unwrap();
    let position = edited.lines[0].position;
    handle.set_quantity(DocumentKind::Dispatch, &edited.number, position, 77.into());
    let run = rig
        .sync_on(&engine, Entity::Dispatches, SyncMode::Delta)
        .await;
    assert_done(&run);
    assert_eq!((run.counts.updated, run.counts.created), (1, 0));
    assert!(run.counts.rows < all.counts.rows / 2, "{:?}", run.counts);
    assert_eq!(
        rig.number("select count(*) from document_lines where requested = 77")
            .await,
        1
    );
}
