//! Workers that die in mid-page.

use crate::support::{PAGE, Rig, assert_done, items, node, options};
use chrono::TimeDelta;
use domain::SyncRunId;
use domain::sync::{Entity, SyncMode, SyncRun};
use simulators::pantheon::{Fault, FaultKind};
use std::process::{Child, Command};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Tells the helper below which database to work on.
const DATABASE: &str = "CROSSDOCK_TEST_ENGINE_DATABASE";

/// Goes on after a death: everything is there once, and no committed page is asked for again.
async fn assert_resumes(rig: &Rig, id: SyncRunId, dead: &SyncRun) {
    assert!(!dead.state.is_final(), "{dead:?}");
    rig.upstream.faults().clear();
    rig.upstream.handle.clear_requests();
    rig.pass(TimeDelta::minutes(2));
    rig.engine().run_until_idle().await;
    let run = rig.run(id).await;
    assert_done(&run);
    let all = i64::try_from(rig.upstream.handle.item_count()).unwrap();
    assert_eq!(
        (run.counts.rows, run.counts.created, run.counts.deactivated),
        (all, all, 0)
    );
    rig.assert_same_items().await;
    let requests = rig.upstream.handle.requests();
    // The dead one's last request is recorded when the upstream notices, with status 0.
    let offsets: Vec<_> = requests
        .iter()
        .filter(|request| request.method != "login" && request.status != 0)
        .map(|request| request.offset)
        .collect();
    let committed = usize::try_from(dead.counts.pages).unwrap() * PAGE;
    assert_eq!(offsets.first(), Some(&committed), "{offsets:?}");
    assert!(
        offsets.windows(2).all(|pair| pair[0] < pair[1]),
        "{offsets:?}"
    );
    assert_eq!(rig.number("select resumed::bigint from sync_runs").await, 1);
}

#[tokio::test]
async fn a_run_cut_off_while_a_page_travels_goes_on_from_its_last_page() {
    let rig = Rig::new(items(750)).await;
    let stuck = Fault::times(FaultKind::Latency, 1)
        .after(3)
        .lasting(Duration::from_secs(60));
    rig.upstream.faults().add(stuck);
    let id = rig.request(Entity::Items, SyncMode::Full).await;
    let engine = rig.engine();
    let work = tokio::spawn(async move { engine.run_until_idle().await });
    let dead = rig.until(id, |run| run.counts.pages == 3).await;
    work.abort();
    assert!(work.await.unwrap_err().is_cancelled());
    assert_resumes(&rig, id, &dead).await;
}

#[tokio::test]
async fn a_run_cut_off_after_any_of_its_pages_goes_on_from_there() {
    for pages in 1..=3 {
        let rig = Rig::new(items(350)).await;
        let stuck = Fault::times(FaultKind::Latency, 1)
            .after(pages)
            .lasting(Duration::from_secs(60));
        rig.upstream.faults().add(stuck);
        let id = rig.request(Entity::Items, SyncMode::Full).await;
        let engine = rig.engine();
        let work = tokio::spawn(async move { engine.run_until_idle().await });
        let committed = i64::from(pages);
        let dead = rig.until(id, |run| run.counts.pages == committed).await;
        work.abort();
        assert!(work.await.unwrap_err().is_cancelled(), "{pages}");
        assert_resumes(&rig, id, &dead).await;
    }
}

#[tokio::test]
async fn while_the_lease_holds_nobody_else_takes_the_run() {
    let rig = Rig::new(items(350)).await;
    let stuck = Fault::times(FaultKind::Latency, 1)
        .after(1)
        .lasting(Duration::from_secs(60));
    rig.upstream.faults().add(stuck);
    let id = rig.request(Entity::Items, SyncMode::Full).await;
    let engine = rig.engine();
    let work = tokio::spawn(async move { engine.run_until_idle().await });
    rig.until(id, |run| run.counts.pages == 1).await;
    rig.clock.pass(TimeDelta::seconds(10));
    rig.engine().run_until_idle().await;
    assert_eq!(rig.run(id).await.counts.pages, 1);
    work.abort();
}

#[tokio::test]
async fn a_process_killed_while_it_writes_a_page_loses_and_doubles_nothing() {
    let rig = Rig::new(items(2_000)).await;
    let slow = Fault::always(FaultKind::Latency).lasting(Duration::from_millis(30));
    rig.upstream.faults().add(slow);
    let id = rig.request(Entity::Items, SyncMode::Full).await;
    let mut worker = Worker::start(&rig);
    rig.until(id, |run| run.counts.pages >= 2).await;
    // Its next page comes as far as the barcodes, with the items written and not committed.
    let mut door = rig.admin.begin().await.unwrap();
    sqlx::raw_sql("lock table item_barcodes in share mode")
        .execute(&mut *door)
        .await
        .unwrap();
    while rig.number("select count(*) from pg_locks where not granted and relation = 'item_barcodes'::regclass").await == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    worker.0.kill().unwrap();
    worker.0.wait().unwrap();
    door.rollback().await.unwrap();
    // Its session ends when the server notices.
    while rig.number("select count(*) from pg_stat_activity where datname = current_database() and application_name = 'crossdock'").await > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let dead = rig.run(id).await;
    let stored = rig.number("select count(*) from items").await;
    assert_eq!(stored, dead.counts.rows);
    assert_resumes(&rig, id, &dead).await;
}

/// This test program once more, as a process that runs an engine until it is killed.
struct Worker(Child);

impl Worker {
    fn start(rig: &Rig) -> Self {
        let child = Command::new(std::env::current_exe().unwrap())
            .args([
                "killed::engine_of_another_process",
                "--exact",
                "--ignored",
                "--nocapture",
            ])
            .env(DATABASE, rig.database.url())
            .spawn();
        Self(child.unwrap())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
#[ignore = "a helper: started by the test that kills it"]
async fn engine_of_another_process() {
    let Ok(url) = std::env::var(DATABASE) else {
        return;
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let store = store::Store::connect(&url, 5).await.unwrap();
    let engine = node(store, options(), Arc::new(testkit::clock::start));
    engine.run(CancellationToken::new()).await;
}
