//! The database goes away in the middle of the work.

use super::{OPEN, PATIENCE, enqueue, impatient, lost, messages, site, until, writes};
use crate::books::{Books, Ledger};
use crate::restart::crash;
use crate::support::{Rig, node};
use chrono::Utc;
use domain::ConnectionId;
use local_postgres::{Cluster, Options};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection, PgPool};
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::Store;
use store::outbox::NewMessage;
use testkit::chaos::{Chance, Trial};
use testkit::people::People;
use testkit::upstream;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

#[tokio::test]
async fn a_database_that_crashes_loses_and_doubles_no_message() {
    the_database_crashes(80, 2).await;
}

#[tokio::test]
async fn sessions_that_are_ended_lose_and_double_no_message() {
    sessions_are_ended(150, 8).await;
}

#[tokio::test]
async fn a_transaction_that_stays_open_holds_up_no_message() {
    a_transaction_stays_open(200).await;
}

#[tokio::test]
async fn a_pool_that_others_hold_and_many_idle_sessions_lose_and_double_no_message() {
    the_pool_is_held(80, 50).await;
}

/// Who queue messages at the same time.
const WRITERS: usize = 16;

/// The server crashes so many times while messages are queued one by one, by several at once, and delivered.
pub async fn the_database_crashes(count: usize, crashes: usize) {
    let size = format!("{count} messages of {WRITERS} writers, {crashes} crashes");
    let trial = Trial::begin("PostgreSQL crashes and starts again", size);
    let mut chance = Chance::of_run();
    let home = tempfile::tempdir().unwrap();
    let cluster = Cluster::start(Options::new(home.path()).fast()).await;
    let mut cluster = cluster.unwrap();
    let store = Store::connect(&cluster.url(), 8).await.unwrap();
    store.migrate().await.unwrap();
    let people = People::settle(&store, Utc::now()).await;
    let connection = upstream::silent(&store, &people, Utc::now()).await;
    writes(&store, &people, connection, Utc::now()).await;
    let books = Books::open(&[]).await;
    books.take(Duration::from_millis(20));
    let (work, stop) = deliver(&store, &books, connection);
    let others = Store::connect(&cluster.url(), 8).await.unwrap();
    let writers = tokio::spawn(write(others, people, connection, count));
    for _ in 0..crashes {
        let next = books.lines().len() + 1 + chance.below(8);
        let came = tokio::time::timeout(PATIENCE, books.asked(next)).await;
        assert!(came.is_ok(), "nothing is left to do at a crash");
        tokio::time::sleep(chance.moment(Duration::from_millis(20))).await;
        crash(&mut cluster).await;
    }
    let ids = writers.await.unwrap();
    let admin = PgConnectOptions::from_str(&cluster.admin_url()).unwrap();
    let admin = PgPool::connect_with(admin.database("crossdock")).await;
    let admin = admin.unwrap();
    while testkit::traces::number(&admin, OPEN).await > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(!work.is_finished(), "the worker outlives its database");
    stop.cancel();
    work.await.unwrap();
    let queued = "select count(*) from erp_outbox where status = 'completed'";
    let completed = testkit::traces::number(&admin, queued).await;
    assert_eq!(completed, i64::try_from(count).unwrap());
    drop((admin, store));
    cluster.stop().await.unwrap();
    local_postgres::erase(home.path()).await.unwrap();
    trial.end(lost(&books, &ids), books.doubled());
}

async fn write(store: Store, people: People, connection: ConnectionId, count: usize) -> Vec<Uuid> {
    let all = messages(connection, count, count);
    let parts = all.chunks(count.div_ceil(WRITERS));
    let parts = parts.map(|part| write_part(&store, &people, part));
    futures::future::join_all(parts).await.concat()
}

/// Queues messages one by one; one that may or may not be queued is queued again under its key.
async fn write_part(store: &Store, people: &People, part: &[NewMessage]) -> Vec<Uuid> {
    let mut ids = Vec::with_capacity(part.len());
    for message in part {
        let queued = loop {
            let one = std::slice::from_ref(message);
            if let Ok(queued) = enqueue(store, people, one, Utc::now()).await {
                break queued;
            }
            tokio::task::yield_now().await;
        };
        ids.extend(queued);
    }
    ids
}

fn deliver(
    store: &Store,
    books: &Books,
    connection: ConnectionId,
) -> (JoinHandle<()>, CancellationToken) {
    let engine = node(store.clone(), impatient(), Arc::new(Utc::now));
    let engine = engine.with_connector(connection, Ledger::at(books.address, true));
    let stop = CancellationToken::new();
    let told = stop.clone();
    (tokio::spawn(async move { engine.run(told).await }), stop)
}

/// All sessions of the application are ended so many times while messages are delivered. As many before and
/// afterwards tell whether the rate is what it was.
pub async fn sessions_are_ended(count: usize, times: usize) {
    const END: &str = "select count(pg_terminate_backend(pid)) from pg_stat_activity
                       where datname = current_database() and usename <> current_user";
    let size = format!("{count} messages, {times} times");
    let mut trial = Trial::begin("all sessions are ended", size);
    let mut chance = Chance::of_run();
    let rig = site().await;
    let books = Books::open(&[]).await;
    books.take(Duration::from_millis(10));
    let all = messages(rig.connection, 3 * count, 3 * count);
    let (before, rest) = all.split_at(count);
    let (meanwhile, after) = rest.split_at(count);
    let (work, stop) = deliver(&rig.database.store(), &books, rig.connection);
    let (mut ids, usual) = through(&rig, before).await;
    let queued = enqueue(&rig.store, &rig.people, meanwhile, Utc::now()).await;
    ids.extend(queued.unwrap());
    for _ in 0..times {
        let next = books.lines().len() + 1 + chance.below(8);
        tokio::select! {
            () = books.asked(next) => {}
            () = until(&rig, OPEN, 0) => break,
        }
        rig.number(END).await;
    }
    until(&rig, OPEN, 0).await;
    let (late, again) = through(&rig, after).await;
    ids.extend(late);
    stop.cancel();
    work.await.unwrap();
    trial.note(&rate(usual, again));
    trial.end(lost(&books, &ids), books.doubled());
}

/// How long these take from the queue into the books.
async fn through(rig: &Rig, messages: &[NewMessage]) -> (Vec<Uuid>, Duration) {
    let began = Instant::now();
    // The session it begins with may have been ended.
    let ids = loop {
        if let Ok(ids) = enqueue(&rig.store, &rig.people, messages, Utc::now()).await {
            break ids;
        }
    };
    until(rig, OPEN, 0).await;
    (ids, began.elapsed())
}

/// Others keep so many idle sessions, and for a while every connection of the worker's pool.
pub async fn the_pool_is_held(count: usize, idle: usize) {
    let size = format!("{count} messages, {idle} idle sessions");
    let trial = Trial::begin("the pool is held, many sessions are idle", size);
    let home = tempfile::tempdir().unwrap();
    let cluster = Cluster::start(Options::new(home.path()).fast()).await;
    let cluster = cluster.unwrap();
    let store = Store::connect(&cluster.url(), 8).await.unwrap();
    store.migrate().await.unwrap();
    let people = People::settle(&store, Utc::now()).await;
    let connection = upstream::silent(&store, &people, Utc::now()).await;
    writes(&store, &people, connection, Utc::now()).await;
    let mut crowd = Vec::with_capacity(idle);
    for _ in 0..idle {
        crowd.push(PgConnection::connect(&cluster.url()).await.unwrap());
    }
    let narrow = Store::connect(&cluster.url(), 4).await.unwrap();
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(narrow.pool().acquire().await.unwrap());
    }
    let books = Books::open(&[]).await;
    let (work, stop) = deliver(&narrow, &books, connection);
    let all = messages(connection, count, count);
    let ids = enqueue(&store, &people, &all, Utc::now()).await.unwrap();
    let early = tokio::time::timeout(Duration::from_millis(300), books.asked(1)).await;
    assert!(early.is_err(), "nothing is sent that could not be claimed");
    drop(held);
    let admin = PgConnectOptions::from_str(&cluster.admin_url()).unwrap();
    let admin = PgPool::connect_with(admin.database("crossdock")).await;
    let admin = admin.unwrap();
    while testkit::traces::number(&admin, OPEN).await > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stop.cancel();
    work.await.unwrap();
    drop((admin, crowd, narrow, store));
    cluster.stop().await.unwrap();
    local_postgres::erase(home.path()).await.unwrap();
    trial.end(lost(&books, &ids), books.doubled());
}

/// Somebody's transaction stays open meanwhile, with a snapshot and an id of before. As many before it tell
/// whether the rate is what it was.
pub async fn a_transaction_stays_open(count: usize) {
    let mut trial = Trial::begin("a transaction stays open", format!("{count} messages"));
    let rig = site().await;
    let books = Books::open(&[]).await;
    let all = messages(rig.connection, 2 * count, 2 * count);
    let (before, meanwhile) = all.split_at(count);
    let (work, stop) = deliver(&rig.database.store(), &books, rig.connection);
    let (mut ids, usual) = through(&rig, before).await;
    let mut open = rig.admin.begin().await.unwrap();
    sqlx::raw_sql(
        "set transaction isolation level repeatable read;
         select pg_current_xact_id(), count(*) from erp_outbox",
    )
    .execute(&mut *open)
    .await
    .unwrap();
    let (late, then) = through(&rig, meanwhile).await;
    ids.extend(late);
    stop.cancel();
    work.await.unwrap();
    open.rollback().await.unwrap();
    trial.note(&rate(usual, then));
    trial.end(lost(&books, &ids), books.doubled());
}

/// How fast it went, of how fast as much went before.
fn rate(before: Duration, then: Duration) -> String {
    let share = 100.0 * before.as_secs_f64() / then.as_secs_f64();
    format!("then {share:.0} % of the rate")
}
