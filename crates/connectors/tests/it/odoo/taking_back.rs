//! What was there before is put back, or it is said that it is not known; never is it said to be put back while it is
//! not.

use super::bills::{deny_names, parts};
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
