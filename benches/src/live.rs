//! From the commit of a pick to a thousand screens and to ten thousand, beside a bare `ws` server.

mod bare;
mod rows;

use crate::floor::{self, Work};
use crate::outcome::{Outcome, thousands};
use crate::postgres::{Database, Server};
use crate::served::{Served, once};
use crate::sockets::{Crowd, Door, delays};
use crate::statistics::percentile;
use crate::{Effort, Failure};
use rows::Bars;
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

const PASSWORD: &str = "demo-crossdock";
const A_SECOND: u32 = 10;

/// One server in one round.
struct Heard {
    p50: f64,
    p99: f64,
    cpu_us: f64,
    memory: Memory,
    missing: usize,
    bytes: usize,
}

/// Resident memory in MB.
#[derive(Clone, Copy)]
struct Memory {
    before: f64,
    with_all: f64,
}

/// How many listen, and for how long.
#[derive(Clone, Copy)]
struct Scale {
    clients: usize,
    seconds: u32,
    rounds: usize,
}

const METHOD: &str = "Picks go through the REST API of `crossdock serve`, ten a second; the sockets \
     have a session and an origin that were checked, and listen to the documents of their site. The other server \
     is Node with `ws`, without compression, sessions or topics: a pick is a row of a table, and \
     when its commit has returned the text is posted to the server, which sends it to everybody; \
     its messages are as long as Crossdock's. Both are heard by the same clients in one thread, \
     which read frames and nothing else. The time runs from the commit's own timestamp in \
     PostgreSQL, which the disk's sync still follows, to the arrival at each client. Processor time \
     and memory are the server's; the time holds the picks themselves, too.";
const CROWD: &str = "The same with ten times as many: a hundred thousand messages a second, sent and \
     received on the same machine.";

/// All rounds.
pub(crate) async fn run(effort: Effort) -> Result<(), Failure> {
    let scale = |clients, seconds, rounds| Scale {
        clients,
        seconds,
        rounds,
    };
    let (site, crowd) = if effort.quick {
        (scale(100, 3, 1), scale(500, 3, 1))
    } else {
        (
            scale(1_000, 15, effort.rounds),
            scale(10_000, 10, effort.rounds),
        )
    };
    let database = prepare().await?;
    let work = floor::make(&database, "marko", 20, 1).await?;
    let kinds = [
        ("live", METHOD, Bars::Site, site),
        ("live_crowd", CROWD, Bars::Crowd, crowd),
    ];
    for (name, method, bars, scale) in kinds {
        let (ours, theirs) = rounds(&database, &work, scale).await?;
        let clients = thousands(scale.clients as f64);
        let title = format!("Commit of a pick to {clients} sockets");
        let mut outcome = Outcome::new(&title, method, effort.quick);
        outcome.rows = rows::of(bars, scale.clients, &ours, &theirs);
        outcome.keep(name)?;
    }
    database.drop().await
}

async fn rounds(
    database: &Database,
    work: &[Work],
    scale: Scale,
) -> Result<(Vec<Heard>, Vec<Heard>), Failure> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let Scale {
        clients,
        seconds,
        rounds,
    } = scale;
    for number in 1..=rounds {
        eprintln!("live: {clients} sockets, round {number} of {rounds}");
        let heard = round(database, work, clients, seconds).await?;
        theirs.push(bare::round(database, clients, seconds, heard.bytes).await?);
        ours.push(heard);
    }
    Ok((ours, theirs))
}

async fn prepare() -> Result<Database, Failure> {
    let database = Server::get()?.migrated("bench_live").await?;
    once(&database, &["seed", "--demo"]).await?;
    bare::prepare(&database).await?;
    Ok(database)
}

async fn round(
    database: &Database,
    work: &[Work],
    clients: usize,
    seconds: u32,
) -> Result<Heard, Failure> {
    let served = Served::start(database, "web").await?;
    let token = token(&served, "marko").await?;
    let door = Door {
        address: served.address.clone(),
        path: "/live",
        headers: vec![
            ("cookie", cookie(&served, "luka").await?),
            ("origin", format!("http://{}", served.address)),
        ],
        subscribe: Some(r#"{"type":"subscribe","topics":["documents"],"resume":null}"#.to_owned()),
    };
    // Hashing a password takes memory that is given back with time.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = served.memory_mb()?;
    let crowd = Crowd::gather(door, clients).await?;
    let first = first_event(database).await?;
    let memory = Memory {
        before,
        with_all: served.memory_mb()?,
    };
    let start = cpu_seconds(&served.id())?;
    let client = reqwest::Client::new();
    let url = format!("http://{}/api/v1/operations", served.address);
    let mut ticks = ticks();
    let count = (seconds * A_SECOND) as usize;
    for work in work.iter().cycle().take(count) {
        ticks.tick().await;
        let request = client.post(&url).bearer_auth(&token).json(&work.pick());
        let answer: serde_json::Value = request.send().await?.error_for_status()?.json().await?;
        if answer["outcome"]["outcome"] != "accepted" {
            return Err(format!("a pick was refused: {answer}").into());
        }
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let cpu = cpu_seconds(&served.id())? - start;
    let arrivals = crowd.disperse()?;
    let (committed, bytes) = commits(database, first).await?;
    let (delays, missing) = delays(&arrivals, &committed, clients);
    served.stop().await?;
    Ok(Heard {
        p50: percentile(&delays, 0.5),
        p99: percentile(&delays, 0.99),
        cpu_us: cpu * 1e6 / delays.len() as f64,
        memory,
        missing,
        bytes,
    })
}

/// Ten a second; a late one does not make the next ones come in a bunch.
fn ticks() -> tokio::time::Interval {
    let mut ticks = interval(Duration::from_secs(1) / A_SECOND);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

async fn token(served: &Served, login: &str) -> Result<String, Failure> {
    let url = format!("http://{}/api/v1/auth/token", served.address);
    let body = serde_json::json!({"login": login, "password": PASSWORD});
    let answer: serde_json::Value = reqwest::Client::new()
        .post(url)
        .json(&body)
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    Ok(answer["access_token"]
        .as_str()
        .ok_or("no token")?
        .to_owned())
}

async fn cookie(served: &Served, login: &str) -> Result<String, Failure> {
    let url = format!("http://{}/api/fn/session/sign_in", served.address);
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let answer = client
        .post(url)
        .header("origin", format!("http://{}", served.address))
        .json(&serde_json::json!({"login": login, "password": PASSWORD}))
        .send()
        .await?;
    let cookie = answer
        .headers()
        .get("set-cookie")
        .ok_or("no session began")?;
    let pair = cookie.to_str()?.split(';').next().unwrap_or_default();
    Ok(pair.to_owned())
}

async fn first_event(database: &Database) -> Result<i64, Failure> {
    let mut admin = database.admin().await?;
    Ok(
        sqlx::query_scalar("select coalesce(max(id), 0) from live_feed")
            .fetch_one(&mut admin)
            .await?,
    )
}

/// When each event after that one was committed, and the length of such a message.
async fn commits(database: &Database, after: i64) -> Result<(HashMap<i64, f64>, usize), Failure> {
    let mut admin = database.admin().await?;
    let rows: Vec<(i64, f64)> = sqlx::query_as(
        "select id, extract(epoch from pg_xact_commit_timestamp(tx::xid))::float8 from live_feed
         where id > $1 and 'documents' = any(topics)",
    )
    .bind(after)
    .fetch_all(&mut admin)
    .await?;
    let topics: String =
        sqlx::query_scalar("select topics::text from live_feed order by id desc limit 1")
            .fetch_one(&mut admin)
            .await?;
    Ok((rows.into_iter().collect(), topics.len() + 90))
}

/// User and system time of a process; the kernel counts in hundredths.
fn cpu_seconds(process: &str) -> Result<f64, Failure> {
    crate::engine_child::cpu_seconds_of(process)
}
