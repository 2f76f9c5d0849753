use super::{NEW, Rig, config};
use crate::support::{items as items_of, now, request};
use chrono::TimeDelta;
use connectors::{Connector, ErrorKind, PullRequest, PulledPage};
use domain::item::ItemRecord;
use domain::sync::Entity;
use serde_json::json;
use simulators::sap::{Config, Product};

async fn pull_all(connector: &dyn Connector, mut request: PullRequest) -> Vec<PulledPage> {
    let mut pages = Vec::new();
    loop {
        let page = connector.pull(&request).await.unwrap();
        request.position = page.next.clone();
        pages.push(page);
        if request.position.is_none() {
            return pages;
        }
    }
}

fn all(pages: &[PulledPage]) -> Vec<ItemRecord> {
    pages.iter().flat_map(items_of).cloned().collect()
}

#[tokio::test]
async fn every_product_is_read_the_same_in_both_versions_of_odata() {
    let rig = Rig::start(json!({})).await;
    let v2 = pull_all(&*rig.connector, request(Entity::Items, 200)).await;
    assert!(v2.iter().all(|page| page.refused.is_empty()));
    let read = all(&v2);
    let products = rig.running.handle.products();
    assert_eq!(read.len(), products.len());
    for (item, product) in read.iter().zip(&products) {
        assert_eq!(item.code, product.code);
        assert_eq!(item.name, product.descriptions[0].1);
        assert_eq!((&item.uom, item.active), (&product.unit, !product.deleted));
        assert_eq!(item.barcodes.concat(), product.gtin);
    }
    assert!(read.iter().any(|item| !item.active));
    let v4 = Rig::start(json!({ "products": "v4" })).await;
    assert_eq!(
        all(&pull_all(&*v4.connector, request(Entity::Items, 200)).await).len(),
        read.len()
    );
    let newer = &all(&pull_all(&*v4.connector, request(Entity::Items, 200)).await)[7];
    assert_eq!((&newer.code, &newer.name), (&read[7].code, &read[7].name));
}

#[tokio::test]
async fn pages_the_server_cuts_short_lose_and_double_nothing() {
    for version in ["v2", "v4"] {
        let config = Config {
            page_cap: Some(90),
            ..config()
        };
        let rig = Rig::with(config, json!({ "products": version })).await;
        let pages = pull_all(&*rig.connector, request(Entity::Items, 200)).await;
        let codes: Vec<String> = all(&pages).into_iter().map(|item| item.code).collect();
        let expected = rig.running.handle.products();
        let expected: Vec<String> = expected.into_iter().map(|one| one.code).collect();
        assert_eq!(codes, expected, "{version}");
        assert!(pages.iter().all(|page| page.rows <= 90));
    }
}

#[tokio::test]
async fn a_product_that_comes_in_mid_pass_shifts_no_other() {
    let rig = Rig::start(json!({})).await;
    let first = rig
        .connector
        .pull(&request(Entity::Items, 100))
        .await
        .unwrap();
    let before = rig.running.handle.products();
    let new = Product {
        code: "AA-0000".into(),
        ..before[0].clone()
    };
    rig.running.handle.put_product(new);
    let rest = PullRequest {
        position: first.next.clone(),
        ..request(Entity::Items, 100)
    };
    let rest = pull_all(&*rig.connector, rest).await;
    assert_eq!(first.records.len() + all(&rest).len(), before.len());
}

#[tokio::test]
async fn a_delta_reads_what_changed_by_time_or_by_day() {
    for field in ["date_time", "date"] {
        let rig = Rig::start(json!({ "changes_by": field })).await;
        let pages = pull_all(&*rig.connector, request(Entity::Items, 500)).await;
        let since = pages.iter().filter_map(|page| page.high_water).max();
        assert!(since.is_some_and(|since| since <= now()));
        rig.pass_minutes(3 * 24 * 60);
        let handle = &rig.running.handle;
        assert!(handle.edit_product(NEW, |product| product.deleted = true));
        let delta = PullRequest {
            since,
            ..request(Entity::Items, 500)
        };
        let delta = all(&pull_all(&*rig.connector, delta).await);
        let changed = delta.iter().find(|item| item.code == NEW);
        assert!(changed.is_some_and(|item| !item.active), "{field}");
        assert!(delta.len() < 100, "{field}: {}", delta.len());
        let later = PullRequest {
            since: Some(now() + TimeDelta::days(30)),
            ..request(Entity::Items, 500)
        };
        assert!(all(&pull_all(&*rig.connector, later).await).is_empty());
    }
}

#[tokio::test]
async fn a_row_that_cannot_be_used_is_refused_alone() {
    let rig = Rig::start(json!({})).await;
    rig.running
        .handle
        .edit_product(NEW, |product| product.descriptions.clear());
    let page = rig
        .connector
        .pull(&request(Entity::Items, 50))
        .await
        .unwrap();
    assert_eq!(page.refused.len(), 1);
    assert_eq!(page.refused[0].external_key, NEW);
    assert!(page.refused[0].reason.contains("no description"));
    assert_eq!(page.records.len(), page.rows - 1);
}

#[tokio::test]
async fn an_item_is_looked_up_by_its_number_in_the_language_of_the_settings() {
    let rig = Rig::start(json!({ "lang": "DE" })).await;
    let soap = Rig::start(json!({ "mode": "soap_rfc" })).await;
    let product = rig.running.handle.products().remove(3);
    for (rig, name) in [
        (&rig, &product.descriptions[1].1),
        (&soap, &product.descriptions[0].1),
    ] {
        let found = rig.connector.find_item(&product.code, "look-up").await;
        let found = found.unwrap().unwrap();
        assert_eq!((&found.code, &found.name), (&product.code, name));
        let none = rig.connector.find_item("NO-SUCH-CODE", "look-up").await;
        assert_eq!(none.unwrap(), None);
    }
}

#[tokio::test]
async fn a_missing_service_is_never_taken_for_a_missing_record() {
    let config = Config {
        odata: false,
        soap: false,
        ..config()
    };
    for mode in super::MODES {
        let rig = Rig::with(config.clone(), json!({ "mode": mode })).await;
        let error = rig.connector.find_item(NEW, "look-up").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    }
}

#[tokio::test]
async fn a_check_says_where_it_signed_in_and_what_is_missing() {
    for mode in super::MODES {
        let rig = Rig::start(json!({ "mode": mode })).await;
        let report = rig.connector.check().await.unwrap();
        let text = report.detail;
        assert!(text.contains("S4H, client 100, as CROSSDOCK"), "{text}");
        let stranger = Rig::start(json!({ "mode": mode, "client": "200" })).await;
        let error = stranger.connector.check().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthorized, "{error}");
        assert!(error.to_string().contains("CROSSDOCK"), "{error}");
    }
    let partly = Config {
        bill_service: false,
        ..config()
    };
    let rig = Rig::with(partly, json!({})).await;
    let text = rig.connector.check().await.unwrap().detail;
    assert!(
        text.contains("Not available: API_BILL_OF_MATERIAL_SRV"),
        "{text}"
    );
    assert!(text.contains("/IWFND/MAINT_SERVICE"), "{text}");
    let closed = Config {
        soap: false,
        ..config()
    };
    let rig = Rig::with(closed, json!({ "mode": "soap_rfc" })).await;
    let error = rig.connector.check().await.unwrap_err();
    assert!(error.to_string().contains("SICF"), "{error}");
}
