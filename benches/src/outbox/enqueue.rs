//! What queueing a message costs the change that causes it, with sixteen of them at once.

use super::messages::{Queue, payload};
use super::upstream::Upstream;
use crate::floor::{self, Work};
use crate::outcome::{Outcome, Row, thousands};
use crate::postgres::Server;
use crate::site::Site;
use crate::statistics::median;
use crate::writers::{Clock, Tailer, WRITERS};
use crate::{Effort, Failure};
use chrono::Utc;
use domain::live::Topic;
use domain::timeline::TimelineKind;
use domain::user::Caller;
use domain::{DocumentId, LineId};
use std::sync::Arc;
use std::time::Duration;
use store::Scope;
use store::floor::LineUpdate;
use store::timeline::NewEntries;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// All rounds.
pub(crate) async fn run(effort: Effort) -> Result<(), Failure> {
    let (seconds, rounds) = if effort.quick {
        (2, 1)
    } else {
        (8, effort.rounds)
    };
    let length = Duration::from_secs(seconds);
    let database = Server::get()?.migrated("bench_enqueue").await?;
    let site = Site::set_up(&database, "http://127.0.0.1:9", 1.0).await?;
    let upstream = Upstream::start(0).await?;
    let work = floor::make(&database, "bench", WRITERS, 1).await?;
    let queue = Arc::new(Queue::set_up(&database, &site, &upstream, 20).await?);
    let (mut without, mut with, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for number in 1..=rounds {
        eprintln!("enqueue: round {number} of {rounds}");
        let plain = write(&queue, site.caller(), &work, false, length).await?;
        let queueing = write(&queue, site.caller(), &work, true, length).await?;
        ratios.push(queueing / plain);
        without.push(plain);
        with.push(queueing);
    }
    if let Some(queue) = Arc::into_inner(queue) {
        queue.close().await;
    }
    upstream.end().await?;
    site.close().await;
    database.drop().await?;
    let mut outcome = Outcome::new(
        "What queueing a message costs sixteen writers",
        "A change locks its document, moves a line, counts the document anew, appends to the timeline and \
         publishes a live event, with the statements of the product; with a message, it also queues one \
         under a key of its own. The feed is read meanwhile as the server does, and messages are announced \
         to the workers of other nodes as a node without one does. Nothing is delivered during the \
         measurement.",
        effort.quick,
    );
    let rate = |values: &[f64]| format!("{} commits/s", thousands(median(values)));
    let ratio = median(&ratios);
    outcome.rows = vec![
        Row::new("Changes that queue a message", rate(&with))
            .beside(format!("without: {}", rate(&without)), ratio)
            .bar("≥ 0.75", ratio >= 0.75),
    ];
    outcome.keep("enqueue")
}

/// Commits a second.
async fn write(
    queue: &Arc<Queue>,
    caller: &Caller,
    work: &[Work],
    queueing: bool,
    length: Duration,
) -> Result<f64, Failure> {
    let tailer = Tailer::start(queue.store.clone());
    let stop = CancellationToken::new();
    let announcing = tokio::spawn(engine::outbox::announce(queue.store.clone(), stop.clone()));
    let clock = Clock::default();
    let mut writers = Vec::new();
    for &work in work {
        let (queue, caller, clock) = (Arc::clone(queue), caller.clone(), clock.clone());
        writers.push(tokio::spawn(async move {
            while clock.goes() {
                change(&queue, &caller, work, queueing).await?;
                clock.count();
            }
            Ok(())
        }));
    }
    let rate = clock.run(writers, length).await?;
    stop.cancel();
    announcing.await?;
    drop(tailer);
    Ok(rate)
}

async fn change(queue: &Queue, caller: &Caller, work: Work, queueing: bool) -> Result<(), Failure> {
    let (now, document) = (Utc::now(), DocumentId(work.document));
    let warehouse = caller.warehouses.first().copied();
    let mut tx = queue.store.begin(Scope::Company(queue.company)).await?;
    store::documents::lock(&mut tx, &[work.document]).await?;
    let line = LineUpdate {
        id: LineId(work.line),
        quantity: 1.into(),
        reason: None,
        reason_text: None,
        user: caller.user_id,
        at: now,
    };
    store::floor::update_line(&mut tx, &line).await?;
    store::documents::recount(&mut tx, &[work.document], now).await?;
    let mut entries = NewEntries::default();
    let text = "1 KOM of BENCH BENCH ITEM: 1 of 99999999.";
    entries.push(document, TimelineKind::Picked, text.to_owned());
    store::timeline::record(&mut tx, queue.company, &entries, "Bench", None, now).await?;
    let topics = [
        Topic::Document(work.document),
        Topic::Documents,
        Topic::Tasks,
    ];
    store::live::publish(&mut tx, queue.company, warehouse, &topics, "pick").await?;
    if queueing {
        let about = format!("document:{}", work.document);
        let message = queue.about(&about, Uuid::now_v7().to_string(), payload(0));
        queue.enqueue(&mut tx, &[message]).await?;
    }
    Ok(tx.commit().await?)
}
