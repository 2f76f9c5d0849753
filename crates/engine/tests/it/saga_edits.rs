//! The step that made a saga fail is given another payload, and the saga is whole in the end: every step stands once, or
//! none does.

use crate::accounts::{ask, ledger, look, product, set};
use crate::books::{Books, Mood};
use crate::busy::known;
use crate::odoo;
use crate::support::{Rig, items, node, options};
use chrono::TimeDelta;
use domain::delivery::DeliverySettings;
use domain::outbox::{MessageDetail, MessageState, StepState};
use operations::Error;
use operations::sagas::Command;
use serde_json::{Value, json};
use uuid::Uuid;

async fn edit(rig: &Rig, id: Uuid, step: Option<i16>, payload: &Value) -> Result<(), Error> {
    let (store, ana, now) = (&rig.store, &rig.people.ana, rig.now());
    operations::outbox::edit(store, ana, id, step, payload, "it was wrong", now).await
}

/// Why a step is not edited.
async fn refused(rig: &Rig, id: Uuid, step: Option<i16>, code: &str) -> Error {
    edit(rig, id, step, &named(code)).await.unwrap_err()
}

fn named(code: &str) -> Value {
    json!({ "code": code, "name": "Another name" })
}

fn states(detail: &MessageDetail) -> Vec<StepState> {
    detail.steps.iter().map(|step| step.state).collect()
}

fn steps(rig: &Rig, codes: &[&str]) -> Vec<Command> {
    codes.iter().map(|code| product(rig, code)).collect()
}

/// What was written and taken back, each with its reference without that of the saga.
fn written(books: &Books, id: Uuid) -> Vec<String> {
    let own = id.to_string();
    let short = |reference: &str| reference.strip_prefix(&own).unwrap().to_owned();
    let entries = books.entries();
    let told = entries.iter().map(|entry| {
        let reference = short(&entry.reference);
        format!("{} {} {reference}", entry.way, entry.about)
    });
    told.collect()
}

#[tokio::test]
async fn a_saga_whose_refused_step_is_edited_stands_in_odoo_once() {
    let rig = Rig::new(items(0)).await;
    let (odoo, connection) = odoo::connect(&rig).await;
    let engine = node(rig.database.store(), options(), rig.clock.shared());
    known(&rig, &engine, connection).await;
    let count = |code: &str| json!({ "location": "WH/Stock", "items": [{ "product_code": code, "quantity": "12" }] });
    let renamed = Command {
        event_type: "inventory.product.upsert".to_owned(),
        connection,
        payload: json!({ "code": "SKU-001", "name": "Renamed" }),
    };
    let counted = Command {
        event_type: "inventory.stock.set".to_owned(),
        connection,
        payload: count("SKU-O01"),
    };
    let id = ask(&rig, "s1", &[renamed, counted]).await;
    engine.deliver_due().await;
    let name = || {
        let filter = json!([["default_code", "=", "SKU-001"]]);
        let products = odoo.handle.records("product.product", filter);
        assert_eq!(products.len(), 1);
        products[0]["name"].clone()
    };
    let before = look(&rig, id).await;
    assert_eq!(before.message.state, MessageState::Dead);
    assert_eq!(states(&before), [StepState::Undone, StepState::Refused]);
    assert_ne!(name(), "Renamed", "it is taken back");
    edit(&rig, id, None, &count("SKU-001")).await.unwrap();
    engine.deliver_due().await;
    let detail = look(&rig, id).await;
    assert_eq!(
        detail.message.state,
        MessageState::Completed,
        "{:?}",
        detail.message.last_error
    );
    assert_eq!(states(&detail), [StepState::Accepted; 2]);
    assert_eq!(name(), "Renamed");
    let calls = odoo.handle.counters().by_method;
    assert_eq!(calls["stock.quant/action_apply_inventory"], 1, "{calls:?}");
    assert_eq!(calls["product.product/write"], 3, "there, back, there");
    // What was queued first is kept, with the step and with the saga.
    assert_eq!(detail.steps[0].original_payload, None);
    assert_eq!(detail.steps[1].original_payload, Some(count("SKU-O01")));
    assert_eq!(detail.steps[1].payload, count("SKU-001"));
    assert_eq!(detail.payload["steps"][1]["payload"], count("SKU-001"));
    let first = detail.original_payload.unwrap();
    assert_eq!(first["steps"][1]["payload"], count("SKU-O01"));
    let audited = "select count(*) from audit_entries
                   where action = 'MESSAGE_EDITED' and details->>'reason' = 'it was wrong'
                     and (details->>'step')::int = 2 and details->>'event' = 'inventory.stock.set'
                     and details->'payload_before'->'items'->0->>'product_code' = 'SKU-O01'";
    assert_eq!(rig.number(audited).await, 1);
}

#[tokio::test]
async fn a_step_that_is_edited_where_the_saga_stands_leaves_the_accepted_ones_their_references() {
    use StepState::{Accepted, Waiting};
    for (recognises, refused) in [(false, None), (true, None), (false, Some("C"))] {
        let (rig, books, engine) = ledger(&[Mood::Accept, Mood::Busy(1)]).await;
        books.refuse(refused);
        if recognises {
            books.recognise();
        }
        let id = ask(&rig, "s1", &steps(&rig, &["A", "B", "C"])).await;
        engine.deliver_due().await;
        // The second step is given up without being sent.
        sqlx::query("update connections set delivery = '{\"timeout_settings\": {\"sync_timeout_seconds\": \"long\"}}'")
            .execute(&rig.admin)
            .await
            .unwrap();
        rig.clock.pass(TimeDelta::seconds(2));
        engine.deliver_due().await;
        set(&rig, &DeliverySettings::default()).await;
        let dead = look(&rig, id).await;
        assert_eq!(dead.message.state, MessageState::Dead);
        assert_eq!(states(&dead), [Accepted, Waiting, Waiting]);
        assert!(!dead.undoing && !dead.outcome_unknown);
        edit(&rig, id, None, &named("B")).await.unwrap();
        engine.deliver_due().await;
        let detail = look(&rig, id).await;
        assert_eq!(detail.steps[1].payload, named("B"));
        let told = written(&books, id);
        assert_eq!(told[..2], ["do A -1", "do B -2-1"]);
        if refused.is_none() {
            assert_eq!(detail.message.state, MessageState::Completed);
            assert_eq!(told[2..], ["do C -3"], "each once: {recognises}");
            continue;
        }
        // Each is taken back by the reference under which it was accepted.
        assert_eq!(detail.message.state, MessageState::Dead);
        assert_eq!(told[2..], ["undo B -2-1", "undo A -1"]);
        assert!(books.standing().is_empty());
    }
}

#[tokio::test]
async fn a_step_that_stands_or_may_stand_in_the_erp_is_taken_back_before_it_is_edited() {
    let (rig, books, engine) = ledger(&[Mood::Accept, Mood::LoseAnswer]).await;
    let id = ask(&rig, "s1", &steps(&rig, &["A", "B", "C"])).await;
    engine.deliver_due().await;
    // It is given up as after a worker that dies again and again.
    sqlx::query("update erp_outbox set status = 'dead'")
        .execute(&rig.admin)
        .await
        .unwrap();
    assert_eq!(books.standing(), ["A", "B"]);
    for (step, code, why) in [
        (Some(1), "A", "Step 1 is accepted"),
        (Some(2), "B", "Step 2 may have been written"),
        (None, "B", "Step 2 may have been written"),
        (Some(3), "C", "The saga stands at step 2"),
    ] {
        let error = refused(&rig, id, step, code).await;
        let told = matches!(&error, Error::Conflict(text) if text.contains(why));
        assert!(told, "{step:?}: {error}");
    }
    let missing = refused(&rig, id, Some(4), "D").await;
    assert!(matches!(missing, Error::Invalid(_)), "{missing}");
    let (store, ana, now) = (&rig.store, &rig.people.ana, rig.now());
    operations::outbox::discard(store, ana, id, "A has another name", now)
        .await
        .unwrap();
    engine.deliver_due().await;
    let back = look(&rig, id).await;
    assert_eq!(back.message.state, MessageState::Dead);
    assert!(books.standing().is_empty(), "{:?}", books.entries());
    // None was refused, so it has to be said which one is meant.
    let unnamed = refused(&rig, id, None, "A").await;
    assert!(matches!(unnamed, Error::Invalid(_)), "{unnamed}");
    edit(&rig, id, Some(1), &named("A")).await.unwrap();
    engine.deliver_due().await;
    let detail = look(&rig, id).await;
    assert_eq!(detail.message.state, MessageState::Completed);
    assert_eq!(detail.steps[0].payload, named("A"));
    assert_eq!(books.standing(), ["A", "B", "C"]);
    assert_eq!(books.doubled(), 0);
    let told = written(&books, id);
    assert_eq!(told[..2], ["do A -1", "do B -2"]);
    assert_eq!(told[2..4], ["undo B -2", "undo A -1"]);
    assert_eq!(told[4..], ["do A -1-2", "do B -2-1", "do C -3-1"]);
}

#[tokio::test]
async fn a_saga_that_could_not_be_taken_back_is_edited_once_it_is() {
    let moods = [Mood::Accept, Mood::Refuse(422), Mood::Refuse(422)];
    let (rig, books, engine) = ledger(&moods).await;
    let id = ask(&rig, "s1", &steps(&rig, &["A", "B"])).await;
    engine.deliver_due().await;
    let stuck = look(&rig, id).await;
    assert_eq!(states(&stuck), [StepState::Accepted, StepState::Refused]);
    let error = refused(&rig, id, None, "B").await;
    let told = matches!(&error, Error::Conflict(text) if text.contains("being taken back"));
    assert!(told, "{error}");
    let (store, ana, now) = (&rig.store, &rig.people.ana, rig.now());
    operations::outbox::retry(store, ana, id, "the books are open", now)
        .await
        .unwrap();
    engine.deliver_due().await;
    let other = refused(&rig, id, None, "C").await;
    assert!(matches!(other, Error::Invalid(_)), "{other}");
    let nameless = edit(&rig, id, None, &json!({ "code": "B" })).await;
    assert!(
        matches!(&nameless, Err(Error::Invalid(text)) if text.contains("name")),
        "{nameless:?}"
    );
    edit(&rig, id, None, &named("B")).await.unwrap();
    let waiting = look(&rig, id).await;
    assert_eq!(waiting.message.state, MessageState::Pending);
    let again = refused(&rig, id, None, "B").await;
    assert!(matches!(again, Error::Conflict(_)), "{again}");
    engine.deliver_due().await;
    assert_eq!(look(&rig, id).await.message.state, MessageState::Completed);
    assert_eq!(books.standing(), ["A", "B"]);
    // The request it came from is still the same saga.
    assert_eq!(ask(&rig, "s1", &steps(&rig, &["A", "B"])).await, id);
}
