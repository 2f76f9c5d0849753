//! From the commit of a change to the arrival of its message, at two hundred a second.

use super::messages::{Queue, judge};
use super::upstream::{Upstream, now};
use super::worker;
use crate::outcome::{Outcome, Row};
use crate::postgres::Server;
use crate::site::Site;
use crate::statistics::{median, percentile};
use crate::{Effort, Failure};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use store::Scope;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const A_SECOND: usize = 200;

/// All rounds.
pub(crate) async fn run(effort: Effort) -> Result<(), Failure> {
    let (seconds, rounds) = if effort.quick {
        (2, 1)
    } else {
        (15, effort.rounds)
    };
    let server = Server::get()?;
    let (mut halves, mut most) = (Vec::new(), Vec::new());
    for number in 1..=rounds {
        eprintln!("latency: round {number} of {rounds}");
        let delays = round(&server, seconds * A_SECOND).await?;
        halves.push(percentile(&delays, 0.5));
        most.push(percentile(&delays, 0.99));
    }
    let mut outcome = Outcome::new(
        "From a commit to the arrival of its message",
        "One process queues two hundred messages a second, each in a transaction of its own, and announces \
         them as a web node does; another one delivers them to a webhook as a worker node does, so that \
         every message crosses from node to node through PostgreSQL. The time runs from asking for the \
         commit, which the disk's sync still follows, to the receipt by the HTTP server.",
        effort.quick,
    );
    let (half, most) = (median(&halves), median(&most));
    let ms = |seconds: f64| format!("{:.1} ms", seconds * 1e3);
    outcome.rows = vec![
        Row::new("Half of the messages within", ms(half)).bar("≤ 25 ms", half <= 0.025),
        Row::new("99 of 100 within", ms(most)).bar("≤ 80 ms", most <= 0.08),
    ];
    outcome.keep("latency")
}

/// Seconds from commit to arrival of each message.
async fn round(server: &Server, count: usize) -> Result<Vec<f64>, Failure> {
    let database = server.migrated("bench_latency").await?;
    let site = Site::set_up(&database, "http://127.0.0.1:9", 1.0).await?;
    let mut upstream = Upstream::start(0).await?;
    let queue = Arc::new(Queue::set_up(&database, &site, &upstream, 8).await?);
    let stop = CancellationToken::new();
    let announcing = tokio::spawn(engine::outbox::announce(queue.store.clone(), stop.clone()));
    let mut process = worker::start(&database, &upstream).await?;
    process.ask::<serde_json::Value>("go").await?;
    // It opens its connections.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let commits = commits(&queue, count).await?;
    upstream.reached(count).await?;
    process.ask::<serde_json::Value>("stop").await?;
    let arrivals = upstream.arrivals().await?;
    judge(&database, &arrivals, count).await?;
    process.end().await?;
    stop.cancel();
    announcing.await?;
    upstream.end().await?;
    if let Some(queue) = Arc::into_inner(queue) {
        queue.close().await;
    }
    site.close().await;
    database.drop().await?;
    arrivals
        .iter()
        .map(|arrival| {
            let committed = commits.get(&arrival.id).ok_or("a message nobody queued")?;
            Ok(arrival.at - committed)
        })
        .collect()
}

/// When the commit of each message was asked for, by its id.
async fn commits(queue: &Arc<Queue>, count: usize) -> Result<HashMap<String, f64>, Failure> {
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / A_SECOND as u32);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut changes = Vec::with_capacity(count);
    for number in 0..count {
        ticks.tick().await;
        let queue = Arc::clone(queue);
        changes.push(tokio::spawn(async move { commit(&queue, number).await }));
    }
    let mut commits = HashMap::with_capacity(count);
    for change in changes {
        let (id, at) = change.await??;
        commits.insert(id.to_string(), at);
    }
    Ok(commits)
}

async fn commit(queue: &Queue, number: usize) -> Result<(Uuid, f64), Failure> {
    let about = format!("document:{number}");
    let payload = super::messages::payload(number);
    let message = queue.about(&about, format!("bench:{number}"), payload);
    let mut tx = queue.store.begin(Scope::Company(queue.company)).await?;
    let ids = queue.enqueue(&mut tx, &[message]).await?;
    let at = now();
    tx.commit().await?;
    Ok((*ids.first().ok_or("nothing was queued")?, at))
}
