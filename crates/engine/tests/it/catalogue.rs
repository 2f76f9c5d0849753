//! Whole passes over the catalogue.

use crate::support::{PAGE, Rig, assert_done, items, real_items};
use domain::sync::{Entity, SyncMode};
use simulators::pantheon::{Config, Fault, FaultKind, Nothing};
use testkit::traces;

const ITEMS: [&str; 3] = ["items", "item_barcodes", "mappings"];

#[tokio::test]
async fn a_full_sync_brings_the_real_catalogue_as_the_upstream_has_it() {
    let rig = Rig::new(real_items()).await;
    let mut options = crate::support::options();
    options.page_size = 1_000;
    let run = rig
        .sync_on(&rig.engine_with(options), Entity::Items, SyncMode::Full)
        .await;
    assert_done(&run);
    let listed = i64::try_from(rig.upstream.handle.item_count()).unwrap();
    assert!(listed > 3_000);
    assert_eq!((run.counts.rows, run.counts.created), (listed, listed));
    assert_eq!((run.counts.refused, run.counts.deactivated), (0, 0));
    rig.assert_same_items().await;
}

#[tokio::test]
async fn an_unchanged_second_pass_writes_no_row() {
    let rig = Rig::new(items(350)).await;
    assert_done(&rig.sync(Entity::Items, SyncMode::Full).await);
    let before = traces::versions(&rig.admin, &ITEMS).await;
    let run = rig.sync(Entity::Items, SyncMode::Full).await;
    assert_done(&run);
    assert_eq!(
        (run.counts.created, run.counts.updated, run.counts.unchanged),
        (0, 0, 350)
    );
    assert_eq!(traces::versions(&rig.admin, &ITEMS).await, before);
}

#[tokio::test]
async fn a_full_pass_writes_the_changed_rows_only() {
    let rig = Rig::new(items(350)).await;
    rig.sync(Entity::Items, SyncMode::Full).await;
    let touched = rig.upstream.handle.touch_share(100);
    let run = rig.sync(Entity::Items, SyncMode::Full).await;
    assert_done(&run);
    assert_eq!(run.counts.updated, i64::try_from(touched).unwrap());
    assert_eq!(run.counts.unchanged, 350 - run.counts.updated);
    rig.assert_same_items().await;
}

#[tokio::test]
async fn a_page_equal_to_the_limit_before_an_empty_one_ends_the_pass() {
    for nothing in [Nothing::NotFound, Nothing::NoContent, Nothing::EmptyArray] {
        let rig = Rig::new(Config {
            nothing,
            ..items(2 * PAGE)
        })
        .await;
        let run = rig.sync(Entity::Items, SyncMode::Full).await;
        assert_done(&run);
        assert_eq!((run.counts.rows, run.counts.pages), (200, 3), "{nothing:?}");
        rig.assert_same_items().await;
    }
}

#[tokio::test]
async fn a_short_page_in_mid_run_is_not_the_end_and_deactivates_nothing() {
    let rig = Rig::new(items(350)).await;
    rig.sync(Entity::Items, SyncMode::Full).await;
    rig.upstream
        .faults()
        .add(Fault::times(FaultKind::ShortPage, 1).after(1));
    let run = rig.sync(Entity::Items, SyncMode::Full).await;
    assert_done(&run);
    assert_eq!((run.counts.rows, run.counts.deactivated), (350, 0));
    rig.assert_same_items().await;
}

#[tokio::test]
async fn a_row_sent_twice_is_one_item() {
    let rig = Rig::new(items(350)).await;
    rig.upstream
        .faults()
        .add(Fault::times(FaultKind::DuplicateRow, 1).after(1));
    let run = rig.sync(Entity::Items, SyncMode::Full).await;
    assert_done(&run);
    rig.assert_same_items().await;
}

#[tokio::test]
async fn partners_and_documents_come_with_their_numbers() {
    let config = Config {
        now: Some(testkit::clock::start()),
        min_interval: None,
        ..Config::default()
    };
    let rig = Rig::new(config).await;
    for entity in Entity::ALL {
        rig.request(entity, SyncMode::Full).await;
    }
    let mut options = crate::support::options();
    options.page_size = 1_000;
    options.lookups = 0;
    rig.engine_with(options).run_until_idle().await;
    use simulators::pantheon::DocumentKind::{Dispatch, Receipt};
    let handle = &rig.upstream.handle;
    let count = |length: usize| i64::try_from(length).unwrap();
    assert_eq!(
        rig.number("select count(*) from partners").await,
        count(handle.partners().len())
    );
    let (dispatches, receipts) = (handle.documents(Dispatch), handle.documents(Receipt));
    let documents = dispatches.len() + receipts.len();
    assert_eq!(
        rig.number("select count(*) from documents").await,
        count(documents)
    );
    let lines: usize = dispatches
        .iter()
        .chain(&receipts)
        .map(|document| document.lines.len())
        .sum();
    assert_eq!(
        rig.number("select count(*) from document_lines").await,
        count(lines)
    );
    let unasked = "select count(*) from mappings where kind = 'warehouse' and answered_at is null";
    assert!(rig.number(unasked).await > 2);
}
