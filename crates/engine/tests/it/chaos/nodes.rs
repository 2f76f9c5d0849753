//! Several processes on one queue, and one that wakes up late.

use super::worker::Worker;
use super::{OPEN, assert_in_order, enqueue, lost, messages, site, until};
use crate::books::{Books, Mood};
use chrono::Utc;
use std::time::Duration;
use testkit::chaos::{Chance, Trial};

/// Results of one message that were taken as its end.
const ENDED_TWICE: &str = "select count(*) from (
    select from erp_outbox_attempts where outcome = 'delivered' group by message_id having count(*) > 1) twice";

#[tokio::test]
async fn two_processes_race_and_each_message_is_written_once_and_in_order() {
    nodes_race(2, 300, 30).await;
}

#[tokio::test]
async fn a_process_that_stood_still_beyond_its_lease_counts_for_nothing() {
    a_node_stands_still(60).await;
}

/// So many processes take messages about so many products from one another; some answers are refused.
pub async fn nodes_race(nodes: usize, count: usize, products: usize) {
    let size = format!("{count} messages, {products} keys, {nodes} processes");
    let trial = Trial::begin("nodes race, every 25th call fails", size);
    let books = Books::open(&[]).await;
    books.take(Duration::from_millis(2));
    books.each(25, Mood::Refuse(500));
    let rig = site().await;
    let all = messages(rig.connection, count, products);
    let ids = enqueue(&rig.store, &rig.people, &all, Utc::now()).await;
    let ids = ids.unwrap();
    let start = |_| Worker::start(&rig, &books, true);
    let _nodes: Vec<Worker> = (0..nodes).map(start).collect();
    until(&rig, OPEN, 0).await;
    assert_in_order(&books, &ids);
    assert_eq!(rig.number(ENDED_TWICE).await, 0);
    trial.end(lost(&books, &ids), books.doubled());
}

/// A process is stopped in mid-work; another takes its messages over; it wakes up and goes on with them.
pub async fn a_node_stands_still(count: usize) {
    let trial = Trial::begin(
        "node stands still, then wakes up",
        format!("{count} messages"),
    );
    let mut chance = Chance::of_run();
    let books = Books::open(&[]).await;
    books.take(Duration::from_millis(20));
    books.recognise();
    let rig = site().await;
    let all = messages(rig.connection, count + 1, count + 1);
    let (late, before) = all.split_last().unwrap();
    let mut ids = enqueue(&rig.store, &rig.people, before, Utc::now())
        .await
        .unwrap();
    let sleeper = Worker::start(&rig, &books, true);
    books.asked(2 + chance.below(count / 2)).await;
    sleeper.signal("STOP");
    let other = Worker::start(&rig, &books, true);
    until(&rig, OPEN, 0).await;
    other.kill();
    // Awake, it sends what it held, says what came of it, and works on.
    sleeper.signal("CONT");
    let late = enqueue(
        &rig.store,
        &rig.people,
        std::slice::from_ref(late),
        Utc::now(),
    )
    .await;
    ids.extend(late.unwrap());
    until(&rig, OPEN, 0).await;
    assert_eq!(
        rig.number(ENDED_TWICE).await,
        0,
        "its late results are not taken"
    );
    trial.end(lost(&books, &ids), books.doubled());
}
