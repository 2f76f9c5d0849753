//! A worker killed again and again in the middle of a delivery.

use super::messages::{Queue, judge, settled};
use super::upstream::{Upstream, now};
use super::worker;
use crate::outcome::{Outcome, Row, thousands};
use crate::postgres::Server;
use crate::site::Site;
use crate::statistics::median;
use crate::{Effort, Failure};
use std::time::Duration;

const KILLS: u64 = 8;
/// Milliseconds until the upstream answers.
const ANSWERS_AFTER: u64 = 150;

/// How one round went.
struct Round {
    /// Seconds from the last kill until every message is written down as delivered.
    recovered: f64,
    /// Messages that came before the last kill.
    before: usize,
    /// Messages that were sent again; the upstream knew them by their reference.
    again: usize,
}

/// All rounds.
pub(crate) async fn run(effort: Effort) -> Result<(), Failure> {
    let (count, rounds) = if effort.quick {
        (600, 1)
    } else {
        (6_000, effort.rounds)
    };
    let server = Server::get()?;
    let mut found = Vec::new();
    for number in 1..=rounds {
        eprintln!("killed: round {number} of {rounds}");
        found.push(round(&server, count).await?);
    }
    let mut outcome = Outcome::new(
        "A worker killed eight times while it delivers",
        "One worker delivers to a webhook that takes 150 ms to answer, is killed (SIGKILL) at eight moments \
         spread over its work, and is started anew at once each time. The receiver takes each reference in \
         once and counts what comes again. At the end every message is delivered, and those of a document \
         came in their order. Other queues are not run here: sixty seconds after the last of eight kills \
         of the same kind, graphile-worker 0.17 still held 3,605 of 6,000 messages and pg-boss 12.15 \
         2,274, in a run of their own on this kind of machine; they wait four hours and fifteen minutes \
         for a worker that is gone.",
        effort.quick,
    );
    outcome.rows = rows(&found, count);
    outcome.keep("killed")
}

fn rows(found: &[Round], count: usize) -> Vec<Row> {
    let of = |figure: fn(&Round) -> f64| median(&found.iter().map(figure).collect::<Vec<_>>());
    let worst = found.iter().map(|r| r.recovered).fold(0.0, f64::max);
    let whole = thousands(count as f64);
    let recovered = of(|r| r.recovered);
    vec![
        Row::new(
            format!("Last kill until {whole} messages are delivered"),
            format!("{recovered:.1} s"),
        )
        .bar("≤ 30 s", worst <= 30.0),
        Row::new("The slowest round", format!("{worst:.1} s")),
        Row::new(
            "Arrived before the last kill",
            thousands(of(|r| r.before as f64)),
        ),
        Row::new(
            "Sent again, and taken in once",
            thousands(of(|r| r.again as f64)),
        ),
        Row::new("Lost, dead or out of order", "0").bar("0", true),
    ]
}

async fn round(server: &Server, count: usize) -> Result<Round, Failure> {
    let database = server.migrated("bench_killed").await?;
    let site = Site::set_up(&database, "http://127.0.0.1:9", 1.0).await?;
    let mut upstream = Upstream::start(ANSWERS_AFTER).await?;
    let queue = Queue::set_up(&database, &site, &upstream, 4).await?;
    queue.fill(count).await?;
    for kill in 0..KILLS {
        let mut process = worker::start(&database, &upstream).await?;
        process.ask::<serde_json::Value>("go").await?;
        // Spread over the answers' time, in an order that repeats nothing.
        let moment = 350 + kill * 37 % ANSWERS_AFTER;
        tokio::time::sleep(Duration::from_millis(moment)).await;
        process.kill().await?;
    }
    let (killed, before) = (now(), upstream.counted().await?.effects);
    if before >= count {
        return Err("everything arrived before the last kill: nothing is shown".into());
    }
    let mut process = worker::start(&database, &upstream).await?;
    process.ask::<serde_json::Value>("go").await?;
    settled(&database).await?;
    let recovered = now() - killed;
    process.ask::<serde_json::Value>("stop").await?;
    process.end().await?;
    judge(&database, &upstream.arrivals().await?, count).await?;
    let requests = upstream.counted().await?.requests;
    upstream.end().await?;
    queue.close().await;
    site.close().await;
    database.drop().await?;
    Ok(Round {
        recovered,
        before,
        again: requests - count,
    })
}
