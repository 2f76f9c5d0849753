use std::time::Duration;

use rust_decimal::Decimal;
use serde_json::json;
use simulators::pantheon::{Config, DocumentKind, Method};

use crate::support::{Gateway, calm, small, text};

#[tokio::test]
async fn a_tick_edits_items_adds_a_dispatch_of_today_and_edits_another() {
    let gateway = Gateway::start(calm()).await;
    let handle = &gateway.running.handle;
    let before = handle.documents(DocumentKind::Dispatch).len();
    let started = handle.local_now();
    let changes = handle.tick();
    assert!((1..=5).contains(&changes.items.len()));
    assert!(handle.item(&changes.items[0]).unwrap().changed_at >= started);
    let documents = handle.documents(DocumentKind::Dispatch);
    assert_eq!(documents.len(), before + 1);
    let number = changes.added.unwrap();
    let added = documents
        .iter()
        .find(|document| *document.number == *number)
        .unwrap();
    assert_eq!(added.on, started.date());
    assert!(!changes.edited.is_empty());
}

#[tokio::test]
async fn the_same_seed_changes_the_same_things() {
    let (one, two) = (Gateway::start(calm()).await, Gateway::start(calm()).await);
    for _ in 0..5 {
        let (one, two) = (one.running.handle.tick(), two.running.handle.tick());
        // The numbers of new dispatches tell the second, which may differ.
        assert_eq!(one.items, two.items);
        assert_eq!(one.added.is_some(), two.added.is_some());
    }
}

#[tokio::test]
async fn every_tick_adds_a_number_of_its_own() {
    let gateway = Gateway::start(calm()).await;
    let handle = &gateway.running.handle;
    let mut numbers: Vec<String> = (0..40).filter_map(|_| handle.tick().added).collect();
    assert_eq!(numbers.len(), 40);
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), 40);
}

#[tokio::test]
async fn data_changes_by_itself_when_told_to() {
    let gateway = Gateway::start(Config {
        mutate_every: Some(Duration::from_millis(20)),
        ..small()
    })
    .await;
    let handle = &gateway.running.handle;
    let started = handle.local_now();
    for _ in 0..200 {
        if handle.items().iter().any(|item| item.changed_at > started) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nothing changed in two seconds");
}

#[tokio::test]
async fn a_share_of_the_items_can_be_touched_at_once() {
    let gateway = Gateway::start(small()).await;
    let handle = &gateway.running.handle;
    let since = handle.local_now();
    assert_eq!(handle.touch_share(100), 10);
    let touched = handle
        .items()
        .iter()
        .filter(|item| item.changed_at >= since)
        .count();
    assert_eq!(touched, 10);
    assert_eq!(handle.touch_share(1000), 100);
    assert_eq!(handle.touch_share(0), 0);
}

#[tokio::test]
async fn an_edited_item_changes_its_row_and_a_removed_one_is_gone() {
    let gateway = Gateway::start(small()).await;
    let handle = &gateway.running.handle;
    assert!(handle.edit_item("00000000", |item| item.active = false));
    assert_eq!(gateway.page("getIdentWMS", 0, 1).await[0]["Aktivan"], "F");
    assert!(handle.remove_item("00000000").is_some());
    assert_eq!(
        text(&gateway.page("getIdentWMS", 0, 1).await[0], "Ident"),
        "00000001"
    );
    assert!(!handle.edit_item("00000000", |_| {}));
}

#[tokio::test]
async fn a_document_can_be_edited_moved_and_removed() {
    let gateway = Gateway::start(calm()).await;
    let handle = &gateway.running.handle;
    let kind = DocumentKind::Dispatch;
    let number = handle.documents(kind).last().unwrap().number.to_string();
    assert!(handle.set_quantity(kind, &number, 1, Decimal::new(25, 1)));
    assert!(!handle.set_quantity(kind, &number, 9_999, Decimal::ONE));
    let ask = json!({ "method": "GetIssueDocWMS", "filters": { "m.acKey": { "operator": "=", "value": number } } });
    let row = &gateway.rows(ask.clone()).await[0];
    assert_eq!(
        row["Objekti"][0]["Kolicina"].to_string().trim_matches('"'),
        "2.5"
    );
    handle.edit_document(kind, &number, |document| {
        document.on = "2026-01-02".parse().unwrap()
    });
    assert_eq!(
        text(&gateway.rows(ask.clone()).await[0], "DatumDokumenta"),
        "2026-01-02"
    );
    assert!(handle.remove_document(kind, &number).is_some());
    assert_eq!(gateway.refusal(ask).await.1, 3011);
}

#[tokio::test]
async fn a_row_written_by_hand_comes_first_whatever_the_filter() {
    let gateway = Gateway::start(small()).await;
    gateway
        .running
        .handle
        .put_raw(Method::Items, r#"{"Ident":"BROKEN","Naziv":null}"#);
    let filters = json!({ "acIdent": { "operator": "=", "value": "00000001" } });
    let rows = gateway
        .rows(json!({ "method": "getIdentWMS", "filters": filters }))
        .await;
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["Ident"], "BROKEN");
    gateway.running.handle.clear_raw();
    assert_eq!(
        gateway.page("getIdentWMS", 0, 1).await[0]["Ident"],
        "00000000"
    );
}

#[tokio::test]
async fn the_clock_can_be_moved() {
    let gateway = Gateway::start(small()).await;
    let handle = &gateway.running.handle;
    handle.set_now("2026-07-01T10:00:00Z".parse().unwrap());
    handle.touch_items(&["00000000"]);
    let item = &gateway.page("getIdentWMS", 0, 1).await[0];
    // Summer time: two hours ahead.
    assert_eq!(text(item, "adTimeChg").get(11..16), Some("12:00"));
}
