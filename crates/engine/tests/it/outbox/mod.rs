//! Messages reach other systems once in effect, in order, or a person is asked.

mod replaced_secrets;
mod workers;

use crate::receivers::{Mood, Receiver};
use crate::support::{Rig, items, node, options};
use chrono::TimeDelta;
use domain::WebhookId;
use domain::outbox::{AttemptOutcome, Cause, MessageDetail, MessageState, MessageSummary};
use domain::webhook::{WebhookEvent, WebhookForm};
use engine::outbox::{Settings, signature};
use engine::{Engine, Options};
use operations::webhooks::{AddressPolicy, Sealing};
use serde_json::{Value, json};
use std::time::Duration;
use store::Scope;
use store::outbox::{Filter, NewMessage, Target};
use testkit::upstream::secret_key;
use uuid::Uuid;

pub const SECRET: &str = "a secret of twenty-four characters";

/// The test's receivers stand on this machine.
pub fn here() -> AddressPolicy {
    AddressPolicy::allowing(&["127.0.0.1".to_owned()])
}

pub fn sender(rig: &Rig, addresses: AddressPolicy) -> Engine {
    let outbox = Settings {
        addresses,
        timeout: Duration::from_millis(400),
        ..Settings::default()
    };
    let options = Options {
        outbox,
        ..options()
    };
    node(rig.database.store(), options, rig.clock.shared())
}

pub async fn endpoint(rig: &Rig, receiver: &Receiver, events: &[WebhookEvent]) -> WebhookId {
    let form = WebhookForm {
        name: format!("at {}", receiver.address),
        url: receiver.url(),
        events: events.to_vec(),
        active: true,
        secret: Some(SECRET.to_owned()),
    };
    let (key, nonce) = (secret_key(), [7; 12]);
    let sealing = Sealing { key: &key, nonce };
    operations::webhooks::create(
        &rig.store,
        &rig.people.ana,
        &form,
        &here(),
        sealing,
        rig.now(),
    )
    .await
    .unwrap()
}

/// A message as a change queues it.
pub fn message(endpoint: WebhookId, key: &str, about: &str) -> NewMessage {
    let payload = json!({ "key": key });
    NewMessage {
        idempotency_key: key.to_owned(),
        event_type: "document.finished".to_owned(),
        target: Target::Webhook(endpoint),
        aggregate_key: about.to_owned(),
        payload_hash: operations::outbox::payload_hash("document.finished", "", &payload),
        payload,
        max_attempts: 5,
        correlation_id: None,
        document: None,
    }
}

pub async fn queue(rig: &Rig, messages: &[NewMessage]) -> operations::Result<Vec<Uuid>> {
    let company = rig.people.company;
    let mut tx = rig.store.begin(Scope::Company(company)).await?;
    let ids = operations::outbox::enqueue(&mut tx, company, messages, rig.now()).await?;
    tx.commit().await?;
    Ok(ids)
}

async fn look(rig: &Rig, id: Uuid) -> MessageDetail {
    store::outbox::get(&rig.store, &rig.people.ana, id)
        .await
        .unwrap()
}

async fn all(rig: &Rig) -> Vec<MessageSummary> {
    store::outbox::list(&rig.store, &rig.people.ana, Filter::default(), None, 200)
        .await
        .unwrap()
        .rows
}

#[tokio::test]
async fn a_webhook_is_taken_in_once_however_the_network_behaves() {
    let rig = Rig::new(items(0)).await;
    let moods = [
        Mood::Refuse(500),
        Mood::Hang,
        Mood::Busy(90),
        Mood::LoseAnswer,
    ];
    let receiver = Receiver::start(&moods).await;
    let endpoint = endpoint(&rig, &receiver, &[WebhookEvent::DocumentFinished]).await;
    let id = queue(&rig, &[message(endpoint, "k1", "d1")]).await.unwrap()[0];
    let engine = sender(&rig, here());
    for (wait, attempts) in [(0, 1), (40, 2), (140, 2), (95, 3), (700, 3)] {
        rig.clock.pass(TimeDelta::seconds(wait));
        assert_eq!(engine.deliver_due().await, 1, "{wait} s on");
        assert_eq!(look(&rig, id).await.message.attempts, attempts);
    }
    let detail = look(&rig, id).await;
    assert_eq!(detail.message.state, MessageState::Completed);
    let outcomes: Vec<AttemptOutcome> = detail.attempts.iter().map(|a| a.outcome).collect();
    use AttemptOutcome::{Delivered, Failed, Postponed};
    assert_eq!(outcomes, [Delivered, Failed, Postponed, Failed, Failed]);
    assert_eq!(
        detail.attempts[1].cause,
        Some(Cause::Timeout),
        "the answer was lost"
    );
    let requests = receiver.requests();
    assert_eq!(requests.len(), 5);
    assert!(
        requests
            .iter()
            .all(|request| request.body == requests[0].body)
    );
    assert_eq!(receiver.effects().len(), 1, "once in effect");
    for request in &requests {
        let timestamp = request.headers["webhook-timestamp"].parse().unwrap();
        let signed = signature(SECRET, &id.to_string(), timestamp, request.body.as_bytes());
        assert_eq!(request.headers["webhook-signature"], signed);
        assert_eq!(request.headers["webhook-id"], id.to_string());
    }
    let body: Value = serde_json::from_str(&requests[0].body).unwrap();
    assert_eq!(
        (&body["version"], &body["type"]),
        (&json!(1), &json!("document.finished"))
    );
    assert_eq!(body["data"], json!({ "key": "k1" }));
}

#[tokio::test]
async fn after_the_fifth_failure_a_message_is_dead_until_a_person_says_what_to_do() {
    let rig = Rig::new(items(0)).await;
    let receiver = Receiver::start(&[Mood::Refuse(500); 5]).await;
    let endpoint = endpoint(&rig, &receiver, &[WebhookEvent::DocumentFinished]).await;
    let id = queue(&rig, &[message(endpoint, "k1", "d1")]).await.unwrap()[0];
    let engine = sender(&rig, here());
    for wait in [0, 33, 132, 660, 1_980] {
        rig.clock.pass(TimeDelta::seconds(wait));
        assert_eq!(engine.deliver_due().await, 1, "{wait} s on");
    }
    let dead = look(&rig, id).await.message;
    assert_eq!((dead.state, dead.attempts), (MessageState::Dead, 5));
    rig.clock.pass(TimeDelta::days(2));
    assert_eq!(
        engine.deliver_due().await,
        0,
        "nobody tries again by itself"
    );
    engine.prune().await.unwrap();
    let (store, ana, now) = (&rig.store, &rig.people.ana, rig.now());
    let unreasoned = operations::outbox::retry(store, ana, id, " ", now).await;
    assert!(matches!(unreasoned, Err(operations::Error::Invalid(_))));
    let worker = operations::outbox::retry(store, &rig.people.marko, id, "because", now).await;
    assert!(matches!(worker, Err(operations::Error::Forbidden(_))));
    let stranger = operations::outbox::retry(store, &rig.people.stranger, id, "because", now).await;
    assert!(matches!(stranger, Err(operations::Error::NotFound(_))));
    operations::outbox::retry(store, ana, id, "the receiver was repaired", now)
        .await
        .unwrap();
    assert_eq!(engine.deliver_due().await, 1);
    let detail = look(&rig, id).await;
    assert_eq!(detail.message.state, MessageState::Completed);
    assert_eq!(detail.settled_by.as_deref(), Some("Ana"));
    assert_eq!(
        detail.attempts.len(),
        6,
        "nothing that was tried disappears"
    );
    let retried = "select count(*) from audit_entries where action = 'MESSAGE_RETRIED'
                   and details->>'reason' = 'the receiver was repaired'";
    assert_eq!(rig.number(retried).await, 1);
}

#[tokio::test]
async fn a_message_that_waits_for_its_next_attempt_goes_at_once_by_a_person_s_word() {
    let rig = Rig::new(items(0)).await;
    let receiver = Receiver::start(&[Mood::Refuse(500)]).await;
    let endpoint = endpoint(&rig, &receiver, &[WebhookEvent::DocumentFinished]).await;
    let id = queue(&rig, &[message(endpoint, "k1", "d1")]).await.unwrap()[0];
    let engine = sender(&rig, here());
    assert_eq!(engine.deliver_due().await, 1);
    assert_eq!(look(&rig, id).await.message.state, MessageState::Pending);
    assert_eq!(engine.deliver_due().await, 0, "it waits");
    let (store, ana, now) = (&rig.store, &rig.people.ana, rig.now());
    let unreasoned = operations::outbox::hasten(store, ana, id, " ", now).await;
    assert!(matches!(unreasoned, Err(operations::Error::Invalid(_))));
    let worker = operations::outbox::hasten(store, &rig.people.marko, id, "because", now).await;
    assert!(matches!(worker, Err(operations::Error::Forbidden(_))));
    operations::outbox::hasten(store, ana, id, "it was repaired", now)
        .await
        .unwrap();
    assert_eq!(engine.deliver_due().await, 1);
    let detail = look(&rig, id).await;
    assert_eq!(detail.message.state, MessageState::Completed);
    assert_eq!(
        detail.settled_reason.as_deref(),
        Some("it was repaired"),
        "who said so is kept"
    );
    let hastened = "select count(*) from audit_entries where action = 'MESSAGE_HASTENED'
                    and details->>'reason' = 'it was repaired'";
    assert_eq!(rig.number(hastened).await, 1);
    let again = operations::outbox::hasten(store, ana, id, "once more", now).await;
    assert!(matches!(again, Err(operations::Error::Conflict(_))));
}

#[tokio::test]
async fn messages_of_one_document_keep_their_order_also_behind_a_dead_one_and_others_overtake() {
    let rig = Rig::new(items(0)).await;
    // 410: it does not want it, which no second attempt changes.
    let receiver = Receiver::start(&[Mood::Refuse(410)]).await;
    let endpoint = endpoint(&rig, &receiver, &[WebhookEvent::DocumentFinished]).await;
    let messages = [
        message(endpoint, "first of 1", "d1"),
        message(endpoint, "second of 1", "d1"),
        message(endpoint, "first of 2", "d2"),
    ];
    let ids = queue(&rig, &messages[..1]).await.unwrap();
    let engine = sender(&rig, here());
    engine.deliver_due().await;
    queue(&rig, &messages[1..]).await.unwrap();
    engine.deliver_due().await;
    let told = |receiver: &Receiver| -> Vec<String> {
        let effects = receiver.effects();
        let body = |body: &str| serde_json::from_str::<Value>(body).unwrap();
        let key =
            |(_, text): &(String, String)| body(text)["data"]["key"].as_str().unwrap().to_owned();
        effects.iter().map(key).collect()
    };
    assert_eq!(told(&receiver), ["first of 2"]);
    assert!(all(&rig).await.iter().any(|message| message.held));
    let (store, ana) = (&rig.store, &rig.people.ana);
    operations::outbox::discard(store, ana, ids[0], "told by telephone", rig.now())
        .await
        .unwrap();
    engine.deliver_due().await;
    assert_eq!(told(&receiver), ["first of 2", "second of 1"]);
}

#[tokio::test]
async fn asking_to_come_later_costs_no_attempt_however_often() {
    let rig = Rig::new(items(0)).await;
    let receiver = Receiver::start(&[Mood::Busy(10); 8]).await;
    let endpoint = endpoint(&rig, &receiver, &[WebhookEvent::DocumentFinished]).await;
    let id = queue(&rig, &[message(endpoint, "k1", "d1")]).await.unwrap()[0];
    let engine = sender(&rig, here());
    for _ in 0..8 {
        assert_eq!(engine.deliver_due().await, 1);
        assert_eq!(engine.deliver_due().await, 0, "not before it said");
        assert_eq!(look(&rig, id).await.message.attempts, 0);
        rig.clock.pass(TimeDelta::seconds(10));
    }
    assert_eq!(engine.deliver_due().await, 1);
    assert_eq!(look(&rig, id).await.message.state, MessageState::Completed);
}

#[tokio::test]
async fn the_same_key_is_the_same_message_and_with_another_content_the_change_does_not_happen() {
    let rig = Rig::new(items(0)).await;
    let receiver = Receiver::start(&[]).await;
    let endpoint = endpoint(&rig, &receiver, &[WebhookEvent::DocumentFinished]).await;
    let first = message(endpoint, "k1", "d1");
    let id = queue(&rig, std::slice::from_ref(&first)).await.unwrap();
    let again = queue(&rig, &[first.clone(), first.clone()]).await.unwrap();
    assert_eq!(again, [id[0], id[0]]);
    let mut other = first;
    other.payload_hash = vec![1];
    let new = message(endpoint, "k2", "d1");
    let refused = queue(&rig, &[new, other]).await;
    assert!(matches!(refused, Err(operations::Error::Conflict(_))));
    assert_eq!(
        all(&rig).await.len(),
        1,
        "nothing of the refused change is there"
    );
}

#[tokio::test]
async fn nothing_is_sent_inside_the_network_unless_the_settings_name_it() {
    let rig = Rig::new(items(0)).await;
    let receiver = Receiver::start(&[]).await;
    let endpoint = endpoint(&rig, &receiver, &[WebhookEvent::DocumentFinished]).await;
    let id = queue(&rig, &[message(endpoint, "k1", "d1")]).await.unwrap()[0];
    sender(&rig, AddressPolicy::default()).deliver_due().await;
    let message = look(&rig, id).await.message;
    assert_eq!(
        (message.state, message.cause),
        (MessageState::Dead, Some(Cause::Refused))
    );
    assert!(receiver.requests().is_empty());
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let rig = Rig::new(items(0)).await;
    let receiver = Receiver::start(&[Mood::Redirect]).await;
    let endpoint = endpoint(&rig, &receiver, &[WebhookEvent::DocumentFinished]).await;
    let id = queue(&rig, &[message(endpoint, "k1", "d1")]).await.unwrap()[0];
    sender(&rig, here()).deliver_due().await;
    let message = look(&rig, id).await.message;
    assert_eq!(
        (message.state, message.cause),
        (MessageState::Dead, Some(Cause::Refused))
    );
}

#[tokio::test]
async fn delivered_messages_are_forgotten_after_their_days_and_dead_ones_stay() {
    let rig = Rig::new(items(0)).await;
    let receiver = Receiver::start(&[Mood::Refuse(410)]).await;
    let endpoint = endpoint(&rig, &receiver, &[WebhookEvent::DocumentFinished]).await;
    let engine = sender(&rig, here());
    queue(&rig, &[message(endpoint, "dies", "d1")])
        .await
        .unwrap();
    engine.deliver_due().await;
    queue(&rig, &[message(endpoint, "arrives", "d2")])
        .await
        .unwrap();
    engine.deliver_due().await;
    rig.clock.pass(TimeDelta::days(31));
    engine.prune().await.unwrap();
    let left = all(&rig).await;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].state, MessageState::Dead);
    let orphans = "select count(*) from erp_outbox_attempts a
                   where not exists (select from erp_outbox o where o.id = a.message_id)";
    assert_eq!(
        rig.number(orphans).await,
        0,
        "attempts go with their message"
    );
}
