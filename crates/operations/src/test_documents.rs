//! Documents made here to try things out. They are the only ones that can be deleted.

use crate::{Error, Result, audit, documents, require};
use chrono::{DateTime, Utc};
use domain::document::{DocumentRecord, DocumentSource, LineRecord, MOST_TEST_LINES, TestDocument};
use domain::live::Topic;
use domain::permission::Permission;
use domain::timeline::TimelineKind;
use domain::user::Caller;
use domain::{DocumentId, WarehouseId};
use serde_json::json;
use store::document_lines::Matching;
use store::documents::Header;
use store::timeline::NewEntries;
use store::{Scope, Store, Tx};

/// The type of every test document; no ERP type is learnt from it.
const DOC_TYPE: &str = "TEST";

/// Makes a document with a task, as if the ERP had sent it.
pub async fn create(
    store: &Store,
    caller: &Caller,
    wanted: &TestDocument,
    now: DateTime<Utc>,
) -> Result<DocumentId> {
    require(caller, Permission::ManageTestDocuments)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let connection = wanted.connection_id;
    let site = store::test_documents::site_of(&mut tx, caller, connection).await?;
    let (warehouse, site) = site.ok_or(Error::NotFound("connection"))?;
    let record = record(&mut tx, caller, wanted, site, now).await?;
    store::document_lines::hold_matching(&mut tx, caller.company_id, Matching::Writes).await?;
    let id = write(&mut tx, caller, wanted, &record, warehouse, now).await?;
    let facts = json!({ "kind": record.kind.as_str(), "lines": record.lines.len() });
    audit::by_person(
        &mut tx,
        caller,
        "TEST_DOCUMENT_CREATED",
        &record.number,
        facts,
        now,
    )
    .await?;
    tell(&mut tx, caller, id, Some(warehouse), "created").await?;
    tx.commit().await?;
    Ok(id)
}

async fn record(
    tx: &mut Tx,
    caller: &Caller,
    wanted: &TestDocument,
    site: String,
    now: DateTime<Utc>,
) -> Result<DocumentRecord> {
    if wanted.lines.is_empty() || wanted.lines.len() > MOST_TEST_LINES {
        return Err(Error::Invalid(format!(
            "A test document has 1 to {MOST_TEST_LINES} lines."
        )));
    }
    let codes: Vec<String> = wanted
        .lines
        .iter()
        .map(|line| line.item_code.trim().to_owned())
        .collect();
    let items = store::test_documents::items(tx, caller.company_id, &codes).await?;
    let mut lines = Vec::with_capacity(codes.len());
    for (index, (line, item)) in wanted.lines.iter().zip(items).enumerate() {
        let item = item.ok_or_else(|| {
            Error::Invalid(format!("There is no item {}.", line.item_code.trim()))
        })?;
        if line.quantity.is_zero() {
            return Err(Error::Invalid(format!(
                "The quantity of {} must be above zero.",
                item.code
            )));
        }
        lines.push(LineRecord {
            key: (index + 1).to_string(),
            item_code: item.code,
            item_name: item.name,
            uom: item.uom,
            requested: line.quantity.value(),
        });
    }
    Ok(DocumentRecord {
        kind: wanted.kind,
        number: format!("TEST-{}", now.format("%Y%m%d-%H%M%S%3f")),
        doc_type: DOC_TYPE.to_owned(),
        dated_on: now.date_naive(),
        warehouse_name: site,
        partner_name: None,
        partner2_name: None,
        recipient_name: None,
        sender_name: None,
        responsible: Some(caller.name.clone()),
        erp_status: None,
        note: None,
        lines,
    })
}

async fn write(
    tx: &mut Tx,
    caller: &Caller,
    wanted: &TestDocument,
    record: &DocumentRecord,
    warehouse: WarehouseId,
    now: DateTime<Utc>,
) -> Result<DocumentId> {
    let company = caller.company_id;
    let header = Header {
        record,
        content_hash: record.number.clone().into_bytes(),
        warehouse_id: Some(warehouse),
    };
    let source = DocumentSource::Test;
    let ids = store::documents::insert(
        tx,
        company,
        wanted.connection_id,
        wanted.kind,
        &[header],
        source,
        now,
    )
    .await?;
    let id = *ids.first().ok_or(Error::NotFound("document"))?;
    let lines: Vec<_> = (0..)
        .zip(&record.lines)
        .map(|(position, line)| (id, position, line))
        .collect();
    store::document_lines::insert(tx, company, &lines).await?;
    documents::count_and_task(tx, &[id.0], now).await?;
    let mut entries = NewEntries::default();
    let text = match lines.len() {
        1 => "Made as a test with one line.".to_owned(),
        _ => format!("Made as a test with {} lines.", lines.len()),
    };
    entries.push(id, TimelineKind::Imported, text);
    store::timeline::record(tx, company, &entries, &caller.name, None, now).await?;
    Ok(id)
}

/// Deletes a test document with everything that hangs on it. A real one is refused.
pub async fn delete(
    store: &Store,
    caller: &Caller,
    id: DocumentId,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::ManageTestDocuments)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    store::documents::lock(&mut tx, &[id.0]).await?;
    let found = store::test_documents::find(&mut tx, caller, id).await?;
    let found = found.ok_or(Error::NotFound("document"))?;
    if !found.is_test || !store::test_documents::delete(&mut tx, id).await? {
        return Err(Error::Conflict(
            "This document comes from the ERP. Only test documents can be deleted.".to_owned(),
        ));
    }
    let facts = json!({ "lines": found.lines, "operations": found.operations });
    audit::by_person(
        &mut tx,
        caller,
        "TEST_DOCUMENT_DELETED",
        &found.number,
        facts,
        now,
    )
    .await?;
    tell(&mut tx, caller, id, found.warehouse, "deleted").await?;
    Ok(tx.commit().await?)
}

async fn tell(
    tx: &mut Tx,
    caller: &Caller,
    id: DocumentId,
    warehouse: Option<WarehouseId>,
    what: &str,
) -> Result<()> {
    let mut topics = vec![Topic::Document(id.0), Topic::Documents, Topic::Tasks];
    topics.extend(warehouse.map(|id| Topic::Board(id.0)));
    Ok(store::live::publish(tx, caller.company_id, warehouse, &topics, what).await?)
}
