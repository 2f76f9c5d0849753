//! The program under faults: killed, told to stop in mid-work, on a database without room or with another
//! clock. The long forms are for `scripts/chaos`.

mod acts;
mod long;
mod site;

use chrono::{TimeDelta, Utc};
use reqwest::StatusCode;
use server::clock::DatabaseClock;
use site::{COMPLETED, HELD, LEASES_END, OPEN, SESSIONS, Site};
use std::time::{Duration, Instant};
use store::Store;
use testkit::chaos::{Chance, Trial};
use testkit::db::TestDatabase;
use testkit::room::{fill, free};
use testkit::traces::superuser;

#[tokio::test]
async fn the_program_killed_at_random_points_loses_and_doubles_nothing() {
    the_program_is_killed(40, 4).await;
}

/// Killed so many times while it works for sagas of two steps.
async fn the_program_is_killed(sagas: usize, kills: usize) {
    let size = format!("{sagas} sagas of 2 steps, {kills} kills");
    let trial = Trial::begin("crossdock serve killed, simulated Odoo", size);
    let mut chance = Chance::of_run();
    let site = Site::open().await;
    site.ask_for(sagas, &["A", "B"]).await;
    for _ in 0..kills {
        let program = site.worker();
        site.until_made(site.made() + 1 + chance.below(6)).await;
        tokio::time::sleep(chance.moment(Duration::from_millis(30))).await;
        drop(program);
        site.until_none(SESSIONS).await;
        site.run(LEASES_END).await;
    }
    let last = site.worker();
    site.until_none(OPEN).await;
    last.stop().await;
    let completed = usize::try_from(site.number(COMPLETED).await).unwrap();
    let (missing, doubled) = site.amiss(sagas, &["A", "B"]);
    trial.end(missing + sagas - completed, doubled);
}

#[tokio::test]
async fn the_program_told_to_stop_in_mid_work_finishes_what_is_on_its_way_and_sends_nothing_again()
{
    the_program_is_told_to_stop(60, 2).await;
}

/// Told to stop so many times while messages are on their way.
async fn the_program_is_told_to_stop(messages: usize, times: usize) {
    let size = format!("{messages} messages, {times} stops");
    let mut trial = Trial::begin("crossdock serve told to stop", size);
    let mut chance = Chance::of_run();
    let site = Site::open().await;
    site.ask_for(messages, &["A"]).await;
    let mut longest = Duration::ZERO;
    for _ in 0..times {
        let program = site.worker();
        site.until_made(site.made() + 1 + chance.below(10)).await;
        let told = Instant::now();
        program.stop().await;
        longest = longest.max(told.elapsed());
        assert_eq!(site.number(HELD).await, 0, "nothing is left half way");
        let completed = site.number(COMPLETED).await;
        assert_eq!(usize::try_from(completed).unwrap(), site.made());
    }
    let last = site.worker();
    site.until_none(OPEN).await;
    last.stop().await;
    trial.note(&format!("the longest {:.1} s", longest.as_secs_f64()));
    let (missing, doubled) = site.amiss(messages, &["A"]);
    trial.end(missing, doubled + site.made().saturating_sub(messages));
}

#[tokio::test]
async fn the_health_check_says_that_the_disk_is_full_and_the_program_goes_on_once_it_is_not() {
    let site = Site::open().await;
    fill(&site.admin, "insert", "erp_outbox_attempts").await;
    site.ask_for(30, &["A"]).await;
    let program = site.worker();
    let said = site.until_health(StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(said, "the database stores nothing: its disk is full\n");
    assert_eq!(site.number(COMPLETED).await, 0);
    free(&site.admin, "erp_outbox_attempts").await;
    site.until_none(OPEN).await;
    site.until_health(StatusCode::OK).await;
    assert_eq!(site.amiss(30, &["A"]), (0, 0));
    assert_eq!(site.made(), 30, "nothing was sent again");
    program.stop().await;
}

#[tokio::test]
async fn nodes_go_by_the_database_s_clock_whatever_their_own_says() {
    let database = TestDatabase::create().await;
    let admin = superuser(&database);
    // The database's clock, an hour and then two before the machine's.
    sqlx::raw_sql(
        "create function public.clock_timestamp() returns timestamptz language sql volatile as
         $$ select pg_catalog.clock_timestamp() - interval '1 hour' $$;
         do $$ begin
             execute format('alter database %I set search_path = public, pg_catalog', current_database());
         end $$",
    )
    .execute(&admin)
    .await
    .unwrap();
    let store = Store::connect(&database.url(), 2).await.unwrap();
    let time = DatabaseClock::read(&store).await.unwrap();
    let clock = time.clock();
    let behind = |hours: i64| {
        let apart = Utc::now() - clock.now() - TimeDelta::hours(hours);
        assert!(apart.abs() < TimeDelta::minutes(5), "{apart}");
    };
    behind(1);
    time.correct().await;
    behind(1);
    sqlx::raw_sql(
        "create or replace function public.clock_timestamp() returns timestamptz language sql volatile as
         $$ select pg_catalog.clock_timestamp() - interval '2 hours' $$",
    )
    .execute(&admin)
    .await
    .unwrap();
    behind(1);
    time.correct().await;
    behind(2);
}
