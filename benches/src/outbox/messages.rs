//! Messages of a bench's company to one webhook, queued as changes queue them.

use crate::Failure;
use crate::outbox::upstream::{Arrival, Upstream};
use crate::postgres::Database;
use crate::site::{Site, secret_key};
use chrono::Utc;
use domain::webhook::{WebhookEvent, WebhookForm};
use domain::{CompanyId, WebhookId};
use operations::webhooks::{AddressPolicy, Sealing};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use store::outbox::{NewMessage, Target};
use store::{Scope, Store, Tx};
use uuid::Uuid;

/// Messages that one transaction queues.
const AT_ONCE: usize = 1_000;
/// Messages about one document; they are delivered in their order.
const PER_DOCUMENT: usize = 2;
const EVENT: &str = "document.finished";
/// Longer than the longest lease and the longest wait after it.
const PATIENCE: Duration = Duration::from_secs(120);

/// A company with one endpoint that listens.
pub(super) struct Queue {
    pub(super) store: Store,
    pub(super) company: CompanyId,
    endpoint: WebhookId,
}

impl Queue {
    /// Sets the endpoint up for the company of a site.
    pub(super) async fn set_up(
        database: &Database,
        site: &Site,
        upstream: &Upstream,
        connections: u32,
    ) -> Result<Self, Failure> {
        let store = database.store(connections).await?;
        let form = WebhookForm {
            name: "Bench".to_owned(),
            url: upstream.url(),
            events: vec![WebhookEvent::DocumentFinished],
            active: true,
            secret: Some("a secret of twenty-four characters".to_owned()),
        };
        let policy = AddressPolicy::allowing(std::slice::from_ref(&upstream.address));
        let (key, nonce) = (secret_key()?, [7; 12]);
        let sealing = Sealing { key: &key, nonce };
        let (caller, now) = (site.caller(), Utc::now());
        let endpoint =
            operations::webhooks::create(&store, caller, &form, &policy, sealing, now).await?;
        Ok(Self {
            company: caller.company_id,
            store,
            endpoint,
        })
    }

    /// Queues that many.
    pub(super) async fn fill(&self, count: usize) -> Result<(), Failure> {
        let numbers: Vec<usize> = (0..count).collect();
        for numbers in numbers.chunks(AT_ONCE) {
            let messages: Vec<NewMessage> = numbers.iter().map(|n| self.message(*n)).collect();
            let mut tx = self.store.begin(Scope::Company(self.company)).await?;
            self.enqueue(&mut tx, &messages).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Queues as part of a change; the ids.
    pub(super) async fn enqueue(
        &self,
        tx: &mut Tx,
        messages: &[NewMessage],
    ) -> Result<Vec<Uuid>, Failure> {
        Ok(operations::outbox::enqueue(tx, self.company, messages, Utc::now()).await?)
    }

    /// The message of that number.
    pub(super) fn message(&self, number: usize) -> NewMessage {
        let document = number / PER_DOCUMENT;
        let key = format!("bench:{number}");
        self.about(&format!("document:{document}"), key, payload(number))
    }

    /// A message about something, under a key of its own.
    pub(super) fn about(&self, about: &str, key: String, payload: Value) -> NewMessage {
        NewMessage {
            idempotency_key: key,
            event_type: EVENT.to_owned(),
            target: Target::Webhook(self.endpoint),
            aggregate_key: about.to_owned(),
            payload_hash: operations::outbox::payload_hash(EVENT, "bench", &payload),
            payload,
            max_attempts: 5,
            correlation_id: None,
            document: None,
        }
    }

    /// Ends its connections.
    pub(super) async fn close(self) {
        self.store.pool().close().await;
    }
}

/// What is told; the peers tell the same.
pub(super) fn payload(number: usize) -> Value {
    json!({
        "document": number / PER_DOCUMENT,
        "number": format!("BENCH-{number:06}"),
        "lines": 12,
        "note": "finished by the floor, with every line done and nothing left to be decided",
    })
}

/// Waits until every message is written down as delivered.
pub(super) async fn settled(database: &Database) -> Result<(), Failure> {
    let mut admin = database.admin().await?;
    let started = Instant::now();
    loop {
        let statement = "select count(*) from erp_outbox where status <> 'completed'";
        let left: i64 = sqlx::query_scalar(statement).fetch_one(&mut admin).await?;
        if left == 0 {
            return Ok(());
        }
        if started.elapsed() > PATIENCE {
            return Err(format!("{left} messages are not delivered").into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Fails unless every message is delivered and those of one document came in their order.
pub(super) async fn judge(
    database: &Database,
    arrivals: &[Arrival],
    count: usize,
) -> Result<(), Failure> {
    let mut admin = database.admin().await?;
    let statement = "select id, aggregate_key, status from erp_outbox order by seq";
    let rows: Vec<(Uuid, String, String)> = sqlx::query_as(statement).fetch_all(&mut admin).await?;
    let undelivered = rows.iter().filter(|row| row.2 != "completed").count();
    if rows.len() != count || undelivered > 0 {
        return Err(format!("{undelivered} of {} are not delivered", rows.len()).into());
    }
    let places: HashMap<&str, usize> = arrivals
        .iter()
        .enumerate()
        .map(|(place, arrival)| (arrival.id.as_str(), place))
        .collect();
    let mut last: HashMap<&str, usize> = HashMap::new();
    for (id, about, _) in &rows {
        let id = id.to_string();
        let place = *places.get(id.as_str()).ok_or("a message never came")?;
        if last
            .insert(about, place)
            .is_some_and(|before| before > place)
        {
            return Err(format!("messages of {about} came in another order").into());
        }
    }
    Ok(())
}
