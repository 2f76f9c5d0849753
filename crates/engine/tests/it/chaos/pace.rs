//! An account's pace over nodes that come and go.

use crate::support::{Rig, items, options};
use domain::sync::{Entity, SyncMode};
use simulators::pantheon::{Config, Handle};
use std::time::{Duration, Instant};
use testkit::chaos::{Chance, Trial};
use tokio_util::sync::CancellationToken;

/// Accounts that may be called later than an interval from now.
const AHEAD: &str =
    "select count(*) from pacing_slots where next_at > clock_timestamp() + interval '1.02 s'";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_request_a_second_is_never_exceeded_by_nodes_that_are_started_again_and_again() {
    nodes_come_and_go(4, 1).await;
}

/// Two nodes are started together and stopped after at most so many requests, so many times; the account allows
/// one request a second.
pub async fn nodes_come_and_go(times: usize, most: usize) {
    let mut trial = Trial::begin(
        "nodes started again, one request a second",
        format!("2 nodes, {times} times"),
    );
    let mut chance = Chance::of_run();
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
    // The upstream limits no sign-ins.
    let asked = || {
        let counters = handle.counters();
        counters.requests - counters.logins
    };
    for _ in 0..times {
        let enough = asked() + 1 + chance.below(most) as u64;
        let stop = CancellationToken::new();
        let work = [(); 2].map(|()| {
            let mut options = options();
            options.workers = 1;
            let (node, told) = (rig.engine_with(options), stop.clone());
            tokio::spawn(async move { node.run(told).await })
        });
        let began = Instant::now();
        while asked() < enough {
            assert!(began.elapsed() < super::PATIENCE, "nobody asks");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        stop.cancel();
        for node in work {
            node.await.unwrap();
        }
        let kept = rig.number(AHEAD).await;
        assert_eq!(kept, 0, "a turn is kept for a node that was stopped");
        // A run that was handed on is free a moment later.
        rig.clock.pass(chrono::TimeDelta::milliseconds(1));
    }
    let gap = handle.shortest_gap(&handle.config().username).unwrap();
    assert!(gap >= least, "{gap:?}");
    trial.note(&used(handle));
    trial.note(&format!("closest two {} ms", gap.as_millis()));
    trial.end(0, usize::try_from(handle.counters().too_fast).unwrap());
}

/// How much of one call a second was made, sign-ins among them: these wait for their turns, too.
fn used(handle: &Handle) -> String {
    let calls = handle.requests();
    let (Some(first), Some(last)) = (calls.first(), calls.last()) else {
        return "no call".to_owned();
    };
    let allowed = last.at.duration_since(first.at).as_secs_f64();
    let share = 100.0 * (calls.len() - 1) as f64 / allowed;
    format!("{share:.1} % of the rate")
}
