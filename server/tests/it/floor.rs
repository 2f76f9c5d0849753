//! Documents to work on, brought in as the engine brings them.

use crate::harness::Harness;
use domain::document::{DocumentKind, DocumentRecord, LineRecord};
use domain::item::ItemRecord;
use domain::sync::{Entity, SyncMode};
use domain::task::Assignee;
use domain::{ConnectionId, DocumentId, LineId, SyncRunId, TaskId};
use operations::sync_runs::{self, Page, Records};
use server::seed;
use std::time::Duration;
use uuid::Uuid;

const LEASE: Duration = Duration::from_secs(60);

/// One dispatch with one line of six pieces, given to marko.
pub struct Floor {
    pub connection: ConnectionId,
    pub document: DocumentId,
    pub line: LineId,
    pub task: TaskId,
}

/// Brings it in.
pub async fn prepare(server: &Harness) -> Floor {
    let (store, now) = (&server.store, server.now());
    seed::demo_connection(store, server.site, &server.settings, &server.secret, now)
        .await
        .unwrap();
    let luka = server.caller("luka").await;
    let connection = store::connections::list(store, &luka).await.unwrap()[0].id;
    import(
        server,
        connection,
        Entity::Items,
        Records::Items(vec![item()]),
    )
    .await;
    import(
        server,
        connection,
        Entity::Dispatches,
        Records::Documents(vec![dispatch(server)]),
    )
    .await;
    let filter = domain::document::DocumentFilter::default();
    let documents = store::documents::list(store, &luka, DocumentKind::Dispatch, &filter, None, 10)
        .await
        .unwrap();
    let document = documents.rows[0].id;
    let detail = store::documents::get(store, &luka, document).await.unwrap();
    let task = detail.task.expect("the line is floor work").id;
    let marko = server.caller("marko").await.user_id;
    operations::tasks::assign(store, &luka, task, Assignee::Worker(marko), now)
        .await
        .unwrap();
    Floor {
        connection,
        document,
        line: detail.lines[0].id,
        task,
    }
}

/// Brings rows in.
pub async fn import(server: &Harness, connection: ConnectionId, entity: Entity, records: Records) {
    let (store, now) = (&server.store, server.now());
    let ana = server.caller("ana").await;
    sync_runs::request(store, &ana, connection, entity, SyncMode::Delta, now)
        .await
        .unwrap();
    execute(server, records).await;
}

/// The same as the whole of what the upstream has.
pub async fn import_all(
    server: &Harness,
    connection: ConnectionId,
    entity: Entity,
    records: Records,
) {
    let (store, now) = (&server.store, server.now());
    let ana = server.caller("ana").await;
    sync_runs::request(store, &ana, connection, entity, SyncMode::Full, now)
        .await
        .unwrap();
    execute(server, records).await;
}

/// Looks at what rows would do; the run's preview waits for a decision.
pub async fn look(
    server: &Harness,
    connection: ConnectionId,
    entity: Entity,
    records: Records,
) -> SyncRunId {
    let (store, now) = (&server.store, server.now());
    let ana = server.caller("ana").await;
    let id = sync_runs::request_preview(store, &ana, connection, entity, SyncMode::Delta, now)
        .await
        .unwrap();
    execute(server, records).await;
    id
}

/// Runs what was asked for; the rows are its only page.
async fn execute(server: &Harness, records: Records) {
    let (store, now) = (&server.store, server.now());
    let claimed = sync_runs::claim(store, Uuid::new_v4(), LEASE, now)
        .await
        .unwrap()
        .unwrap();
    let page = Page {
        records,
        ended: Vec::new(),
        refused: Vec::new(),
        next: None,
        high_water: Some(now),
        rows: 1,
        correlation_id: "test".to_owned(),
    };
    sync_runs::commit_page(store, &claimed, &page, LEASE, now)
        .await
        .unwrap();
    sync_runs::finish(store, &claimed, now).await.unwrap();
}

/// The item.
pub fn item() -> ItemRecord {
    ItemRecord {
        code: "85123A".to_owned(),
        name: "WHITE HANGING HEART T-LIGHT HOLDER".to_owned(),
        uom: "KOM".to_owned(),
        supplier: None,
        supplier_code: None,
        class: None,
        description: None,
        active: true,
        barcodes: vec!["4006381333931".to_owned()],
        packs: Vec::new(),
        changed_at: None,
    }
}

/// The dispatch.
pub fn dispatch(server: &Harness) -> DocumentRecord {
    DocumentRecord {
        kind: DocumentKind::Dispatch,
        number: "26-3000-000001".to_owned(),
        doc_type: "3000".to_owned(),
        dated_on: server.now().date_naive(),
        warehouse_name: simulators::pantheon::Config::default().main_warehouse,
        partner_name: Some("HEARTS AND FLOWERS".to_owned()),
        partner2_name: None,
        recipient_name: Some("HEARTS AND FLOWERS".to_owned()),
        sender_name: None,
        responsible: None,
        erp_status: None,
        note: None,
        lines: vec![LineRecord {
            key: "1".to_owned(),
            item_code: "85123A".to_owned(),
            item_name: "WHITE HANGING HEART T-LIGHT HOLDER".to_owned(),
            uom: "KOM".to_owned(),
            requested: 6.into(),
        }],
    }
}

/// A pick of so much, as the handheld sends it.
pub fn pick(floor: &Floor, id: Uuid, quantity: &str) -> serde_json::Value {
    serde_json::json!({
        "id": id,
        "task_id": floor.task,
        "made_at": "2026-11-21T08:00:00Z",
        "device": "handheld 7",
        "action": { "do": "pick", "line_id": floor.line, "quantity": quantity, "scanned": "4006381333931" },
    })
}
