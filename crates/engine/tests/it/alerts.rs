//! Operators are told once when something begins and once when it is over.

mod backlog;

use crate::accounts::set;
use crate::outbox::{endpoint, here};
use crate::receivers::{Mailbox, Receiver};
use crate::support::{Rig, items, node, options};
use chrono::TimeDelta;
use domain::alert::{Alert, AlertKind, Thresholds};
use domain::webhook::WebhookEvent;
use engine::outbox::{Security, Settings, Smtp};
use engine::samples::{Meter, write};
use engine::{Engine, Options};
use operations::alerts::Policy;
use serde_json::Value;
use std::time::Duration;
use store::connections::CallOutcome;

const BOTH: [WebhookEvent; 2] = [WebhookEvent::AlertRaised, WebhookEvent::AlertCleared];

fn watcher(rig: &Rig, mailbox: &Mailbox, thresholds: Thresholds) -> Engine {
    let smtp = Smtp {
        host: "127.0.0.1".to_owned(),
        port: mailbox.address.port(),
        security: Security::None,
        account: None,
        from: "crossdock@example.invalid".to_owned(),
    };
    let options = Options {
        outbox: Settings {
            addresses: here(),
            smtp: Some(smtp),
            ..Settings::default()
        },
        alerts: Policy {
            thresholds,
            email_to: vec!["ops@example.invalid".to_owned()],
        },
        ..options()
    };
    node(rig.database.store(), options, rig.clock.shared())
}

/// Nothing but the rule under test.
fn quiet() -> Thresholds {
    Thresholds {
        stale_cursor_hours: 8_760,
        ..Thresholds::default()
    }
}

async fn called(rig: &Rig, outcome: CallOutcome) {
    let (company, id) = (rig.people.company, rig.connection);
    operations::connections::record_outcome(&rig.store, company, id, &outcome, false, rig.now())
        .await
        .unwrap();
}

async fn alerts(rig: &Rig) -> Vec<Alert> {
    store::alerts::list(&rig.store, &rig.people.ana, 50)
        .await
        .unwrap()
}

fn types(receiver: &Receiver) -> Vec<String> {
    let word = |body: &str| {
        let body: Value = serde_json::from_str(body).unwrap();
        body["type"].as_str().unwrap().to_owned()
    };
    receiver
        .effects()
        .iter()
        .map(|(_, body)| word(body))
        .collect()
}

#[tokio::test]
async fn a_connection_that_stays_down_is_told_once_and_its_return_once_by_webhook_and_e_mail() {
    let rig = Rig::new(items(0)).await;
    let (receiver, mailbox) = (Receiver::start(&[]).await, Mailbox::start(0).await);
    endpoint(&rig, &receiver, &BOTH).await;
    let engine = watcher(&rig, &mailbox, quiet());
    called(
        &rig,
        CallOutcome::Failed("Pantheon does not answer.".to_owned()),
    )
    .await;
    for minute in 0..12 {
        engine.look_for_alerts().await;
        engine.deliver_due().await;
        let told = usize::from(minute >= 5);
        assert_eq!(receiver.effects().len(), told, "minute {minute}");
        assert_eq!(mailbox.mails().len(), told, "minute {minute}");
        rig.clock.pass(TimeDelta::minutes(1));
    }
    called(&rig, CallOutcome::Ok(12)).await;
    for _ in 0..3 {
        engine.look_for_alerts().await;
        engine.deliver_due().await;
    }
    assert_eq!(types(&receiver), ["alert.raised", "alert.cleared"]);
    let mails = mailbox.mails();
    assert_eq!(mails.len(), 2);
    assert!(mails[0].contains("To: ops@example.invalid"), "{}", mails[0]);
    assert!(
        mails[0].contains("Connection down: Pantheon"),
        "{}",
        mails[0]
    );
    assert!(mails[1].contains("Over: Connection down"), "{}", mails[1]);
    let known = alerts(&rig).await;
    assert_eq!(known.len(), 1);
    assert!(known[0].cleared_at.is_some());
}

#[tokio::test]
async fn a_connection_that_fails_for_a_moment_is_not_told() {
    let rig = Rig::new(items(0)).await;
    let mailbox = Mailbox::start(0).await;
    let engine = watcher(&rig, &mailbox, quiet());
    called(&rig, CallOutcome::Failed("Once.".to_owned())).await;
    engine.look_for_alerts().await;
    rig.clock.pass(TimeDelta::minutes(2));
    called(&rig, CallOutcome::Ok(12)).await;
    engine.look_for_alerts().await;
    rig.clock.pass(TimeDelta::minutes(10));
    engine.look_for_alerts().await;
    assert!(alerts(&rig).await.is_empty());
}

#[tokio::test]
async fn a_test_system_that_is_down_or_fails_is_told_to_nobody() {
    use domain::delivery::DeliverySettings;
    let rig = Rig::new(items(0)).await;
    let mailbox = Mailbox::start(0).await;
    let now = Thresholds {
        connection_down_minutes: 0,
        ..quiet()
    };
    let engine = watcher(&rig, &mailbox, now);
    let settings = DeliverySettings {
        test_system: true,
        ..DeliverySettings::default()
    };
    set(&rig, &settings).await;
    called(&rig, CallOutcome::Failed("Down.".to_owned())).await;
    let meter = Meter::default();
    let took = Duration::from_millis(40);
    for _ in 0..30 {
        meter.called(rig.people.company, rig.connection, took, true);
    }
    write(&rig.store, &meter, "one", 0, rig.now(), rig.now()).await;
    engine.look_for_alerts().await;
    engine.look_for_alerts().await;
    assert!(alerts(&rig).await.is_empty());
    // The same of a system that counts is told.
    set(&rig, &DeliverySettings::default()).await;
    engine.look_for_alerts().await;
    let kinds: Vec<AlertKind> = alerts(&rig).await.iter().map(|alert| alert.kind).collect();
    assert_eq!(kinds.len(), 2, "{kinds:?}");
}

#[tokio::test]
async fn nodes_that_look_at_the_same_time_tell_once() {
    let rig = Rig::new(items(0)).await;
    let (receiver, mailbox) = (Receiver::start(&[]).await, Mailbox::start(0).await);
    endpoint(&rig, &receiver, &BOTH).await;
    let now = Thresholds {
        connection_down_minutes: 0,
        ..quiet()
    };
    let nodes: Vec<Engine> = (0..4).map(|_| watcher(&rig, &mailbox, now)).collect();
    called(&rig, CallOutcome::Failed("Down.".to_owned())).await;
    futures::future::join_all(nodes.iter().map(Engine::look_for_alerts)).await;
    futures::future::join_all(nodes.iter().map(Engine::look_for_alerts)).await;
    nodes[0].deliver_due().await;
    assert_eq!(types(&receiver), ["alert.raised"]);
    assert_eq!(mailbox.mails().len(), 1);
}

#[tokio::test]
async fn a_mail_server_that_refuses_for_now_gets_the_mail_later() {
    let rig = Rig::new(items(0)).await;
    let mailbox = Mailbox::start(1).await;
    let now = Thresholds {
        connection_down_minutes: 0,
        ..quiet()
    };
    let engine = watcher(&rig, &mailbox, now);
    called(&rig, CallOutcome::Failed("Down.".to_owned())).await;
    engine.look_for_alerts().await;
    engine.deliver_due().await;
    assert!(mailbox.mails().is_empty());
    rig.clock.pass(TimeDelta::seconds(40));
    engine.deliver_due().await;
    assert_eq!(mailbox.mails().len(), 1);
}

#[tokio::test]
async fn a_sync_that_is_overdue_is_told_until_it_completes() {
    let rig = Rig::new(items(0)).await;
    let mailbox = Mailbox::start(0).await;
    let engine = watcher(&rig, &mailbox, Thresholds::default());
    engine.look_for_alerts().await;
    assert!(alerts(&rig).await.is_empty(), "a new connection has time");
    rig.pass(TimeDelta::hours(27));
    engine.look_for_alerts().await;
    let known = alerts(&rig).await;
    assert!(
        known
            .iter()
            .all(|alert| alert.kind == AlertKind::StaleCursor),
        "{known:?}"
    );
    let items = |alerts: &[Alert]| {
        let of_items = |alert: &&Alert| alert.subject.ends_with(": items");
        alerts.iter().find(of_items).unwrap().clone()
    };
    assert_eq!(items(&known).cleared_at, None);
    rig.sync(domain::sync::Entity::Items, domain::sync::SyncMode::Delta)
        .await;
    engine.look_for_alerts().await;
    assert!(items(&alerts(&rig).await).cleared_at.is_some());
}

#[tokio::test]
async fn failing_calls_are_told_from_the_figures_of_all_nodes() {
    let rig = Rig::new(items(0)).await;
    let mailbox = Mailbox::start(0).await;
    let engine = watcher(&rig, &mailbox, quiet());
    let (company, connection) = (rig.people.company, rig.connection);
    for node in ["one", "two"] {
        let meter = Meter::default();
        for call in 0..15 {
            meter.called(
                company,
                connection,
                Duration::from_millis(40),
                call % 3 == 0,
            );
        }
        write(&rig.store, &meter, node, 0, rig.now(), rig.now()).await;
    }
    engine.look_for_alerts().await;
    let known = alerts(&rig).await;
    assert_eq!(known.len(), 1);
    assert_eq!(known[0].kind, AlertKind::ErrorRate);
    assert!(
        known[0].detail.starts_with("10 of 30 calls failed"),
        "{}",
        known[0].detail
    );
    engine.deliver_due().await;
    rig.clock.pass(TimeDelta::minutes(20));
    engine.look_for_alerts().await;
    assert!(alerts(&rig).await[0].cleared_at.is_some());
}

#[tokio::test]
async fn messages_that_pile_up_are_told() {
    let rig = Rig::new(items(0)).await;
    let (receiver, mailbox) = (Receiver::start(&[]).await, Mailbox::start(0).await);
    let endpoint = endpoint(&rig, &receiver, &BOTH).await;
    let limits = Thresholds {
        backlog_messages: 2,
        ..quiet()
    };
    let engine = watcher(&rig, &mailbox, limits);
    let (store, ana) = (&rig.store, &rig.people.ana);
    for _ in 0..2 {
        rig.clock.pass(TimeDelta::seconds(1));
        operations::webhooks::request_test(store, ana, endpoint, rig.now())
            .await
            .unwrap();
    }
    engine.look_for_alerts().await;
    assert_eq!(alerts(&rig).await[0].kind, AlertKind::Backlog);
    engine.deliver_due().await;
    engine.look_for_alerts().await;
    assert!(alerts(&rig).await[0].cleared_at.is_some());
}

#[tokio::test]
async fn what_a_connection_watches_is_told_once_when_it_begins_and_once_when_it_is_over() {
    use crate::accounts::{ask, ledger, look, product, set};
    use crate::books::Mood;
    let (rig, _, engine) = ledger(&[Mood::Refuse(422)]).await;
    let settings = domain::delivery::DeliverySettings {
        monitoring: domain::delivery::MonitoringSettings {
            backlog_threshold: Some(2),
            ..Default::default()
        },
        ..Default::default()
    };
    set(&rig, &settings).await;
    let id = ask(&rig, "dies", &[product(&rig, "A")]).await;
    engine.deliver_due().await;
    for key in ["k1", "k2", "k3"] {
        ask(&rig, key, &[product(&rig, key)]).await;
    }
    for _ in 0..2 {
        engine.look_for_alerts().await;
    }
    let open: Vec<AlertKind> = alerts(&rig).await.iter().map(|alert| alert.kind).collect();
    assert_eq!(open.len(), 2, "{open:?}");
    assert!(open.contains(&AlertKind::DeadLetters) && open.contains(&AlertKind::Backlog));
    engine.deliver_due().await;
    let (store, ana) = (&rig.store, &rig.people.ana);
    operations::outbox::discard(store, ana, id, "typed in by hand", rig.now())
        .await
        .unwrap();
    assert_eq!(look(&rig, id).await.message.attempts, 1);
    engine.look_for_alerts().await;
    assert!(
        alerts(&rig)
            .await
            .iter()
            .all(|alert| alert.cleared_at.is_some())
    );
    assert_eq!(alerts(&rig).await.len(), 2);
}

#[tokio::test]
async fn a_connections_share_of_failed_attempts_is_told_by_its_own_limit() {
    use crate::accounts::{ask, ledger, product, set};
    use crate::books::Mood;
    use domain::delivery::{DeliverySettings, MonitoringSettings};
    // Five of twenty attempts are refused.
    let (rig, _, engine) = ledger(&[Mood::Refuse(422); 5]).await;
    let watching = |failure_rate_percent| DeliverySettings {
        monitoring: MonitoringSettings {
            alert_on_dead: false,
            failure_rate_percent,
            ..MonitoringSettings::default()
        },
        ..DeliverySettings::default()
    };
    for number in 0..20 {
        let code = format!("P{number}");
        ask(&rig, &code, &[product(&rig, &code)]).await;
    }
    engine.deliver_due().await;
    for (limit, told) in [(None, 0), (Some(25), 0), (Some(24), 1)] {
        set(&rig, &watching(limit)).await;
        engine.look_for_alerts().await;
        let alerts = alerts(&rig).await;
        let rates = alerts
            .iter()
            .filter(|alert| alert.kind == AlertKind::ErrorRate && alert.cleared_at.is_none());
        assert_eq!(rates.count(), told, "{limit:?}");
        assert!(
            alerts
                .iter()
                .all(|alert| alert.kind != AlertKind::DeadLetters),
            "switched off"
        );
    }
}
