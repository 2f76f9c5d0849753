//! What pushing costs those who write: sixteen of them, with and without the live feed.

use crate::floor::{self, Work};
use crate::outcome::{Outcome, Row, thousands};
use crate::postgres::{Database, Server, run as sql};
use crate::site::Site;
use crate::statistics::median;
use crate::{Effort, Failure};
use sqlx::{Connection as _, PgConnection};
use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use store::Store;
use tokio::task::JoinHandle;

/// At once.
pub(crate) const WRITERS: i32 = 16;

/// Commits a second.
struct Round {
    plain: f64,
    feed: f64,
    submit_silent: f64,
    submit: f64,
}

/// All rounds.
pub(crate) async fn run(effort: Effort) -> Result<(), Failure> {
    let (seconds, rounds) = if effort.quick {
        (2, 1)
    } else {
        (8, effort.rounds)
    };
    let length = Duration::from_secs(seconds);
    let database = Server::get()?.migrated("bench_writers").await?;
    let site = Site::set_up(&database, "http://127.0.0.1:9", 1.0).await?;
    let work = floor::make(&database, "bench", WRITERS, 1).await?;
    let mut found = Vec::new();
    for number in 1..=rounds {
        eprintln!("writers: round {number} of {rounds}");
        found.push(Round {
            plain: bare(&database, &work, false, length).await?,
            feed: bare(&database, &work, true, length).await?,
            submit_silent: submits(&database, &site, &work, false, length).await?,
            submit: submits(&database, &site, &work, true, length).await?,
        });
    }
    site.close().await;
    database.drop().await?;
    let mut outcome = Outcome::new(
        "What pushing costs sixteen writers",
        "The bare transaction is what a pick writes and nothing else: lock the document, move its \
         line, append the operation and a timeline entry, and, with the feed, the event; one client \
         each, one statement after the other. The whole pick is `operations::floor::submit`, reads \
         and rules included; its feed is switched off by a rule of the database that turns the insert \
         into nothing, so that the round trip stays on both sides. With the feed, a tailer reads it \
         as the server does.",
        effort.quick,
    );
    outcome.rows = rows(&found);
    outcome.keep("writers")
}

fn rows(found: &[Round]) -> Vec<Row> {
    let of = |figure: fn(&Round) -> f64| median(&found.iter().map(figure).collect::<Vec<_>>());
    let rate = |value: f64| format!("{} commits/s", thousands(value));
    let bare = of(|round| round.feed / round.plain);
    let whole = of(|round| round.submit / round.submit_silent);
    vec![
        Row::new(
            "Bare transaction with feed and tailer",
            rate(of(|r| r.feed)),
        )
        .beside(format!("without: {}", rate(of(|r| r.plain))), bare)
        .bar("≥ 0.75", bare >= 0.75),
        Row::new("Whole pick with feed and tailer", rate(of(|r| r.submit)))
            .beside(format!("without: {}", rate(of(|r| r.submit_silent))), whole)
            .bar("≥ 0.75", whole >= 0.75),
    ]
}

/// Reads the feed as the server's tailer does, until dropped.
pub(crate) struct Tailer(JoinHandle<()>);

impl Tailer {
    /// Begins to read.
    pub(crate) fn start(store: Store) -> Self {
        Self(tokio::spawn(async move {
            let Ok(mut position) = store::live::current_position(&store).await else {
                return;
            };
            loop {
                if let Ok(batch) = store::live::read_after(&store, &position, 5_000).await {
                    position = batch.position;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }))
    }
}

impl Drop for Tailer {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn bare(
    database: &Database,
    work: &[Work],
    feed: bool,
    length: Duration,
) -> Result<f64, Failure> {
    let store = database.store(2).await?;
    let tailer = feed.then(|| Tailer::start(store.clone()));
    let clock = Clock::default();
    let mut writers = Vec::new();
    for &work in work {
        let options = sqlx::postgres::PgConnectOptions::from_str(&database.url())?;
        let connection = PgConnection::connect_with(&options).await?;
        writers.push(tokio::spawn(write(connection, work, feed, clock.clone())));
    }
    let rate = clock.run(writers, length).await?;
    drop(tailer);
    store.pool().close().await;
    Ok(rate)
}

async fn write(
    mut connection: PgConnection,
    work: Work,
    feed: bool,
    clock: Clock,
) -> Result<(), Failure> {
    while clock.goes() {
        let company = "begin; set local crossdock.company = '1'";
        sql(&mut connection, company).await?;
        transaction(&mut connection, work, feed).await?;
        sql(&mut connection, "commit").await?;
        clock.count();
    }
    Ok(())
}

async fn transaction(connection: &mut PgConnection, work: Work, feed: bool) -> Result<(), Failure> {
    sqlx::query("select id from documents where id = $1 for update")
        .bind(work.document)
        .fetch_all(&mut *connection)
        .await?;
    sqlx::query("update document_lines set done = done + 1, status = 'partial' where id = $1")
        .bind(work.line)
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "insert into operations (id, company_id, warehouse_id, task_id, line_id, user_id, credited_user_id,
             kind, accepted, quantity, device, made_at, recorded_at, request, answer)
         select $1, t.company_id, t.warehouse_id, t.id, $3, t.worker_id, t.worker_id, 'pick', true, 1,
             'bench', now(), now(), '{\"do\":\"pick\",\"quantity\":\"1\"}', '{\"outcome\":\"accepted\"}'
         from tasks t where t.id = $2",
    )
    .bind(uuid::Uuid::now_v7())
    .bind(work.task)
    .bind(work.line)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "insert into timeline_entries (company_id, document_id, at, kind, actor, text)
         values (1, $1, now(), 'picked', 'Bench', '1 KOM of BENCH BENCH ITEM: 1 of 99999999.')",
    )
    .bind(work.document)
    .execute(&mut *connection)
    .await?;
    if feed {
        let topics = [
            format!("document:{}", work.document),
            "documents".to_owned(),
            "tasks".to_owned(),
            "board:1".to_owned(),
            "worker_tasks:1".to_owned(),
        ];
        sqlx::query("insert into live_feed (company_id, warehouse_id, topics, what) values (1, 1, $1, 'pick')")
            .bind(&topics[..])
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn submits(
    database: &Database,
    site: &Site,
    work: &[Work],
    feed: bool,
    length: Duration,
) -> Result<f64, Failure> {
    let rule = if feed {
        "drop rule if exists silent on live_feed"
    } else {
        "create or replace rule silent as on insert to live_feed do instead nothing"
    };
    sql(&mut database.admin().await?, rule).await?;
    // Prepared statements of older connections would not see the rule.
    let store = database.store(20).await?;
    let tailer = feed.then(|| Tailer::start(store.clone()));
    let clock = Clock::default();
    let mut writers = Vec::new();
    for &work in work {
        let (store, caller, clock) = (store.clone(), site.caller().clone(), clock.clone());
        writers.push(tokio::spawn(async move {
            while clock.goes() {
                let now = chrono::Utc::now();
                operations::floor::submit(&store, &caller, &work.pick(), now).await?;
                clock.count();
            }
            Ok(())
        }));
    }
    let rate = clock.run(writers, length).await?;
    drop(tailer);
    store.pool().close().await;
    Ok(rate)
}

/// Counts commits after a short run-up, until the time is over.
#[derive(Clone, Default)]
pub(crate) struct Clock {
    over: Arc<AtomicBool>,
    commits: Arc<AtomicU64>,
}

impl Clock {
    /// Whether the time is not over.
    pub(crate) fn goes(&self) -> bool {
        !self.over.load(Ordering::Relaxed)
    }

    /// One commit more.
    pub(crate) fn count(&self) {
        self.commits.fetch_add(1, Ordering::Relaxed);
    }

    /// Commits a second of the writers over that length.
    pub(crate) async fn run(
        &self,
        writers: Vec<JoinHandle<Result<(), Failure>>>,
        length: Duration,
    ) -> Result<f64, Failure> {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let (before, started) = (self.commits.load(Ordering::Relaxed), Instant::now());
        tokio::time::sleep(length).await;
        let commits = self.commits.load(Ordering::Relaxed) - before;
        let seconds = started.elapsed().as_secs_f64();
        self.over.store(true, Ordering::Relaxed);
        for writer in writers {
            writer.await??;
        }
        Ok(commits as f64 / seconds)
    }
}
