//! Several nodes on one database.

use crate::support::{Rig, assert_done, items, options};
use chrono::{DateTime, Utc};
use connectors::Pacer;
use domain::sync::{Entity, SyncMode};
use engine::pacer::DatabasePacer;
use simulators::pantheon::Config;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::db::TestDatabase;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

const INTERVAL: Duration = Duration::from_millis(50);

#[tokio::test]
async fn two_nodes_never_run_one_entity_twice() {
    let rig = Rig::new(items(550)).await;
    let runs = [
        Entity::Items,
        Entity::Partners,
        Entity::Stock,
        Entity::Dispatches,
        Entity::Receipts,
    ];
    let mut ids = Vec::new();
    for entity in runs {
        ids.push(rig.request(entity, SyncMode::Full).await);
        assert_eq!(
            rig.request(entity, SyncMode::Delta).await,
            *ids.last().unwrap()
        );
    }
    let nodes = [rig.engine(), rig.engine(), rig.engine()];
    let stop = CancellationToken::new();
    let work = nodes.map(|node| {
        let stop = stop.clone();
        tokio::spawn(async move { node.run(stop).await })
    });
    for id in ids {
        assert_done(&rig.until(id, |run| run.state.is_final()).await);
    }
    stop.cancel();
    for node in work {
        node.await.unwrap();
    }
    let pages: Vec<_> = rig
        .upstream
        .handle
        .requests()
        .into_iter()
        .filter(|request| request.method != "login")
        .map(|request| (request.method, request.offset))
        .collect();
    let distinct: BTreeSet<_> = pages.iter().collect();
    assert_eq!(pages.len(), distinct.len(), "{pages:?}");
    rig.assert_same_items().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_request_a_second_is_never_exceeded_over_two_nodes() {
    // A busy machine may hold an arrival up by some milliseconds after it left in time.
    let least = Duration::from_millis(950);
    let config = Config {
        min_interval: Some(least),
        ..items(350)
    };
    let rig = Rig::with(config, serde_json::json!({ "rate_per_second": 1.0 })).await;
    let items = rig.request(Entity::Items, SyncMode::Full).await;
    let partners = rig.request(Entity::Partners, SyncMode::Full).await;
    let one_each = || {
        let mut options = options();
        options.workers = 1;
        rig.engine_with(options)
    };
    let stop = CancellationToken::new();
    let work = [one_each(), one_each()].map(|node| {
        let stop = stop.clone();
        tokio::spawn(async move { node.run(stop).await })
    });
    for run in [items, partners] {
        rig.until(run, |run| run.counts.pages >= 2).await;
    }
    stop.cancel();
    for node in work {
        node.await.unwrap();
    }
    let handle = &rig.upstream.handle;
    assert_eq!(handle.counters().too_fast, 0);
    let account = &handle.config().username;
    let gap = handle.shortest_gap(account).unwrap();
    assert!(gap >= least, "{gap:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_nodes_that_wait_for_an_account_both_come_to_call_it() {
    let database = TestDatabase::create().await;
    let calls = Arc::new(Mutex::new(Vec::new()));
    let mut nodes = JoinSet::new();
    for node in [1, 2] {
        let (pacer, calls) = (DatabasePacer::new(database.store()), Arc::clone(&calls));
        pacer.acquire("erp", INTERVAL).await.unwrap();
        nodes.spawn(async move {
            for _ in 0..20 {
                pacer.acquire("erp", INTERVAL).await.unwrap();
                calls.lock().unwrap().push(node);
            }
        });
    }
    nodes.join_all().await;
    let calls = calls.lock().unwrap();
    let first = calls[..20].iter().filter(|node| **node == 1).count();
    assert!((2..=18).contains(&first), "{calls:?}");
}

#[tokio::test]
async fn who_stops_waiting_for_an_account_keeps_no_turn() {
    let database = TestDatabase::create().await;
    let pacer = DatabasePacer::new(database.store());
    let hour = Duration::from_secs(3_600);
    pacer.acquire("erp", hour).await.unwrap();
    let next = async || -> DateTime<Utc> {
        let next = sqlx::query_scalar("select next_at from pacing_slots");
        next.fetch_one(database.store().pool()).await.unwrap()
    };
    let before = next().await;
    let waits = pacer.acquire("erp", hour);
    assert!(tokio::time::timeout(INTERVAL, waits).await.is_err());
    assert_eq!(next().await, before);
}

#[tokio::test]
async fn a_database_whose_clock_was_set_back_does_not_stop_an_account() {
    let rig = Rig::with(items(3), serde_json::json!({ "rate_per_second": 100.0 })).await;
    assert_done(&rig.sync(Entity::Items, SyncMode::Full).await);
    let ahead = "update pacing_slots set taken_at = taken_at + interval '1 hour', next_at = next_at + interval '1 hour'";
    let ahead = sqlx::query(ahead).execute(&rig.admin).await.unwrap();
    assert_eq!(ahead.rows_affected(), 1);
    let again = rig.sync(Entity::Items, SyncMode::Full);
    let again = tokio::time::timeout(Duration::from_secs(60), again).await;
    assert_done(&again.unwrap());
}

#[tokio::test]
async fn a_node_that_goes_down_hands_its_run_on_at_once() {
    let rig = Rig::new(items(2_000)).await;
    let slow = simulators::pantheon::Fault::always(simulators::pantheon::FaultKind::Latency);
    rig.upstream
        .faults()
        .add(slow.lasting(Duration::from_millis(40)));
    let id = rig.request(Entity::Items, SyncMode::Full).await;
    let stop = CancellationToken::new();
    let (node, told) = (rig.engine(), stop.clone());
    let work = tokio::spawn(async move { node.run(told).await });
    rig.until(id, |run| run.counts.pages >= 3).await;
    stop.cancel();
    work.await.unwrap();
    let before = rig.run(id).await;
    assert!(!before.state.is_final());
    rig.upstream.faults().clear();
    // No lease has to run out: a moment later the run is anybody's.
    rig.clock.pass(chrono::TimeDelta::milliseconds(1));
    rig.engine().run_until_idle().await;
    let run = rig.run(id).await;
    assert_done(&run);
    assert_eq!((run.counts.rows, run.counts.created), (2_000, 2_000));
}

#[tokio::test]
async fn a_claim_takes_one_run() {
    let rig = Rig::new(items(10)).await;
    for entity in Entity::ALL {
        rig.request(entity, SyncMode::Full).await;
    }
    for waiting in [4, 3, 2, 1, 0] {
        let token = uuid::Uuid::new_v4();
        let lease = Duration::from_secs(30);
        let claimed = operations::sync_runs::claim(&rig.store, token, lease, rig.now()).await;
        assert!(claimed.unwrap().is_some());
        let queued = rig.number("select count(*) from sync_runs where state = 'queued'");
        assert_eq!(queued.await, waiting);
    }
}
