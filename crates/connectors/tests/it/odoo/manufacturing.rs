//! Products, bills of materials and recipes are brought up to date, not made anew.

use super::{Odoo, demo, of_version};
use connectors::ErrorKind;
use domain::push::{Bom, BomLine, Material, Product, ProductType, Push, Recipe};
use serde_json::{Value, json};
use simulators::odoo::{Fault, FaultKind};
use std::time::Duration;

pub(super) fn bom(lines: &[(&str, i64)]) -> Push {
    let lines = lines.iter().map(|(component, quantity)| BomLine {
        component: (*component).into(),
        quantity: (*quantity).into(),
        uom: None,
        item_category: None,
    });
    Push::Bom(Bom {
        product_code: "PROD-001".into(),
        quantity: 1.into(),
        uom: None,
        plant: None,
        lines: lines.collect(),
    })
}

pub(super) fn recipe(version: &str, quantity: &str, uom: &str) -> Push {
    Push::Recipe(Recipe {
        recipe_code: "RECIPE-001".into(),
        name: "Example".into(),
        version: version.into(),
        effective_from: crate::support::now(),
        materials: vec![Material {
            material_code: "RM-001".into(),
            description: String::new(),
            hs_code: None,
            quantity: quantity.parse().unwrap(),
            unit_of_measure: uom.into(),
            unit_cost: None,
        }],
    })
}

fn product(code: &str, price: &str) -> Product {
    Product {
        code: code.into(),
        name: "Made here".into(),
        barcode: Some("8600000099999".into()),
        list_price: Some(price.parse().unwrap()),
        standard_price: Some("7.25".parse().unwrap()),
        product_type: None,
        stocked: true,
    }
}

pub(super) fn bills(odoo: &Odoo) -> Vec<Value> {
    let rows = odoo.running.handle.records("mrp.bom", json!([]));
    rows.into_iter().map(Value::Object).collect()
}

#[tokio::test]
async fn a_bill_is_changed_in_place_and_can_be_put_back() {
    let odoo = Odoo::start(demo()).await;
    let first = bom(&[("RM-001", 2), ("RM-002", 1)]);
    let made = odoo.push("bom-1", &first).await.unwrap();
    assert!(odoo.find("bom-1", &first).await.is_some());
    let second = bom(&[("RM-001", 5)]);
    assert_eq!(odoo.find("bom-2", &second).await, None);
    let changed = odoo.push("bom-2", &second).await.unwrap();
    assert_eq!(made.number, changed.number);
    assert_eq!(bills(&odoo).len(), 1);
    assert_eq!(bills(&odoo)[0]["bom_line_ids"].as_array().unwrap().len(), 1);
    odoo.undo("bom-2", &second, changed).await.unwrap();
    assert!(odoo.find("bom-1", &first).await.is_some());
    odoo.undo("bom-1", &first, made).await.unwrap();
    assert!(bills(&odoo).is_empty());
}

#[tokio::test]
async fn unknown_components_are_named_and_nothing_is_written() {
    let odoo = Odoo::start(demo()).await;
    let push = bom(&[("RM-001", 2), ("NO-1", 1), ("NO-2", 1)]);
    let error = odoo.push("bom-1", &push).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert!(error.to_string().contains("NO-1, NO-2"), "{error}");
    assert!(bills(&odoo).is_empty());
}

#[tokio::test]
async fn a_bill_whose_answer_was_lost_is_found_and_not_made_twice() {
    let odoo = Odoo::start(demo()).await;
    let lost = Fault::times(FaultKind::LostAnswer, 1).on("mrp.bom/load");
    odoo.running.faults().add(lost);
    let push = bom(&[("RM-001", 2)]);
    odoo.push("bom-1", &push).await.unwrap_err();
    assert!(odoo.find("bom-1", &push).await.is_some());
    odoo.push("bom-1", &push).await.unwrap();
    assert_eq!(bills(&odoo).len(), 1);
}

#[tokio::test]
async fn a_recipe_has_one_bill_per_version_in_the_units_of_odoo() {
    let odoo = Odoo::start(demo()).await;
    odoo.push("r-1", &recipe("1.0", "10.5", "KG"))
        .await
        .unwrap();
    odoo.push("r-2", &recipe("1.0", "11", "KG")).await.unwrap();
    odoo.push("r-3", &recipe("2.0", "12", "Units"))
        .await
        .unwrap();
    let codes: Vec<Value> = bills(&odoo)
        .iter()
        .map(|bill| bill["code"].clone())
        .collect();
    assert_eq!(codes, ["RECIPE-001/1.0", "RECIPE-001/2.0"]);
    let line = &odoo.running.handle.records("mrp.bom.line", json!([]))[0];
    assert_eq!(line["product_qty"].as_f64(), Some(11.0));
    assert_eq!(line["product_uom_id"][1], "kg");
    let error = odoo
        .push("r-4", &recipe("3.0", "1", "BUSHEL"))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("BUSHEL"), "{error}");
    assert_eq!(bills(&odoo).len(), 2);
}

#[tokio::test]
async fn a_product_is_made_once_and_then_changed_in_every_version() {
    for major in [14, 15, 17, 18, 19] {
        let odoo = Odoo::start(of_version(major)).await;
        let push = Push::Product(product("NEW-1", "12.50"));
        assert_eq!(odoo.find("p-1", &push).await, None, "{major}");
        let lost = Fault::times(FaultKind::LostAnswer, 1).on("product.product/load");
        odoo.running.faults().add(lost);
        odoo.push("p-1", &push).await.unwrap_err();
        let made = odoo.push("p-1", &push).await.unwrap();
        let dearer = Push::Product(product("NEW-1", "13"));
        let changed = odoo.push("p-2", &dearer).await.unwrap();
        assert_eq!(made.detail["id"], changed.detail["id"], "{major}");
        let row = odoo.record("product.product", json!([["default_code", "=", "NEW-1"]]));
        assert_eq!(row["list_price"].as_f64(), Some(13.0), "{major}");
        assert_eq!(row["standard_price"].as_f64(), Some(7.25), "{major}");
        let kind = if major >= 18 { "consu" } else { "product" };
        assert_eq!(row["type"], kind, "{major}");
        odoo.undo("p-2", &dearer, changed).await.unwrap();
        let row = odoo.record("product.product", json!([["default_code", "=", "NEW-1"]]));
        assert_eq!(row["list_price"].as_f64(), Some(12.5), "{major}");
    }
}

#[tokio::test]
async fn a_product_whose_answer_was_lost_is_not_said_to_be_taken_back_while_it_stands() {
    let odoo = Odoo::start(demo()).await;
    let price = || {
        let row = odoo.record("product.product", json!([["default_code", "=", "NEW-1"]]));
        row["list_price"].as_f64()
    };
    let (first, dearer) = (product("NEW-1", "12.50"), product("NEW-1", "13"));
    let (first, dearer) = (Push::Product(first), Push::Product(dearer));
    odoo.push("p-1", &first).await.unwrap();
    let lost = Fault::times(FaultKind::LostAnswer, 1).on("product.product/write");
    odoo.running.faults().add(lost);
    odoo.push("p-2", &dearer).await.unwrap_err();
    let found = odoo.find("p-2", &dearer).await.unwrap();
    let error = odoo.undo("p-2", &dearer, found.clone()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert!(error.to_string().contains("NEW-1"), "{error}");
    assert_eq!(price(), Some(13.0));
    assert!(!odoo.is_undone("p-2", &dearer, found).await);
    // What stood there before the command was ever sent needs no putting back.
    let same = odoo.push("p-3", &dearer).await.unwrap();
    odoo.undo("p-3", &dearer, same).await.unwrap();
    assert_eq!(price(), Some(13.0));
}

fn command(code: &str, more: Value) -> Push {
    let mut payload = json!({ "code": code, "name": "Made here" });
    for (key, value) in more.as_object().unwrap() {
        payload[key] = value.clone();
    }
    Push::parse("inventory.product.upsert", &payload).unwrap()
}

#[tokio::test]
async fn goods_consumables_and_services_are_told_apart_in_every_version() {
    for major in [14, 15, 16, 17, 18, 19] {
        let odoo = Odoo::start(of_version(major)).await;
        let kind_of = |code: &str| {
            let row = odoo.record("product.product", json!([["default_code", "=", code]]));
            let storable = row.get("is_storable").and_then(Value::as_bool);
            (row["type"].clone(), storable.unwrap_or_default())
        };
        let new = major >= 18;
        let goods = if new { "consu" } else { "product" };
        for (code, given, kind, storable) in [
            ("NEW-G", "goods", goods, new),
            ("NEW-C", "consumable", "consu", false),
            ("NEW-S", "service", "service", false),
        ] {
            let push = command(code, json!({ "product_type": given }));
            odoo.push("p-1", &push).await.unwrap();
            assert!(odoo.find("p-1", &push).await.is_some(), "{major} {given}");
            assert_eq!(kind_of(code), (json!(kind), storable), "{major} {given}");
        }
        let service = command("NEW-G", json!({ "product_type": "service" }));
        let changed = odoo.push("p-2", &service).await.unwrap();
        assert_eq!(kind_of("NEW-G"), (json!("service"), false), "{major}");
        odoo.undo("p-2", &service, changed).await.unwrap();
        assert_eq!(kind_of("NEW-G"), (json!(goods), new), "{major}");
    }
}

#[tokio::test]
async fn what_is_not_stocked_stays_a_consumable_where_it_is_one_in_every_version() {
    for major in [14, 15, 16, 17, 18, 19] {
        let odoo = Odoo::start(of_version(major)).await;
        let kind_of = |code: &str| {
            let row = odoo.record("product.product", json!([["default_code", "=", code]]));
            row["type"].clone()
        };
        let glue = json!({ "name": "Glue", "default_code": "GLUE", "type": "consu" });
        odoo.running.handle.make("product.product", glue).unwrap();
        for (code, more, kind) in [
            ("GLUE", json!({ "stocked": false }), "consu"),
            ("HELP", json!({ "stocked": false }), "service"),
            (
                "NUT",
                json!({ "stocked": true }),
                if major >= 18 { "consu" } else { "product" },
            ),
            ("NUT", json!({ "stocked": false }), "service"),
        ] {
            let push = command(code, more);
            odoo.push("p-1", &push).await.unwrap();
            assert!(odoo.find("p-1", &push).await.is_some(), "{major} {code}");
            assert_eq!(kind_of(code), kind, "{major} {code}");
        }
    }
}

#[tokio::test]
async fn products_that_people_made_are_found_by_code_and_twins_are_refused() {
    let odoo = Odoo::start(demo()).await;
    let handle = &odoo.running.handle;
    let before = handle.count("product.product");
    odoo.push("p-1", &Push::Product(product("RM-001", "3")))
        .await
        .unwrap();
    assert_eq!(handle.count("product.product"), before);
    let twin = json!({ "name": "Twin", "default_code": "RM-001" });
    handle.make("product.product", twin).unwrap();
    let error = odoo
        .push("p-2", &Push::Product(product("RM-001", "4")))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("2 products"), "{error}");
}

#[tokio::test]
async fn a_product_that_somebody_else_makes_at_the_same_moment_is_the_one_that_is_meant() {
    let odoo = Odoo::start(demo()).await;
    let late = Fault::times(FaultKind::Latency, 1)
        .on("product.product/load")
        .lasting(Duration::from_millis(500));
    odoo.running.faults().add(late);
    let push = Push::Product(product("NEW-1", "12.50"));
    let theirs = async {
        while !odoo.running.faults().list().is_empty() {
            tokio::task::yield_now().await;
        }
        let values = json!({
            "name": "Theirs", "default_code": "NEW-1", "barcode": "8600000099999",
        });
        odoo.running.handle.make("product.product", values).unwrap()
    };
    let (accepted, theirs) = tokio::join!(odoo.push("p-1", &push), theirs);
    let accepted = accepted.unwrap();
    assert_eq!(accepted.detail["id"], theirs);
    assert_eq!(accepted.detail["created"], false);
    let row = odoo.record("product.product", json!([["default_code", "=", "NEW-1"]]));
    assert_eq!(row["name"], "Made here");
}

#[tokio::test]
async fn odoos_own_refusal_is_told() {
    let odoo = Odoo::start(demo()).await;
    odoo.push("p-1", &Push::Product(product("NEW-1", "1")))
        .await
        .unwrap();
    let error = odoo
        .push("p-2", &Push::Product(product("NEW-2", "1")))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert!(error.to_string().contains("already assigned"), "{error}");
}

#[tokio::test]
async fn lines_of_a_bill_whose_component_stays_are_changed_in_their_place_and_put_back_there() {
    let odoo = Odoo::start(demo()).await;
    odoo.push("bom-1", &bom(&[("RM-001", 2), ("RM-002", 1)]))
        .await
        .unwrap();
    let lines = |odoo: &Odoo| {
        let lines = odoo.running.handle.records("mrp.bom.line", json!([]));
        let told = |line: &serde_json::Map<String, Value>| {
            (
                line["id"].as_i64().unwrap(),
                line["product_qty"].as_f64().unwrap(),
            )
        };
        lines.iter().map(told).collect::<Vec<_>>()
    };
    let first = lines(&odoo);
    let more = bom(&[("RM-001", 3), ("RM-002", 4)]);
    let changed = odoo.push("bom-2", &more).await.unwrap();
    assert_eq!(lines(&odoo), [(first[0].0, 3.0), (first[1].0, 4.0)]);
    odoo.undo("bom-2", &more, changed).await.unwrap();
    assert_eq!(lines(&odoo), first);
    // A line that names no unit means the component's own, whatever stood there.
    let Push::Bom(mut dozens) = bom(&[("RM-001", 2), ("RM-002", 1)]) else {
        panic!("no bill");
    };
    dozens.lines[0].uom = Some("Dozens".into());
    odoo.push("bom-3", &Push::Bom(dozens)).await.unwrap();
    let plain = bom(&[("RM-001", 2), ("RM-002", 1)]);
    assert_eq!(odoo.find("bom-4", &plain).await, None);
    odoo.push("bom-4", &plain).await.unwrap();
    assert_eq!(
        odoo.record("mrp.bom.line", json!([["id", "=", first[0].0]]))["product_uom_id"][0],
        1
    );
}

#[tokio::test]
async fn quantities_of_a_bill_that_odoo_would_round_are_refused_by_name() {
    let odoo = Odoo::start(demo()).await;
    let push = recipe("1.0", "0.001", "kg");
    let error = odoo.push("recipe-1", &push).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    let told = "Odoo keeps 2 decimals of quantities: 0.001 of RM-001 would become 0.";
    assert!(error.to_string().contains(told), "{error}");
    assert!(bills(&odoo).is_empty());
}

#[tokio::test]
async fn units_that_do_not_convert_into_the_products_own_are_told_in_every_version() {
    for major in [17, 19] {
        let odoo = Odoo::start(of_version(major)).await;
        let accepted = odoo
            .push("recipe-1", &recipe("1.0", "500", "g"))
            .await
            .unwrap();
        let told = "Odoo keeps RM-001 in Units, into which g does not convert: correct the unit of the product or of the bill.";
        assert_eq!(accepted.warnings, [told], "{major}");
        let accepted = odoo
            .push("recipe-2", &recipe("2.0", "5", "Dozens"))
            .await
            .unwrap();
        assert_eq!(accepted.warnings, Vec::<String>::new(), "{major}");
    }
}

#[tokio::test]
async fn a_product_that_is_taken_back_tells_its_lots_apart_again() {
    let odoo = Odoo::start(demo()).await;
    let service = Product {
        code: "LOT-001".into(),
        product_type: Some(ProductType::Service),
        barcode: None,
        stocked: false,
        ..product("LOT-001", "1")
    };
    let push = Push::Product(service);
    let held = |odoo: &Odoo| {
        let row = odoo.record("product.product", json!([["default_code", "=", "LOT-001"]]));
        (row["tracking"].clone(), row["is_storable"].clone())
    };
    let before = held(&odoo);
    let accepted = odoo.push("product-1", &push).await.unwrap();
    assert_eq!(held(&odoo), (json!("none"), json!(false)));
    odoo.undo("product-1", &push, accepted.clone())
        .await
        .unwrap();
    assert_eq!(held(&odoo), before);
    assert!(odoo.is_undone("product-1", &push, accepted).await);
}
