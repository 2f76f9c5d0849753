//! Commands reach an ERP once in effect, in order, or a person is asked.

mod settled;

use crate::books::{Books, Ledger, Mood, client};
use crate::support::{Rig, items, node, options};
use chrono::{NaiveTime, TimeDelta};
use domain::delivery::{
    DeliverySettings, MaintenanceWindow, RetryPolicy, RetryStrategy, TimeoutSettings,
};
use domain::outbox::{AttemptOutcome, Cause, MessageDetail, MessageState};
use engine::Engine;
use operations::sagas::{Command, start};
use serde_json::{Value, json};
use std::sync::Arc;
use store::Scope;
use store::outbox::{NewMessage, Target};
use uuid::Uuid;

/// A product of that code, for the rig's connection.
pub fn product(rig: &Rig, code: &str) -> Command {
    Command {
        event_type: "inventory.product.upsert".to_owned(),
        connection: rig.connection,
        payload: json!({ "code": code, "name": code }),
    }
}

/// A rig whose connection leads to the books, known to write.
pub async fn ledger(moods: &[Mood]) -> (Rig, Books, Engine) {
    let (rig, books) = (Rig::new(items(0)).await, Books::open(moods).await);
    let engine = worker(&rig, &books);
    let (store, ana) = (&rig.store, &rig.people.ana);
    operations::connections::request_check(store, ana, rig.connection, rig.now())
        .await
        .unwrap();
    engine.run_until_idle().await;
    (rig, books, engine)
}

/// A node that writes into the books.
pub fn worker(rig: &Rig, books: &Books) -> Engine {
    with(rig, Ledger::new(books))
}

pub fn with(rig: &Rig, ledger: Arc<Ledger>) -> Engine {
    let engine = node(rig.database.store(), options(), rig.clock.shared());
    engine.with_connector(rig.connection, ledger)
}

pub async fn ask(rig: &Rig, key: &str, commands: &[Command]) -> Uuid {
    start(&rig.store, &rig.people.ana, key, commands, rig.now())
        .await
        .unwrap()
}

pub async fn look(rig: &Rig, id: Uuid) -> MessageDetail {
    store::outbox::get(&rig.store, &rig.people.ana, id)
        .await
        .unwrap()
}

pub async fn set(rig: &Rig, settings: &DeliverySettings) {
    let (store, ana) = (&rig.store, &rig.people.ana);
    operations::connections::set_delivery(store, ana, rig.connection, settings, rig.now())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_command_whose_answer_was_lost_or_unreadable_is_found_and_not_written_again() {
    for mood in [Mood::LoseAnswer, Mood::Garble] {
        let (rig, books, engine) = ledger(&[mood]).await;
        let id = ask(&rig, "k1", &[product(&rig, "A")]).await;
        engine.deliver_due().await;
        assert_eq!(look(&rig, id).await.message.attempts, 1, "{mood:?}");
        rig.clock.pass(TimeDelta::seconds(40));
        engine.deliver_due().await;
        let detail = look(&rig, id).await;
        assert_eq!(detail.message.state, MessageState::Completed, "{mood:?}");
        assert_eq!(detail.result.unwrap()["number"], "N-1");
        assert_eq!(books.standing(), ["A"], "{mood:?}");
        let lines = books.lines();
        assert!(
            lines.last().unwrap().starts_with("GET /find/do/"),
            "{lines:?}"
        );
    }
}

#[tokio::test]
async fn a_command_that_was_not_written_is_looked_for_and_then_written() {
    let (rig, books, engine) = ledger(&[Mood::Hang]).await;
    let id = ask(&rig, "k1", &[product(&rig, "A")]).await;
    engine.deliver_due().await;
    assert_eq!(look(&rig, id).await.message.cause, Some(Cause::Timeout));
    rig.clock.pass(TimeDelta::seconds(40));
    engine.deliver_due().await;
    assert_eq!(look(&rig, id).await.message.state, MessageState::Completed);
    assert_eq!(books.standing(), ["A"]);
}

#[tokio::test]
async fn a_system_that_cannot_be_asked_is_not_written_to_again_until_a_person_looked() {
    let (rig, books, _) = ledger(&[Mood::LoseAnswer]).await;
    let engine = with(&rig, Ledger::that(&books, false));
    let id = ask(&rig, "k1", &[product(&rig, "A")]).await;
    engine.deliver_due().await;
    rig.clock.pass(TimeDelta::seconds(40));
    engine.deliver_due().await;
    let message = look(&rig, id).await.message;
    assert_eq!(message.state, MessageState::Dead);
    assert!(message.last_error.unwrap().contains("Look there"));
    assert_eq!(books.standing(), ["A"], "not written twice");
    let (store, ana, now) = (&rig.store, &rig.people.ana, rig.now());
    operations::outbox::retry(store, ana, id, "it is not in the books", now)
        .await
        .unwrap();
    engine.deliver_due().await;
    assert_eq!(look(&rig, id).await.message.state, MessageState::Completed);
}

#[tokio::test]
async fn a_payload_that_cannot_be_read_is_dead_and_the_others_are_written() {
    let (rig, books, engine) = ledger(&[]).await;
    let company = rig.people.company;
    let broken = |key: &str, payload: Value| NewMessage {
        idempotency_key: key.to_owned(),
        event_type: "inventory.product.upsert".to_owned(),
        target: Target::Connection(rig.connection),
        aggregate_key: key.to_owned(),
        payload_hash: vec![1],
        payload,
        max_attempts: 5,
        correlation_id: None,
        document: None,
    };
    let messages = [
        broken("p1", json!("no object")),
        broken("p2", json!({ "code": "" })),
    ];
    let mut tx = rig.store.begin(Scope::Company(company)).await.unwrap();
    let ids = operations::outbox::enqueue(&mut tx, company, &messages, rig.now()).await;
    tx.commit().await.unwrap();
    let good = ask(&rig, "k1", &[product(&rig, "A")]).await;
    engine.deliver_due().await;
    for id in ids.unwrap() {
        let message = look(&rig, id).await.message;
        assert_eq!(
            (message.state, message.cause),
            (MessageState::Dead, Some(Cause::Payload))
        );
    }
    assert_eq!(
        look(&rig, good).await.message.state,
        MessageState::Completed
    );
    assert_eq!(books.standing(), ["A"]);
}

#[tokio::test]
async fn what_is_refused_is_dead_at_once_and_what_asks_to_wait_costs_no_attempt() {
    let (rig, books, engine) = ledger(&[Mood::Refuse(422), Mood::Busy(7), Mood::Busy(7)]).await;
    let refused = ask(&rig, "k1", &[product(&rig, "A")]).await;
    engine.deliver_due().await;
    let message = look(&rig, refused).await.message;
    assert_eq!((message.state, message.attempts), (MessageState::Dead, 1));
    let busy = ask(&rig, "k2", &[product(&rig, "B")]).await;
    for _ in 0..2 {
        engine.deliver_due().await;
        assert_eq!(look(&rig, busy).await.message.attempts, 0);
        rig.clock.pass(TimeDelta::seconds(8));
    }
    engine.deliver_due().await;
    assert_eq!(
        look(&rig, busy).await.message.state,
        MessageState::Completed
    );
    assert_eq!(books.standing(), ["B"]);
}

#[tokio::test]
async fn nothing_is_sent_while_a_system_is_maintained_and_no_attempt_is_lost() {
    let (rig, books, engine) = ledger(&[]).await;
    let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    let day = MaintenanceWindow {
        from: at(0),
        until: at(12),
    };
    let night = MaintenanceWindow {
        from: at(12),
        until: NaiveTime::from_hms_opt(23, 59, 59).unwrap(),
    };
    let resting = DeliverySettings {
        maintenance: vec![day, night],
        ..DeliverySettings::default()
    };
    set(&rig, &resting).await;
    let id = ask(&rig, "k1", &[product(&rig, "A")]).await;
    engine.deliver_due().await;
    let detail = look(&rig, id).await;
    assert_eq!(detail.message.attempts, 0);
    assert_eq!(detail.attempts[0].outcome, AttemptOutcome::Postponed);
    assert!(books.lines().is_empty());
    set(&rig, &DeliverySettings::default()).await;
    rig.clock.pass(TimeDelta::hours(2));
    engine.deliver_due().await;
    assert_eq!(look(&rig, id).await.message.state, MessageState::Completed);
}

#[tokio::test]
async fn a_connections_own_policy_says_when_and_how_often_a_message_is_tried() {
    let (rig, _, engine) = ledger(&[Mood::Refuse(500), Mood::Refuse(500), Mood::Hang]).await;
    let policy = RetryPolicy {
        max_attempts: 3,
        strategy: RetryStrategy::Fixed,
        initial_delay_seconds: 7,
        jitter_percent: 0,
        ..RetryPolicy::default()
    };
    let settings = DeliverySettings {
        retry_policy: policy,
        timeout_settings: TimeoutSettings {
            sync_timeout_seconds: Some(1),
            ..TimeoutSettings::default()
        },
        ..DeliverySettings::default()
    };
    set(&rig, &settings).await;
    let id = ask(&rig, "k1", &[product(&rig, "A")]).await;
    for attempts in 1..=3 {
        assert_eq!(engine.deliver_due().await, 1);
        let message = look(&rig, id).await.message;
        assert_eq!(message.attempts, attempts);
        if attempts < 3 {
            assert_eq!(message.next_run_at, rig.now() + TimeDelta::seconds(7));
        }
        rig.clock.pass(TimeDelta::seconds(7));
    }
    assert_eq!(look(&rig, id).await.message.state, MessageState::Dead);
}

#[tokio::test]
async fn a_message_is_seen_under_way_while_the_erp_is_called_and_a_killed_worker_loses_nothing() {
    let (rig, books, engine) = ledger(&[Mood::Hang]).await;
    let id = ask(&rig, "k1", &[product(&rig, "A")]).await;
    let work = tokio::spawn(async move { engine.deliver_due().await });
    while books.lines().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(look(&rig, id).await.message.state, MessageState::InProgress);
    let status = store::erp::status(&rig.store, &rig.people.ana)
        .await
        .unwrap();
    assert_eq!((status.pending_count, status.in_progress_count), (0, 1));
    work.abort();
    assert!(work.await.unwrap_err().is_cancelled());
    let other = worker(&rig, &books);
    assert_eq!(other.deliver_due().await, 0, "the lease holds");
    rig.clock.pass(TimeDelta::seconds(31));
    assert_eq!(other.deliver_due().await, 1);
    let detail = look(&rig, id).await;
    assert_eq!(detail.message.state, MessageState::Completed);
    assert_eq!(books.standing(), ["A"]);
}

#[tokio::test]
async fn a_worker_killed_after_the_erp_wrote_leads_to_no_second_write() {
    let (rig, books, engine) = ledger(&[]).await;
    let id = ask(&rig, "k1", &[product(&rig, "A")]).await;
    let lost = Uuid::new_v4();
    let lease = std::time::Duration::from_secs(30);
    let held = operations::outbox::claim(&rig.store, lost, 10, &[], 0, lease, rig.now()).await;
    assert_eq!(held.unwrap().len(), 1);
    // The worker wrote, and died before it could say so.
    let url = format!("http://{}/do/{id}", books.address);
    client().post(url).body("A").send().await.unwrap();
    rig.clock.pass(TimeDelta::seconds(31));
    engine.deliver_due().await;
    assert_eq!(look(&rig, id).await.message.state, MessageState::Completed);
    assert_eq!(books.standing(), ["A"]);
}

#[tokio::test]
async fn the_same_key_is_the_same_saga_and_another_content_is_a_conflict() {
    let (rig, _, _) = ledger(&[]).await;
    let id = ask(&rig, "k1", &[product(&rig, "A")]).await;
    assert_eq!(ask(&rig, "k1", &[product(&rig, "A")]).await, id);
    let (store, ana, now) = (&rig.store, &rig.people.ana, rig.now());
    let other = start(store, ana, "k1", &[product(&rig, "B")], now).await;
    assert!(matches!(other, Err(operations::Error::Conflict(_))));
    let recipe = Command {
        event_type: "inventory.recipe.upsert".to_owned(),
        ..product(&rig, "A")
    };
    let unread = start(store, ana, "k2", &[recipe], now).await;
    assert!(matches!(unread, Err(operations::Error::Invalid(_))));
    let worker = start(store, &rig.people.marko, "k3", &[product(&rig, "A")], now).await;
    assert!(matches!(worker, Err(operations::Error::Forbidden(_))));
    let stranger = &rig.people.stranger;
    let theirs = start(store, stranger, "k3", &[product(&rig, "A")], now).await;
    assert!(matches!(theirs, Err(operations::Error::NotFound(_))));
    let seen = store::erp::status(store, stranger).await.unwrap();
    assert_eq!(
        seen.total_queue_size, 0,
        "another company's queue is not theirs"
    );
}

#[tokio::test]
async fn figures_of_a_period_equal_what_happened() {
    let (rig, _, engine) = ledger(&[Mood::Refuse(500), Mood::Refuse(422)]).await;
    let slow = ask(&rig, "k1", &[product(&rig, "A")]).await;
    engine.deliver_due().await;
    ask(&rig, "k2", &[product(&rig, "B")]).await;
    engine.deliver_due().await;
    rig.clock.pass(TimeDelta::seconds(40));
    engine.deliver_due().await;
    let (store, ana) = (&rig.store, &rig.people.ana);
    let metrics = store::erp::metrics(store, ana, 24, rig.now())
        .await
        .unwrap();
    assert_eq!(
        (
            metrics.total_processed,
            metrics.total_succeeded,
            metrics.total_failed
        ),
        (2, 1, 1)
    );
    assert!((metrics.success_rate - 50.0).abs() < 0.001);
    let retries = &metrics.retry_metrics;
    assert_eq!((retries.total_retries, retries.sagas_with_retries), (1, 1));
    let saga = look(&rig, slow).await.message.saga_id;
    assert_eq!(retries.max_retries_saga_id, Some(saga));
    let failed = store::erp::failed(store, ana, true, 1, 50).await.unwrap();
    assert_eq!((failed.total_count, failed.items.len()), (1, 1));
    assert_eq!(failed.items[0].payload_summary, "B");
    let without = store::erp::failed(store, ana, false, 1, 50).await.unwrap();
    assert_eq!(without.total_count, 0);
    let theirs = store::erp::metrics(store, &rig.people.stranger, 24, rig.now()).await;
    assert_eq!(theirs.unwrap().total_processed, 0);
}
