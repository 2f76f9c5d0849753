//! Faults at random points, with real processes and a real database. Each is tried in a short form with the
//! other tests and in a long one by `scripts/chaos`; the size is all the difference.

mod clocks;
mod crashes;
mod cuts;
mod dead;
mod full;
mod kills;
mod line;
mod long;
mod nodes;
mod pace;
mod queue;
mod restore;
mod runs;
mod worker;

use crate::books::{Books, Ledger};
use crate::support::{Rig, items, node, options};
use chrono::{DateTime, Utc};
use domain::ConnectionId;
use domain::delivery::{DeliverySettings, RetryPolicy, RetryStrategy};
use domain::push::PushKind;
use engine::{Engine, Options};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};
use store::outbox::{NewMessage, Target};
use store::{Scope, Store};
use testkit::people::People;
use uuid::Uuid;

/// Messages that are not at their end.
const OPEN: &str = "select count(*) from erp_outbox where status = 'pending'";
/// Nothing here takes so long unless it hangs, at length and on a busy machine either.
const PATIENCE: Duration = Duration::from_secs(400);

/// Leases that end soon, yet not while a busy machine has other things to do.
fn impatient() -> Options {
    let mut options = options();
    options.outbox.lease = Duration::from_secs(4);
    options
}

/// A rig whose connection writes products and tries again after a second.
async fn site() -> Rig {
    let rig = Rig::new(items(0)).await;
    writes(&rig.store, &rig.people, rig.connection, rig.now()).await;
    rig
}

async fn writes(store: &Store, people: &People, connection: ConnectionId, now: DateTime<Utc>) {
    let kinds = [PushKind::Product.as_str().to_owned()];
    operations::connections::record_push_kinds(store, people.company, connection, &kinds)
        .await
        .unwrap();
    let retry_policy = RetryPolicy {
        strategy: RetryStrategy::Fixed,
        initial_delay_seconds: 1,
        jitter_percent: 0,
        ..RetryPolicy::default()
    };
    let settings = DeliverySettings {
        retry_policy,
        ..DeliverySettings::default()
    };
    operations::connections::set_delivery(store, &people.ana, connection, &settings, now)
        .await
        .unwrap();
}

/// A node by the rig's clock that waits for the books however busy the machine is.
fn steady(rig: &Rig, books: &Books) -> Engine {
    let engine = node(rig.database.store(), options(), rig.clock.shared());
    engine.with_connector(rig.connection, Ledger::at(books.address, true))
}

/// So many messages about so many products, in turn.
fn messages(connection: ConnectionId, count: usize, products: usize) -> Vec<NewMessage> {
    let message = |n: usize| {
        let code = format!("P-{}", n % products);
        let payload = json!({ "code": code, "name": format!("name {n}") });
        NewMessage {
            idempotency_key: format!("k-{n}"),
            event_type: PushKind::Product.as_str().to_owned(),
            target: Target::Connection(connection),
            aggregate_key: format!("product:{code}"),
            payload_hash: payload.to_string().into_bytes(),
            payload,
            max_attempts: 5,
            correlation_id: None,
            document: None,
        }
    };
    (0..count).map(message).collect()
}

/// Queues them as one change does; their ids in the same order.
async fn enqueue(
    store: &Store,
    people: &People,
    messages: &[NewMessage],
    now: DateTime<Utc>,
) -> operations::Result<Vec<Uuid>> {
    let company = people.company;
    let mut tx = store.begin(Scope::Company(company)).await?;
    let ids = operations::outbox::enqueue(&mut tx, company, messages, now).await?;
    tx.commit().await?;
    Ok(ids)
}

/// Resolves when the query, asked as the superuser, answers this number.
async fn until(rig: &Rig, query: &'static str, number: i64) {
    let began = Instant::now();
    loop {
        let found = rig.number(query).await;
        if found == number {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "still {found}: {query}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Messages that never came to stand in the books.
fn lost(books: &Books, ids: &[Uuid]) -> usize {
    let entries = books.entries();
    let written: HashSet<&str> = entries.iter().map(|e| e.reference.as_str()).collect();
    let missing = |id: &&Uuid| !written.contains(id.to_string().as_str());
    ids.iter().filter(missing).count()
}

/// What was written about each product stands in the order in which it was queued.
fn assert_in_order(books: &Books, ids: &[Uuid]) {
    let places = ids
        .iter()
        .zip(0..)
        .map(|(id, place)| (id.to_string(), place));
    let places: HashMap<String, usize> = places.collect();
    let mut last: HashMap<String, usize> = HashMap::new();
    for entry in books.entries() {
        let place = places[&entry.reference];
        if let Some(before) = last.insert(entry.about.clone(), place) {
            assert!(before < place, "{}: {before} before {place}", entry.about);
        }
    }
}
