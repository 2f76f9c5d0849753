//! Systems that are there and take nothing at the moment: a 503 costs no attempt.

use crate::accounts::{ask, ledger, look, product, with};
use crate::books::{Ledger, Mood};
use crate::odoo;
use crate::outbox::{endpoint, here, message, queue, sender};
use crate::receivers::{self, Receiver};
use crate::support::{Rig, items, node, options};
use chrono::TimeDelta;
use domain::ConnectionId;
use domain::outbox::{AttemptOutcome, Cause, MessageState};
use domain::webhook::WebhookEvent;
use engine::Engine;
use operations::connections::Sealing;
use operations::sagas::Command;
use serde_json::json;
use simulators::sap::{Access, Config, Fault, FaultKind, Running, Simulator};
use std::collections::BTreeMap;
use store::connections::NewConnection;
use testkit::upstream::secret_key;
use uuid::Uuid;

/// A 503 after the other, none of which counts; then it is through.
async fn waits(rig: &Rig, engine: &Engine, id: Uuid, times: usize) {
    for nth in 0..times {
        assert_eq!(engine.deliver_due().await, 1, "{nth}");
        assert_eq!(engine.deliver_due().await, 0, "not at once: {nth}");
        let detail = look(rig, id).await;
        let message = detail.message;
        assert_eq!(
            (message.state, message.attempts, message.cause),
            (MessageState::Pending, 0, Some(Cause::Busy)),
            "{nth}: {:?}",
            message.last_error
        );
        assert_eq!(detail.attempts[0].outcome, AttemptOutcome::Postponed);
        rig.clock.pass(TimeDelta::seconds(31));
    }
    assert_eq!(engine.deliver_due().await, 1);
    let message = look(rig, id).await.message;
    assert_eq!(
        (message.state, message.attempts),
        (MessageState::Completed, 0),
        "{:?}",
        message.last_error
    );
}

#[tokio::test]
async fn a_503_costs_no_attempt_and_the_command_is_looked_for_before_it_is_sent_again() {
    let (rig, books, engine) = ledger(&[Mood::Refuse(503); 7]).await;
    let id = ask(&rig, "k1", &[product(&rig, "A")]).await;
    waits(&rig, &engine, id, 7).await;
    assert_eq!(books.standing(), ["A"]);
    let lines = books.lines();
    assert!(lines[0].starts_with("POST /do/"), "{lines:?}");
    for again in lines[1..].chunks(2) {
        assert!(again[0].starts_with("GET /find/do/"), "{lines:?}");
        assert!(again[1].starts_with("POST /do/"), "{lines:?}");
    }
}

#[tokio::test]
async fn a_503_of_a_system_that_cannot_be_asked_costs_no_attempt_either() {
    let (rig, books, _) = ledger(&[Mood::Refuse(503); 2]).await;
    let engine = with(&rig, Ledger::that(&books, false));
    let id = ask(&rig, "k1", &[product(&rig, "A")]).await;
    waits(&rig, &engine, id, 2).await;
    assert_eq!(books.standing(), ["A"]);
}

#[tokio::test]
async fn a_503_of_a_webhook_costs_no_attempt() {
    let rig = Rig::new(items(0)).await;
    let receiver = Receiver::start(&[receivers::Mood::Refuse(503); 6]).await;
    let endpoint = endpoint(&rig, &receiver, &[WebhookEvent::DocumentFinished]).await;
    let id = queue(&rig, &[message(endpoint, "k1", "d1")]).await.unwrap()[0];
    waits(&rig, &sender(&rig, here()), id, 6).await;
    assert_eq!(receiver.effects().len(), 1);
}

/// Lets the engine learn what the connection can write.
pub async fn known(rig: &Rig, engine: &Engine, connection: ConnectionId) {
    let (store, ana) = (&rig.store, &rig.people.ana);
    operations::connections::request_check(store, ana, connection, rig.now())
        .await
        .unwrap();
    engine.run_until_idle().await;
}

#[tokio::test]
async fn a_503_of_odoo_costs_no_attempt_and_the_product_stands_there_once() {
    use simulators::odoo::{Fault, FaultKind};
    let rig = Rig::new(items(0)).await;
    let (odoo, connection) = odoo::connect(&rig).await;
    let engine = node(rig.database.store(), options(), rig.clock.shared());
    known(&rig, &engine, connection).await;
    let closed = Fault::times(FaultKind::Unavailable, 2).on("product.product/load");
    odoo.faults().add(closed);
    let command = Command {
        connection,
        ..product(&rig, "NEW-1")
    };
    let id = ask(&rig, "k1", &[command]).await;
    waits(&rig, &engine, id, 2).await;
    let filter = json!([["default_code", "=", "NEW-1"]]);
    assert_eq!(odoo.handle.records("product.product", filter).len(), 1);
    assert!(odoo.faults().list().is_empty(), "both were met");
}

/// A purchased material of the simulated SAP, without a bill of materials.
pub const MATERIAL: &str = "AR-5381";

#[tokio::test]
async fn a_503_of_sap_costs_no_attempt_and_the_bill_stands_there_once() {
    for mode in ["odata", "soap_rfc"] {
        let rig = Rig::new(items(0)).await;
        let (sap, connection, engine) = at_sap(&rig, mode).await;
        let closed = Fault::times(FaultKind::Unavailable, 2).on(Access::Write);
        sap.faults().add(closed);
        let payload = json!({
            "product_code": MATERIAL, "quantity": "1",
            "lines": [{ "component": "BA-8327", "quantity": "2" }],
        });
        let command = Command {
            event_type: "inventory.bom.upsert".to_owned(),
            connection,
            payload,
        };
        let id = ask(&rig, "k1", &[command]).await;
        waits(&rig, &engine, id, 2).await;
        assert_eq!(sap.handle.boms_of(MATERIAL).len(), 1, "{mode}");
        assert_eq!(sap.handle.counters().writes, 1, "{mode}");
    }
}

/// A simulated SAP, a connection to it in that mode, and a node that knows what can be written there.
pub async fn at_sap(rig: &Rig, mode: &str) -> (Running, ConnectionId, Engine) {
    let config = Config {
        now: Some(rig.now()),
        ..Config::default()
    };
    let mut settings = json!({
        "client": config.client, "user": config.user, "plant": config.plant, "mode": mode,
        "rate_per_second": 1000.0,
    });
    let password = config.password.clone();
    let sap = Simulator::start(config, ([127, 0, 0, 1], 0).into());
    let sap = sap.await.unwrap();
    settings["base_url"] = json!(sap.url());
    let connection = NewConnection {
        name: "SAP".to_owned(),
        kind: "sap".to_owned(),
        warehouse_id: rig.people.warehouse,
        base_url: sap.url(),
        settings,
        secret_names: vec!["passwd".to_owned()],
    };
    let secrets = BTreeMap::from([("passwd".to_owned(), password)]);
    let key = secret_key();
    let sealing = Sealing {
        key: &key,
        nonce: [9; 12],
        secrets: &secrets,
    };
    let (store, company, now) = (&rig.store, rig.people.company, rig.now());
    let pulled = connectors::registry::pulled;
    let made = operations::connections::ensure(store, company, &connection, sealing, pulled, now);
    let connection = made.await.unwrap();
    let engine = node(rig.database.store(), options(), rig.clock.shared());
    known(rig, &engine, connection).await;
    (sap, connection, engine)
}
