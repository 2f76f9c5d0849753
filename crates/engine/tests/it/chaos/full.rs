//! The database has no room left.

use super::{OPEN, enqueue, lost, messages, site, until};
use crate::books::{Books, Ledger};
use crate::support::{node, options};
use std::time::{Duration, Instant};
use testkit::chaos::Trial;
use testkit::room::{fill, free};
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn without_room_for_results_nothing_more_is_sent_and_all_goes_on_once_there_is() {
    the_disk_is_full("erp_outbox_attempts", "insert", 60).await;
}

#[tokio::test]
async fn without_room_for_the_queue_nothing_more_is_sent_and_all_goes_on_once_there_is() {
    the_disk_is_full("erp_outbox", "update", 60).await;
}

#[tokio::test]
async fn without_room_for_leases_nothing_is_sent_and_all_goes_on_once_there_is() {
    the_disk_is_full("erp_outbox_leases", "insert", 60).await;
}

/// Writing to the table fails as on a full disk. The system that is written to cannot be asked, so
/// that each result that is forgotten would need a person.
pub async fn the_disk_is_full(table: &str, act: &str, count: usize) {
    let size = format!("{count} messages, no room in {table}");
    let trial = Trial::begin("disk full", size);
    let (rig, books) = (site().await, Books::open(&[]).await);
    let all = messages(rig.connection, count, count);
    let ids = enqueue(&rig.store, &rig.people, &all, rig.now()).await;
    let ids = ids.unwrap();
    fill(&rig.admin, act, table).await;
    let store = rig.database.store();
    let engine = node(store.clone(), options(), rig.clock.shared());
    let engine = engine.with_connector(rig.connection, Ledger::at(books.address, false));
    let stop = CancellationToken::new();
    let told = stop.clone();
    let work = tokio::spawn(async move { engine.run(told).await });
    let began = Instant::now();
    while store.outage() != Some("its disk is full") {
        assert!(began.elapsed() < super::PATIENCE, "nobody was told");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // It goes on trying, and sends nothing meanwhile.
    until(&rig, "select least(last_value, 20) from tried", 20).await;
    let sent = books.entries().len();
    // What was taken before anything failed, at most.
    let most = if table == "erp_outbox_leases" {
        0
    } else {
        count / 2
    };
    assert!(sent <= most, "{sent} of {count} sent");
    assert!(!work.is_finished());
    free(&rig.admin, table).await;
    until(&rig, OPEN, 0).await;
    assert_eq!(store.outage(), None);
    stop.cancel();
    work.await.unwrap();
    let completed = "select count(*) from erp_outbox where status = 'completed'";
    assert_eq!(rig.number(completed).await, i64::try_from(count).unwrap());
    assert_eq!(
        books.lines().len(),
        count,
        "nothing was sent or asked twice"
    );
    trial.end(lost(&books, &ids), books.doubled());
}

#[tokio::test]
async fn a_worker_that_is_told_to_stop_while_the_disk_is_full_stops_and_nothing_is_lost() {
    let (rig, books) = (site().await, Books::open(&[]).await);
    let all = messages(rig.connection, 20, 20);
    let ids = enqueue(&rig.store, &rig.people, &all, rig.now()).await;
    let ids = ids.unwrap();
    fill(&rig.admin, "insert", "erp_outbox_attempts").await;
    let store = rig.database.store();
    let engine = node(store.clone(), options(), rig.clock.shared());
    let engine = engine.with_connector(rig.connection, Ledger::at(books.address, true));
    let stop = CancellationToken::new();
    let (told, other) = (stop.clone(), engine.clone());
    let work = tokio::spawn(async move { engine.run(told).await });
    books.asked(1).await;
    while store.outage().is_none() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stop.cancel();
    work.await.unwrap();
    free(&rig.admin, "erp_outbox_attempts").await;
    // What it could not tell is looked up once its lease is over.
    rig.clock.pass(chrono::TimeDelta::seconds(31));
    other.deliver_due().await;
    assert_eq!(rig.number(OPEN).await, 0);
    assert_eq!((lost(&books, &ids), books.doubled()), (0, 0));
}
