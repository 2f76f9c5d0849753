//! What the ERP says is on hand.

use crate::support::Site;
use domain::item::ItemDetail;
use domain::mapping::{MappingAnswer, MappingFilter};
use domain::stock::{RefusedLevel, StockLevel, StockRecord};
use domain::{ItemId, Quantity, SyncRunId};
use operations::sync_runs::Records;
use rust_decimal::Decimal;
use testkit::traces;

fn stock(code: &str, levels: &[(&str, u32)]) -> StockRecord {
    StockRecord {
        item_code: code.to_owned(),
        levels: levels
            .iter()
            .map(|(warehouse, quantity)| StockLevel {
                warehouse: (*warehouse).to_owned(),
                quantity: Quantity::from(*quantity),
            })
            .collect(),
        refused: Vec::new(),
        changed_at: None,
    }
}

async fn bring(site: &Site, stock: &[StockRecord]) -> SyncRunId {
    site.bring(Records::Stock(stock.to_vec())).await
}

async fn detail(site: &Site, code: &str) -> ItemDetail {
    let (store, luka) = (&site.store, &site.people.luka);
    let filter = domain::item::ItemFilter {
        q: Some(code.to_owned()),
        ..Default::default()
    };
    let page = store::items::list(store, luka, &filter, Default::default(), None, 10).await;
    let rows = page.unwrap().rows;
    let id: ItemId = rows.iter().find(|row| row.code == code).unwrap().id;
    store::items::get(store, luka, id).await.unwrap()
}

/// Upstream name, our site and quantity.
fn levels(item: &ItemDetail) -> Vec<(&str, Option<&str>, Decimal)> {
    item.stock
        .iter()
        .map(|level| {
            let code = level.warehouse_code.as_deref();
            (&*level.warehouse_name, code, level.quantity)
        })
        .collect()
}

#[tokio::test]
async fn stock_is_kept_per_warehouse_with_the_time_it_became_so() {
    let site = Site::open().await;
    bring(
        &site,
        &[stock("A", &[("VELE_TEST", 12), ("Maloprodaja 2", 3)])],
    )
    .await;
    let first = site.now();
    bring(
        &site,
        &[stock("A", &[("VELE_TEST", 12), ("Maloprodaja 2", 4)])],
    )
    .await;
    let item = detail(&site, "A").await;
    assert_eq!(
        levels(&item),
        [
            ("VELE_TEST", Some("VELE_TEST"), 12.into()),
            ("Maloprodaja 2", None, 4.into())
        ]
    );
    assert_eq!(item.stock[0].as_of, first);
    assert_eq!(item.stock[1].as_of, site.now());
    assert_eq!(item.stock_checked_at, Some(site.now()));
    assert_eq!(item.item.stock, Some(12.into()));
    assert_eq!(detail(&site, "B").await.item.stock, None);
}

#[tokio::test]
async fn an_unchanged_pass_over_stock_writes_no_row() {
    let site = Site::open().await;
    let all: Vec<_> = ["A", "B", "C"]
        .map(|code| stock(code, &[("VELE_TEST", 12), ("Maloprodaja 2", 3)]))
        .into();
    bring(&site, &all).await;
    let tables = ["item_stock", "mappings", "items"];
    let before = traces::versions(&site.admin, &tables).await;
    let run = bring(&site, &all).await;
    assert_eq!(traces::versions(&site.admin, &tables).await, before);
    let run = store::sync_runs::get(&site.store, &site.people.ana, run).await;
    let counts = run.unwrap().counts;
    assert_eq!(
        (counts.created, counts.updated, counts.unchanged),
        (0, 0, 3)
    );
}

#[tokio::test]
async fn a_warehouse_that_is_not_named_any_more_holds_none() {
    let site = Site::open().await;
    bring(
        &site,
        &[stock("A", &[("VELE_TEST", 12), ("Maloprodaja 2", 3)])],
    )
    .await;
    bring(&site, &[stock("A", &[("Maloprodaja 2", 3)])]).await;
    let item = detail(&site, "A").await;
    assert_eq!(levels(&item), [("Maloprodaja 2", None, 3.into())]);
    assert_eq!(item.item.stock, None);
}

#[tokio::test]
async fn a_refused_amount_is_not_shown_any_more_and_says_why() {
    let site = Site::open().await;
    bring(
        &site,
        &[stock("A", &[("VELE_TEST", 12), ("Maloprodaja 2", 3)])],
    )
    .await;
    let mut negative = stock("A", &[("Maloprodaja 2", 5)]);
    negative.refused.push(RefusedLevel {
        warehouse: "VELE_TEST".to_owned(),
        reason: "Item A has -3 on hand in VELE_TEST.".to_owned(),
    });
    let run = bring(&site, &[negative]).await;
    let item = detail(&site, "A").await;
    assert_eq!(levels(&item), [("Maloprodaja 2", None, 5.into())]);
    let refused =
        store::sync_runs::rejected(&site.store, &site.people.ana, run, None, None, 10).await;
    let refused = refused.unwrap().rows;
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].external_key, "A");
    assert!(
        refused[0].reason.contains("-3 on hand"),
        "{}",
        refused[0].reason
    );
}

#[tokio::test]
async fn an_unknown_name_with_stock_is_asked_and_its_answer_gives_the_stock_to_the_site() {
    let site = Site::open().await;
    let rows = ["A", "B"].map(|code| stock(code, &[("Veleprodaja  Bar", 7)]));
    bring(&site, &rows).await;
    assert!(
        detail(&site, "A").await.stock[0].unanswered,
        "nobody said yet"
    );
    let (store, luka) = (&site.store, &site.people.luka);
    let filter = MappingFilter::waiting();
    let asked = store::mappings::list(store, luka, &filter, Default::default(), None, 10).await;
    let asked = asked.unwrap().rows;
    assert_eq!(asked.len(), 1);
    assert_eq!((asked[0].documents, asked[0].items), (0, 2));
    let means = MappingAnswer::Means("VELE_TEST".into());
    operations::mappings::answer(store, luka, asked[0].id, &means, site.now())
        .await
        .unwrap();
    assert_eq!(detail(&site, "A").await.item.stock, Some(7.into()));
    assert!(!detail(&site, "A").await.stock[0].unanswered);
    let ignore = MappingAnswer::Ignore;
    operations::mappings::answer(store, luka, asked[0].id, &ignore, site.now())
        .await
        .unwrap();
    let ignored = detail(&site, "A").await;
    assert_eq!(ignored.item.stock, None);
    let level = &ignored.stock[0];
    assert!(level.warehouse_code.is_none() && !level.unanswered);
}

#[tokio::test]
async fn stock_waits_for_an_item_the_catalogue_does_not_know_yet() {
    let site = Site::open().await;
    bring(&site, &[stock("LATER", &[("VELE_TEST", 2)])]).await;
    site.items(&[testkit::records::item("LATER")]).await;
    assert_eq!(detail(&site, "LATER").await.item.stock, Some(2.into()));
}

#[tokio::test]
async fn people_see_the_stock_of_their_own_sites_only() {
    let site = Site::open().await;
    bring(&site, &[stock("A", &[("VELE_TEST", 12)])]).await;
    let mut elsewhere = site.people.luka.clone();
    elsewhere.warehouses = vec![site.people.other_warehouse];
    let id = detail(&site, "A").await.item.id;
    let item = store::items::get(&site.store, &elsewhere, id)
        .await
        .unwrap();
    assert_eq!((item.item.stock, item.stock.len()), (None, 0));
    let all = Default::default();
    let page = store::items::list(&site.store, &elsewhere, &all, Default::default(), None, 10);
    assert!(
        page.await
            .unwrap()
            .rows
            .iter()
            .all(|row| row.stock.is_none())
    );
}

#[tokio::test]
async fn an_item_names_the_open_documents_that_ask_for_it() {
    let site = Site::open().await;
    let numbers = [("1", "A"), ("2", "B"), ("3", "A")];
    for (number, code) in numbers {
        site.dispatches(&[testkit::records::dispatch(number, &[(code, 4)])])
            .await;
    }
    let uses = detail(&site, "A").await.uses;
    let numbers: Vec<&str> = uses.iter().map(|line| &*line.number).collect();
    assert_eq!(numbers, ["3", "1"]);
    assert_eq!((uses[0].requested, uses[0].done), (4.into(), 0.into()));
}
