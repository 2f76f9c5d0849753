//! Messages reach other systems once in effect, in order, or a person is asked.

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
use store::outbox::{Done, Filter, NewMessage, Room, Session, Target, Verdict, Worker};
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
async fn a_message_of_a_lost_worker_is_delivered_by_another_and_the_late_answer_counts_for_nothing()
{
    let rig = Rig::new(items(0)).await;
    let receiver = Receiver::start(&[]).await;
    let endpoint = endpoint(&rig, &receiver, &[WebhookEvent::DocumentFinished]).await;
    let id = queue(&rig, &[message(endpoint, "k1", "d1")]).await.unwrap()[0];
    let (lost, lease) = (Uuid::new_v4(), Duration::from_secs(30));
    let held = operations::outbox::claim(&rig.store, lost, 10, &[], lease, rig.now()).await;
    assert_eq!(held.unwrap().len(), 1);
    let engine = sender(&rig, here());
    assert_eq!(engine.deliver_due().await, 0, "it is held");
    rig.clock.pass(TimeDelta::seconds(31));
    assert_eq!(engine.deliver_due().await, 1);
    let late = Done {
        id,
        token: lost,
        verdict: Verdict::Dead,
        at: rig.now(),
        latency_ms: 1,
        cause: Some(Cause::Rejected),
        unknown: false,
        status: None,
        request: None,
        answer: None,
        error: Some("late".to_owned()),
        step: None,
    };
    let written = operations::outbox::record(&rig.store, &[late], rig.now()).await;
    assert_eq!(written.unwrap(), 0);
    let detail = look(&rig, id).await;
    assert_eq!(detail.message.state, MessageState::Completed);
    assert_eq!(detail.attempts[1].outcome, AttemptOutcome::Lost);
    assert_eq!(receiver.effects().len(), 1);
}

/// Sessions of workers, as PostgreSQL knows them.
const SESSIONS: &str = "select count(*) from pg_locks where locktype = 'advisory' and objsubid = 2
    and database = (select oid from pg_database where datname = current_database())";

async fn sessions_become(rig: &Rig, count: i64) {
    let patience = std::time::Instant::now();
    while rig.number(SESSIONS).await != count {
        assert!(patience.elapsed() < Duration::from_secs(10), "not {count}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_a_killed_worker_held_is_taken_back_within_seconds_and_what_a_living_one_holds_is_not()
{
    let rig = Rig::new(items(0)).await;
    let receiver = Receiver::start(&[]).await;
    let endpoint = endpoint(&rig, &receiver, &[WebhookEvent::DocumentFinished]).await;
    let messages = [message(endpoint, "k1", "d1"), message(endpoint, "k2", "d2")];
    let ids = queue(&rig, &messages).await.unwrap();
    let [killed, living] = [Uuid::new_v4(), Uuid::new_v4()].map(Worker::new);
    let lease = Duration::from_secs(30);
    let mut sessions = Vec::new();
    for worker in [killed, living] {
        sessions.push(Session::open(&rig.store, worker).await.unwrap().unwrap());
        let token = worker.token(Uuid::new_v4());
        let held = operations::outbox::claim(&rig.store, token, 1, &[], lease, rig.now()).await;
        assert_eq!(held.unwrap().len(), 1);
    }
    // As when the process is gone: PostgreSQL ends the first one's session.
    let end = "select count(pg_terminate_backend(pid)) from (
                   select pid from pg_locks where locktype = 'advisory' and objsubid = 2
                       and database = (select oid from pg_database where datname = current_database())
                   order by (select backend_start from pg_stat_activity a where a.pid = pg_locks.pid) limit 1) first";
    assert_eq!(rig.number(end).await, 1);
    sessions_become(&rig, 1).await;
    let engine = sender(&rig, here());
    assert_eq!(engine.deliver_due().await, 0, "it may come back");
    rig.clock.pass(TimeDelta::seconds(3));
    assert_eq!(engine.deliver_due().await, 1);
    let detail = look(&rig, ids[0]).await;
    assert_eq!(detail.message.state, MessageState::Completed);
    assert_eq!(detail.attempts[1].outcome, AttemptOutcome::Lost);
    rig.clock.pass(TimeDelta::seconds(20));
    assert_eq!(engine.deliver_due().await, 0, "the other one is at work");
    assert_eq!(receiver.effects().len(), 1);
    drop(sessions);
}

#[tokio::test]
async fn what_a_node_without_an_engine_queues_is_sent_at_once_by_another() {
    let rig = Rig::new(items(0)).await;
    let receiver = Receiver::start(&[]).await;
    let endpoint = endpoint(&rig, &receiver, &[WebhookEvent::DocumentFinished]).await;
    let options = Options {
        poll: Duration::from_secs(3_600),
        outbox: Settings {
            addresses: here(),
            ..Settings::default()
        },
        ..options()
    };
    let engine = node(rig.database.store(), options, rig.clock.shared());
    let stop = tokio_util::sync::CancellationToken::new();
    let telling = tokio::spawn(engine::outbox::announce(rig.store.clone(), stop.clone()));
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { engine.run(stop).await }
    });
    sessions_become(&rig, 1).await;
    queue(&rig, &[message(endpoint, "k1", "d1")]).await.unwrap();
    let patience = std::time::Instant::now();
    while receiver.effects().is_empty() {
        assert!(patience.elapsed() < Duration::from_secs(10), "never sent");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stop.cancel();
    running.await.unwrap();
    telling.await.unwrap();
    assert!(
        all(&rig)
            .await
            .iter()
            .all(|m| m.state == MessageState::Completed)
    );
}

#[tokio::test]
async fn more_than_one_batch_for_one_program_goes_through_a_running_node_in_its_order() {
    let rig = Rig::new(items(0)).await;
    let receiver = Receiver::start(&[]).await;
    let endpoint = endpoint(&rig, &receiver, &[WebhookEvent::DocumentFinished]).await;
    let messages: Vec<NewMessage> = (0..600)
        .map(|n| message(endpoint, &format!("k{n}"), &format!("d{}", n / 2)))
        .collect();
    queue(&rig, &messages).await.unwrap();
    let options = Options {
        outbox: Settings {
            addresses: here(),
            ..Settings::default()
        },
        ..options()
    };
    let engine = node(rig.database.store(), options, rig.clock.shared());
    let stop = tokio_util::sync::CancellationToken::new();
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { engine.run(stop).await }
    });
    let patience = std::time::Instant::now();
    while receiver.effects().len() < 600 {
        assert!(patience.elapsed() < Duration::from_secs(60), "never sent");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stop.cancel();
    running.await.unwrap();
    let left = "select count(*) from erp_outbox where status <> 'completed'";
    assert_eq!(
        rig.number(left).await,
        0,
        "what was sent is written before the end"
    );
    assert_eq!(receiver.requests().len(), 600, "each was sent once");
    let mut last = std::collections::HashMap::new();
    for (_, body) in receiver.effects() {
        let body: Value = serde_json::from_str(&body).unwrap();
        let n: u32 = body["data"]["key"].as_str().unwrap()[1..].parse().unwrap();
        if let Some(before) = last.insert(n / 2, n) {
            assert!(before < n, "{before} before {n}");
        }
    }
}

#[tokio::test]
async fn each_system_gets_its_share_of_a_claim_however_long_the_queue_of_another_is() {
    let rig = Rig::new(items(0)).await;
    let (busy, quiet) = (Receiver::start(&[]).await, Receiver::start(&[]).await);
    let first = endpoint(&rig, &busy, &[WebhookEvent::DocumentFinished]).await;
    let second = endpoint(&rig, &quiet, &[WebhookEvent::DocumentFinished]).await;
    let mut messages: Vec<NewMessage> = (0..300)
        .map(|n| message(first, &format!("k{n}"), &format!("d{n}")))
        .collect();
    messages.push(message(second, "last", "d1000"));
    queue(&rig, &messages).await.unwrap();
    let (store, lease) = (&rig.store, Duration::from_secs(30));
    let claim = async |limit, rooms: &[Room]| {
        let token = Uuid::new_v4();
        let claim = operations::outbox::claim(store, token, limit, rooms, lease, rig.now());
        claim.await.unwrap()
    };
    let claimed = claim(4, &[]).await;
    let lanes: Vec<&str> = claimed.iter().map(|one| one.lane.as_str()).collect();
    let [first, second] = [first, second].map(|id| format!("webhook:{id}"));
    assert_eq!(lanes, [&*first, &*first, &*first, &*second]);
    let full = |places| Room {
        lane: first.clone(),
        places,
    };
    assert!(claim(100, &[full(0)]).await.is_empty(), "it has no room");
    assert_eq!(claim(100, &[full(20)]).await.len(), 20);
}

#[tokio::test]
async fn two_nodes_never_hold_the_same_message() {
    let rig = Rig::new(items(0)).await;
    let receiver = Receiver::start(&[]).await;
    let endpoint = endpoint(&rig, &receiver, &[WebhookEvent::DocumentFinished]).await;
    let messages: Vec<NewMessage> = (0..200)
        .map(|n| message(endpoint, &format!("k{n}"), &format!("d{}", n % 50)))
        .collect();
    queue(&rig, &messages).await.unwrap();
    let (one, two) = (sender(&rig, here()), sender(&rig, here()));
    tokio::join!(one.deliver_due(), two.deliver_due());
    one.deliver_due().await;
    assert_eq!(receiver.requests().len(), 200, "each was sent once");
    let mut last = std::collections::HashMap::new();
    for (_, body) in receiver.effects() {
        let body: Value = serde_json::from_str(&body).unwrap();
        let n: u32 = body["data"]["key"].as_str().unwrap()[1..].parse().unwrap();
        if let Some(before) = last.insert(n % 50, n) {
            assert!(before < n, "{before} before {n}");
        }
    }
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
async fn a_queued_message_is_sent_at_once_by_a_running_node() {
    let rig = Rig::new(items(0)).await;
    let receiver = Receiver::start(&[]).await;
    let endpoint = endpoint(&rig, &receiver, &[WebhookEvent::DocumentFinished]).await;
    let stop = tokio_util::sync::CancellationToken::new();
    let options = Options {
        poll: Duration::from_secs(3_600),
        outbox: Settings {
            addresses: here(),
            ..Settings::default()
        },
        ..options()
    };
    // The node's own store: a commit there is what wakes it.
    let engine = node(rig.store.clone(), options, rig.clock.shared());
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { engine.run(stop).await }
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    queue(&rig, &[message(endpoint, "k1", "d1")]).await.unwrap();
    let patience = std::time::Instant::now();
    while receiver.effects().is_empty() {
        assert!(patience.elapsed() < Duration::from_secs(10), "never sent");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stop.cancel();
    running.await.unwrap();
    assert!(
        all(&rig)
            .await
            .iter()
            .all(|m| m.state == MessageState::Completed)
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

#[tokio::test]
async fn a_replaced_secret_signs_beside_the_new_one_for_a_day_and_then_no_more() {
    let rig = Rig::new(items(0)).await;
    let receiver = Receiver::start(&[]).await;
    let endpoint = endpoint(&rig, &receiver, &[WebhookEvent::DocumentFinished]).await;
    let (key, new) = (secret_key(), "another secret of twenty-four characters");
    let sealing = Sealing {
        key: &key,
        nonce: [8; 12],
    };
    let (store, ana, now) = (&rig.store, &rig.people.ana, rig.now());
    operations::webhooks::rotate_secret(store, ana, endpoint, new, sealing, now)
        .await
        .unwrap();
    let engine = sender(&rig, here());
    for (key, hours) in [("k1", 23), ("k2", 2)] {
        rig.clock.pass(TimeDelta::hours(hours));
        queue(&rig, &[message(endpoint, key, key)]).await.unwrap();
        assert_eq!(engine.deliver_due().await, 1, "{key}");
    }
    let told: Vec<Vec<bool>> = receiver
        .requests()
        .iter()
        .map(|request| {
            let (id, at) = (
                &request.headers["webhook-id"],
                &request.headers["webhook-timestamp"],
            );
            let sent: Vec<&str> = request.headers["webhook-signature"].split(' ').collect();
            [new, SECRET]
                .map(|secret| {
                    let signed =
                        signature(secret, id, at.parse().unwrap(), request.body.as_bytes());
                    sent.contains(&signed.as_str())
                })
                .to_vec()
        })
        .collect();
    assert_eq!(told, [[true, true], [true, false]]);
}
