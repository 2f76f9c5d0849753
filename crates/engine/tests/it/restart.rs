//! A database that crashes in mid-run.

use crate::support::{items, node, options, stored_items};
use chrono::Utc;
use domain::sync::{Entity, RunState, SyncMode};
use local_postgres::{Cluster, Options};
use simulators::pantheon::{Fault, FaultKind};
use sqlx::PgPool;
use sqlx::postgres::PgConnectOptions;
use std::process::Command;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use testkit::people::People;
use testkit::upstream;
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn a_database_that_crashes_in_mid_run_costs_a_wait_and_no_row() {
    let home = tempfile::tempdir().unwrap();
    let mut cluster = Cluster::start(Options::new(home.path()).fast())
        .await
        .unwrap();
    let store = Store::connect(&cluster.url(), 8).await.unwrap();
    store.migrate().await.unwrap();
    let people = People::settle(&store, Utc::now()).await;
    let upstream = upstream::start(items(2_000)).await;
    let slow = Fault::always(FaultKind::Latency).lasting(Duration::from_millis(50));
    upstream.faults().add(slow);
    let settings = serde_json::json!({});
    let connection =
        upstream::connect(&store, &people, &upstream.url(), settings, Utc::now()).await;
    let (ana, full) = (&people.ana, SyncMode::Full);
    let run =
        operations::sync_runs::request(&store, ana, connection, Entity::Items, full, Utc::now());
    let run = run.await.unwrap();
    let mut short = options();
    short.lease = Duration::from_secs(1);
    let engine = node(store.clone(), short, Arc::new(Utc::now));
    let stop = CancellationToken::new();
    let told = stop.clone();
    let work = tokio::spawn(async move { engine.run(told).await });
    let now = async || store::sync_runs::get(&store, ana, run).await;
    while now().await.unwrap().counts.pages < 3 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    crash(&mut cluster).await;
    upstream.faults().clear();
    let ended = loop {
        match now().await {
            Ok(run) if run.state.is_final() => break run,
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    };
    stop.cancel();
    work.await.unwrap();
    assert_eq!(ended.state, RunState::Done, "{ended:?}");
    assert_eq!((ended.counts.rows, ended.counts.created), (2_000, 2_000));
    // The keys met before the crash are gone, so the pass cannot say what is missing upstream.
    assert_eq!(ended.counts.deactivated, 0);
    let admin = PgConnectOptions::from_str(&cluster.admin_url()).unwrap();
    let admin = PgPool::connect_with(admin.database("crossdock"))
        .await
        .unwrap();
    assert_eq!(stored_items(&admin).await.len(), 2_000);
    drop(admin);
    cluster.stop().await.unwrap();
    local_postgres::erase(home.path()).await.unwrap();
}

/// Ends the server as a crash does, without a checkpoint, and starts it again.
pub async fn crash(cluster: &mut Cluster) {
    let pid = cluster.pid().to_string();
    let told = Command::new("kill").args(["-QUIT", &pid]).status().unwrap();
    assert!(told.success());
    cluster.ended().await;
    cluster.restart().await.unwrap();
}
