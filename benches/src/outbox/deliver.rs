//! A backlog of messages over HTTP, beside other queues on PostgreSQL.

use super::messages::{Queue, judge};
use super::peers::Peer;
use super::posting;
use super::processor::Postgres;
use super::upstream::Upstream;
use super::worker;
use crate::child::Process;
use crate::engine_child::cpu_seconds_of;
use crate::outcome::{Outcome, Row, thousands};
use crate::postgres::{Database, Server, run as sql};
use crate::site::Site;
use crate::statistics::median;
use crate::{Effort, Failure};

const PEERS: [(Peer, f64); 3] = [
    (Peer::GraphileWorker, 3.0),
    (Peer::PgBoss, 2.5),
    (Peer::GraphileWorkerRust, 1.2),
];

/// What one side did.
#[derive(Debug, Clone, Copy)]
struct Side {
    per_second: f64,
    /// Microseconds of processor time per message: the process that sends.
    client: f64,
    /// The same: PostgreSQL.
    postgres: f64,
}

/// One round of everybody.
struct Round {
    ours: Side,
    limit: Side,
    peers: [Side; 3],
}

/// All rounds.
pub(crate) async fn run(effort: Effort) -> Result<(), Failure> {
    let (count, rounds) = if effort.quick {
        (2_000, 1)
    } else {
        (20_000, effort.rounds)
    };
    let server = Server::get()?;
    let mut found = Vec::new();
    for number in 1..=rounds {
        eprintln!("outbox: round {number} of {rounds}");
        let ours = ours(&server, count).await?;
        let limit = limit(count).await?;
        let [first, second, third] = PEERS.map(|(peer, _)| peer);
        let peers = [
            theirs(&server, first, count).await?,
            theirs(&server, second, count).await?,
            theirs(&server, third, count).await?,
        ];
        found.push(Round { ours, limit, peers });
    }
    let mut outcome = Outcome::new(
        &format!("{} messages over HTTP", thousands(count as f64)),
        "Every side finds its messages queued in the same PostgreSQL, vacuumed and analysed, and posts \
         each to the same small HTTP server on this machine; the rate is from the arrival of the first to \
         that of the last one, and afterwards nothing may be left, sent twice, or, for Crossdock, have \
         come out of its document's order. Crossdock's engine delivers to a webhook with everything on: \
         signatures, idempotency keys, row-level security, order per document (two messages each), \
         attempts with request and answer, live events, dead letters. graphile-worker runs 24 jobs at \
         once with a local queue of 500 and batched completion; pg-boss is fetched from in two loops of \
         1,000 without sorting and completed in batches, which is faster than its own workers; both send \
         through undici over 24 connections. The Rust crate graphile_worker runs 24 at once with a local \
         queue of 500 and completes every 5 ms, sending through the same HTTP client as Crossdock. The \
         limit is this machine's ceiling: a process with no queue, no database and no signatures, which \
         posts the peers' bodies, made beforehand, to the same server through an HTTP client set up as \
         Crossdock's, 24 at once. Processor time is the kernel's, of the process that sends and of all \
         processes of PostgreSQL; the server that receives is not counted.",
        effort.quick,
    );
    outcome.rows = rows(&found);
    outcome.keep("outbox")
}

fn rows(found: &[Round]) -> Vec<Row> {
    let of = |figure: &dyn Fn(&Round) -> f64| median(&found.iter().map(figure).collect::<Vec<_>>());
    let rate = |value: f64| format!("{} messages/s", thousands(value));
    let cost = |side: &dyn Fn(&Round) -> Side| {
        let (client, postgres) = (of(&|r| side(r).client), of(&|r| side(r).postgres));
        format!("{client:.0} + {postgres:.0} µs")
    };
    let ours = rate(of(&|r| r.ours.per_second));
    let mut rows = Vec::new();
    for (place, (peer, bar)) in PEERS.into_iter().enumerate() {
        let ratio = of(&|r| r.ours.per_second / r.peers[place].per_second);
        let theirs = rate(of(&|r| r.peers[place].per_second));
        let row = Row::new("Delivered", ours.clone())
            .beside(format!("{}: {theirs}", peer.name()), ratio)
            .bar(format!("≥ {bar}"), ratio >= bar);
        rows.push(row);
    }
    let alone = rate(of(&|r| r.limit.per_second));
    rows.push(Row::new("The limit: posting alone, no queue", ours).beside(
        format!("posting alone: {alone}"),
        of(&|r| r.ours.per_second / r.limit.per_second),
    ));
    let whole = of(&|r| r.ours.client + r.ours.postgres);
    rows.push(
        Row::new(
            "Processor time per message, sender + PostgreSQL",
            cost(&|r| r.ours),
        )
        .bar("≤ 60 µs", whole <= 60.0),
    );
    for (place, (peer, _)) in PEERS.into_iter().enumerate() {
        let theirs = of(&|r| r.peers[place].client + r.peers[place].postgres);
        rows.push(
            Row::new("Processor time per message", format!("{whole:.0} µs")).beside(
                format!("{}: {}", peer.name(), cost(&|r| r.peers[place])),
                whole / theirs,
            ),
        );
    }
    let alone = of(&|r| r.limit.client);
    rows.push(
        Row::new("Processor time per message", format!("{whole:.0} µs"))
            .beside(format!("posting alone: {alone:.0} µs"), whole / alone),
    );
    rows
}

async fn ours(server: &Server, count: usize) -> Result<Side, Failure> {
    let database = server.migrated("bench_outbox").await?;
    let site = Site::set_up(&database, "http://127.0.0.1:9", 1.0).await?;
    let mut upstream = Upstream::start(0).await?;
    let queue = Queue::set_up(&database, &site, &upstream, 4).await?;
    queue.fill(count).await?;
    let mut process = worker::start(&database, &upstream).await?;
    let side = drained(&database, &mut upstream, &mut process, count).await?;
    judge(&database, &upstream.arrivals().await?, count).await?;
    process.end().await?;
    upstream.end().await?;
    queue.close().await;
    site.close().await;
    database.drop().await?;
    Ok(side)
}

/// What is left when nothing is queued.
async fn limit(count: usize) -> Result<Side, Failure> {
    let mut upstream = Upstream::start(0).await?;
    let mut process = posting::start(&upstream, count).await?;
    let side = measured(None, &mut upstream, &mut process, count).await?;
    process.end().await?;
    upstream.end().await?;
    Ok(side)
}

async fn theirs(server: &Server, peer: Peer, count: usize) -> Result<Side, Failure> {
    let database = server.empty("bench_outbox_peer").await?;
    let mut upstream = Upstream::start(0).await?;
    let mut process = peer.start(&database, &upstream, count).await?;
    let side = drained(&database, &mut upstream, &mut process, count).await?;
    let left: i64 = sqlx::query_scalar(peer.left())
        .fetch_one(&mut database.admin().await?)
        .await?;
    if left > 0 {
        return Err(format!("{} left {left} messages", peer.name()).into());
    }
    process.end().await?;
    upstream.end().await?;
    database.drop().await?;
    Ok(side)
}

/// A queue's side, once its database is ready.
async fn drained(
    database: &Database,
    upstream: &mut Upstream,
    process: &mut Process,
    count: usize,
) -> Result<Side, Failure> {
    sql(&mut database.admin().await?, "vacuum analyze").await?;
    let postgres = Postgres::find(database).await?;
    measured(Some(&postgres), upstream, process, count).await
}

/// From the first arrival to the last; processor time until everything is written.
async fn measured(
    postgres: Option<&Postgres>,
    upstream: &mut Upstream,
    process: &mut Process,
    count: usize,
) -> Result<Side, Failure> {
    let id = process.id()?;
    let spent = || -> Result<(f64, f64), Failure> {
        let postgres = postgres.map_or(Ok(0.0), Postgres::seconds)?;
        Ok((cpu_seconds_of(&id)?, postgres))
    };
    let before = spent()?;
    process.ask::<serde_json::Value>("go").await?;
    let counted = upstream.reached(count).await?;
    process.ask::<serde_json::Value>("stop").await?;
    let after = spent()?;
    let requests = upstream.counted().await?.requests;
    if requests != count {
        return Err(format!("{requests} requests for {count} messages").into());
    }
    let per_message = |seconds: f64| seconds * 1e6 / count as f64;
    Ok(Side {
        per_second: count as f64 / (counted.last - counted.first),
        client: per_message(after.0 - before.0),
        postgres: per_message(after.1 - before.1),
    })
}
