use crate::support::upstream::{Asked, Upstream, plain, rows};
use crate::support::{Rig, item_row, items, request};
use axum::response::Response;
use chrono::{DateTime, Utc};
use connectors::{ErrorKind, PullRequest};
use domain::sync::Entity;
use serde_json::json;
use std::collections::BTreeSet;

/// Serves `total` items by offset and limit.
fn catalogue(total: u64) -> impl Fn(&Asked) -> Response + Send + Sync + 'static {
    move |asked| {
        let limit = asked.body["limit"].as_u64().unwrap();
        let end = total.min(asked.offset() + limit);
        rows((asked.offset()..end).map(|number| item_row(format!("{number:05}"))))
    }
}

async fn codes(upstream: &Upstream, page_size: u32) -> Vec<String> {
    let rig = Rig::new(&upstream.url);
    let pages = rig
        .pull_all(request(Entity::Items, page_size))
        .await
        .unwrap();
    pages
        .iter()
        .flat_map(items)
        .map(|item| item.code.clone())
        .collect()
}

#[tokio::test]
async fn a_pass_reads_every_row_once() {
    for total in [0, 1, 99, 100, 101, 250, 300] {
        let upstream = Upstream::new(catalogue(total)).await;
        let read = codes(&upstream, 100).await;
        assert_eq!(read.len() as u64, total);
        assert_eq!(read.iter().collect::<BTreeSet<_>>().len() as u64, total);
    }
}

#[tokio::test]
async fn a_page_cut_short_loses_nothing() {
    let whole = catalogue(250);
    let upstream = Upstream::new(move |asked| match asked.before {
        1 => rows((100..130).map(|number| item_row(format!("{number:05}")))),
        _ => whole(asked),
    })
    .await;
    let read = codes(&upstream, 100).await;
    assert_eq!(read.iter().collect::<BTreeSet<_>>().len(), 250);
    let offsets: Vec<u64> = upstream.data().iter().map(Asked::offset).collect();
    assert_eq!(offsets, [0, 100, 130, 230, 250]);
}

#[tokio::test]
async fn the_same_full_page_for_ever_stops_the_run() {
    let upstream = Upstream::new(|_| rows((0..100).map(item_row))).await;
    let rig = Rig::new(&upstream.url);
    let error = rig.pull_all(request(Entity::Items, 100)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    assert!(error.to_string().contains("same page"), "{error}");
    assert_eq!(upstream.data().len(), 2);
}

#[tokio::test]
async fn a_gateway_that_ignores_the_offset_and_gives_all_at_once_is_read_once() {
    let upstream = Upstream::new(|_| rows((0..60).map(item_row))).await;
    assert_eq!(codes(&upstream, 100).await.len(), 60);
}

#[tokio::test]
async fn pages_are_never_larger_than_the_settings_allow() {
    let upstream = Upstream::new(catalogue(0)).await;
    let rig = Rig::with(&upstream.url, json!({ "page_size": 500 }));
    for (asked, limit) in [(0, 500), (200, 200), (5000, 500)] {
        rig.connector
            .pull(&request(Entity::Items, asked))
            .await
            .unwrap();
        assert_eq!(upstream.data().last().unwrap().body["limit"], limit);
    }
}

#[tokio::test]
async fn filters_are_local_and_overlap() {
    let upstream = Upstream::new(|_| plain(204, "")).await;
    let rig = Rig::new(&upstream.url);
    let since: DateTime<Utc> = "2026-11-20T12:00:00Z".parse().unwrap();
    for (entity, method, column, value) in [
        (
            Entity::Items,
            "getIdentWMS",
            "adTimeChg",
            "2026-11-20T12:59:59",
        ),
        (
            Entity::Partners,
            "GetSubjectWMS",
            "c.adTimeChg",
            "2026-11-20T12:59:59",
        ),
        (
            Entity::Stock,
            "getStock",
            "c.adTimeChg",
            "2026-11-20T12:59:59",
        ),
        (
            Entity::Dispatches,
            "GetIssueDocWMS",
            "m.adDate",
            "2026-11-13",
        ),
        (
            Entity::Receipts,
            "GetReceiptDocWMS",
            "m.adDate",
            "2026-11-13",
        ),
    ] {
        let since = PullRequest {
            since: Some(since),
            ..request(entity, 1000)
        };
        rig.connector.pull(&since).await.unwrap();
        let body = upstream.data().last().unwrap().body.clone();
        let filters = json!({ column: { "operator": ">=", "value": value } });
        let expected = json!({ "method": method, "offset": 0, "limit": 1000, "filters": filters });
        assert_eq!(body, expected);
        rig.first_page(entity).await.unwrap();
        let body = upstream.data().last().unwrap().body.clone();
        assert!(
            body.get("filters").is_none(),
            "an empty filter is refused by the gateway"
        );
    }
}

#[tokio::test]
async fn the_older_dialect_asks_by_query() {
    let upstream = Upstream::new(|_| rows([item_row("00013")])).await;
    let rig = Rig::with(&upstream.url, json!({ "dialect": "legacy_get" }));
    let since = Some("2026-11-20T12:00:00Z".parse().unwrap());
    let request = PullRequest {
        since,
        ..request(Entity::Items, 10)
    };
    rig.connector.pull(&request).await.unwrap();
    let asked = upstream.data().remove(0);
    assert_eq!(asked.path, "/getIdentWMS");
    assert!(
        asked
            .query
            .starts_with("offset=0&limit=10&filters=%7B%22adTimeChg"),
        "{}",
        asked.query
    );
    assert!(asked.header("authorization").starts_with("Bearer eyJ"));
}

#[tokio::test]
async fn the_high_water_mark_is_the_latest_change_but_never_the_future() {
    let upstream = Upstream::new(|asked| {
        let mut late = item_row("2");
        if asked.before > 0 {
            late["adTimeChg"] = json!("2099-01-01 00:00:00");
        }
        rows([item_row("1"), late])
    })
    .await;
    let rig = Rig::new(&upstream.url);
    let page = rig.first_page(Entity::Items).await.unwrap();
    assert_eq!(
        page.high_water,
        Some("2026-11-20T09:00:00Z".parse().unwrap())
    );
    let page = rig.first_page(Entity::Items).await.unwrap();
    assert_eq!(page.high_water, Some(crate::support::now()));
}

#[tokio::test]
async fn the_high_water_mark_of_documents_is_a_day_but_never_tomorrow() {
    let document = |date: &str| json!({ "BrojDokumenta": date, "TipDokumenta": "20ET", "DatumDokumenta": date });
    let upstream = Upstream::new(move |asked| match asked.before {
        0 => rows([document("2026-11-18"), document("2026-11-19")]),
        _ => rows([document("2026-12-24")]),
    })
    .await;
    let rig = Rig::new(&upstream.url);
    let page = rig.first_page(Entity::Dispatches).await.unwrap();
    assert_eq!(
        page.high_water,
        Some("2026-11-18T23:00:00Z".parse().unwrap())
    );
    let page = rig.first_page(Entity::Dispatches).await.unwrap();
    assert_eq!(
        page.high_water,
        Some("2026-11-20T23:00:00Z".parse().unwrap())
    );
}

#[tokio::test]
async fn a_place_of_another_system_is_refused() {
    let upstream = Upstream::new(|_| rows([])).await;
    let rig = Rig::new(&upstream.url);
    let request = PullRequest {
        position: Some("cursor=abc".into()),
        ..request(Entity::Items, 10)
    };
    let error = rig.connector.pull(&request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert!(upstream.asked().is_empty());
}
