//! Syncs that start by themselves.

use crate::support::{Rig, items};
use chrono::TimeDelta;
use domain::sync::{Entity, RunState, SyncMode};

const RUNS: &str = "select count(*) from sync_runs where requested_by = 'schedule'";

async fn put(rig: &Rig, cron: &str) {
    let what = (Entity::Items, SyncMode::Delta);
    let (store, company) = (&rig.store, rig.people.company);
    operations::schedules::put(
        store,
        company,
        rig.connection,
        what,
        cron,
        "Europe/Belgrade",
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn a_due_line_starts_once_with_two_nodes() {
    let rig = Rig::new(items(10)).await;
    put(&rig, "*/15 * * * *").await;
    let (one, other) = (rig.engine(), rig.engine());
    one.start_due().await;
    assert_eq!(rig.number(RUNS).await, 0);
    rig.pass(TimeDelta::minutes(16));
    tokio::join!(one.start_due(), other.start_due());
    assert_eq!(rig.number(RUNS).await, 1);
    tokio::join!(one.run_until_idle(), other.run_until_idle());
    tokio::join!(one.start_due(), other.start_due());
    assert_eq!(rig.number(RUNS).await, 1);
    assert_eq!(rig.number("select count(*) from items").await, 10);
}

#[tokio::test]
async fn times_missed_while_nothing_ran_collapse_into_one_run() {
    let rig = Rig::new(items(10)).await;
    put(&rig, "*/15 * * * *").await;
    let engine = rig.engine();
    engine.start_due().await;
    rig.pass(TimeDelta::hours(9));
    engine.start_due().await;
    engine.run_until_idle().await;
    engine.start_due().await;
    assert_eq!(rig.number(RUNS).await, 1);
    let detail = store::connections::get(&rig.store, &rig.people.ana, rig.connection)
        .await
        .unwrap();
    let line = &detail.schedules[0];
    assert_eq!(line.last_run_at, Some(rig.now()));
    let next = line.next_run_at.unwrap();
    assert!(
        next > rig.now() && next <= rig.now() + TimeDelta::minutes(15),
        "{next}"
    );
}

#[tokio::test]
async fn a_line_that_comes_due_during_its_own_run_starts_no_second_one() {
    let rig = Rig::new(items(10)).await;
    put(&rig, "*/15 * * * *").await;
    let engine = rig.engine();
    engine.start_due().await;
    let by_hand = rig.request(Entity::Items, SyncMode::Full).await;
    rig.pass(TimeDelta::minutes(16));
    engine.start_due().await;
    assert_eq!(rig.number("select count(*) from sync_runs").await, 1);
    engine.run_until_idle().await;
    assert_eq!(rig.run(by_hand).await.state, RunState::Done);
}

#[tokio::test]
async fn a_text_that_is_no_cron_line_is_switched_off_and_harms_no_other() {
    let rig = Rig::new(items(10)).await;
    put(&rig, "every day").await;
    let (store, company) = (&rig.store, rig.people.company);
    let (what, cron) = ((Entity::Partners, SyncMode::Full), "0 2 * * *");
    operations::schedules::put(
        store,
        company,
        rig.connection,
        what,
        cron,
        "Europe/Belgrade",
    )
    .await
    .unwrap();
    rig.engine().start_due().await;
    let detail = store::connections::get(store, &rig.people.ana, rig.connection)
        .await
        .unwrap();
    let enabled: Vec<_> = detail
        .schedules
        .iter()
        .map(|line| (line.entity, line.enabled))
        .collect();
    assert_eq!(enabled, [(Entity::Items, false), (Entity::Partners, true)]);
    // Two at night in Belgrade is one in Greenwich, in winter.
    let next = detail.schedules[1].next_run_at.unwrap();
    assert_eq!(next.to_rfc3339(), "2026-11-21T01:00:00+00:00");
}
