//! What a person made of a dead command is what the ERP holds in the end, whatever became of it before.

use crate::accounts::{ask, ledger, look, product};
use crate::books::Mood;
use crate::busy::{MATERIAL, at_sap, known};
use crate::odoo;
use crate::support::{Rig, items, node, options};
use chrono::TimeDelta;
use domain::outbox::MessageState;
use engine::Engine;
use operations::sagas::Command;
use serde_json::{Value, json};
use uuid::Uuid;

/// What goes into it.
const COMPONENT: &str = "BA-8327";
/// Of Odoo's main stock.
const STOCK: i64 = 5;

/// The command is written, its answer lost, and it is given up.
async fn given_up(rig: &Rig, engine: &Engine, command: Command) -> Uuid {
    let id = ask(rig, "k1", &[command]).await;
    sqlx::query("update erp_outbox set max_attempts = 1")
        .execute(&rig.admin)
        .await
        .unwrap();
    dies(rig, engine, id).await;
    id
}

async fn dies(rig: &Rig, engine: &Engine, id: Uuid) {
    assert_eq!(engine.deliver_due().await, 1);
    let message = look(rig, id).await.message;
    assert_eq!(
        message.state,
        MessageState::Dead,
        "{:?}",
        message.last_error
    );
    rig.clock.pass(TimeDelta::hours(2));
}

async fn edit(rig: &Rig, id: Uuid, payload: &Value) {
    let (store, ana, now) = (&rig.store, &rig.people.ana, rig.now());
    operations::outbox::edit(store, ana, id, None, payload, "it was another number", now)
        .await
        .unwrap();
}

/// A person sends it again, and it is through.
async fn goes_through(rig: &Rig, engine: &Engine, id: Uuid) {
    let (store, ana, now) = (&rig.store, &rig.people.ana, rig.now());
    operations::outbox::retry(store, ana, id, "the line is back", now)
        .await
        .unwrap();
    engine.deliver_due().await;
    let message = look(rig, id).await.message;
    assert_eq!(
        message.state,
        MessageState::Completed,
        "{:?}",
        message.last_error
    );
}

#[tokio::test]
async fn an_edited_bill_stands_in_sap_once_though_the_one_before_was_written_unheard() {
    use simulators::sap::{Access, Fault, FaultKind};
    let bill = |quantity: &str| {
        json!({
            "product_code": MATERIAL, "quantity": "1",
            "lines": [{ "component": COMPONENT, "quantity": quantity }],
        })
    };
    for mode in ["odata", "soap_rfc"] {
        let rig = Rig::new(items(0)).await;
        let (sap, connection, engine) = at_sap(&rig, mode).await;
        // Of the command as it was, and of the edited one.
        let lost = Fault::times(FaultKind::LostAnswer, 2).on(Access::Write);
        sap.faults().add(lost);
        let command = Command {
            event_type: "inventory.bom.upsert".to_owned(),
            connection,
            payload: bill("2"),
        };
        let id = given_up(&rig, &engine, command).await;
        edit(&rig, id, &bill("3")).await;
        dies(&rig, &engine, id).await;
        goes_through(&rig, &engine, id).await;
        let bills = sap.handle.boms_of(MATERIAL);
        assert_eq!(bills.len(), 1, "{mode}");
        let [item] = bills[0].items.as_slice() else {
            panic!("{mode}: {:?}", bills[0].items);
        };
        assert_eq!(item.component, COMPONENT, "{mode}");
        assert_eq!(item.quantity.normalize().to_string(), "3", "{mode}");
        assert_eq!(sap.handle.counters().writes, 2, "{mode}: each content once");
    }
}

#[tokio::test]
async fn an_edited_count_stands_in_odoo_once_though_the_one_before_was_written_unheard() {
    use simulators::odoo::{Fault, FaultKind};
    let rig = Rig::new(items(0)).await;
    let (odoo, connection) = odoo::connect(&rig).await;
    let engine = node(rig.database.store(), options(), rig.clock.shared());
    known(&rig, &engine, connection).await;
    let lost = Fault::times(FaultKind::LostAnswer, 2).on("action_apply_inventory");
    odoo.faults().add(lost);
    let count = |quantity: &str| {
        json!({
            "location": "WH/Stock",
            "items": [{ "product_code": "SKU-001", "quantity": quantity }],
        })
    };
    let command = Command {
        event_type: "inventory.stock.set".to_owned(),
        connection,
        payload: count("10"),
    };
    let on_hand = || {
        let domain = json!([
            ["product_id.default_code", "=", "SKU-001"],
            ["location_id", "=", STOCK]
        ]);
        let rows = odoo.handle.records("stock.quant", domain);
        let quantities = rows.iter().filter_map(|row| row["quantity"].as_f64());
        quantities.sum::<f64>()
    };
    let id = given_up(&rig, &engine, command).await;
    assert!((on_hand() - 10.0).abs() < 0.001, "{}", on_hand());
    edit(&rig, id, &count("12")).await;
    dies(&rig, &engine, id).await;
    goes_through(&rig, &engine, id).await;
    assert!((on_hand() - 12.0).abs() < 0.001, "{}", on_hand());
    let calls = odoo.handle.counters().by_method;
    let applied = calls["stock.quant/action_apply_inventory"];
    assert_eq!(applied, 2, "each content once: {calls:?}");
}

#[tokio::test]
async fn a_command_that_was_never_edited_keeps_the_reference_it_was_queued_with() {
    let (rig, books, engine) = ledger(&[Mood::Refuse(422), Mood::Refuse(422)]).await;
    let id = ask(&rig, "k1", &[product(&rig, "A")]).await;
    engine.deliver_due().await;
    let (store, ana, now) = (&rig.store, &rig.people.ana, rig.now());
    operations::outbox::retry(store, ana, id, "once more", now)
        .await
        .unwrap();
    engine.deliver_due().await;
    edit(&rig, id, &json!({ "code": "A", "name": "Apple" })).await;
    engine.deliver_due().await;
    let asked: Vec<String> = books
        .lines()
        .into_iter()
        .filter(|line| line.starts_with("POST "))
        .collect();
    let paths = [
        format!("/do/{id}"),
        format!("/do/{id}"),
        format!("/do/{id}-1"),
    ];
    assert_eq!(asked.len(), paths.len(), "{asked:?}");
    for (line, path) in asked.iter().zip(&paths) {
        assert_eq!(
            line.split_whitespace().nth(1),
            Some(path.as_str()),
            "{line}"
        );
    }
}
