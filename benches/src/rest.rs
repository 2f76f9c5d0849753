//! Fifty rows out of a million document lines through the REST API, beside a plain handler over the
//! same database and beside FastAPI and asyncpg.

mod load;
mod peer;
pub(crate) mod plain;
mod rows;

use crate::outcome::{Outcome, Row, thousands};
use crate::postgres::{Database, Server};
use crate::served::{Served, once};
use crate::statistics::{median, percentile};
use crate::{Effort, Failure};
use load::Target;
use peer::Peer;
use plain::Plain;
use rows::Lines;
use std::time::Duration;

const PASSWORD: &str = "demo-crossdock";
/// Asked for in the steady part, requests a second.
const RATE: u32 = 200;
/// Clients of the part without a pause.
const CLIENTS: usize = 32;

/// What one server did in one round.
struct Served200 {
    p95_ms: f64,
    per_second: f64,
}

/// One round of everybody.
struct Round {
    ours: Served200,
    plain: Served200,
    theirs: Served200,
}

/// All rounds.
pub(crate) async fn run(effort: Effort) -> Result<(), Failure> {
    let (documents, seconds, rounds) = if effort.quick {
        (2_000, 3, 1)
    } else {
        (20_000, 15, effort.rounds)
    };
    let database = Server::get()?.migrated("bench_rest").await?;
    once(&database, &["seed", "--demo"]).await?;
    let lines = Lines::make(&database, documents).await?;
    let mut found = Vec::new();
    for number in 1..=rounds {
        eprintln!("rest: round {number} of {rounds}");
        found.push(Round {
            ours: ours(&database, &lines, seconds).await?,
            plain: plain(&database, &lines, seconds).await?,
            theirs: theirs(&database, &lines, seconds).await?,
        });
    }
    database.drop().await?;
    outcome(effort, documents, &found).keep("rest")
}

async fn ours(database: &Database, lines: &Lines, seconds: u64) -> Result<Served200, Failure> {
    let served = Served::start(database, "web").await?;
    let token = token(&served.address).await?;
    let side = round(&served.address, &token, lines, seconds).await?;
    served.stop().await?;
    Ok(side)
}

async fn plain(database: &Database, lines: &Lines, seconds: u64) -> Result<Served200, Failure> {
    let plain = Plain::start(database).await?;
    let token = peer::token(&plain.address, lines.user).await?;
    let side = round(&plain.address, &token, lines, seconds).await?;
    plain.stop().await?;
    Ok(side)
}

async fn theirs(database: &Database, lines: &Lines, seconds: u64) -> Result<Served200, Failure> {
    let peer = Peer::start(database).await?;
    let token = peer::token(&peer.address, lines.user).await?;
    let side = round(&peer.address, &token, lines, seconds).await?;
    peer.stop().await?;
    Ok(side)
}

async fn round(
    address: &str,
    token: &str,
    lines: &Lines,
    seconds: u64,
) -> Result<Served200, Failure> {
    let target = Target {
        address: address.to_owned(),
        token: token.to_owned(),
        documents: lines.documents.clone(),
    };
    load::together(&target, CLIENTS, Duration::from_secs(1)).await?;
    let delays = load::steady(&target, RATE, Duration::from_secs(seconds)).await?;
    let span = Duration::from_secs(seconds);
    let answers = load::together(&target, CLIENTS, span).await?;
    Ok(Served200 {
        p95_ms: percentile(&delays, 0.95),
        per_second: answers as f64 / span.as_secs_f64(),
    })
}

async fn token(address: &str) -> Result<String, Failure> {
    let url = format!("http://{address}/api/v1/auth/token");
    let body = serde_json::json!({ "login": "luka", "password": PASSWORD });
    let request = reqwest::Client::new().post(url).json(&body).send().await?;
    let answer: serde_json::Value = request.error_for_status()?.json().await?;
    let token = answer["access_token"].as_str();
    Ok(token.ok_or("no token")?.to_owned())
}

fn outcome(effort: Effort, documents: i64, found: &[Round]) -> Outcome {
    let lines = thousands(documents as f64 * rows::PER_DOCUMENT as f64);
    let mut outcome = Outcome::new(
        &format!("REST list of 50 rows over {lines} document lines"),
        "`GET /api/v1/dispatches/{id}/items` of a random document: token checked against the database, \
         row-level security, 50 rows of 18 fields. The peer is FastAPI with asyncpg, orjson, uvloop and \
         two uvicorn workers, with the same database, query, token check and settings per transaction. \
         The plain handler does what the peer does, by hand in axum and sqlx: two routes in a process \
         with a thread per core and a pool of eight connections with sqlx's defaults, and no layers. One \
         client in this program asks all three, over connections that stay open; latency counts from \
         when a request was due. Throughput is 32 clients without a pause, on the same two cores as \
         the server and PostgreSQL.",
        effort.quick,
    );
    outcome.rows = table(found);
    outcome
}

fn table(found: &[Round]) -> Vec<Row> {
    let of = |figure: fn(&Round) -> f64| median(&found.iter().map(figure).collect::<Vec<_>>());
    let (p95, their_p95) = (of(|r| r.ours.p95_ms), of(|r| r.theirs.p95_ms));
    let (rate, their_rate) = (of(|r| r.ours.per_second), of(|r| r.theirs.per_second));
    let plain = of(|r| r.plain.per_second);
    let beside = |name: &str, rate: f64| format!("{name} {}/s", thousands(rate));
    let throughput = || Row::new("Throughput", format!("{}/s", thousands(rate)));
    vec![
        Row::new(format!("p95 at {RATE} requests/s"), format!("{p95:.1} ms"))
            .beside(format!("FastAPI {their_p95:.1} ms"), their_p95 / p95)
            .bar("≤ 20 ms", p95 <= 20.0),
        throughput()
            .beside(beside("FastAPI", their_rate), rate / their_rate)
            .bar("≥ 6 ×", rate / their_rate >= 6.0),
        throughput().beside(beside("plain axum + sqlx handler", plain), rate / plain),
        Row::new(
            "Throughput: the plain handler beside FastAPI",
            format!("{:.1} times", plain / their_rate),
        ),
    ]
}
