//! What is read, in full and by change.

use super::{Odoo, connect, demo, empty, of_version, result};
use crate::support::{items, now, request};
use chrono::TimeDelta;
use connectors::{ErrorKind, PullRequest, PulledPage, Records};
use domain::document::{DocumentRecord, EndedDocument};
use domain::push::Push;
use domain::sync::Entity;
use serde_json::json;
use std::collections::BTreeSet;

fn rows(pages: &[PulledPage]) -> usize {
    pages.iter().map(|page| page.records.len()).sum()
}

#[tokio::test]
async fn everything_the_demo_holds_is_read_and_nothing_is_refused() {
    let odoo = Odoo::start(demo()).await;
    for entity in Entity::ALL {
        let pages = odoo.pull_all(request(entity, 30)).await;
        let refused: Vec<_> = pages.iter().flat_map(|page| &page.refused).collect();
        assert!(refused.is_empty(), "{entity}: {refused:?}");
        let expected = match entity {
            Entity::Items | Entity::Stock => odoo.running.handle.count("product.product"),
            Entity::Partners => odoo.running.handle.count("res.partner"),
            Entity::Dispatches => 40,
            Entity::Receipts => 15,
        };
        assert_eq!(rows(&pages), expected, "{entity}");
        // Nothing has moved yet: the next run of stock reads all of it once more.
        let marked = pages.iter().all(|page| page.high_water.is_some());
        assert_eq!(marked, entity != Entity::Stock, "{entity}");
    }
}

#[tokio::test]
async fn both_protocols_and_older_versions_bring_the_same() {
    let new = Odoo::start(demo()).await;
    let rpc = connect(&new.running, &json!({ "protocol": "jsonrpc" })).0;
    let old = Odoo::start(of_version(16)).await;
    let oldest = Odoo::start(of_version(14)).await;
    for entity in Entity::ALL {
        let wanted = request(entity, 200);
        let expected = new.connector.pull(&wanted).await.unwrap().records;
        assert!(!expected.is_empty(), "{entity}");
        assert_eq!(
            rpc.pull(&wanted).await.unwrap().records,
            expected,
            "{entity}"
        );
        let read = old.connector.pull(&wanted).await.unwrap().records;
        assert_eq!(read, expected, "{entity} of 16");
        let read = oldest.connector.pull(&wanted).await.unwrap().records;
        assert_eq!(read, expected, "{entity} of 14");
    }
}

#[tokio::test]
async fn a_delta_reads_what_changed_since_the_high_water_mark() {
    let odoo = Odoo::start(demo()).await;
    let full = odoo.pull_all(request(Entity::Items, 200)).await;
    let since = full.iter().filter_map(|page| page.high_water).max();
    let code = items(&full[0])[3].code.clone();
    let product = odoo.record("product.product", json!([["default_code", "=", code]]));
    odoo.running.handle.set_now(now());
    let id = product["id"].as_i64().unwrap();
    let edit = json!({ "name": "Renamed" });
    odoo.running
        .handle
        .edit("product.product", id, edit)
        .unwrap();
    let delta = PullRequest {
        since: Some(now() - TimeDelta::minutes(30)),
        ..request(Entity::Items, 200)
    };
    let changed = odoo.pull_all(delta).await;
    assert_eq!(rows(&changed), 1);
    assert_eq!(items(&changed[0])[0].name, "Renamed");
    assert!(changed[0].high_water > since);
}

#[tokio::test]
async fn an_edited_line_brings_its_transfer_again() {
    let odoo = Odoo::start(demo()).await;
    odoo.running.handle.set_now(now());
    let before = odoo.documents(Entity::Dispatches).await;
    let line = before[7].lines[0].key.parse().unwrap();
    let edit = json!({ "product_uom_qty": 77 });
    odoo.running.handle.edit("stock.move", line, edit).unwrap();
    let delta = PullRequest {
        since: Some(now() - TimeDelta::minutes(30)),
        ..request(Entity::Dispatches, 200)
    };
    let page = odoo.connector.pull(&delta).await.unwrap();
    let Records::Documents(changed) = &page.records else {
        panic!("not documents");
    };
    assert_eq!(changed.len(), 1);
    assert_eq!(changed[0].number, before[7].number);
    assert_eq!(changed[0].lines[0].requested, 77.into());
}

#[tokio::test]
async fn a_transfer_that_ended_is_told_with_its_state_and_is_no_work() {
    for major in [14, 19] {
        let odoo = Odoo::start(of_version(major)).await;
        let before = odoo.documents(Entity::Dispatches).await;
        let handle = &odoo.running.handle;
        handle.set_now(now());
        let (done, given_up) = (&before[3], &before[5]);
        let push = Push::DocumentResult(result(done, None));
        odoo.push("ref-1", &push).await.unwrap();
        let id =
            odoo.record("stock.picking", json!([["name", "=", given_up.number]]))["id"].clone();
        let id = id.as_i64().unwrap();
        handle.act("stock.picking", "action_cancel", &[id]).unwrap();
        let ended = |document: &DocumentRecord, state: &str| EndedDocument {
            number: document.number.clone(),
            doc_type: document.doc_type.clone(),
            dated_on: document.dated_on,
            erp_status: state.to_owned(),
        };
        let expected = [ended(done, "done"), ended(given_up, "cancel")];
        let delta = PullRequest {
            since: Some(now() - TimeDelta::minutes(30)),
            ..request(Entity::Dispatches, 200)
        };
        let page = odoo.connector.pull(&delta).await.unwrap();
        assert_eq!(page.ended, expected, "{major}");
        assert_eq!((page.records.len(), page.rows), (0, 2), "{major}");
        let full = odoo.pull_all(request(Entity::Dispatches, 7)).await;
        let told: Vec<EndedDocument> = full.iter().flat_map(|page| page.ended.clone()).collect();
        assert_eq!(told, expected, "{major}");
        assert_eq!(rows(&full), before.len() - 2, "{major}");
    }
}

#[tokio::test]
async fn stock_that_falls_to_nothing_is_told_by_a_delta() {
    let odoo = Odoo::start(empty()).await;
    let stocked = json!({ "name": "Nut", "default_code": "NUT", "is_storable": true });
    let handle = &odoo.running.handle;
    let id = handle.make("product.product", stocked).unwrap();
    handle.put_stock(id, 5, 4.0);
    handle.put_stock(id, 8, 2.0);
    handle.put_stock(id, 7, 1.0);
    let full = odoo
        .connector
        .pull(&request(Entity::Stock, 50))
        .await
        .unwrap();
    let Records::Stock(stock) = &full.records else {
        panic!("not stock");
    };
    let levels: Vec<(String, String)> = stock[0]
        .levels
        .iter()
        .map(|level| (level.warehouse.clone(), level.quantity.to_string()))
        .collect();
    let expected = [("Central warehouse", "6"), ("Shop", "1")]
        .map(|(name, much)| (name.to_owned(), much.to_owned()));
    assert_eq!(levels, expected);
    handle.set_now(now());
    let counted = domain::push::StockCount {
        location: "SHOP/Stock".into(),
        items: vec![domain::push::CountedItem {
            product_code: "NUT".into(),
            quantity: "0".parse().unwrap(),
            lot_number: None,
        }],
    };
    odoo.push("count-1", &domain::push::Push::Stock(counted))
        .await
        .unwrap();
    let delta = PullRequest {
        since: Some(now() - TimeDelta::minutes(30)),
        ..request(Entity::Stock, 50)
    };
    let page = odoo.connector.pull(&delta).await.unwrap();
    let Records::Stock(stock) = &page.records else {
        panic!("not stock");
    };
    let shop = stock[0]
        .levels
        .iter()
        .find(|level| level.warehouse == "Shop");
    assert!(shop.is_none_or(|level| level.quantity.is_zero()));
}

#[tokio::test]
async fn products_without_a_code_or_with_anothers_are_refused_alone() {
    let odoo = Odoo::start(empty()).await;
    let handle = &odoo.running.handle;
    for product in [
        json!({ "name": "Known", "default_code": "K-1" }),
        json!({ "name": "Codeless" }),
        json!({ "name": "Twin", "default_code": "K-1" }),
        json!({ "name": "Delivery", "type": "service" }),
    ] {
        handle.make("product.product", product).unwrap();
    }
    let archived = json!({ "name": "Old", "default_code": "OLD", "active": false });
    handle.make("product.product", archived).unwrap();
    let page = odoo
        .connector
        .pull(&request(Entity::Items, 50))
        .await
        .unwrap();
    let active: BTreeSet<(String, bool)> = items(&page)
        .iter()
        .map(|item| (item.code.clone(), item.active))
        .collect();
    assert_eq!(
        active,
        BTreeSet::from([("K-1".into(), true), ("OLD".into(), false)])
    );
    let reasons: Vec<&str> = page.refused.iter().map(|row| &*row.reason).collect();
    assert_eq!(reasons.len(), 2);
    assert!(reasons[0].contains("\"Codeless\" has no internal reference"));
    assert!(reasons[1].contains("the same key K-1"));
    assert_eq!(page.rows, 4);
}

#[tokio::test]
async fn an_item_is_looked_up_by_its_code() {
    let odoo = Odoo::start(demo()).await;
    let found = odoo.connector.find_item(" SKU-001 ", "look-up").await;
    assert_eq!(found.unwrap().unwrap().name, "Example product");
    let none = odoo.connector.find_item("NO-SUCH-CODE", "look-up").await;
    assert_eq!(none.unwrap(), None);
}

#[tokio::test]
async fn a_place_of_another_connector_is_refused() {
    let odoo = Odoo::start(empty()).await;
    let elsewhere = PullRequest {
        position: Some("1000:full:A".into()),
        ..request(Entity::Items, 50)
    };
    let error = odoo.connector.pull(&elsewhere).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
}
