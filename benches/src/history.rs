//! Status, metrics, lists and pages over ten million messages, and what counting them costs.

mod ask;
mod rows;

use crate::outcome::{Outcome, Row, thousands};
use crate::postgres::{Database, Server, run as sql};
use crate::served::{Served, once};
use crate::statistics::{median, percentile};
use crate::{Effort, Failure};
use ask::{ASKED, Asked, Door};
use chrono::{TimeDelta, Utc};
use rows::History;
use std::time::Instant;

/// Clients that ask at the same time.
const CLIENTS: usize = 4;
/// What a request may take at most, milliseconds.
const BAR_MS: f64 = 50.0;
/// Messages that a worker acknowledges in one statement.
const BATCH: i64 = 100;

/// The bench.
pub(crate) async fn run(effort: Effort) -> Result<(), Failure> {
    let messages: i64 = if effort.quick { 100_000 } else { 10_000_000 };
    let database = Server::get()?.migrated("bench_history").await?;
    once(&database, &["seed", "--demo"]).await?;
    let history = History::make(&database, messages).await?;
    let mut outcome = Outcome::new(
        &format!("{} messages of history", thousands(messages as f64)),
        "Messages of thirty days to two connections and a webhook, nearly all accepted, some after retries, \
         some dead or given up, the last ones waiting; they are written as rows, and their counts by \
         `store::outbox::rebuild_sums`. Each request goes to `crossdock serve` over HTTP, with a token or, \
         for the pages, with a session, from four clients without a pause. Beside it stands the same figure \
         counted from the rows by one statement over the same indexes. An acknowledgement marks a hundred \
         messages as accepted in one statement and is rolled back, with and without the triggers. At the end \
         a day is pruned and every part of the counts compared with the rows.",
        effort.quick,
    );
    outcome.rows = reads(&database, &history, effort).await?;
    outcome
        .rows
        .push(acknowledgements(&database, effort).await?);
    outcome.rows.push(recount(&database).await?);
    database.drop().await?;
    outcome.keep("history")
}

/// Every request of the list, after a warm-up.
async fn reads(
    database: &Database,
    history: &History,
    effort: Effort,
) -> Result<Vec<Row>, Failure> {
    let times = if effort.quick { 5 } else { 100 };
    let served = Served::start(database, "web").await?;
    let door = Door::open(&served.address).await?;
    let mut rows = Vec::new();
    for asked in ASKED {
        eprintln!("history: {}", asked.what);
        at_once(&door, asked, 3).await?;
        let p95 = percentile(&at_once(&door, asked, times).await?, 0.95);
        let row = Row::new(
            format!("{}, {CLIENTS} at once, p95", asked.what),
            format!("{p95:.1} ms"),
        );
        let row = match asked.plain {
            Some(plain) => {
                let plain = median(&history.count(database, plain, effort.quick).await?);
                row.beside(format!("counting rows: {plain:.0} ms"), plain / p95)
            }
            None => row,
        };
        rows.push(row.bar("< 50 ms", p95 < BAR_MS));
    }
    served.stop().await?;
    Ok(rows)
}

/// Milliseconds of each answer to each client.
async fn at_once(door: &Door, asked: &'static Asked, times: usize) -> Result<Vec<f64>, Failure> {
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        let door = door.clone();
        clients.push(tokio::spawn(async move {
            let mut taken = Vec::new();
            for _ in 0..times {
                let started = Instant::now();
                door.ask(asked).await?;
                taken.push(started.elapsed().as_secs_f64() * 1e3);
            }
            Ok::<_, Failure>(taken)
        }));
    }
    let mut all = Vec::new();
    for client in clients {
        all.extend(client.await??);
    }
    Ok(all)
}

/// What the triggers add to the statement that acknowledges a batch.
async fn acknowledgements(database: &Database, effort: Effort) -> Result<Row, Failure> {
    let (times, rounds) = if effort.quick {
        (5, 1)
    } else {
        (100, effort.rounds)
    };
    let mut admin = database.admin().await?;
    let statement = format!(
        "begin;
         update erp_outbox set status = 'completed', processed_at = now(), updated_at = now()
         where id in (select id from erp_outbox where status = 'pending' order by next_run_at, seq limit {BATCH});
         rollback"
    );
    let (mut plain, mut counted) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        for (switch, taken) in [("disable", &mut plain), ("enable", &mut counted)] {
            let alter = format!("alter table erp_outbox {switch} trigger count_messages");
            sql(&mut admin, &alter).await?;
            for _ in 0..times {
                let started = Instant::now();
                sql(&mut admin, &statement).await?;
                taken.push(started.elapsed().as_secs_f64() * 1e3);
            }
        }
    }
    let (plain, counted) = (median(&plain), median(&counted));
    Ok(Row::new(
        format!("Acknowledging {BATCH} messages, counted"),
        format!("{counted:.2} ms"),
    )
    .beside(format!("not counted: {plain:.2} ms"), counted / plain))
}

/// Every part of the counts against the rows, after a day was pruned.
async fn recount(database: &Database) -> Result<Row, Failure> {
    let store = database.store(2).await?;
    let now = Utc::now();
    let gone = store::outbox::prune(&store, now - TimeDelta::days(29)).await?;
    while store::outbox::fold(&store, 10_000).await? > 0 {}
    let differing = store::outbox::differences(&store, now - TimeDelta::days(400)).await?;
    store.pool().close().await;
    let found = format!("{differing} differ ({} pruned)", thousands(gone as f64));
    Ok(
        Row::new("Parts of the counts against a full recount", found)
            .bar("equal to the last digit", differing == 0 && gone > 0),
    )
}
