//! Counts set what lies at a place, once.

use super::{Odoo, demo, of_version};
use connectors::ErrorKind;
use domain::push::{CountedItem, Push, StockCount};
use serde_json::json;
use simulators::odoo::{Fault, FaultKind};

fn count(items: &[(&str, &str, Option<&str>)]) -> Push {
    let items = items.iter().map(|(code, quantity, lot)| CountedItem {
        product_code: (*code).into(),
        quantity: quantity.parse().unwrap(),
        lot_number: lot.map(str::to_owned),
    });
    Push::Stock(StockCount {
        location: "WH/Stock".into(),
        items: items.collect(),
    })
}

fn on_hand(odoo: &Odoo, code: &str) -> f64 {
    let domain = json!([
        ["product_id.default_code", "=", code],
        ["location_id", "=", 5]
    ]);
    let rows = odoo.running.handle.records("stock.quant", domain);
    rows.iter().filter_map(|row| row["quantity"].as_f64()).sum()
}

#[tokio::test]
async fn a_count_is_set_and_told_apart_by_its_reference_in_every_version() {
    for major in [15, 16, 17, 18, 19] {
        let odoo = Odoo::start(of_version(major)).await;
        let push = count(&[("SKU-001", "12.5", None), ("LOT-001", "7", Some("NEW-LOT"))]);
        assert_eq!(odoo.find("count-1", &push).await, None, "{major}");
        odoo.push("count-1", &push).await.unwrap();
        assert_eq!(on_hand(&odoo, "SKU-001"), 12.5, "{major}");
        let lots = if major >= 16 {
            "stock.lot"
        } else {
            "stock.production.lot"
        };
        let lot = odoo.record(lots, json!([["name", "=", "NEW-LOT"]]));
        let domain = json!([["lot_id", "=", lot["id"]], ["location_id", "=", 5]]);
        let quant = odoo.record("stock.quant", domain);
        assert_eq!(quant["quantity"].as_f64(), Some(7.0), "{major}");
        assert!(odoo.find("count-1", &push).await.is_some(), "{major}");
        assert_eq!(odoo.find("count-2", &push).await, None, "{major}");
    }
}

#[tokio::test]
async fn a_place_is_named_by_its_id_too() {
    let odoo = Odoo::start(demo()).await;
    let Push::Stock(by_name) = count(&[("SKU-001", "6", None)]) else {
        panic!("no count");
    };
    let by_id = Push::Stock(StockCount {
        location: "5".into(),
        ..by_name
    });
    odoo.push("count-1", &by_id).await.unwrap();
    assert_eq!(on_hand(&odoo, "SKU-001"), 6.0);
}

#[tokio::test]
async fn a_count_whose_answer_was_lost_does_not_undo_what_moved_since() {
    let odoo = Odoo::start(demo()).await;
    let push = count(&[("SKU-001", "10", None)]);
    let lost = Fault::times(FaultKind::LostAnswer, 1).on("action_apply_inventory");
    odoo.running.faults().add(lost);
    let error = odoo.push("count-1", &push).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    let product = odoo.record("product.product", json!([["default_code", "=", "SKU-001"]]));
    let id = product["id"].as_i64().unwrap();
    odoo.running.handle.put_stock(id, 5, -3.0);
    odoo.push("count-1", &push).await.unwrap();
    assert_eq!(on_hand(&odoo, "SKU-001"), 7.0);
}

#[tokio::test]
async fn a_count_that_changes_nothing_leaves_its_reference_too() {
    let odoo = Odoo::start(demo()).await;
    let push = count(&[("SKU-001", &on_hand(&odoo, "SKU-001").to_string(), None)]);
    odoo.push("count-1", &push).await.unwrap();
    assert!(odoo.find("count-1", &push).await.is_some());
}

#[tokio::test]
async fn a_count_is_taken_back_unless_something_moved() {
    let odoo = Odoo::start(demo()).await;
    let before = on_hand(&odoo, "SKU-001");
    let push = count(&[("SKU-001", "3", None)]);
    let accepted = odoo.push("count-1", &push).await.unwrap();
    odoo.undo("count-1", &push, accepted.clone()).await.unwrap();
    assert_eq!(on_hand(&odoo, "SKU-001"), before);
    let push = count(&[("SKU-001", "4", None)]);
    let accepted = odoo.push("count-2", &push).await.unwrap();
    let product = odoo.record("product.product", json!([["default_code", "=", "SKU-001"]]));
    let id = product["id"].as_i64().unwrap();
    odoo.running.handle.put_stock(id, 5, 1.0);
    let error = odoo.undo("count-2", &push, accepted).await.unwrap_err();
    assert!(error.to_string().contains("Something moved"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_counted_is_refused_before_anything_is_written() {
    let odoo = Odoo::start(demo()).await;
    for (push, part) in [
        (
            count(&[
                ("SKU-001", "1", None),
                ("NO-1", "1", None),
                ("NO-2", "1", None),
            ]),
            "NO-1, NO-2",
        ),
        (count(&[("LOT-001", "1", None)]), "name the lot"),
        (
            count(&[("SKU-001", "1", None), ("SKU-001", "2", None)]),
            "counted twice",
        ),
    ] {
        let writes = odoo.running.handle.counters().writes;
        let error = odoo.push("count-1", &push).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rejected);
        assert!(error.to_string().contains(part), "{error}");
        assert_eq!(odoo.running.handle.counters().writes, writes);
    }
    let Push::Stock(mut elsewhere) = count(&[("SKU-001", "1", None)]) else {
        panic!("no count");
    };
    elsewhere.location = "WH/Nowhere".into();
    let error = odoo
        .push("count-1", &Push::Stock(elsewhere))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("WH/Nowhere"), "{error}");
}

#[tokio::test]
async fn a_count_that_is_finer_than_odoo_keeps_is_entered_as_odoo_keeps_it_and_told() {
    let odoo = Odoo::start(demo()).await;
    let push = count(&[("SKU-001", "12.345", None)]);
    let accepted = odoo.push("count-1", &push).await.unwrap();
    assert_eq!(on_hand(&odoo, "SKU-001"), 12.35);
    let told = ["Odoo keeps 2 decimals of quantities: 12.345 of SKU-001 became 12.35."];
    assert_eq!(accepted.warnings, told);
    odoo.undo("count-1", &push, accepted).await.unwrap();
    // The accuracy was raised meanwhile.
    odoo.running.handle.set_decimals(3);
    let accepted = odoo.push("count-2", &push).await.unwrap();
    assert_eq!(on_hand(&odoo, "SKU-001"), 12.345);
    assert_eq!(accepted.warnings, Vec::<String>::new());
}

#[tokio::test]
async fn what_lies_in_packages_is_counted_with_the_rest_and_stays_in_them() {
    let odoo = Odoo::start(demo()).await;
    let handle = &odoo.running.handle;
    let product = odoo.record("product.product", json!([["default_code", "=", "SKU-001"]]));
    let package = handle
        .make("stock.package", json!({ "name": "PACK-1" }))
        .unwrap();
    let packed = json!({
        "product_id": product["id"], "location_id": 5, "package_id": package, "quantity": 40
    });
    let packed = handle.make("stock.quant", packed).unwrap();
    let before = on_hand(&odoo, "SKU-001");
    let push = count(&[("SKU-001", "100", None)]);
    let accepted = odoo.push("count-1", &push).await.unwrap();
    assert_eq!(on_hand(&odoo, "SKU-001"), 100.0);
    let quant = odoo.record("stock.quant", json!([["id", "=", packed]]));
    assert_eq!(quant["quantity"], 40.0);
    odoo.undo("count-1", &push, accepted).await.unwrap();
    assert_eq!(on_hand(&odoo, "SKU-001"), before);
    let fewer = count(&[("SKU-001", "39", None)]);
    let error = odoo.push("count-2", &fewer).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert!(error.to_string().contains("lie in packages"), "{error}");
    assert_eq!(on_hand(&odoo, "SKU-001"), before);
}
