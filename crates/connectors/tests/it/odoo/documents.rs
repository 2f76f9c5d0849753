//! What the floor did with a transfer comes into Odoo, once.

use super::{Odoo, demo, of_version, result};
use connectors::ErrorKind;
use domain::push::Push;
use domain::sync::Entity;
use serde_json::{Value, json};
use simulators::odoo::{Fault, FaultKind};

async fn first_dispatch(odoo: &Odoo) -> domain::document::DocumentRecord {
    odoo.documents(Entity::Dispatches).await.remove(0)
}

fn state(odoo: &Odoo, number: &str) -> Value {
    odoo.record("stock.picking", json!([["name", "=", number]]))["state"].clone()
}

fn backorders(odoo: &Odoo, number: &str) -> usize {
    let domain = json!([["backorder_id.name", "=", number]]);
    odoo.running.handle.records("stock.picking", domain).len()
}

#[tokio::test]
async fn a_finished_dispatch_is_validated_with_its_quantities_in_every_version() {
    for major in [14, 15, 16, 17, 18, 19] {
        let odoo = Odoo::start(of_version(major)).await;
        let document = first_dispatch(&odoo).await;
        let push = Push::DocumentResult(result(&document, Some("0.5")));
        assert_eq!(odoo.find("ref-1", &push).await, None, "{major}");
        let accepted = odoo.push("ref-1", &push).await.unwrap();
        assert_eq!(accepted.number, document.number, "{major}");
        assert_eq!(accepted.warnings, Vec::<String>::new(), "{major}");
        assert_eq!(state(&odoo, &document.number), "done", "{major}");
        let key: i64 = document.lines[0].key.parse().unwrap();
        let line = odoo.record("stock.move", json!([["id", "=", key]]));
        let done = if major <= 16 {
            "quantity_done"
        } else {
            "quantity"
        };
        assert_eq!(line[done].as_f64(), Some(0.5), "{major}");
        assert_eq!(backorders(&odoo, &document.number), 1, "{major}");
        let found = odoo.find("ref-1", &push).await.unwrap();
        assert_eq!(found.number, document.number, "{major}");
    }
}

#[tokio::test]
async fn why_less_was_done_stands_in_the_notes_once_in_every_version() {
    let all = [14, 15, 16, 17, 18, 19].map(|major| (major, "auto"));
    for (major, protocol) in all.into_iter().chain([(19, "jsonrpc")]) {
        let odoo = Odoo::with(of_version(major), json!({ "protocol": protocol })).await;
        let document = first_dispatch(&odoo).await;
        let by_number = json!([["name", "=", document.number]]);
        let id = odoo.record("stock.picking", by_number.clone())["id"].as_i64();
        let formatted = major >= 15;
        let before = if formatted {
            "<p>Ring <b>twice</b></p>"
        } else {
            "Ring twice"
        };
        let values = json!({ "note": before });
        let handle = &odoo.running.handle;
        handle.edit("stock.picking", id.unwrap(), values).unwrap();
        let mut short = result(&document, Some("0.5"));
        short.lines[0].reason = Some("Damaged (wet & <torn>)".into());
        let missing = (short.lines[0].requested - short.lines[0].done.value()).normalize();
        let told = format!(
            "Crossdock, {}: {}, {missing} {} missing: Damaged",
            document.number, short.lines[0].item_code, short.lines[0].uom
        );
        let lost = Fault::times(FaultKind::LostAnswer, 1).on("stock.picking/write");
        odoo.running.faults().add(lost);
        let push = Push::DocumentResult(short);
        odoo.push("ref-1", &push).await.unwrap_err();
        odoo.push("ref-1", &push).await.unwrap();
        let note = odoo.record("stock.picking", by_number)["note"].clone();
        let expected = if formatted {
            format!("{before}<p>{told} (wet &amp; &lt;torn&gt;).</p>")
        } else {
            format!("{before}\n{told} (wet & <torn>).")
        };
        assert_eq!(note, expected, "{major} {protocol}");
    }
}

#[tokio::test]
async fn a_line_that_is_reserved_at_several_places_is_written_in_every_version() {
    for major in [14, 15, 16, 17, 18, 19] {
        let odoo = Odoo::start(of_version(major)).await;
        let document = first_dispatch(&odoo).await;
        let key: i64 = document.lines[0].key.parse().unwrap();
        let done = if major <= 16 { "qty_done" } else { "quantity" };
        let handle = &odoo.running.handle;
        let of_move = json!([["move_id", "=", key]]);
        let first = odoo.record("stock.move.line", of_move.clone());
        let id = first["id"].as_i64().unwrap();
        handle
            .edit("stock.move.line", id, json!({ done: 0.25 }))
            .unwrap();
        let link = |field: &str| first[field][0].clone();
        let second = json!({
            "move_id": key, "picking_id": link("picking_id"), "product_id": link("product_id"),
            "product_uom_id": link("product_uom_id"), "location_id": link("location_id"),
            "location_dest_id": link("location_dest_id"), "state": "assigned", done: 0.75,
        });
        handle.make("stock.move.line", second).unwrap();
        let push = Push::DocumentResult(result(&document, Some("0.5")));
        let accepted = odoo.push("ref-1", &push).await.unwrap();
        assert_eq!(accepted.warnings, Vec::<String>::new(), "{major}");
        assert_eq!(state(&odoo, &document.number), "done", "{major}");
        let lines = handle.records("stock.move.line", of_move);
        let amounts = lines.iter().filter_map(|line| line[done].as_f64());
        assert_eq!(amounts.sum::<f64>(), 0.5, "{major}");
    }
}

#[tokio::test]
async fn the_same_reference_is_answered_and_not_written_twice() {
    let odoo = Odoo::start(demo()).await;
    let document = first_dispatch(&odoo).await;
    let push = Push::DocumentResult(result(&document, Some("0.5")));
    let first = odoo.push("ref-1", &push).await.unwrap();
    let writes = odoo.running.handle.counters().writes;
    let second = odoo.push("ref-1", &push).await.unwrap();
    assert_eq!(odoo.running.handle.counters().writes, writes);
    assert_eq!(first.detail, second.detail);
    let error = odoo.push("ref-2", &push).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert!(error.to_string().contains("by somebody else"), "{error}");
}

#[tokio::test]
async fn an_answer_lost_after_commit_is_found_by_its_reference() {
    for method in ["stock.picking/write", "stock.picking/button_validate"] {
        let odoo = Odoo::start(demo()).await;
        let document = first_dispatch(&odoo).await;
        let push = Push::DocumentResult(result(&document, Some("0.5")));
        let lost = Fault::times(FaultKind::LostAnswer, 1).on(method);
        odoo.running.faults().add(lost);
        let error = odoo.push("ref-1", &push).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{method}");
        let found = odoo.find("ref-1", &push).await;
        assert_eq!(
            found.is_some(),
            method.ends_with("button_validate"),
            "{method}"
        );
        odoo.push("ref-1", &push).await.unwrap();
        assert_eq!(state(&odoo, &document.number), "done", "{method}");
        assert_eq!(backorders(&odoo, &document.number), 1, "{method}");
        let validated = odoo.running.handle.counters().by_method["stock.picking/button_validate"];
        assert_eq!(validated, 1, "{method}");
    }
}

#[tokio::test]
async fn what_is_missing_can_be_cancelled_instead() {
    let odoo = Odoo::with(demo(), json!({ "missing": "cancel" })).await;
    let documents = odoo.documents(Entity::Dispatches).await;
    let push = Push::DocumentResult(result(&documents[0], Some("0.5")));
    odoo.push("ref-1", &push).await.unwrap();
    assert_eq!(state(&odoo, &documents[0].number), "done");
    assert_eq!(backorders(&odoo, &documents[0].number), 0);
    let mut nothing = result(&documents[1], None);
    for line in &mut nothing.lines {
        line.done = domain::Quantity::ZERO;
    }
    let push = Push::DocumentResult(nothing);
    odoo.push("ref-2", &push).await.unwrap();
    assert_eq!(state(&odoo, &documents[1].number), "cancel");
    assert!(odoo.find("ref-2", &push).await.is_some());
}

#[tokio::test]
async fn a_transfer_of_which_nothing_was_done_waits_as_it_is() {
    let odoo = Odoo::start(demo()).await;
    let document = first_dispatch(&odoo).await;
    let mut nothing = result(&document, None);
    for line in &mut nothing.lines {
        line.done = domain::Quantity::ZERO;
    }
    let push = Push::DocumentResult(nothing);
    odoo.push("ref-1", &push).await.unwrap();
    assert_eq!(state(&odoo, &document.number), "assigned");
    assert!(odoo.find("ref-1", &push).await.is_some());
    odoo.undo("ref-1", &push, odoo.find("ref-1", &push).await.unwrap())
        .await
        .unwrap();
    assert_eq!(odoo.find("ref-1", &push).await, None);
}

#[tokio::test]
async fn lines_that_are_gone_and_transfers_that_are_cancelled_are_refused_in_words() {
    let odoo = Odoo::start(demo()).await;
    let documents = odoo.documents(Entity::Dispatches).await;
    let mut gone = result(&documents[0], None);
    gone.lines[0].key = "999999999".into();
    let error = odoo
        .push("ref-1", &Push::DocumentResult(gone))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("is not in WH/OUT/"), "{error}");
    let id = odoo.record("stock.picking", json!([["name", "=", documents[1].number]]));
    let id = id["id"].as_i64().unwrap();
    let handle = &odoo.running.handle;
    handle.act("stock.picking", "action_cancel", &[id]).unwrap();
    let late = Push::DocumentResult(result(&documents[1], None));
    let error = odoo.push("ref-2", &late).await.unwrap_err();
    assert!(
        error.to_string().contains("was cancelled in Odoo"),
        "{error}"
    );
    let mut unknown = result(&documents[2], None);
    unknown.number = "WH/OUT/NONE".into();
    let error = odoo
        .push("ref-3", &Push::DocumentResult(unknown))
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("no transfer WH/OUT/NONE"),
        "{error}"
    );
}

#[tokio::test]
async fn a_validated_transfer_is_not_taken_back() {
    let odoo = Odoo::start(demo()).await;
    let document = first_dispatch(&odoo).await;
    let push = Push::DocumentResult(result(&document, None));
    let accepted = odoo.push("ref-1", &push).await.unwrap();
    let error = odoo.undo("ref-1", &push, accepted).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert!(error.to_string().contains("Make a return for"), "{error}");
}

#[tokio::test]
async fn an_operation_type_that_overrules_what_is_missing_is_told() {
    for (manner, missing, word) in [
        ("never", "backorder", "waits in no backorder"),
        ("always", "cancel", "makes backorders in any case"),
    ] {
        let odoo = Odoo::with(demo(), json!({ "missing": missing })).await;
        let document = first_dispatch(&odoo).await;
        let transfer = odoo.record("stock.picking", json!([["name", "=", document.number]]));
        let kind = transfer["picking_type_id"][0].as_i64().unwrap();
        let values = json!({ "create_backorder": manner });
        odoo.running
            .handle
            .edit("stock.picking.type", kind, values)
            .unwrap();
        let push = Push::DocumentResult(result(&document, Some("0.5")));
        let accepted = odoo.push("ref-1", &push).await.unwrap();
        assert_eq!(accepted.warnings.len(), 1, "{:?}", accepted.warnings);
        assert!(
            accepted.warnings[0].contains(word),
            "{:?}",
            accepted.warnings
        );
    }
}
