//! A bill of materials is one bill, known by our external id, whatever happens around it.

use super::manufacturing::{bills, bom, recipe};
use super::{Odoo, command, connect, demo, of_version};
use connectors::{ErrorKind, Retry};
use domain::push::Push;
use serde_json::{Value, json};
use simulators::odoo::{Fault, FaultKind};

/// Code, Odoo's id of the product, company.
const PLAIN: &str = "bom_PROD_2d001__2__1";
/// Code, version, Odoo's id of the product, company.
pub(super) const RECIPE: &str = "recipe_RECIPE_2d001__1_2e0__5__1";

/// The record that has this external id of ours.
pub(super) fn named(odoo: &Odoo, name: &str) -> Option<i64> {
    let domain = json!([["module", "=", "crossdock"], ["name", "=", name]]);
    let mut rows = odoo.running.handle.records("ir.model.data", domain);
    assert!(rows.len() <= 1, "{rows:?}");
    let row = rows.pop()?;
    assert_eq!(row["model"], "mrp.bom");
    row["res_id"].as_i64()
}

/// Components and quantities of a bill, in their order.
pub(super) fn parts(odoo: &Odoo, bill: i64) -> Vec<(String, f64)> {
    let domain = json!([["bom_id", "=", bill]]);
    let lines = odoo.running.handle.records("mrp.bom.line", domain);
    let part = |line: &serde_json::Map<String, Value>| {
        let product = line["product_id"][0].clone();
        let product = odoo.record("product.product", json!([["id", "=", product]]));
        let code = product["default_code"].as_str().unwrap().to_owned();
        (code, line["product_qty"].as_f64().unwrap())
    };
    lines.iter().map(part).collect()
}

pub(super) fn product(odoo: &Odoo, code: &str, field: &str) -> Value {
    let row = odoo.record("product.product", json!([["default_code", "=", code]]));
    row[field].clone()
}

/// A bill of PROD-001 that somebody made in Odoo.
pub(super) fn make(odoo: &Odoo, quantity: i64) -> i64 {
    let values = json!({
        "product_tmpl_id": product(odoo, "PROD-001", "product_tmpl_id")[0],
        "bom_line_ids": [[0, 0, {
            "product_id": product(odoo, "RM-001", "id"), "product_qty": quantity,
        }]],
    });
    odoo.running.handle.make("mrp.bom", values).unwrap()
}

/// Takes all rights to external ids from the account.
pub(super) fn deny_names(odoo: &Odoo) {
    for operation in ["read", "write", "create"] {
        odoo.running.handle.deny("ir.model.data", operation);
    }
}

fn id(bill: &Value) -> i64 {
    bill["id"].as_i64().unwrap()
}

fn calls(odoo: &Odoo, method: &str) -> u64 {
    let counters = odoo.running.handle.counters();
    counters.by_method.get(method).copied().unwrap_or_default()
}

#[tokio::test]
async fn a_bill_is_made_with_its_external_id_and_a_resend_changes_the_same_one_in_every_version() {
    for major in [14, 15, 16, 17, 18, 19] {
        let odoo = Odoo::start(of_version(major)).await;
        let lost = Fault::times(FaultKind::LostAnswer, 1).on("mrp.bom/load");
        odoo.running.faults().add(lost);
        let first = bom(&[("RM-001", 2), ("RM-002", 1)]);
        odoo.push("b-1", &first).await.unwrap_err();
        let answered = odoo.push("b-1", &first).await.unwrap();
        let bill = named(&odoo, PLAIN).unwrap();
        assert_eq!(answered.detail["id"], bill, "{major}");
        let expected = [("RM-001".to_owned(), 2.0), ("RM-002".to_owned(), 1.0)];
        assert_eq!(parts(&odoo, bill), expected, "{major}");
        let second = bom(&[("RM-002", 7)]);
        odoo.push("b-2", &second).await.unwrap();
        assert_eq!(bills(&odoo).len(), 1, "{major}");
        assert_eq!(parts(&odoo, bill), [("RM-002".to_owned(), 7.0)], "{major}");
        odoo.push("r-1", &recipe("1.0", "2", "KG")).await.unwrap();
        let of_recipe = named(&odoo, RECIPE);
        assert_eq!(of_recipe, Some(id(&bills(&odoo)[1])), "{major}");
    }
}

#[tokio::test]
async fn a_bill_is_named_for_the_company_of_its_connection() {
    let odoo = Odoo::with(demo(), json!({ "company_id": 2 })).await;
    let other = json!({ "name": "The other one" });
    let other = odoo.running.handle.make("res.company", other).unwrap();
    assert_eq!(other, 2);
    odoo.push("b-1", &bom(&[("RM-001", 2)])).await.unwrap();
    assert_eq!(named(&odoo, PLAIN), None);
    let bill = &bills(&odoo)[0];
    assert_eq!(named(&odoo, "bom_PROD_2d001__2__2"), Some(id(bill)));
    assert_eq!(bill["company_id"][0], 2);
}

#[tokio::test]
async fn a_connection_without_a_company_has_the_bills_of_the_users_own() {
    for protocol in ["json2", "jsonrpc"] {
        let settings = json!({ "protocol": protocol });
        let odoo = Odoo::with(demo(), settings.clone()).await;
        let handle = &odoo.running.handle;
        odoo.push("b-1", &bom(&[("RM-001", 2)])).await.unwrap();
        let ours = named(&odoo, PLAIN).unwrap();
        let other = json!({ "name": "The other one" });
        let other = handle.make("res.company", other).unwrap();
        let moved = json!({ "company_id": other });
        handle.edit("res.users", 2, moved).unwrap();
        let (connector, _) = connect(&odoo.running, &settings);
        let push = bom(&[("RM-001", 5)]);
        connector.push(&command("b-2", &push)).await.unwrap();
        assert_eq!(bills(&odoo).len(), 2, "{protocol}");
        let theirs = named(&odoo, &format!("bom_PROD_2d001__2__{other}")).unwrap();
        assert_eq!(parts(&odoo, ours), [("RM-001".to_owned(), 2.0)]);
        assert_eq!(parts(&odoo, theirs), [("RM-001".to_owned(), 5.0)]);
        let bill = odoo.record("mrp.bom", json!([["id", "=", theirs]]));
        assert_eq!(bill["company_id"][0], other, "{protocol}");
    }
}

#[tokio::test]
async fn each_variant_of_a_product_has_its_own_bill_beside_the_one_of_all() {
    for major in [16, 19] {
        let odoo = Odoo::start(of_version(major)).await;
        let of_all = make(&odoo, 9);
        let variant = json!({
            "name": "Product Name", "default_code": "PROD-BLUE",
            "product_tmpl_id": product(&odoo, "PROD-001", "product_tmpl_id")[0],
        });
        let blue = odoo.running.handle.make("product.product", variant);
        let Push::Bom(mut of_blue) = bom(&[("RM-002", 3)]) else {
            panic!("no bill");
        };
        of_blue.product_code = "PROD-BLUE".into();
        let of_blue = Push::Bom(of_blue);
        odoo.push("b-1", &bom(&[("RM-001", 2)])).await.unwrap();
        odoo.push("b-2", &of_blue).await.unwrap();
        odoo.push("b-3", &bom(&[("RM-001", 4)])).await.unwrap();
        assert_eq!(bills(&odoo).len(), 3, "{major}");
        assert!(odoo.find("b-2", &of_blue).await.is_some(), "{major}");
        let red = named(&odoo, PLAIN).unwrap();
        let name = format!("bom_PROD_2dBLUE__{}__1", blue.unwrap());
        let blue = named(&odoo, &name).unwrap();
        for (bill, code, expected) in [
            (of_all, None, ("RM-001".to_owned(), 9.0)),
            (red, Some("PROD-001"), ("RM-001".to_owned(), 4.0)),
            (blue, Some("PROD-BLUE"), ("RM-002".to_owned(), 3.0)),
        ] {
            assert_eq!(parts(&odoo, bill), [expected], "{major}");
            let variant = code.map_or(json!(false), |code| product(&odoo, code, "id"));
            let bill = odoo.record("mrp.bom", json!([["id", "=", bill]]));
            let held = bill["product_id"].get(0).cloned().unwrap_or(json!(false));
            assert_eq!(held, variant, "{major}");
        }
    }
}

#[tokio::test]
async fn a_bill_that_people_made_is_adopted_and_stays_the_one_that_is_meant() {
    let odoo = Odoo::start(demo()).await;
    let theirs = make(&odoo, 9);
    odoo.push("b-1", &bom(&[("RM-001", 2)])).await.unwrap();
    assert_eq!(bills(&odoo).len(), 1);
    assert_eq!(named(&odoo, PLAIN), Some(theirs));
    // By what it is, the next one would be meant.
    let reference = json!({ "code": "SUMMER" });
    odoo.running
        .handle
        .edit("mrp.bom", theirs, reference)
        .unwrap();
    let other = make(&odoo, 4);
    odoo.push("b-2", &bom(&[("RM-001", 3)])).await.unwrap();
    assert_eq!(parts(&odoo, theirs), [("RM-001".to_owned(), 3.0)]);
    assert_eq!(parts(&odoo, other), [("RM-001".to_owned(), 4.0)]);
}

#[tokio::test]
async fn a_bill_that_is_as_it_should_be_gets_its_external_id_and_is_not_written() {
    let odoo = Odoo::start(demo()).await;
    let theirs = make(&odoo, 2);
    odoo.push("b-1", &bom(&[("RM-001", 2)])).await.unwrap();
    assert_eq!(named(&odoo, PLAIN), Some(theirs));
    assert_eq!(calls(&odoo, "mrp.bom/write"), 0);
    assert_eq!(calls(&odoo, "mrp.bom/load"), 0);
}

#[tokio::test]
async fn an_external_id_that_was_not_given_is_given_by_the_next_attempt() {
    for kind in [FaultKind::Cut, FaultKind::LostAnswer] {
        let odoo = Odoo::start(demo()).await;
        let theirs = make(&odoo, 9);
        let push = bom(&[("RM-001", 2)]);
        let fault = Fault::times(kind, 1).on("ir.model.data/create");
        odoo.running.faults().add(fault);
        odoo.push("b-1", &push).await.unwrap_err();
        odoo.push("b-1", &push).await.unwrap();
        assert_eq!(named(&odoo, PLAIN), Some(theirs), "{kind:?}");
        assert_eq!(bills(&odoo).len(), 1, "{kind:?}");
        assert_eq!(parts(&odoo, theirs), [("RM-001".to_owned(), 2.0)]);
    }
}

#[tokio::test]
async fn a_code_that_went_to_another_product_takes_no_bill_with_it() {
    for denied in [false, true] {
        let odoo = Odoo::start(demo()).await;
        if denied {
            deny_names(&odoo);
        }
        let handle = &odoo.running.handle;
        odoo.push("b-1", &bom(&[("RM-001", 2)])).await.unwrap();
        let before = named(&odoo, PLAIN).unwrap();
        let old = product(&odoo, "PROD-001", "id").as_i64().unwrap();
        let code = json!({ "default_code": "PROD-OLD" });
        handle.edit("product.product", old, code).unwrap();
        let new = json!({ "name": "The new one", "default_code": "PROD-001" });
        let new = handle.make("product.product", new).unwrap();
        odoo.push("b-2", &bom(&[("RM-001", 5)])).await.unwrap();
        assert_eq!(bills(&odoo).len(), 2, "{denied}");
        assert_eq!(named(&odoo, PLAIN), Some(before), "{denied}");
        let after = named(&odoo, &format!("bom_PROD_2d001__{new}__1")).unwrap();
        assert_eq!(parts(&odoo, before), [("RM-001".to_owned(), 2.0)]);
        assert_eq!(parts(&odoo, after), [("RM-001".to_owned(), 5.0)]);
    }
}

#[tokio::test]
async fn a_bill_of_ours_that_people_gave_to_another_product_stays_there() {
    let odoo = Odoo::start(demo()).await;
    odoo.push("b-1", &bom(&[("RM-001", 2)])).await.unwrap();
    let before = named(&odoo, PLAIN).unwrap();
    let given = json!({ "product_tmpl_id": product(&odoo, "SKU-001", "product_tmpl_id")[0] });
    odoo.running.handle.edit("mrp.bom", before, given).unwrap();
    let push = bom(&[("RM-001", 5)]);
    let fault = Fault::times(FaultKind::Cut, 1).on("ir.model.data/write");
    odoo.running.faults().add(fault);
    // The bill was made, and its external id still belongs to the other one.
    odoo.push("b-2", &push).await.unwrap_err();
    odoo.push("b-2", &push).await.unwrap();
    assert_eq!(bills(&odoo).len(), 2);
    let after = named(&odoo, PLAIN).unwrap();
    assert_ne!(after, before);
    assert_eq!(parts(&odoo, before), [("RM-001".to_owned(), 2.0)]);
    assert_eq!(parts(&odoo, after), [("RM-001".to_owned(), 5.0)]);
}

#[tokio::test]
async fn an_account_without_rights_to_external_ids_makes_no_second_bill_either() {
    for major in [16, 19] {
        let odoo = Odoo::start(of_version(major)).await;
        deny_names(&odoo);
        let theirs = make(&odoo, 9);
        odoo.push("b-1", &bom(&[("RM-001", 2)])).await.unwrap();
        odoo.push("b-2", &bom(&[("RM-002", 3)])).await.unwrap();
        assert_eq!(parts(&odoo, theirs), [("RM-002".to_owned(), 3.0)]);
        assert_eq!(named(&odoo, PLAIN), None);
        odoo.push("r-1", &recipe("1.0", "2", "KG")).await.unwrap();
        let ours = named(&odoo, RECIPE).unwrap();
        // Not to be found by its reference any more.
        let reference = json!({ "code": "SUMMER" });
        odoo.running
            .handle
            .edit("mrp.bom", ours, reference)
            .unwrap();
        odoo.push("r-2", &recipe("1.0", "4", "KG")).await.unwrap();
        assert_eq!(bills(&odoo).len(), 2, "{major}");
        assert_eq!(parts(&odoo, ours), [("RM-001".to_owned(), 4.0)]);
        assert_eq!(bills(&odoo)[1]["code"], "RECIPE-001/1.0");
    }
}

#[tokio::test]
async fn a_bill_that_was_changed_unseen_is_put_back_as_it_was() {
    let odoo = Odoo::start(demo()).await;
    deny_names(&odoo);
    let handle = &odoo.running.handle;
    odoo.push("r-1", &recipe("1.0", "2", "KG")).await.unwrap();
    let ours = named(&odoo, RECIPE).unwrap();
    // Not to be found by its reference any more.
    let reference = json!({ "code": "SUMMER" });
    handle.edit("mrp.bom", ours, reference).unwrap();
    let push = recipe("1.0", "4", "KG");
    let accepted = odoo.push("r-2", &push).await.unwrap();
    assert_eq!(parts(&odoo, ours), [("RM-001".to_owned(), 4.0)]);
    odoo.undo("r-2", &push, accepted).await.unwrap();
    assert_eq!(parts(&odoo, ours), [("RM-001".to_owned(), 2.0)]);
    assert_eq!(bills(&odoo)[0]["code"], "SUMMER");
    // Nor to be told from a new one by its lines.
    let empty = json!({ "active": false, "bom_line_ids": [[5, 0, 0]] });
    handle.edit("mrp.bom", ours, empty).unwrap();
    let accepted = odoo.push("r-3", &push).await.unwrap();
    assert_eq!(accepted.detail["created"], false);
    assert_eq!(bills(&odoo)[0]["active"], true);
    odoo.undo("r-3", &push, accepted).await.unwrap();
    assert_eq!(bills(&odoo).len(), 1);
    assert_eq!(bills(&odoo)[0]["active"], false);
    assert!(parts(&odoo, ours).is_empty());
}

#[tokio::test]
async fn a_bill_that_was_another_products_when_it_was_changed_is_not_said_to_be_put_back() {
    let odoo = Odoo::start(demo()).await;
    deny_names(&odoo);
    let push = bom(&[("RM-001", 2)]);
    odoo.push("b-1", &push).await.unwrap();
    let ours = named(&odoo, PLAIN).unwrap();
    let given = json!({ "product_tmpl_id": product(&odoo, "SKU-001", "product_tmpl_id")[0] });
    odoo.running.handle.edit("mrp.bom", ours, given).unwrap();
    let accepted = odoo.push("b-2", &push).await.unwrap();
    assert_eq!(accepted.detail["id"], ours);
    let error = odoo.undo("b-2", &push, accepted).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert!(error.to_string().contains("is not known"), "{error}");
}

#[tokio::test]
async fn what_others_hold_while_it_is_loaded_is_tried_again_later() {
    let product = json!({ "code": "NEW-1", "name": "Made here" });
    let product = Push::parse("inventory.product.upsert", &product).unwrap();
    for major in [16, 19] {
        let odoo = Odoo::start(of_version(major)).await;
        for (model, push) in [
            ("mrp.bom", &bom(&[("RM-001", 2)])),
            ("product.product", &product),
        ] {
            let held = Fault::times(FaultKind::Locked, 1).on(format!("{model}/load"));
            odoo.running.faults().add(held);
            let error = odoo.push("b-1", push).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::RateLimited, "{major}: {error}");
            assert_eq!(error.retry(), Retry::Later, "{major}: {error}");
            odoo.push("b-1", push).await.unwrap();
        }
        assert_eq!(bills(&odoo).len(), 1, "{major}");
    }
}

#[tokio::test]
async fn two_workers_at_once_make_one_bill_with_its_lines_once() {
    let odoo = Odoo::start(demo()).await;
    let push = bom(&[("RM-001", 2), ("RM-002", 1)]);
    let (one, two) = tokio::join!(odoo.push("b-1", &push), odoo.push("b-2", &push));
    one.unwrap();
    two.unwrap();
    assert_eq!(bills(&odoo).len(), 1);
    assert!(odoo.find("b-1", &push).await.is_some());
}

#[tokio::test]
async fn a_bill_of_ours_that_was_archived_is_used_again_unless_there_is_another() {
    let odoo = Odoo::start(demo()).await;
    let handle = &odoo.running.handle;
    let push = bom(&[("RM-001", 2)]);
    odoo.push("b-1", &push).await.unwrap();
    let ours = named(&odoo, PLAIN).unwrap();
    let archived = json!({ "active": false });
    handle.edit("mrp.bom", ours, archived).unwrap();
    assert_eq!(odoo.find("b-2", &push).await, None);
    let again = odoo.push("b-2", &push).await.unwrap();
    assert_eq!(bills(&odoo).len(), 1);
    assert_eq!(bills(&odoo)[0]["active"], true);
    odoo.undo("b-2", &push, again).await.unwrap();
    assert_eq!(bills(&odoo)[0]["active"], false);
    let theirs = make(&odoo, 9);
    odoo.push("b-3", &push).await.unwrap();
    assert_eq!(named(&odoo, PLAIN), Some(theirs));
    assert_eq!(bills(&odoo)[0]["active"], false);
}

#[tokio::test]
async fn what_odoo_refuses_of_a_new_bill_is_told_and_leaves_nothing() {
    let odoo = Odoo::start(demo()).await;
    let Push::Bom(mut none) = bom(&[("RM-001", 2)]) else {
        panic!("no bill");
    };
    none.quantity = 0.into();
    let error = odoo.push("b-1", &Push::Bom(none)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert!(error.to_string().contains("must be positive"), "{error}");
    assert!(bills(&odoo).is_empty());
    assert_eq!(named(&odoo, PLAIN), None);
}
