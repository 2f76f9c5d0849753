//! A long queue harms nobody else.

use super::{enqueue, messages, site};
use crate::books::{Books, Ledger};
use crate::outbox::{SECRET, here, sender};
use crate::receivers::Receiver;
use crate::support::Rig;
use domain::WebhookId;
use domain::webhook::{WebhookEvent, WebhookForm};
use operations::webhooks::Sealing;
use serde_json::json;
use std::time::{Duration, Instant};
use store::Scope;
use store::outbox::{NewMessage, Target};
use testkit::chaos::Trial;
use testkit::upstream::secret_key;
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn a_long_queue_of_one_company_does_not_hold_up_another_company() {
    a_long_queue(1_000).await;
}

/// Messages of the other company, one after the other.
const TOLD: usize = 20;

/// One company queues so many messages for a slow system; those that another company queues after
/// them arrive before half of them are through.
pub async fn a_long_queue(count: usize) {
    let mut trial = Trial::begin(
        "long queue of another company",
        format!("{count} messages before it"),
    );
    let (rig, books, receiver) = (
        site().await,
        Books::open(&[]).await,
        Receiver::start(&[]).await,
    );
    books.take(Duration::from_millis(5));
    for part in messages(rig.connection, count, count).chunks(10_000) {
        enqueue(&rig.store, &rig.people, part, rig.now())
            .await
            .unwrap();
    }
    let engine = sender(&rig, here());
    let engine = engine.with_connector(rig.connection, Ledger::at(books.address, true));
    let stop = CancellationToken::new();
    let told = stop.clone();
    let work = tokio::spawn(async move { engine.run(told).await });
    books.asked(10).await;
    let endpoint = endpoint(&rig, &receiver).await;
    let mut slowest = Duration::ZERO;
    for n in 1..=TOLD {
        tell_the_stranger(&rig, endpoint, n).await;
        let began = Instant::now();
        while receiver.effects().len() < n {
            assert!(began.elapsed() < super::PATIENCE, "never told");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        slowest = slowest.max(began.elapsed());
    }
    let through = books.entries().len();
    stop.cancel();
    work.await.unwrap();
    assert!(through < count / 2, "{through} of {count} went first");
    trial.note(&format!(
        "the slowest of {TOLD} after {:.1} s",
        slowest.as_secs_f64()
    ));
    trial.end(0, books.doubled() + receiver.effects().len() - TOLD);
}

/// The nth message of the other company to a webhook of its own.
async fn tell_the_stranger(rig: &Rig, endpoint: WebhookId, n: usize) {
    let stranger = &rig.people.stranger;
    let key = format!("theirs {n}");
    let payload = json!({ "key": key });
    let message = NewMessage {
        idempotency_key: key.clone(),
        event_type: "document.finished".to_owned(),
        target: Target::Webhook(endpoint),
        aggregate_key: key,
        payload_hash: operations::outbox::payload_hash("document.finished", "", &payload),
        payload,
        max_attempts: 5,
        correlation_id: None,
        document: None,
    };
    let company = stranger.company_id;
    let mut tx = rig.store.begin(Scope::Company(company)).await.unwrap();
    operations::outbox::enqueue(&mut tx, company, &[message], rig.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn endpoint(rig: &Rig, receiver: &Receiver) -> WebhookId {
    let form = WebhookForm {
        name: "theirs".to_owned(),
        url: receiver.url(),
        events: vec![WebhookEvent::DocumentFinished],
        active: true,
        secret: Some(SECRET.to_owned()),
    };
    let key = secret_key();
    let sealing = Sealing {
        key: &key,
        nonce: [7; 12],
    };
    let (store, stranger, now) = (&rig.store, &rig.people.stranger, rig.now());
    operations::webhooks::create(store, stranger, &form, &here(), sealing, now)
        .await
        .unwrap()
}
