//! Syncs that are cut off again and again, and those of an upstream that fails all the time.

use super::PATIENCE;
use crate::accounts::set;
use crate::support::{PAGE, Rig, items};
use chrono::TimeDelta;
use domain::delivery::{DeliverySettings, FeatureSettings};
use domain::sync::{Entity, RunState, SyncMode};
use serde_json::json;
use simulators::pantheon::{Fault, FaultKind, Request};
use std::time::{Duration, Instant};
use testkit::chaos::{Chance, Trial};

#[tokio::test]
async fn a_run_cut_off_again_and_again_reads_no_committed_page_twice() {
    a_run_is_cut_off(12, 3).await;
}

#[tokio::test]
async fn a_run_whose_upstream_fails_all_the_time_brings_every_row_once() {
    a_run_meets_faults(6).await;
}

/// A run over so many pages whose worker is gone so many times, at random points.
pub async fn a_run_is_cut_off(pages: usize, cuts: usize) {
    let size = format!("{pages} pages, {cuts} times");
    let trial = Trial::begin("sync cut off again and again", size);
    let mut chance = Chance::of_run();
    let rig = Rig::new(items(pages * PAGE)).await;
    let slow = Fault::always(FaultKind::Latency).lasting(Duration::from_millis(10));
    rig.upstream.faults().add(slow);
    let id = rig.request(Entity::Items, SyncMode::Full).await;
    let handle = &rig.upstream.handle;
    let mut again = 0;
    for nth in 0..=cuts {
        let committed = usize::try_from(rig.run(id).await.counts.pages).unwrap() * PAGE;
        handle.clear_requests();
        let engine = rig.engine();
        let work = tokio::spawn(async move { engine.run_until_idle().await });
        if nth < cuts {
            let began = Instant::now();
            while asked(&rig) < pages / (cuts + 1) && !work.is_finished() {
                assert!(began.elapsed() < PATIENCE, "nobody asks");
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            tokio::time::sleep(chance.moment(Duration::from_millis(15))).await;
            work.abort();
        }
        let _ = work.await;
        let requests = handle.requests();
        // What was under way when a worker was cut off is recorded late, without a status.
        let read = requests
            .iter()
            .filter(|one| is_page(one) && one.status != 0);
        again += read.filter(|page| page.offset < committed).count();
        rig.pass(TimeDelta::minutes(2));
    }
    let run = rig.run(id).await;
    let all = i64::try_from(pages * PAGE).unwrap();
    let lost = run.state != RunState::Done || run.counts.rows != all;
    rig.assert_same_items().await;
    trial.end(usize::from(lost), again);
}

fn asked(rig: &Rig) -> usize {
    let requests = rig.upstream.handle.requests();
    requests.iter().filter(|one| is_page(one)).count()
}

/// A check asks for one row.
fn is_page(request: &Request) -> bool {
    request.method != "login" && request.limit == PAGE
}

/// A run over so many pages of an upstream that refuses, breaks off, fails or forgets who asks at every fifth
/// request or so.
pub async fn a_run_meets_faults(pages: usize) {
    let trial = Trial::begin("sync of an upstream that fails", format!("{pages} pages"));
    let settings = json!({ "retry_max": 10 });
    let rig = Rig::with(items(pages * PAGE), settings).await;
    // Nobody waits two minutes here.
    let bold = DeliverySettings {
        features: FeatureSettings {
            circuit_breaker: false,
            ..FeatureSettings::default()
        },
        ..DeliverySettings::default()
    };
    set(&rig, &bold).await;
    for kind in [
        FaultKind::TooManyRequests,
        FaultKind::ServerError,
        FaultKind::Cut,
        FaultKind::ExpiredToken,
    ] {
        rig.upstream.faults().add(Fault::always(kind).share(50));
    }
    let run = rig.sync(Entity::Items, SyncMode::Full).await;
    let all = i64::try_from(pages * PAGE).unwrap();
    let lost = run.state != RunState::Done || run.counts.rows != all;
    assert!(!lost, "{run:?}");
    assert_eq!(run.counts.created, all);
    rig.assert_same_items().await;
    trial.end(0, 0);
}
