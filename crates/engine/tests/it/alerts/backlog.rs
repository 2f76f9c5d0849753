//! A backlog is what could go out and does not; what waits as it should is none.

use super::{alerts, quiet, watcher};
use crate::accounts::{ask, ledger, look, product, set};
use crate::outbox::{endpoint, message, queue};
use crate::receivers::{Mailbox, Mood, Receiver};
use crate::support::{Rig, items};
use chrono::{NaiveTime, TimeDelta};
use domain::alert::{Alert, AlertKind};
use domain::delivery::{DeliverySettings, MaintenanceWindow};
use domain::outbox::MessageState;
use domain::webhook::WebhookEvent;
use engine::Engine;
use serde_json::json;
use store::outbox::{NewMessage, Target};
use uuid::Uuid;

const FINISHED: [WebhookEvent; 1] = [WebhookEvent::DocumentFinished];

/// Backlogs that last, after another look.
async fn backlogs(rig: &Rig, engine: &Engine) -> Vec<Alert> {
    engine.look_for_alerts().await;
    let lasts = |alert: &Alert| alert.kind == AlertKind::Backlog && alert.cleared_at.is_none();
    alerts(rig).await.into_iter().filter(lasts).collect()
}

async fn attempts(rig: &Rig, id: Uuid) -> i32 {
    look(rig, id).await.message.attempts
}

#[tokio::test]
async fn a_message_that_is_due_and_not_sent_is_told_until_it_is() {
    let rig = Rig::new(items(0)).await;
    let (receiver, mailbox) = (Receiver::start(&[]).await, Mailbox::start(0).await);
    let endpoint = endpoint(&rig, &receiver, &FINISHED).await;
    let engine = watcher(&rig, &mailbox, quiet());
    let about = ["d1", "d1", "d2"].into_iter().enumerate();
    let messages: Vec<NewMessage> = about
        .map(|(number, about)| message(endpoint, &format!("k{number}"), about))
        .collect();
    queue(&rig, &messages).await.unwrap();
    rig.clock.pass(TimeDelta::minutes(14));
    assert!(backlogs(&rig, &engine).await.is_empty());
    rig.clock.pass(TimeDelta::minutes(2));
    let told = backlogs(&rig, &engine).await;
    assert_eq!(told.len(), 1);
    let detail = &told[0].detail;
    assert!(detail.starts_with("3 messages are ready to go"), "{detail}");
    assert!(detail.contains("See Deliveries"), "{detail}");
    engine.deliver_due().await;
    assert_eq!(receiver.effects().len(), 3);
    assert!(backlogs(&rig, &engine).await.is_empty());
}

#[tokio::test]
async fn a_message_in_its_regular_wait_and_what_is_behind_it_are_no_backlog() {
    let rig = Rig::new(items(0)).await;
    let receiver = Receiver::start(&[Mood::Refuse(500); 4]).await;
    let mailbox = Mailbox::start(0).await;
    let endpoint = endpoint(&rig, &receiver, &FINISHED).await;
    let engine = watcher(&rig, &mailbox, quiet());
    let messages = [
        message(endpoint, "k1", "d1"),
        message(endpoint, "behind it", "d1"),
    ];
    let ids = queue(&rig, &messages).await.unwrap();
    for (wait, tried) in [(0, 1), (40, 2), (140, 3), (700, 4)] {
        rig.clock.pass(TimeDelta::seconds(wait));
        engine.deliver_due().await;
        assert_eq!(attempts(&rig, ids[0]).await, tried, "{wait} s on");
        assert!(backlogs(&rig, &engine).await.is_empty());
    }
    rig.clock.pass(TimeDelta::minutes(20));
    engine.deliver_due().await;
    assert_eq!(attempts(&rig, ids[0]).await, 4, "it waits half an hour");
    assert!(backlogs(&rig, &engine).await.is_empty());
    rig.clock.pass(TimeDelta::minutes(14));
    let told = backlogs(&rig, &engine).await;
    assert!(told.is_empty(), "due for a few minutes: {told:?}");
    rig.clock.pass(TimeDelta::minutes(20));
    assert_eq!(backlogs(&rig, &engine).await.len(), 1, "nobody sends it");
}

#[tokio::test]
async fn what_a_system_puts_off_again_and_again_is_told() {
    let rig = Rig::new(items(0)).await;
    let receiver = Receiver::start(&[Mood::Refuse(503); 40]).await;
    let mailbox = Mailbox::start(0).await;
    let endpoint = endpoint(&rig, &receiver, &FINISHED).await;
    let engine = watcher(&rig, &mailbox, quiet());
    let messages = [message(endpoint, "k1", "d1")];
    let ids = queue(&rig, &messages).await.unwrap();
    for _ in 0..2 {
        engine.deliver_due().await;
        assert!(backlogs(&rig, &engine).await.is_empty());
        rig.clock.pass(TimeDelta::minutes(6));
    }
    engine.deliver_due().await;
    rig.clock.pass(TimeDelta::minutes(4));
    engine.deliver_due().await;
    assert_eq!(attempts(&rig, ids[0]).await, 0);
    assert_eq!(backlogs(&rig, &engine).await.len(), 1);
}

#[tokio::test]
async fn maintenance_is_no_backlog_but_what_is_still_there_after_it_is() {
    let (rig, books, engine) = ledger(&[]).await;
    let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    // It is half past nine at the site.
    let resting = DeliverySettings {
        maintenance: vec![MaintenanceWindow {
            from: at(9),
            until: at(12),
        }],
        ..DeliverySettings::default()
    };
    set(&rig, &resting).await;
    let put_off = ask(&rig, "k1", &[product(&rig, "A")]).await;
    engine.deliver_due().await;
    assert!(look(&rig, put_off).await.message.next_run_at > rig.now());
    // While an account pauses, what is in its queue is not even looked at.
    ask(&rig, "k2", &[product(&rig, "B")]).await;
    for _ in 0..4 {
        rig.clock.pass(TimeDelta::minutes(30));
        assert!(backlogs(&rig, &engine).await.is_empty());
    }
    assert!(books.lines().is_empty(), "half past eleven");
    rig.clock.pass(TimeDelta::minutes(40));
    let told = backlogs(&rig, &engine).await;
    assert!(told.is_empty(), "over for ten minutes: {told:?}");
    rig.clock.pass(TimeDelta::minutes(10));
    let told = backlogs(&rig, &engine).await;
    assert_eq!(told.len(), 1, "nobody sends them");
    assert!(
        told[0].detail.contains("See Deliveries"),
        "{}",
        told[0].detail
    );
}

#[tokio::test]
async fn what_is_behind_a_dead_message_is_no_backlog() {
    let (rig, _, engine) = ledger(&[]).await;
    let to_the_account = |key: &str, about: &str, payload| NewMessage {
        idempotency_key: key.to_owned(),
        event_type: "inventory.product.upsert".to_owned(),
        target: Target::Connection(rig.connection),
        aggregate_key: about.to_owned(),
        payload_hash: key.as_bytes().to_vec(),
        payload,
        max_attempts: 5,
        correlation_id: None,
        document: None,
    };
    let good = |code: &str| json!({ "code": code, "name": code });
    let messages = [
        to_the_account("dies", "d1", json!("no object")),
        to_the_account("behind it", "d1", good("A")),
    ];
    let ids = queue(&rig, &messages).await.unwrap();
    engine.deliver_due().await;
    assert_eq!(look(&rig, ids[0]).await.message.state, MessageState::Dead);
    rig.clock.pass(TimeDelta::hours(2));
    engine.deliver_due().await;
    assert_eq!(
        look(&rig, ids[1]).await.message.state,
        MessageState::Pending
    );
    assert!(backlogs(&rig, &engine).await.is_empty());
    // One of another key counts as ever.
    queue(&rig, &[to_the_account("other", "d2", good("B"))])
        .await
        .unwrap();
    rig.clock.pass(TimeDelta::minutes(16));
    let told = backlogs(&rig, &engine).await;
    assert_eq!(told.len(), 1);
    assert!(
        told[0].detail.starts_with("One message"),
        "{}",
        told[0].detail
    );
}
