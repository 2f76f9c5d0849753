//! Lots of what was done: they are made, found, and taken from where they lie.

use super::{Odoo, demo, of_version, result};
use connectors::ErrorKind;
use domain::push::{CountedItem, LotResult, Push, StockCount};
use domain::sync::Entity;
use serde_json::json;

#[tokio::test]
async fn lots_are_written_to_detailed_lines_and_made_for_receipts() {
    for major in [16, 19] {
        let odoo = Odoo::start(of_version(major)).await;
        with_lots(&odoo, "WH/IN/LOTS", 1, (1, 5), 5.0);
        let receipts = odoo.documents(Entity::Receipts).await;
        let receipt = receipts
            .iter()
            .find(|one| one.number == "WH/IN/LOTS")
            .unwrap();
        let mut done = result(receipt, None);
        done.lines[0].lots = [("A-1", "2"), ("A-2", "3")]
            .map(|(name, quantity)| LotResult {
                name: name.into(),
                expires_on: Some("2027-05-31".parse().unwrap()),
                quantity: quantity.parse().unwrap(),
            })
            .into();
        let push = Push::DocumentResult(done);
        let accepted = odoo.push("ref-1", &push).await.unwrap();
        assert_eq!(accepted.warnings, Vec::<String>::new(), "{major}");
        let lot = odoo.record("stock.lot", json!([["name", "=", "A-2"]]));
        assert_eq!(lot["expiration_date"], "2027-05-31 12:00:00");
        let held = odoo.record(
            "stock.quant",
            json!([["lot_id", "=", lot["id"]], ["location_id", "=", 5]]),
        );
        assert_eq!(held["quantity"].as_f64(), Some(3.0), "{major}");
    }
}

#[tokio::test]
async fn unknown_lots_of_a_dispatch_are_refused_before_anything_is_written() {
    let odoo = Odoo::start(demo()).await;
    let handle = &odoo.running.handle;
    with_lots(&odoo, "WH/OUT/LOTS", 2, (5, 2), 5.0);
    let lots = [("NOBODY-KNOWS", "5")];
    let push = done_with(&odoo, "WH/OUT/LOTS", Entity::Dispatches, &lots).await;
    let writes = handle.counters().writes;
    let error = odoo.push("ref-1", &push).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert!(error.to_string().contains("NOBODY-KNOWS"), "{error}");
    assert_eq!(handle.counters().writes, writes);
}

/// A ready transfer of a product with lots, as Odoo makes it: its number and the id of its move.
fn with_lots(odoo: &Odoo, name: &str, kind: i64, places: (i64, i64), wanted: f64) -> i64 {
    let handle = &odoo.running.handle;
    let product = odoo.record("product.product", json!([["default_code", "=", "LOT-001"]]));
    let transfer = json!({
        "name": name, "picking_type_id": kind, "location_id": places.0, "location_dest_id": places.1,
        "move_ids": [[0, 0, { "product_id": product["id"], "product_uom_qty": wanted }]]
    });
    let id = handle.make("stock.picking", transfer).unwrap();
    handle
        .act("stock.picking", "action_confirm", &[id])
        .unwrap();
    handle.act("stock.picking", "action_assign", &[id]).unwrap();
    odoo.record("stock.move", json!([["picking_id", "=", id]]))["id"]
        .as_i64()
        .unwrap()
}

async fn done_with(odoo: &Odoo, number: &str, entity: Entity, lots: &[(&str, &str)]) -> Push {
    let documents = odoo.documents(entity).await;
    let document = documents.iter().find(|one| one.number == number).unwrap();
    let mut done = result(document, None);
    let lot = |(name, quantity): &(&str, &str)| LotResult {
        name: (*name).into(),
        expires_on: None,
        quantity: quantity.parse().unwrap(),
    };
    done.lines[0].lots = lots.iter().map(lot).collect();
    Push::DocumentResult(done)
}

/// What lies of a lot: location and quantity.
fn lying(odoo: &Odoo, lot: &str) -> Vec<(i64, f64)> {
    let domain = json!([
        ["lot_id.name", "=", lot],
        ["location_id.usage", "=", "internal"]
    ]);
    let quants = odoo.running.handle.records("stock.quant", domain);
    let mut quants: Vec<(i64, f64)> = quants
        .iter()
        .map(|quant| {
            (
                quant["location_id"][0].as_i64().unwrap(),
                quant["quantity"].as_f64().unwrap(),
            )
        })
        .collect();
    quants.sort_unstable_by_key(|quant| quant.0);
    quants
}

/// Four of a lot on one shelf and three on another.
async fn shelve(odoo: &Odoo) {
    for (shelf, quantity) in [("WH/Stock/Shelf A", "4"), ("WH/Stock/Shelf B", "3")] {
        let count = Push::Stock(StockCount {
            location: shelf.into(),
            items: vec![CountedItem {
                product_code: "LOT-001".into(),
                quantity: quantity.parse().unwrap(),
                lot_number: Some("SHELVED".into()),
            }],
        });
        odoo.push(&format!("count-{quantity}"), &count)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn lots_of_a_dispatch_are_taken_from_the_shelves_they_lie_on() {
    for major in [16, 19] {
        let odoo = Odoo::start(of_version(major)).await;
        shelve(&odoo).await;
        with_lots(&odoo, "WH/OUT/SHELF", 2, (5, 2), 5.0);
        let push = done_with(
            &odoo,
            "WH/OUT/SHELF",
            Entity::Dispatches,
            &[("SHELVED", "5")],
        )
        .await;
        odoo.push("ref-1", &push).await.unwrap();
        assert_eq!(lying(&odoo, "SHELVED"), [(8, 0.0), (9, 2.0)], "{major}");
    }
}

#[tokio::test]
async fn what_odoo_reserved_of_a_lot_is_taken_first() {
    let odoo = Odoo::start(demo()).await;
    shelve(&odoo).await;
    let of = with_lots(&odoo, "WH/OUT/KEPT", 2, (5, 2), 3.0);
    let lot = odoo.record("stock.lot", json!([["name", "=", "SHELVED"]]));
    let detail = odoo.record("stock.move.line", json!([["move_id", "=", of]]));
    let second_shelf = json!({ "lot_id": lot["id"], "location_id": 9 });
    odoo.running
        .handle
        .edit(
            "stock.move.line",
            detail["id"].as_i64().unwrap(),
            second_shelf,
        )
        .unwrap();
    let push = done_with(
        &odoo,
        "WH/OUT/KEPT",
        Entity::Dispatches,
        &[("SHELVED", "3")],
    )
    .await;
    odoo.push("ref-1", &push).await.unwrap();
    assert_eq!(lying(&odoo, "SHELVED"), [(8, 4.0), (9, 0.0)]);
}

#[tokio::test]
async fn lots_of_a_line_in_another_unit_are_left_to_the_place_it_names() {
    let odoo = Odoo::start(demo()).await;
    shelve(&odoo).await;
    let of = with_lots(&odoo, "WH/OUT/DOZEN", 2, (5, 2), 1.0);
    let dozen = odoo.record("uom.uom", json!([["name", "=", "Dozens"]]));
    let unit = json!({ "product_uom": dozen["id"] });
    let handle = &odoo.running.handle;
    handle.edit("stock.move", of, unit).unwrap();
    let push = done_with(
        &odoo,
        "WH/OUT/DOZEN",
        Entity::Dispatches,
        &[("SHELVED", "1")],
    )
    .await;
    odoo.push("ref-1", &push).await.unwrap();
    let line = odoo.record("stock.move.line", json!([["move_id", "=", of]]));
    assert_eq!(line["location_id"][0], 5, "shelves tell what lies in units");
    assert_eq!(line["product_uom_id"][0], dozen["id"]);
}

#[tokio::test]
async fn lots_of_a_receipt_go_where_odoo_puts_goods_away() {
    let odoo = Odoo::start(demo()).await;
    let of = with_lots(&odoo, "WH/IN/SHELF", 1, (1, 5), 5.0);
    let detail = odoo.record("stock.move.line", json!([["move_id", "=", of]]));
    let shelf = json!({ "location_dest_id": 8 });
    odoo.running
        .handle
        .edit("stock.move.line", detail["id"].as_i64().unwrap(), shelf)
        .unwrap();
    let push = done_with(&odoo, "WH/IN/SHELF", Entity::Receipts, &[("NEW-1", "5")]).await;
    odoo.push("ref-1", &push).await.unwrap();
    assert_eq!(lying(&odoo, "NEW-1"), [(8, 5.0)]);
}

#[tokio::test]
async fn lots_finer_than_odoo_keeps_are_together_what_was_done() {
    let odoo = Odoo::start(demo()).await;
    let of = with_lots(&odoo, "WH/IN/FINE", 1, (1, 5), 1.0);
    let lots = [("F-1", "0.333"), ("F-2", "0.333"), ("F-3", "0.334")];
    let push = done_with(&odoo, "WH/IN/FINE", Entity::Receipts, &lots).await;
    let accepted = odoo.push("ref-1", &push).await.unwrap();
    assert_eq!(accepted.warnings, Vec::<String>::new());
    assert_eq!(
        odoo.record("stock.move", json!([["id", "=", of]]))["quantity"],
        1.0
    );
    let backorders = json!([["backorder_id.name", "=", "WH/IN/FINE"]]);
    let backorders = odoo.running.handle.records("stock.picking", backorders);
    assert_eq!(backorders.len(), 0);
}
