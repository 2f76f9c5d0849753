//! From Odoo to the floor and back, against a simulated Odoo over HTTP.

use crate::support::{Rig, items, node, options};
use domain::ConnectionId;
use domain::delivery::DeliverySettings;
use domain::document::{DocumentDetail, DocumentFilter, DocumentKind, ErpState};
use domain::mapping::MappingKind;
use domain::operation::{FloorAction, OperationRequest, Outcome};
use domain::outbox::{Attempt, AttemptOutcome, MessageState};
use domain::sync::{Entity, SyncMode};
use domain::task::Assignee;
use domain::{OperationId, TaskId};
use engine::Engine;
use operations::connections::Sealing;
use serde_json::{Map, Value, json};
use simulators::odoo::{Config, Fault, FaultKind, Running, Simulator};
use std::collections::BTreeMap;
use store::connections::NewConnection;
use store::mappings::KnownMapping;
use testkit::upstream::secret_key;
use uuid::Uuid;

pub async fn connect(rig: &Rig) -> (Running, ConnectionId) {
    let config = Config {
        now: Some(rig.now()),
        ..Config::default()
    };
    let secrets = BTreeMap::from([("api_key".to_owned(), config.api_key.clone())]);
    let (database, login) = (config.database.clone(), config.login.clone());
    let odoo = Simulator::start(config, ([127, 0, 0, 1], 0).into())
        .await
        .unwrap();
    let connection = NewConnection {
        name: "Odoo".to_owned(),
        kind: "odoo".to_owned(),
        warehouse_id: rig.people.warehouse,
        base_url: odoo.url(),
        settings: json!({
            "base_url": odoo.url(), "database": database, "username": login, "rate_per_second": 1000.0,
        }),
        secret_names: vec!["api_key".to_owned()],
    };
    let key = secret_key();
    let sealing = Sealing {
        key: &key,
        nonce: [9; 12],
        secrets: &secrets,
    };
    let (store, company, now) = (&rig.store, rig.people.company, rig.now());
    let pulled = connectors::registry::pulled;
    let id = operations::connections::ensure(store, company, &connection, sealing, pulled, now)
        .await
        .unwrap();
    for (kind, external, target) in [
        (MappingKind::Warehouse, "Central warehouse", "VELE_TEST"),
        (MappingKind::Uom, "Units", "KOM"),
    ] {
        let known = KnownMapping {
            kind,
            external,
            target,
            by: "test",
        };
        operations::mappings::put_known(store, company, id, &known, now)
            .await
            .unwrap();
    }
    let settings = DeliverySettings {
        write_back: true,
        ..DeliverySettings::default()
    };
    operations::connections::set_delivery(store, &rig.people.ana, id, &settings, now)
        .await
        .unwrap();
    (odoo, id)
}

/// The first document of that kind that is floor work, of so many lines at least.
async fn floor_work(rig: &Rig, kind: DocumentKind, lines: i32) -> DocumentDetail {
    let filter = DocumentFilter {
        only_wms: true,
        ..DocumentFilter::default()
    };
    let (store, ana) = (&rig.store, &rig.people.ana);
    let page = store::documents::list(store, ana, kind, &filter, None, 50).await;
    for row in page.unwrap().rows {
        let detail = store::documents::get(store, ana, row.id).await.unwrap();
        if detail.document.lines_wms >= lines && detail.task.is_some() {
            return detail;
        }
    }
    panic!("no {kind:?} is floor work")
}

async fn act(rig: &Rig, task: TaskId, action: FloorAction) {
    let request = OperationRequest {
        id: OperationId(Uuid::new_v4()),
        task_id: task,
        made_at: rig.now(),
        device: "TC21-07".to_owned(),
        offline: false,
        action,
    };
    let marko = &rig.people.marko;
    let answer = operations::floor::submit(&rig.store, marko, &request, rig.now()).await;
    assert_eq!(answer.unwrap().outcome, Outcome::Accepted);
}

/// Reads the products and the documents.
async fn bring(rig: &Rig, engine: &Engine, id: ConnectionId, documents: Entity) {
    let (store, ana) = (&rig.store, &rig.people.ana);
    for entity in [Entity::Items, documents] {
        operations::sync_runs::request(store, ana, id, entity, SyncMode::Full, rig.now())
            .await
            .unwrap();
        engine.run_until_idle().await;
    }
}

/// Everything that is asked for is done, and the document finished.
async fn finish(rig: &Rig, found: &DocumentDetail) {
    let task = found.task.as_ref().unwrap().id;
    let luka = &rig.people.luka;
    let team = Assignee::Team(rig.people.alfa);
    operations::tasks::assign(&rig.store, luka, task, team, rig.now())
        .await
        .unwrap();
    for line in found.lines.iter().filter(|line| line.wms_flag) {
        let pick = FloorAction::Pick {
            line_id: line.id,
            quantity: line.requested.to_string().parse().unwrap(),
            scanned: None,
            over_confirmed: false,
        };
        act(rig, task, pick).await;
    }
    let finish = FloorAction::Finish {
        partial_confirmed: true,
    };
    act(rig, task, finish).await;
}

/// The first document of that kind and so many lines, read from Odoo and done on the floor.
async fn done_on_the_floor(
    rig: &Rig,
    engine: &Engine,
    id: ConnectionId,
    kind: DocumentKind,
    lines: i32,
) -> DocumentDetail {
    let documents = match kind {
        DocumentKind::Receipt => Entity::Receipts,
        DocumentKind::Dispatch => Entity::Dispatches,
    };
    bring(rig, engine, id, documents).await;
    let found = floor_work(rig, kind, lines).await;
    finish(rig, &found).await;
    found
}

/// The result is sent, its answer lost, and asked after when it is due again.
async fn write_back_without_an_answer(rig: &Rig, engine: &Engine, odoo: &Running) {
    let lost = Fault::times(FaultKind::LostAnswer, 1).on("button_validate");
    odoo.faults().add(lost);
    engine.deliver_due().await;
    rig.clock.pass(chrono::TimeDelta::hours(2));
    engine.deliver_due().await;
}

/// The one transfer of that number, done by one call.
fn validated_once(odoo: &Running, number: &str) -> Map<String, Value> {
    let mut pickings = odoo
        .handle
        .records("stock.picking", json!([["name", "=", number]]));
    assert_eq!(pickings.len(), 1);
    assert_eq!(pickings[0]["state"], "done");
    let calls = odoo.handle.counters().by_method;
    assert_eq!(calls["stock.picking/button_validate"], 1, "{calls:?}");
    pickings.remove(0)
}

#[tokio::test]
async fn a_receipt_finished_on_the_floor_stands_in_odoo_with_its_quantities_once() {
    let rig = Rig::new(items(0)).await;
    let (odoo, id) = connect(&rig).await;
    let engine = node(rig.database.store(), options(), rig.clock.shared());
    let found = done_on_the_floor(&rig, &engine, id, DocumentKind::Receipt, 1).await;
    write_back_without_an_answer(&rig, &engine, &odoo).await;
    let (store, ana) = (&rig.store, &rig.people.ana);
    let after = store::documents::get(store, ana, found.document.id)
        .await
        .unwrap();
    assert_eq!(after.erp.state, ErpState::Entered, "{}", after.erp.text);
    let picking = validated_once(&odoo, &found.document.number);
    let moves = odoo
        .handle
        .records("stock.move", json!([["picking_id", "=", picking["id"]]]));
    let entered: f64 = moves
        .iter()
        .filter_map(|of| of.get("quantity")?.as_f64())
        .sum();
    let done = after.lines.iter().map(|line| line.done.to_string());
    let received: f64 = done.map(|done| done.parse::<f64>().unwrap()).sum();
    assert!(received > 0.0);
    assert!((entered - received).abs() < 0.001, "{entered}, {received}");
}

#[tokio::test]
async fn a_dispatch_finished_on_the_floor_stands_in_odoo_once_though_the_answer_is_lost() {
    let rig = Rig::new(items(0)).await;
    let (odoo, id) = connect(&rig).await;
    let engine = node(rig.database.store(), options(), rig.clock.shared());
    let (store, ana) = (&rig.store, &rig.people.ana);
    let found = done_on_the_floor(&rig, &engine, id, DocumentKind::Dispatch, 2).await;
    write_back_without_an_answer(&rig, &engine, &odoo).await;
    validated_once(&odoo, &found.document.number);
    let after = store::documents::get(store, ana, found.document.id)
        .await
        .unwrap();
    assert_eq!(after.erp.state, ErpState::Entered, "{}", after.erp.text);
    let sent = store::outbox::list(store, ana, store::outbox::Filter::default(), None, 10).await;
    let sent = &sent.unwrap().rows[0];
    assert_eq!(sent.state, MessageState::Completed);
    let attempts = store::outbox::get(store, ana, sent.id)
        .await
        .unwrap()
        .attempts;
    assert!(attempts.iter().any(|attempt| {
        attempt
            .request
            .as_ref()
            .is_some_and(|sent| sent.contains("button_validate"))
    }));
    let failed = |attempt: &&Attempt| attempt.outcome == AttemptOutcome::Failed;
    let failed = attempts.iter().find(failed).unwrap();
    assert!(failed.calls().len() > 1, "{failed:?}");
    assert!(
        failed.calls()[0].contains("button_validate"),
        "the call that failed stands first: {failed:?}"
    );
    let key = Config::default().api_key;
    assert!(
        !format!("{attempts:?}").contains(&key),
        "no secret in what is kept"
    );
}

/// A transfer like this one, made and done in Odoo between two syncs.
fn done_elsewhere(odoo: &Running, number: &str) {
    let like = odoo
        .handle
        .records("stock.picking", json!([["name", "=", number]]))
        .remove(0);
    let moves = odoo
        .handle
        .records("stock.move", json!([["picking_id", "=", like["id"]]]));
    let link = |name: &str| like[name][0].clone();
    let transfer = json!({
        "name": "WH/OUT/ELSEWHERE", "picking_type_id": link("picking_type_id"),
        "location_id": link("location_id"), "location_dest_id": link("location_dest_id"),
        "move_ids": [[0, 0, { "product_id": moves[0]["product_id"][0], "product_uom_qty": 1 }]]
    });
    let id = odoo.handle.make("stock.picking", transfer).unwrap();
    for method in ["action_confirm", "action_assign", "button_validate"] {
        odoo.handle.act("stock.picking", method, &[id]).unwrap();
    }
    let made = odoo
        .handle
        .records("stock.picking", json!([["id", "=", id]]));
    assert_eq!(made[0]["state"], "done");
}

async fn erp_status(rig: &Rig, id: domain::DocumentId) -> Option<String> {
    let found = store::documents::get(&rig.store, &rig.people.ana, id).await;
    found.unwrap().erp_status
}

#[tokio::test]
async fn a_written_back_dispatch_is_followed_to_its_end_and_one_done_elsewhere_makes_no_work() {
    let rig = Rig::new(items(0)).await;
    let (odoo, id) = connect(&rig).await;
    let engine = node(rig.database.store(), options(), rig.clock.shared());
    let (store, ana) = (&rig.store, &rig.people.ana);
    let found = done_on_the_floor(&rig, &engine, id, DocumentKind::Dispatch, 2).await;
    rig.clock.pass(chrono::TimeDelta::hours(2));
    odoo.handle.set_now(rig.now());
    engine.deliver_due().await;
    done_elsewhere(&odoo, &found.document.number);
    let document = found.document.id;
    assert_eq!(
        erp_status(&rig, document).await.as_deref(),
        Some("assigned")
    );
    rig.clock.pass(chrono::TimeDelta::minutes(5));
    let (entity, delta, now) = (Entity::Dispatches, SyncMode::Delta, rig.now());
    let dry = operations::sync_runs::request_preview(store, ana, id, entity, delta, now).await;
    let dry = dry.unwrap();
    engine.run_until_idle().await;
    assert_eq!(
        erp_status(&rig, document).await.as_deref(),
        Some("assigned")
    );
    assert_eq!(rig.run(dry).await.counts.updated, 1, "a dry run says so");
    operations::sync_runs::request(store, ana, id, entity, delta, rig.now())
        .await
        .unwrap();
    engine.run_until_idle().await;
    assert_eq!(erp_status(&rig, document).await.as_deref(), Some("done"));
    let elsewhere = "select count(*) from documents where number = 'WH/OUT/ELSEWHERE'";
    assert_eq!(rig.number(elsewhere).await, 0);
    let after = store::documents::get(store, ana, document).await.unwrap();
    assert!(after.document.status.is_final());
    assert!(
        after
            .lines
            .iter()
            .all(|line| line.conflict.is_none() && !line.removed)
    );
    let told = store::timeline::list(store, ana, document).await.unwrap();
    let text = "In Odoo its status is done now.";
    assert!(told.iter().any(|entry| entry.text == text), "{told:?}");
}
