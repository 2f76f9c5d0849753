//! Which calls are kept.

use crate::support::{Rig, assert_done, items, options};
use domain::sync::{Entity, RunState, SyncMode};
use serde_json::json;
use simulators::pantheon::{Fault, FaultKind};
use std::time::Duration;

const FAILED: &str = "select count(*) from exchanges where error is not null";
const GOOD: &str = "select count(*) from exchanges where error is null";

#[tokio::test]
async fn every_failed_call_and_every_fiftieth_good_one_is_kept() {
    let rig = Rig::with(items(5_200), json!({ "retry_max": 1 })).await;
    let mut options = options();
    options.patience = Duration::ZERO;
    let engine = rig.engine_with(options);
    assert_done(&rig.sync_on(&engine, Entity::Items, SyncMode::Full).await);
    let calls = rig.upstream.handle.counters().requests;
    assert!((52..=100).contains(&calls), "{calls}");
    rig.upstream
        .faults()
        .add(Fault::always(FaultKind::ServerError));
    for failed in 1..=2 {
        let run = rig.sync_on(&engine, Entity::Items, SyncMode::Delta).await;
        assert_eq!(run.state, RunState::Failed);
        let patience = std::time::Instant::now();
        // Captures are written behind the calls' back, in their order.
        while rig.number(FAILED).await < failed {
            assert!(patience.elapsed() < Duration::from_secs(10), "not kept");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(rig.number(FAILED).await, failed);
    }
    assert_eq!(rig.number(GOOD).await, 2);
}
