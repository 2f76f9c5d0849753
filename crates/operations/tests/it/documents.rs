//! The list of documents: filters, sorts, pages.

use crate::support::Site;
use chrono::Days;
use domain::document::{
    DocumentFilter, DocumentKind, DocumentSort, DocumentStatus, DocumentSummary,
};
use domain::sort::{Sort, SortKey as _};
use std::collections::BTreeSet;
use testkit::records::dispatch;

async fn numbers(site: &Site, filter: &DocumentFilter) -> Vec<String> {
    let (store, ana) = (&site.store, &site.people.ana);
    let page = store::documents::list(store, ana, DocumentKind::Dispatch, filter, None, 100).await;
    let rows = page.unwrap().rows;
    rows.into_iter()
        .map(|row: DocumentSummary| row.number)
        .collect()
}

async fn seven(site: &Site) {
    let documents: Vec<_> = (1..=7_u64)
        .map(|n| {
            let mut one = dispatch(&format!("N{n}"), &[("A", 1)]);
            one.dated_on = one.dated_on + Days::new(n / 3);
            one.doc_type = if n % 2 == 0 { "20CT" } else { "20ET" }.to_owned();
            one.partner_name = (n % 3 > 0).then(|| format!("P{}", n % 3));
            if n == 7 {
                one.lines.clear();
            }
            one
        })
        .collect();
    site.dispatches(&documents).await;
}

#[tokio::test]
async fn every_sort_shows_each_document_once_over_all_pages() {
    let site = Site::open().await;
    seven(&site).await;
    let (store, ana) = (&site.store, &site.people.ana);
    for by in DocumentSort::ALL {
        for descending in [false, true] {
            let filter = DocumentFilter {
                sort: Sort {
                    by: *by,
                    descending,
                },
                ..DocumentFilter::default()
            };
            let (mut met, mut turns, mut cursor) = (BTreeSet::new(), 0, None);
            loop {
                let kind = DocumentKind::Dispatch;
                let page =
                    store::documents::list(store, ana, kind, &filter, cursor.as_ref(), 2).await;
                let page = page.unwrap();
                for row in page.rows {
                    assert!(met.insert(row.number), "{} twice", filter.sort);
                }
                turns += 1;
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!((met.len(), turns), (7, 4), "{}", filter.sort);
        }
    }
}

#[tokio::test]
async fn each_filter_narrows_in_the_query() {
    let site = Site::open().await;
    seven(&site).await;
    let first = dispatch("x", &[]).dated_on;
    let base = DocumentFilter {
        sort: "number".parse().unwrap(),
        ..DocumentFilter::default()
    };
    let with = |change: &dyn Fn(&mut DocumentFilter)| {
        let mut filter = base.clone();
        change(&mut filter);
        filter
    };
    let cases: [(DocumentFilter, &[&str]); 7] = [
        (with(&|f| f.date_to = Some(first)), &["N1", "N2"]),
        (
            with(&|f| f.date_from = Some(first + Days::new(2))),
            &["N6", "N7"],
        ),
        (
            with(&|f| f.doc_type = Some("20CT".to_owned())),
            &["N2", "N4", "N6"],
        ),
        (with(&|f| f.status = Some(DocumentStatus::Done)), &[]),
        (
            with(&|f| f.warehouse = Some(site.people.other_warehouse)),
            &[],
        ),
        (
            with(&|f| {
                f.only_wms = true;
                f.q = Some("p1".to_owned());
            }),
            &["N1", "N4"],
        ),
        (with(&|f| f.only_conflicts = true), &[]),
    ];
    for (filter, expected) in cases {
        assert_eq!(numbers(&site, &filter).await, expected, "{filter:?}");
    }
}

#[tokio::test]
async fn an_export_holds_the_floor_lines_of_what_the_list_shows() {
    let site = Site::open().await;
    let mut mixed = dispatch("1", &[("A", 3), ("UNKNOWN", 1)]);
    mixed.lines[0].item_name = "=1+1".to_owned();
    site.dispatches(&[mixed, dispatch("2", &[("B", 1)])]).await;
    let (store, people) = (&site.store, &site.people);
    let all = DocumentFilter::default();
    let kind = DocumentKind::Dispatch;
    let lines = store::exports::of_filter(store, &people.ana, kind, &all, 10).await;
    let lines = lines.unwrap();
    let codes: Vec<_> = lines
        .iter()
        .map(|line| (&*line.number, &*line.item_code))
        .collect();
    assert_eq!(
        codes,
        [("2", "B"), ("1", "A")],
        "unmatched lines are no floor work"
    );
    let theirs = store::exports::of_filter(store, &people.stranger, kind, &all, 10).await;
    assert!(theirs.unwrap().is_empty());
    let id = site.document("1").await.document.id;
    let theirs = store::exports::of_document(store, &people.stranger, id, 10).await;
    assert!(theirs.unwrap().is_empty());
}
