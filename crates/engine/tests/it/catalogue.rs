//! Whole passes over the catalogue.

use crate::support::{PAGE, Rig, assert_done, items, real_items};
use domain::sync::{Entity, SyncMode};
use simulators::pantheon::{
    Config, Document, DocumentKind, DocumentSource, Fault, FaultKind, Line, Nothing, Partner,
};
use sqlx::{PgPool, Row};
use testkit::traces;

const ITEMS: [&str; 3] = ["items", "item_barcodes", "mappings"];

#[tokio::test]
async fn a_full_sync_brings_the_real_catalogue_as_the_upstream_has_it() {
    let rig = Rig::new(real_items()).await;
    let mut options = crate::support::options();
    options.page_size = 1_000;
    let run = rig
        .sync_on(&rig.engine_with(options), Entity::Items, SyncMode::Full)
        .await;
    assert_done(&run);
    let listed = i64::try_from(rig.upstream.handle.item_count()).unwrap();
    assert!(listed > 3_000);
    assert_eq!((run.counts.rows, run.counts.created), (listed, listed));
    assert_eq!((run.counts.refused, run.counts.deactivated), (0, 0));
    rig.assert_same_items().await;
}

#[tokio::test]
async fn an_unchanged_second_pass_writes_no_row() {
    let rig = Rig::new(items(350)).await;
    assert_done(&rig.sync(Entity::Items, SyncMode::Full).await);
    let before = traces::versions(&rig.admin, &ITEMS).await;
    let run = rig.sync(Entity::Items, SyncMode::Full).await;
    assert_done(&run);
    assert_eq!(
        (run.counts.created, run.counts.updated, run.counts.unchanged),
        (0, 0, 350)
    );
    assert_eq!(traces::versions(&rig.admin, &ITEMS).await, before);
}

#[tokio::test]
async fn a_full_pass_writes_the_changed_rows_only() {
    let rig = Rig::new(items(350)).await;
    rig.sync(Entity::Items, SyncMode::Full).await;
    let touched = rig.upstream.handle.touch_share(100);
    let run = rig.sync(Entity::Items, SyncMode::Full).await;
    assert_done(&run);
    assert_eq!(run.counts.updated, i64::try_from(touched).unwrap());
    assert_eq!(run.counts.unchanged, 350 - run.counts.updated);
    rig.assert_same_items().await;
}

#[tokio::test]
async fn a_page_equal_to_the_limit_before_an_empty_one_ends_the_pass() {
    for nothing in [Nothing::NotFound, Nothing::NoContent, Nothing::EmptyArray] {
        let rig = Rig::new(Config {
            nothing,
            ..items(2 * PAGE)
        })
        .await;
        let run = rig.sync(Entity::Items, SyncMode::Full).await;
        assert_done(&run);
        assert_eq!((run.counts.rows, run.counts.pages), (200, 3), "{nothing:?}");
        rig.assert_same_items().await;
    }
}

#[tokio::test]
async fn a_short_page_in_mid_run_is_not_the_end_and_deactivates_nothing() {
    let rig = Rig::new(items(350)).await;
    rig.sync(Entity::Items, SyncMode::Full).await;
    rig.upstream
        .faults()
        .add(Fault::times(FaultKind::ShortPage, 1).after(1));
    let run = rig.sync(Entity::Items, SyncMode::Full).await;
    assert_done(&run);
    assert_eq!((run.counts.rows, run.counts.deactivated), (350, 0));
    rig.assert_same_items().await;
}

#[tokio::test]
async fn a_row_sent_twice_is_one_item() {
    let rig = Rig::new(items(350)).await;
    rig.upstream
        .faults()
        .add(Fault::times(FaultKind::DuplicateRow, 1).after(1));
    let run = rig.sync(Entity::Items, SyncMode::Full).await;
    assert_done(&run);
    rig.assert_same_items().await;
}

#[tokio::test]
async fn partners_and_documents_come_with_their_numbers() {
    let config = Config {
        now: Some(testkit::clock::start()),
        min_interval: None,
        ..Config::default()
    };
    let rig = Rig::new(config).await;
    for entity in Entity::ALL {
        rig.request(entity, SyncMode::Full).await;
    }
    let mut options = crate::support::options();
    options.page_size = 1_000;
    options.lookups = 0;
    rig.engine_with(options).run_until_idle().await;
    use simulators::pantheon::DocumentKind::{Dispatch, Receipt};
    let handle = &rig.upstream.handle;
    let count = |length: usize| i64::try_from(length).unwrap();
    assert_eq!(
        rig.number("select count(*) from partners").await,
        count(handle.partners().len())
    );
    let (dispatches, receipts) = (handle.documents(Dispatch), handle.documents(Receipt));
    let documents = dispatches.len() + receipts.len();
    assert_eq!(
        rig.number("select count(*) from documents").await,
        count(documents)
    );
    let lines: usize = dispatches
        .iter()
        .chain(&receipts)
        .map(|document| document.lines.len())
        .sum();
    assert_eq!(
        rig.number("select count(*) from document_lines").await,
        count(lines)
    );
    let unasked = "select count(*) from mappings where kind = 'warehouse' and answered_at is null";
    assert!(rig.number(unasked).await > 2);
}

/// The rows of a query whose columns are all text.
async fn texts(admin: &PgPool, query: &'static str) -> Vec<Vec<String>> {
    let rows = sqlx::query(query).fetch_all(admin).await.unwrap();
    let text = |row: &sqlx::postgres::PgRow| (0..row.len()).map(|at| row.get(at)).collect();
    rows.iter().map(text).collect()
}

fn same(mut ours: Vec<Vec<String>>, mut listed: Vec<Vec<String>>) {
    ours.sort();
    listed.sort();
    assert_eq!(ours.len(), listed.len());
    for (ours, listed) in ours.iter().zip(&listed) {
        assert_eq!(ours, listed);
    }
}

fn partner_fields(partner: &Partner) -> Vec<String> {
    let changed = partner.changed_at.format("%Y-%m-%d").to_string();
    vec![
        partner.id.to_string(),
        partner.name.trim().to_owned(),
        partner.tax_number.clone(),
        partner.address.clone(),
        partner.city.to_owned(),
        partner.country.to_owned(),
        partner.phone.clone(),
        partner.roles.supplier.to_string(),
        partner.roles.customer.to_string(),
        partner.roles.warehouse.to_string(),
        if partner.shows_change {
            changed
        } else {
            String::new()
        },
    ]
}

#[tokio::test]
async fn every_field_of_a_partner_comes_as_the_upstream_has_it() {
    let rig = Rig::new(items(0)).await;
    let handle = &rig.upstream.handle;
    let mut several = handle.partners().remove(0);
    (several.roles.supplier, several.roles.customer) = (true, true);
    several.roles.warehouse = true;
    several.phone = "020 123 456".to_owned();
    several.tax_number = "02000001".to_owned();
    handle.put_partner(several);
    assert_done(&rig.sync(Entity::Partners, SyncMode::Full).await);
    let ours = texts(
        &rig.admin,
        "select code, name, coalesce(tax_id, ''), coalesce(address, ''), coalesce(city, ''),
                coalesce(country, ''), coalesce(phone, ''), is_supplier::text, is_customer::text,
                is_warehouse::text,
                coalesce(to_char(changed_at at time zone 'Europe/Belgrade', 'YYYY-MM-DD'), '')
         from partners",
    )
    .await;
    let listed = handle.partners();
    assert!(listed.iter().any(|one| !one.address.is_empty()));
    same(ours, listed.iter().map(partner_fields).collect());
    let at_once =
        "select count(*) from partners where is_supplier and is_customer and is_warehouse";
    assert_eq!(rig.number(at_once).await, 1);
}

fn line_fields(line: &Line) -> String {
    format!(
        "{}|{}|{}|{}|{}",
        line.position,
        line.code.trim(),
        line.title.trim(),
        line.quantity.normalize(),
        line.unit
    )
}

fn document_fields(kind: DocumentKind, document: &Document) -> Vec<String> {
    let sender = document.sender.as_deref().unwrap_or_default();
    let (word, partner) = match kind {
        DocumentKind::Dispatch => ("dispatch", &*document.recipient),
        DocumentKind::Receipt if sender.is_empty() => ("receipt", &*document.recipient),
        DocumentKind::Receipt => ("receipt", sender),
    };
    let lines: Vec<String> = document.lines.iter().map(line_fields).collect();
    vec![
        word.to_owned(),
        document.number.to_string(),
        document.doc_type.to_owned(),
        document.on.to_string(),
        document.warehouse.trim().to_owned(),
        partner.trim().to_owned(),
        document.recipient.trim().to_owned(),
        sender.trim().to_owned(),
        document.person.to_owned(),
        document.status.to_owned(),
        document.note.clone().unwrap_or_default(),
        lines.join("; "),
    ]
}

#[tokio::test]
async fn every_field_of_a_document_and_its_lines_comes_as_the_upstream_has_it() {
    let rig = Rig::new(Config {
        documents: DocumentSource::Demo,
        ..items(0)
    })
    .await;
    let mut options = crate::support::options();
    (options.page_size, options.lookups) = (1_000, 0);
    let engine = rig.engine_with(options);
    for entity in [Entity::Dispatches, Entity::Receipts] {
        assert_done(&rig.sync_on(&engine, entity, SyncMode::Full).await);
    }
    let ours = texts(
        &rig.admin,
        "select kind, number, doc_type, dated_on::text, warehouse_name, coalesce(partner_name, ''),
                coalesce(recipient_name, ''), coalesce(sender_name, ''), coalesce(responsible, ''),
                coalesce(erp_status, ''), coalesce(note, ''),
                coalesce((select string_agg(concat_ws('|', l.line_key, l.item_code, l.item_name,
                                                      trim_scale(l.requested), l.uom), '; ' order by l.position)
                          from document_lines l where l.document_id = d.id), '')
         from documents d",
    )
    .await;
    let mut listed = Vec::new();
    for kind in [DocumentKind::Dispatch, DocumentKind::Receipt] {
        let documents = rig.upstream.handle.documents(kind);
        assert!(documents.iter().any(|one| one.lines.len() > 1), "{kind:?}");
        listed.extend(documents.iter().map(|one| document_fields(kind, one)));
    }
    same(ours, listed);
}
