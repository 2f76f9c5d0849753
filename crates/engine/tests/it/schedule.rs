//! Syncs that start by themselves.

use crate::support::{Rig, assert_done, items};
use chrono::{DateTime, TimeDelta, Utc};
use domain::schedule::{ScheduleFilter, ScheduleLine, ScheduleRow};
use domain::sync::{Entity, RunFilter, RunState, SyncMode};
use operations::schedules;
use serde_json::Value;

const RUNS: &str =
    "select count(*) from sync_runs where requested_by = 'schedule' and entity = 'items'";

async fn lines(rig: &Rig) -> Vec<ScheduleRow> {
    let filter = ScheduleFilter::default();
    let page = store::schedules::list(&rig.store, &rig.people.ana, &filter, None, 50).await;
    page.unwrap().rows
}

async fn line_of(rig: &Rig, entity: Entity) -> ScheduleRow {
    let found = lines(rig)
        .await
        .into_iter()
        .find(|row| row.schedule.entity == entity);
    found.unwrap()
}

fn line(cron: &str) -> ScheduleLine {
    ScheduleLine {
        cron: cron.to_owned(),
        time_zone: "Europe/Belgrade".to_owned(),
        enabled: true,
    }
}

/// Changes the line of the catalogue.
async fn put(rig: &Rig, cron: &str) {
    let id = line_of(rig, Entity::Items).await.schedule.id;
    let (store, ana) = (&rig.store, &rig.people.ana);
    schedules::change(store, ana, id, &line(cron), rig.now())
        .await
        .unwrap();
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_new_connection_comes_with_its_usual_lines_in_the_time_zone_of_its_site() {
    let rig = Rig::new(items(0)).await;
    let lines = lines(&rig).await;
    let told: Vec<(Entity, &str, &str)> = lines
        .iter()
        .map(|row| {
            (
                row.schedule.entity,
                row.schedule.cron.as_str(),
                row.schedule.time_zone.as_str(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (Entity::Items, "0 2 * * *", "Europe/Belgrade"),
            (Entity::Partners, "30 2 * * *", "Europe/Belgrade"),
            (Entity::Stock, "15 * * * *", "Europe/Belgrade"),
            (Entity::Dispatches, "0 */2 * * *", "Europe/Belgrade"),
            (Entity::Receipts, "30 */2 * * *", "Europe/Belgrade"),
        ]
    );
    assert!(
        lines
            .iter()
            .all(|row| row.schedule.enabled && row.schedule.next_run_at > Some(rig.now()))
    );
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
    let row = line_of(&rig, Entity::Items).await;
    assert_eq!(row.schedule.last_run_at, Some(rig.now()));
    let next = row.schedule.next_run_at.unwrap();
    assert!(
        next > rig.now() && next <= rig.now() + TimeDelta::minutes(15),
        "{next}"
    );
    let run = row.last_run.unwrap();
    assert_eq!((run.state, run.rows), (RunState::Done, 10));
}

#[tokio::test]
async fn a_downtime_across_a_day_of_clock_change_is_one_run_and_the_next_is_on_time() {
    for (down, up, next) in [
        // Clocks go forward at 2027-03-28 02:00: two o'clock does not exist that night.
        (
            "2027-03-26T12:00:00Z",
            "2027-03-28T12:00:00Z",
            "2027-03-29T00:00:00Z",
        ),
        // Clocks go back at 2027-10-31 03:00: half past two happens twice that night.
        (
            "2027-10-29T12:00:00Z",
            "2027-10-31T12:00:00Z",
            "2027-11-01T01:00:00Z",
        ),
    ] {
        let rig = Rig::new(items(3)).await;
        rig.clock.set(at(down));
        put(&rig, "0 2 * * *").await;
        let engine = rig.engine();
        engine.start_due().await;
        assert_eq!(rig.number(RUNS).await, 0);
        rig.clock.set(at(up));
        engine.start_due().await;
        engine.start_due().await;
        assert_eq!(rig.number(RUNS).await, 1, "{down}");
        let planned = line_of(&rig, Entity::Items).await.schedule.next_run_at;
        assert_eq!(planned, Some(at(next)));
    }
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
    let runs = "select count(*) from sync_runs where entity = 'items'";
    assert_eq!(rig.number(runs).await, 1);
    engine.run_until_idle().await;
    assert_eq!(rig.run(by_hand).await.state, RunState::Done);
    let joined = line_of(&rig, Entity::Items).await.last_run.unwrap();
    assert_eq!(joined.id, by_hand);
}

#[tokio::test]
async fn a_text_that_is_no_cron_line_is_refused_and_one_that_got_in_harms_no_other() {
    let rig = Rig::new(items(10)).await;
    let id = line_of(&rig, Entity::Items).await.schedule.id;
    let (store, ana) = (&rig.store, &rig.people.ana);
    for wrong in ["every day", "0 0 2 * * *", "61 2 * * *", "0 2 30 2 *"] {
        let refused = schedules::change(store, ana, id, &line(wrong), rig.now()).await;
        assert!(
            matches!(refused, Err(operations::Error::Invalid(_))),
            "{wrong}"
        );
    }
    sqlx::query(
        "update schedules set cron = 'every day', next_run_at = null where entity = 'items'",
    )
    .execute(&rig.admin)
    .await
    .unwrap();
    rig.pass(TimeDelta::hours(3));
    rig.engine().start_due().await;
    assert!(!line_of(&rig, Entity::Items).await.schedule.enabled);
    assert!(line_of(&rig, Entity::Dispatches).await.last_run.is_some());
}

#[tokio::test]
async fn a_line_that_is_off_does_not_run_and_what_it_missed_stays_missed() {
    let rig = Rig::new(items(10)).await;
    let id = line_of(&rig, Entity::Items).await.schedule.id;
    let (store, ana) = (&rig.store, &rig.people.ana);
    let off = ScheduleLine {
        enabled: false,
        ..line("*/15 * * * *")
    };
    schedules::change(store, ana, id, &off, rig.now())
        .await
        .unwrap();
    rig.pass(TimeDelta::hours(5));
    rig.engine().start_due().await;
    schedules::change(store, ana, id, &line("*/15 * * * *"), rig.now())
        .await
        .unwrap();
    rig.engine().start_due().await;
    assert_eq!(rig.number(RUNS).await, 0);
    rig.pass(TimeDelta::minutes(15));
    rig.engine().start_due().await;
    assert_eq!(rig.number(RUNS).await, 1);
}

#[tokio::test]
async fn each_change_of_a_line_is_audited_with_before_and_after() {
    let rig = Rig::new(items(0)).await;
    put(&rig, "15 4 * * 1-5").await;
    let (store, ana) = (&rig.store, &rig.people.ana);
    let what = (Entity::Items, SyncMode::Full);
    let weekly = line("0 3 * * 0");
    let id = schedules::create(store, ana, rig.connection, what, &weekly, rig.now())
        .await
        .unwrap();
    let again = schedules::create(store, ana, rig.connection, what, &weekly, rig.now()).await;
    assert!(matches!(again, Err(operations::Error::Conflict(_))));
    schedules::remove(store, ana, id, rig.now()).await.unwrap();
    let told: Vec<(String, Value)> =
        sqlx::query_as("select action, details from audit_entries order by id desc limit 3")
            .fetch_all(&rig.admin)
            .await
            .unwrap();
    let actions: Vec<&str> = told.iter().map(|entry| entry.0.as_str()).collect();
    assert_eq!(
        actions,
        ["SCHEDULE_REMOVED", "SCHEDULE_CREATED", "SCHEDULE_CHANGED"]
    );
    let changed = &told[2].1;
    assert_eq!(changed["before"]["cron"], "0 2 * * *");
    assert_eq!(changed["after"]["cron"], "15 4 * * 1-5");
}

/// Finished runs of a kind that a schedule asked for: how many, and how many rows they updated.
async fn by_schedule(rig: &Rig, entity: Entity) -> (usize, i64) {
    let filter = RunFilter {
        entity: Some(entity),
        state: Some(RunState::Done),
        ..RunFilter::of(rig.connection)
    };
    let page = store::sync_runs::list(&rig.store, &rig.people.ana, &filter, None, 50).await;
    let runs: Vec<_> = page
        .unwrap()
        .rows
        .into_iter()
        .filter(|run| run.requested_by == "schedule")
        .collect();
    assert!(runs.iter().all(|run| run.mode == SyncMode::Delta));
    (runs.len(), runs.iter().map(|run| run.counts.updated).sum())
}

#[tokio::test]
async fn every_night_the_usual_lines_bring_what_changed_of_catalogue_and_partners() {
    let rig = Rig::new(items(50)).await;
    for entity in [Entity::Items, Entity::Partners] {
        assert_done(&rig.sync(entity, SyncMode::Full).await);
    }
    let engine = rig.engine();
    // The clocks of the site show an hour more: 01:59, 02:01 and 02:31, two nights in a row.
    for (night, last, first, second) in [
        (
            1,
            "2026-11-21T00:59:00Z",
            "2026-11-21T01:01:00Z",
            "2026-11-21T01:31:00Z",
        ),
        (
            2,
            "2026-11-22T00:59:00Z",
            "2026-11-22T01:01:00Z",
            "2026-11-22T01:31:00Z",
        ),
    ] {
        rig.pass(at(last) - rig.now());
        let handle = &rig.upstream.handle;
        handle.touch_items(&["00000003", "00000007"]);
        let others = handle.partners().into_iter();
        let mut others = others.filter(|one| !one.name.starts_with("RENAMED"));
        let mut partner = others.nth(night).unwrap();
        partner.name = format!("RENAMED {night}").into();
        partner.changed_at = handle.local_now();
        handle.put_partner(partner);
        let (runs, rows) = (night, i64::try_from(night).unwrap());
        for (now, catalogue, partners) in [
            (last, runs - 1, runs - 1),
            (first, runs, runs - 1),
            (second, runs, runs),
        ] {
            rig.pass(at(now) - rig.now());
            engine.start_due().await;
            engine.run_until_idle().await;
            let told = by_schedule(&rig, Entity::Items).await;
            assert_eq!(told, (catalogue, 2 * i64::try_from(catalogue).unwrap()));
            let told = by_schedule(&rig, Entity::Partners).await;
            assert_eq!(told.0, partners, "{now}");
        }
        let renamed = "select count(*) from partners where name like 'RENAMED %'";
        assert_eq!(rig.number(renamed).await, rows);
        rig.assert_same_items().await;
    }
}
