//! Whose turn it is to call an account.

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use std::time::Duration;
use store::Store;
use store::pacing::{Turn, started, take};
use testkit::db::TestDatabase;

const ACCOUNT: &str = "pantheon wms https://erp.example.invalid";
const MINUTE: Duration = Duration::from_secs(60);
const LEEWAY: Duration = Duration::from_secs(30);

#[tokio::test]
async fn who_has_to_wait_for_a_turn_writes_nothing_and_takes_none() {
    let database = TestDatabase::create().await;
    let (store, admin) = (database.store(), testkit::traces::superuser(&database));
    let next = taken(&store).await.0;
    let before = testkit::traces::versions(&admin, &["pacing_slots"]).await;
    for _ in 0..3 {
        match ask(&store).await {
            Turn::Later { next_at, wait } => assert!(next_at == next && wait <= MINUTE, "{wait:?}"),
            free @ Turn::Taken { .. } => panic!("{free:?}"),
        }
    }
    let after = testkit::traces::versions(&admin, &["pacing_slots"]).await;
    assert_eq!(before, after);
}

#[tokio::test]
async fn a_turn_taken_a_little_late_does_not_put_off_the_next_one() {
    let database = TestDatabase::create().await;
    let (store, admin) = (database.store(), testkit::traces::superuser(&database));
    for (begins, kept) in [("2 seconds", true), ("50 seconds", false)] {
        taken(&store).await;
        let began = begin(&admin, begins).await;
        let (next, late) = taken(&store).await;
        assert_eq!(next == began + MINUTE, kept, "{begins} ago");
        assert_eq!(late > Duration::from_secs(1), kept, "{late:?}");
        begin(&admin, "1 hour").await;
    }
}

#[tokio::test]
async fn a_call_that_starts_late_puts_the_next_turn_off_unless_another_has_it() {
    let database = TestDatabase::create().await;
    let (store, admin) = (database.store(), testkit::traces::superuser(&database));
    let mine = taken(&store).await.0;
    let soon = started(&store, ACCOUNT, mine, MINUTE / 2).await.unwrap();
    assert_eq!(soon, Some(mine), "it is further away already");
    let moved = started(&store, ACCOUNT, mine, 2 * MINUTE).await.unwrap();
    let moved = moved.unwrap();
    assert!(moved > mine + MINUTE / 2);
    begin(&admin, "0 seconds").await;
    taken(&store).await;
    let over = started(&store, ACCOUNT, moved, MINUTE).await.unwrap();
    assert_eq!(over, None, "another has the turn after it");
}

#[tokio::test]
async fn a_clock_that_is_set_back_makes_an_account_wait_for_one_interval() {
    let database = TestDatabase::create().await;
    let (store, admin) = (database.store(), testkit::traces::superuser(&database));
    taken(&store).await;
    sqlx::raw_sql(
        "update pacing_slots set taken_at = taken_at + interval '1 hour', next_at = next_at + interval '1 hour'",
    )
    .execute(&admin)
    .await
    .unwrap();
    for _ in 0..2 {
        match ask(&store).await {
            Turn::Later { wait, .. } => assert!(wait <= MINUTE, "{wait:?}"),
            free @ Turn::Taken { .. } => panic!("{free:?}: the last call may have been just now"),
        }
    }
    begin(&admin, "0 seconds").await;
    taken(&store).await;
}

async fn ask(store: &Store) -> Turn {
    take(store, ACCOUNT, MINUTE, LEEWAY).await.unwrap()
}

async fn taken(store: &Store) -> (DateTime<Utc>, Duration) {
    match ask(store).await {
        Turn::Taken { next_at, late } => (next_at, late),
        busy @ Turn::Later { .. } => panic!("{busy:?}"),
    }
}

/// Lets the next turn have begun so long ago.
async fn begin(admin: &PgPool, ago: &str) -> DateTime<Utc> {
    let begun = "update pacing_slots set taken_at = now() - $1::interval - interval '1 minute', next_at = now() - $1::interval
                 returning next_at";
    sqlx::query_scalar(begun)
        .bind(ago)
        .fetch_one(admin)
        .await
        .unwrap()
}
