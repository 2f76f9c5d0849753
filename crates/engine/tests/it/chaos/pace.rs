//! An account's pace over nodes that come and go.

use crate::support::{Rig, items, options};
use domain::sync::{Entity, SyncMode};
use simulators::pantheon::Config;
use std::time::{Duration, Instant};
use testkit::chaos::Trial;
use tokio_util::sync::CancellationToken;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_request_a_second_is_never_exceeded_by_nodes_that_are_started_again_and_again() {
    nodes_come_and_go(4).await;
}

/// Two nodes are started together and stopped after a request, so many times; the account allows one
/// request a second.
pub async fn nodes_come_and_go(times: usize) {
    let trial = Trial::begin(
        "nodes started again, one request a second",
        format!("2 nodes, {times} times"),
    );
    // A busy machine may hold an arrival up by some milliseconds after it left in time.
    let least = Duration::from_millis(950);
    let config = Config {
        min_interval: Some(least),
        ..items(10_000)
    };
    let rig = Rig::with(config, serde_json::json!({ "rate_per_second": 1.0 })).await;
    for entity in [Entity::Items, Entity::Partners] {
        rig.request(entity, SyncMode::Full).await;
    }
    let handle = &rig.upstream.handle;
    // Signing in is not paced.
    let asked = || {
        let counters = handle.counters();
        counters.requests - counters.logins
    };
    for _ in 0..times {
        let before = asked();
        let stop = CancellationToken::new();
        let work = [(); 2].map(|()| {
            let mut options = options();
            options.workers = 1;
            let (node, told) = (rig.engine_with(options), stop.clone());
            tokio::spawn(async move { node.run(told).await })
        });
        let began = Instant::now();
        while asked() == before {
            assert!(began.elapsed() < super::PATIENCE, "nobody asks");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        stop.cancel();
        for node in work {
            node.await.unwrap();
        }
        // A run that was handed on is free a moment later.
        rig.clock.pass(chrono::TimeDelta::milliseconds(1));
    }
    let gap = handle.shortest_gap(&handle.config().username).unwrap();
    assert!(gap >= least, "{gap:?}");
    trial.end(0, usize::try_from(handle.counters().too_fast).unwrap());
}
