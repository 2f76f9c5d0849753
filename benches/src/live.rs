//! From the commit of a pick to a thousand screens, beside a bare `ws` server.

mod bare;

use crate::floor::{self, Work};
use crate::outcome::{Outcome, Row, thousands};
use crate::postgres::{Database, Server};
use crate::served::{Served, once};
use crate::sockets::{Crowd, Door, delays};
use crate::statistics::{median, percentile};
use crate::{Effort, Failure};
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

/// All rounds.
pub(crate) async fn run(effort: Effort) -> Result<(), Failure> {
    let (clients, seconds, rounds) = if effort.quick {
        (100, 3, 1)
    } else {
        (1_000, 15, effort.rounds)
    };
    let database = prepare().await?;
    let work = floor::make(&database, "marko", 20, 1).await?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for number in 1..=rounds {
        eprintln!("live: round {number} of {rounds}");
        let heard = round(&database, &work, clients, seconds).await?;
        theirs.push(bare::round(&database, clients, seconds, heard.bytes).await?);
        ours.push(heard);
    }
    database.drop().await?;
    let mut outcome = Outcome::new(
        &format!("Commit of a pick to {} sockets", thousands(clients as f64)),
        "Picks go through the REST API of `crossdock serve`, ten a second; the sockets have a session \
         and an origin that were checked, and listen to the documents of their site. The other server \
         is Node with `ws`, without compression, sessions or topics: a pick is a row of a table, and \
         when its commit has returned the text is posted to the server, which sends it to everybody; \
         its messages are as long as Crossdock's. Both are heard by the same clients in one thread. \
         The time runs from the commit's own timestamp in PostgreSQL, which the disk's sync still \
         follows, to the arrival at each client.",
        effort.quick,
    );
    outcome.rows = rows(clients, &ours, &theirs);
    outcome.keep("live")
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
        url: format!("ws://{}/live", served.address),
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

fn rows(clients: usize, ours: &[Heard], theirs: &[Heard]) -> Vec<Row> {
    let of = |heard: &[Heard], figure: fn(&Heard) -> f64| {
        median(&heard.iter().map(figure).collect::<Vec<_>>())
    };
    let pairs = ours.iter().zip(theirs);
    let p99: Vec<f64> = pairs
        .clone()
        .map(|(our, their)| our.p99 / their.p99)
        .collect();
    let p50: Vec<f64> = pairs.map(|(our, their)| our.p50 / their.p50).collect();
    let ms = |value: f64| format!("{value:.1} ms");
    let each = |heard: &Heard| (heard.memory.with_all - heard.memory.before) * 1024.0;
    let socket =
        |heard: &[Heard]| median(&heard.iter().map(each).collect::<Vec<_>>()) / clients as f64;
    let missing: usize = ours.iter().map(|heard| heard.missing).sum();
    let ratio = median(&p99);
    vec![
        Row::new(
            "Commit to client, half of the messages within",
            ms(of(ours, |h| h.p50)),
        )
        .beside(format!("ws: {}", ms(of(theirs, |h| h.p50))), median(&p50)),
        Row::new("Commit to client, 99 % within", ms(of(ours, |h| h.p99)))
            .beside(format!("ws: {}", ms(of(theirs, |h| h.p99))), ratio)
            .bar("≤ 1.2", ratio <= 1.2),
        Row::new("Messages somebody did not get", missing.to_string()).bar("0", missing == 0),
        Row::new(
            "Server's processor time per message",
            format!("{:.1} µs", of(ours, |h| h.cpu_us)),
        )
        .beside(
            format!("ws: {:.1} µs", of(theirs, |h| h.cpu_us)),
            of(ours, |h| h.cpu_us) / of(theirs, |h| h.cpu_us),
        ),
        Row::new("Memory per socket", format!("{:.1} KB", socket(ours))).beside(
            format!("ws: {:.1} KB", socket(theirs)),
            socket(ours) / socket(theirs),
        ),
        Row::new(
            "Server's memory with all sockets",
            format!("{:.0} MB", of(ours, |h| h.memory.with_all)),
        )
        .beside(
            format!("ws: {:.0} MB", of(theirs, |h| h.memory.with_all)),
            of(ours, |h| h.memory.with_all) / of(theirs, |h| h.memory.with_all),
        ),
    ]
}
