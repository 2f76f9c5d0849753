//! Dry runs of documents and partners: the lines told, and nothing written.

use crate::support::Site;
use domain::document::DocumentRecord;
use domain::partner::PartnerRecord;
use domain::preview::{FieldChange, PreviewFilter, PreviewRow};
use domain::sync::{Entity, RunState, SyncMode, SyncRun};
use operations::sync_runs::{self, Page, Records};
use std::time::Duration;
use testkit::records;
use uuid::Uuid;

const LEASE: Duration = Duration::from_secs(60);
const TABLES: [&str; 9] = [
    "items",
    "item_barcodes",
    "partners",
    "mappings",
    "documents",
    "document_lines",
    "tasks",
    "timeline_entries",
    "sync_cursors",
];

/// Every row that a sync may write.
async fn everything(site: &Site) -> Vec<String> {
    let mut all = Vec::new();
    for table in TABLES {
        let query = format!(
            "select coalesce(string_agg(t::text, '|' order by t::text), '') from {table} t"
        );
        let text: String = sqlx::query_scalar(sqlx::AssertSqlSafe(query))
            .fetch_one(&site.admin)
            .await
            .unwrap();
        all.push(text);
    }
    all
}

/// A dry run whose only page holds these rows.
async fn look(
    site: &Site,
    entity: Entity,
    records: Records,
    rows: usize,
) -> (SyncRun, Vec<PreviewRow>) {
    let (store, ana, now) = (&site.store, &site.people.ana, site.now());
    let mode = SyncMode::Delta;
    let id = sync_runs::request_preview(store, ana, site.connection, entity, mode, now)
        .await
        .unwrap();
    let claimed = sync_runs::claim(store, Uuid::new_v4(), LEASE, now).await;
    let claimed = claimed.unwrap().unwrap();
    let page = Page {
        records,
        ended: Vec::new(),
        refused: Vec::new(),
        next: None,
        high_water: Some(now),
        rows,
        correlation_id: "dry".to_owned(),
    };
    sync_runs::commit_page(store, &claimed, &page, LEASE, now)
        .await
        .unwrap();
    sync_runs::finish(store, &claimed, now).await.unwrap();
    let filter = PreviewFilter::default();
    let rows = store::sync_previews::list(store, ana, id, &filter, None, 100).await;
    let run = store::sync_runs::get(store, ana, id).await.unwrap();
    assert_eq!(run.state, RunState::Done);
    (run, rows.unwrap().rows)
}

async fn look_at(site: &Site, documents: &[DocumentRecord]) -> (SyncRun, Vec<PreviewRow>) {
    let rows = documents.len();
    look(
        site,
        Entity::Dispatches,
        Records::Documents(documents.to_vec()),
        rows,
    )
    .await
}

fn field<'a>(row: &'a PreviewRow, name: &str) -> Option<&'a FieldChange> {
    row.changes.iter().find(|change| change.field == name)
}

#[tokio::test]
async fn a_changed_document_is_told_line_by_line_and_nothing_is_written() {
    let (site, _) = Site::with_task(&[("A", 5), ("B", 2)]).await;
    let before = everything(&site).await;
    let mut changed = records::dispatch("1", &[("A", 9), ("B", 2), ("C", 4)]);
    changed.note = Some("with care".to_owned());
    let new = records::dispatch("2", &[("D", 1)]);
    let (run, rows) = look_at(&site, &[changed, new]).await;
    assert_eq!((run.counts.created, run.counts.updated), (1, 1));
    assert_eq!(everything(&site).await, before);
    let [second, first] = rows.as_slice() else {
        panic!("{rows:?}");
    };
    assert!(
        first.external_key.starts_with("1 · 20ET · "),
        "{}",
        first.external_key
    );
    let requested = field(first, "Lines 1 requested").unwrap();
    assert_eq!(
        (requested.old.as_deref(), requested.new.as_deref()),
        (Some("5.0000"), Some("9.0000"))
    );
    assert_eq!(
        field(first, "Lines 3").unwrap().new.as_deref(),
        Some("C · 4.0000 KOM")
    );
    assert_eq!(
        field(first, "Note").unwrap().new.as_deref(),
        Some("with care")
    );
    assert!(field(first, "Lines 2 requested").is_none());
    assert!(second.changes.iter().all(|change| change.old.is_none()));
    assert_eq!(
        field(second, "Lines 1").unwrap().new.as_deref(),
        Some("D · 1.0000 KOM")
    );
}

#[tokio::test]
async fn an_unknown_warehouse_asks_nobody_in_a_dry_run() {
    let site = Site::open().await;
    let before = everything(&site).await;
    let mut document = records::dispatch("1", &[("A", 5)]);
    document.warehouse_name = "ELSEWHERE".to_owned();
    let (run, rows) = look_at(&site, &[document]).await;
    assert_eq!((run.counts.created, rows.len()), (1, 1));
    assert_eq!(everything(&site).await, before);
}

#[tokio::test]
async fn an_unchanged_document_is_counted_and_not_told() {
    let (site, _) = Site::with_task(&[("A", 5)]).await;
    let (run, rows) = look_at(&site, &[records::dispatch("1", &[("A", 5)])]).await;
    assert_eq!((run.counts.unchanged, rows.len()), (1, 0));
}

#[tokio::test]
async fn partners_are_told_field_by_field() {
    let site = Site::open().await;
    let known: PartnerRecord = serde_json::from_value(serde_json::json!({
        "code": "77", "name": "Kafana Tri lista", "is_supplier": false, "is_customer": true, "is_warehouse": false,
    }))
    .unwrap();
    site.bring(Records::Partners(vec![known.clone()])).await;
    let before = everything(&site).await;
    let moved = PartnerRecord {
        city: Some("Novi Sad".to_owned()),
        ..known
    };
    let (_, rows) = look(&site, Entity::Partners, Records::Partners(vec![moved]), 1).await;
    assert_eq!(everything(&site).await, before);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].changes.len(), 1);
    assert_eq!(
        field(&rows[0], "City").unwrap().new.as_deref(),
        Some("Novi Sad")
    );
}

#[tokio::test]
async fn another_company_sees_neither_the_preview_nor_may_it_decide() {
    let (site, _) = Site::with_task(&[("A", 5)]).await;
    let (run, _) = look_at(&site, &[records::dispatch("2", &[("A", 5)])]).await;
    let (store, zoran, now) = (&site.store, &site.people.stranger, site.now());
    let filter = PreviewFilter::default();
    assert!(
        store::sync_previews::list(store, zoran, run.id, &filter, None, 10)
            .await
            .is_err()
    );
    assert!(
        sync_runs::apply_preview(store, zoran, run.id, true, now)
            .await
            .is_err()
    );
    assert!(
        sync_runs::discard_preview(store, zoran, run.id, now)
            .await
            .is_err()
    );
}
