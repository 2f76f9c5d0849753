//! What is missing: where it should have lain, and where it could come from.

use super::{given, locate, put, receipt, received};
use crate::support::{Site, pick};
use domain::item::ItemRecord;
use domain::operation::FloorAction;
use domain::restock::{Place, Proposal, Source};
use domain::shortage::ShortageReason;
use domain::shortage_report::{ShortageBy, ShortageFilter, ShortageRow};
use domain::stock::{StockLevel, StockRecord};
use domain::task::Assignee;
use domain::user::Caller;
use operations::sync_runs::Records;
use testkit::records::{self, dispatch};

async fn short(site: &Site, number: &str, item: &str) {
    let task = site.document(number).await;
    let line = task.lines.iter().find(|line| line.item_code == item);
    let act = FloorAction::Short {
        line_id: line.unwrap().id,
        reason: ShortageReason::NotFound,
        text: None,
    };
    site.act(&site.people.marko, task.task.unwrap().id, act)
        .await;
}

async fn shortages(site: &Site, filter: &ShortageFilter) -> Vec<ShortageRow> {
    let page = store::shortages::list(&site.store, &site.people.luka, filter, None, 50).await;
    page.unwrap().rows
}

#[tokio::test]
async fn a_shortage_keeps_where_the_goods_should_have_been_and_is_summed_by_location() {
    let site = Site::open().await;
    locate(&site, "A-01\nB-01").await;
    let marko = &site.people.marko;
    let task = received(&site, "R1", &[("A", 5), ("B", 2)]).await;
    let (a, b) = (task.lines[0].id, task.lines[1].id);
    site.act(marko, task.task.id, put(a, "5", "A-01")).await;
    site.act(marko, task.task.id, put(b, "2", "B-01")).await;
    site.dispatches(&[dispatch("1", &[("A", 9), ("B", 3), ("C", 1)])])
        .await;
    let way = site.given_to("1", Assignee::Worker(marko.user_id)).await;
    // All that lies on B-01 is picked: what is missing then was missing there too.
    let b = way.lines.iter().find(|line| line.item_code == "B").unwrap();
    site.act(marko, way.task.id, pick(b.id, "2")).await;
    for item in ["A", "B", "C"] {
        short(&site, "1", item).await;
    }
    let all = shortages(&site, &ShortageFilter::default()).await;
    let mut found: Vec<_> = all
        .iter()
        .map(|row| (&*row.item_code, row.location.as_deref()))
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [("A", Some("A-01")), ("B", Some("B-01")), ("C", None)]
    );
    let (luka, any) = (&site.people.luka, ShortageFilter::default());
    let groups = store::shortages::groups(&site.store, luka, &any, ShortageBy::Location).await;
    let groups = groups.unwrap();
    let groups: Vec<_> = groups.iter().map(|one| (&*one.key, one.lines)).collect();
    assert_eq!(groups, [("", 1), ("A-01", 1), ("B-01", 1)]);
    let there = ShortageFilter {
        location: Some(" a-01".to_owned()),
        ..ShortageFilter::default()
    };
    let [row] = &shortages(&site, &there).await[..] else {
        panic!("one line is short on A-01")
    };
    assert_eq!(row.item_code, "A");
}

/// What is proposed for an item that is missing.
async fn proposed(site: &Site, caller: &Caller, item: &str) -> Option<Proposal> {
    let any = ShortageFilter::default();
    let groups = store::shortages::groups(&site.store, caller, &any, ShortageBy::Item).await;
    let mut groups = groups.unwrap().into_iter();
    groups.find(|one| one.key == item)?.proposal
}

fn level(warehouse: &str, quantity: u32) -> StockLevel {
    StockLevel {
        warehouse: warehouse.to_owned(),
        quantity: quantity.into(),
    }
}

#[tokio::test]
async fn an_item_that_is_missing_says_where_it_could_come_from() {
    let site = Site::open().await;
    locate(&site, "A-01\nA-02").await;
    let (marko, luka) = (&site.people.marko, &site.people.luka);
    let task = received(&site, "R1", &[("A", 10)]).await;
    for location in ["A-01", "A-02"] {
        site.act(marko, task.task.id, put(task.lines[0].id, "5", location))
            .await;
    }
    site.dispatches(&[receipt("R2", &[("B", 10), ("A", 50)])])
        .await;
    site.bring(Records::Stock(vec![StockRecord {
        item_code: "C".to_owned(),
        levels: vec![level("VELE_TEST", 100), level("MP 3", 7)],
        refused: Vec::new(),
        changed_at: None,
    }]))
    .await;
    let delivered = ItemRecord {
        supplier: Some("Kovač d.o.o.".to_owned()),
        ..records::item("D")
    };
    site.items(&[delivered]).await;
    let lines = [("A", 4), ("B", 3), ("C", 2), ("D", 1)];
    site.dispatches(&[dispatch("1", &lines)]).await;
    site.given_to("1", Assignee::Worker(marko.user_id)).await;
    for (item, _) in lines {
        short(&site, "1", item).await;
    }
    let rows = shortages(&site, &ShortageFilter::default()).await;
    let searched = rows.iter().find(|row| row.item_code == "A").unwrap();
    let other = match searched.location.as_deref() {
        Some("A-01") => "A-02",
        _ => "A-01",
    };
    let at_other = Source {
        place: Place::Location {
            code: other.to_owned(),
        },
        quantity: 5.into(),
    };
    assert_eq!(
        proposed(&site, luka, "A").await,
        Some(Proposal::All(at_other)),
        "not where it was looked for"
    );
    let Some(Proposal::All(source)) = proposed(&site, luka, "B").await else {
        panic!("a receipt brings all of B")
    };
    assert!(
        matches!(&source.place, Place::Receipt { number, .. } if number == "R2"),
        "{source:?}"
    );
    assert_eq!(source.quantity, 10.into());
    let Some(Proposal::All(source)) = proposed(&site, luka, "C").await else {
        panic!("another warehouse has all of C")
    };
    assert!(
        matches!(&source.place, Place::Warehouse { name, .. } if name == "MP 3"),
        "{source:?}"
    );
    let supplier = "Kovač d.o.o.".to_owned();
    assert_eq!(
        proposed(&site, luka, "D").await,
        Some(Proposal::Order { supplier })
    );
    let stranger = &site.people.stranger;
    assert_eq!(proposed(&site, stranger, "A").await, None);
}

#[tokio::test]
async fn what_a_receipt_lacks_is_nobodys_to_fetch() {
    let site = Site::open().await;
    locate(&site, "A-01").await;
    let marko = &site.people.marko;
    let task = received(&site, "R1", &[("A", 5)]).await;
    site.act(marko, task.task.id, put(task.lines[0].id, "5", "A-01"))
        .await;
    let lacking = given(&site, "R2", &[("A", 3)]).await;
    let act = FloorAction::Short {
        line_id: lacking.lines[0].id,
        reason: ShortageReason::NotFound,
        text: None,
    };
    site.act(marko, lacking.task.id, act).await;
    assert_eq!(shortages(&site, &ShortageFilter::default()).await.len(), 1);
    assert_eq!(proposed(&site, &site.people.luka, "A").await, None);
}
