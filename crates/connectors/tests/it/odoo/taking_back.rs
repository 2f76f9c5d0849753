//! What was there before is put back, or it is said that it is not known; never is it said to be put back while it is
//! not.

use super::bills::{RECIPE, deny_names, make, named, parts, product};
use super::manufacturing::{bills, bom, recipe};
use super::{Odoo, demo, of_version};
use connectors::{Acceptance, ErrorKind};
use domain::push::Push;
use serde_json::json;
use simulators::odoo::{Fault, FaultKind};

/// Taking it back is refused in words, and it is not found taken back.
async fn stays(odoo: &Odoo, push: &Push, accepted: Acceptance) {
    let undone = odoo.undo("u-1", push, accepted.clone()).await;
    let error = undone.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected, "{error}");
    assert!(error.to_string().contains("is not known"), "{error}");
    assert!(!odoo.is_undone("u-1", push, accepted).await);
}

#[tokio::test]
async fn a_bill_whose_answer_was_lost_is_not_said_to_be_taken_back_while_it_stands() {
    let odoo = Odoo::start(demo()).await;
    odoo.push("b-1", &bom(&[("RM-001", 2)])).await.unwrap();
    let bill = bills(&odoo)[0]["id"].as_i64().unwrap();
    let (changed, made) = (bom(&[("RM-001", 5)]), recipe("1.0", "2", "KG"));
    for (push, call) in [(&changed, "mrp.bom/write"), (&made, "mrp.bom/load")] {
        let lost = Fault::times(FaultKind::LostAnswer, 1).on(call);
        odoo.running.faults().add(lost);
        odoo.push("b-2", push).await.unwrap_err();
        let found = odoo.find("b-2", push).await.unwrap();
        stays(&odoo, push, found).await;
    }
    assert_eq!(parts(&odoo, bill), [("RM-001".to_owned(), 5.0)]);
    // What stood there before the command was ever sent needs no putting back.
    for push in [&changed, &made] {
        let same = odoo.push("b-3", push).await.unwrap();
        odoo.undo("b-3", push, same.clone()).await.unwrap();
        assert!(odoo.is_undone("b-3", push, same).await);
    }
    assert_eq!(bills(&odoo).len(), 2);
    assert_eq!(parts(&odoo, bill), [("RM-001".to_owned(), 5.0)]);
}

#[tokio::test]
async fn a_product_that_was_there_unseen_is_neither_deleted_nor_archived_by_taking_back() {
    for major in [14, 16, 19] {
        let odoo = Odoo::start(of_version(major)).await;
        deny_names(&odoo);
        let product = |name: &str| {
            let payload = json!({ "code": "NEW-1", "name": name });
            Push::parse("inventory.product.upsert", &payload).unwrap()
        };
        let (first, second) = (product("First"), product("Second"));
        let made = odoo.push("p-1", &first).await.unwrap();
        assert_eq!(made.detail["created"], true, "{major}");
        let id = made.detail["id"].as_i64().unwrap();
        // Not to be found by its code any more.
        let code = json!({ "default_code": "THEIRS" });
        let handle = &odoo.running.handle;
        handle.edit("product.product", id, code).unwrap();
        let accepted = odoo.push("p-2", &second).await.unwrap();
        assert_eq!(accepted.detail["id"], id, "{major}");
        stays(&odoo, &second, accepted).await;
        let row = odoo.record("product.product", json!([["id", "=", id]]));
        assert_eq!(row["active"], true, "{major}");
        assert_eq!(row["name"], "Second", "{major}");
    }
}

#[tokio::test]
async fn all_that_load_wrote_over_of_a_bill_it_found_is_put_back() {
    let odoo = Odoo::start(demo()).await;
    deny_names(&odoo);
    let handle = &odoo.running.handle;
    odoo.push("r-1", &recipe("1.0", "2", "KG")).await.unwrap();
    let ours = named(&odoo, RECIPE).unwrap();
    let other = json!({ "name": "The other one" });
    let other = handle.make("res.company", other).unwrap();
    let theirs = json!({ "code": "SUMMER", "type": "phantom", "company_id": other });
    handle.edit("mrp.bom", ours, theirs).unwrap();
    let push = recipe("1.0", "4", "KG");
    let accepted = odoo.push("r-2", &push).await.unwrap();
    assert_eq!(bills(&odoo)[0]["type"], "normal");
    assert_eq!(bills(&odoo)[0]["company_id"][0], 1);
    odoo.undo("r-2", &push, accepted.clone()).await.unwrap();
    assert!(odoo.is_undone("r-2", &push, accepted).await);
    assert_eq!(bills(&odoo).len(), 1);
    assert_eq!(bills(&odoo)[0]["code"], "SUMMER");
    assert_eq!(bills(&odoo)[0]["type"], "phantom");
    assert_eq!(bills(&odoo)[0]["company_id"][0], other);
    assert_eq!(parts(&odoo, ours), [("RM-001".to_owned(), 2.0)]);
}

#[tokio::test]
async fn a_load_that_was_broken_off_does_not_make_its_doubled_lines_what_was_there_before() {
    for (kind, call) in [
        (FaultKind::Cut, "mrp.bom/write"),
        (FaultKind::LostAnswer, "mrp.bom/load"),
    ] {
        let odoo = Odoo::start(demo()).await;
        deny_names(&odoo);
        odoo.push("r-1", &recipe("1.0", "2", "KG")).await.unwrap();
        let ours = named(&odoo, RECIPE).unwrap();
        // Not to be found by its reference any more.
        let reference = json!({ "code": "SUMMER" });
        let handle = &odoo.running.handle;
        handle.edit("mrp.bom", ours, reference).unwrap();
        odoo.running.faults().add(Fault::times(kind, 1).on(call));
        let push = recipe("1.0", "4", "KG");
        odoo.push("r-2", &push).await.unwrap_err();
        assert_eq!(parts(&odoo, ours).len(), 2, "{kind:?}");
        let accepted = odoo.push("r-2", &push).await.unwrap();
        assert_eq!(parts(&odoo, ours), [("RM-001".to_owned(), 4.0)]);
        stays(&odoo, &push, accepted).await;
        assert_eq!(parts(&odoo, ours), [("RM-001".to_owned(), 4.0)]);
    }
}

#[tokio::test]
async fn a_bill_of_people_that_ends_in_the_lines_it_should_have_is_put_back() {
    let odoo = Odoo::start(demo()).await;
    let theirs = make(&odoo, 9);
    let line = json!({ "product_id": product(&odoo, "RM-001", "id"), "product_qty": 2 });
    let longer = json!({ "bom_line_ids": [[0, 0, line]] });
    let handle = &odoo.running.handle;
    handle.edit("mrp.bom", theirs, longer).unwrap();
    let push = bom(&[("RM-001", 2)]);
    let accepted = odoo.push("b-1", &push).await.unwrap();
    assert_eq!(parts(&odoo, theirs), [("RM-001".to_owned(), 2.0)]);
    odoo.undo("b-1", &push, accepted).await.unwrap();
    let expected = [("RM-001".to_owned(), 9.0), ("RM-001".to_owned(), 2.0)];
    assert_eq!(parts(&odoo, theirs), expected);
}
