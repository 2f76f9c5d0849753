//! Writing headers as an import brings them.

use crate::{Error, Result, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use domain::document::{DocumentKind, DocumentRecord, DocumentSource};
use domain::mapping::mapping_key;
use domain::{CompanyId, ConnectionId, DocumentId, WarehouseId};
use std::collections::HashMap;

/// What a re-import needs to know of a stored document.
#[derive(Debug, Clone)]
pub struct StoredDocument {
    /// Identity.
    pub id: DocumentId,
    /// Content at the last import.
    pub content_hash: Vec<u8>,
}

/// The natural key of a document within a connection and kind.
pub type DocumentKey = (String, String, NaiveDate);

/// The stored documents among those keys. Not locked: most of them turn out unchanged.
pub async fn existing(
    tx: &mut Tx,
    connection: ConnectionId,
    kind: DocumentKind,
    keys: &[DocumentKey],
) -> Result<HashMap<DocumentKey, StoredDocument>> {
    let numbers: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
    let types: Vec<String> = keys.iter().map(|key| key.1.clone()).collect();
    let dates: Vec<NaiveDate> = keys.iter().map(|key| key.2).collect();
    // One look-up per key whatever the planner thinks of the table's size, which grows under a
    // prepared statement.
    let rows = sqlx::query!(
        "select d.id, d.number, d.doc_type, d.dated_on, d.content_hash
         from unnest($3::text[], $4::text[], $5::date[]) as k (number, doc_type, dated_on)
         cross join lateral (
             select * from documents d
             where d.connection_id = $1 and d.kind = $2 and d.number = k.number
               and d.doc_type = k.doc_type and d.dated_on = k.dated_on
             limit 1
         ) d",
        connection.0,
        kind.as_str(),
        &numbers,
        &types,
        &dates,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let stored = StoredDocument {
                id: DocumentId(row.id),
                content_hash: row.content_hash,
            };
            ((row.number, row.doc_type, row.dated_on), stored)
        })
        .collect())
}

/// Locks documents against a concurrent import, pick or assignment. Everything that changes a
/// document, its lines or its task takes this lock first, so that none waits for another in a ring.
pub async fn lock(tx: &mut Tx, ids: &[i64]) -> Result<()> {
    sqlx::query!(
        "select id from documents where id = any($1) order by id for update",
        ids
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(())
}

/// A header to write.
#[derive(Debug)]
pub struct Header<'a> {
    /// Content as read.
    pub record: &'a DocumentRecord,
    /// Its hash.
    pub content_hash: Vec<u8>,
    /// Our site, once the name is mapped.
    pub warehouse_id: Option<WarehouseId>,
}

/// Adds headers in one statement; the ids come back in the order given.
pub async fn insert(
    tx: &mut Tx,
    company: CompanyId,
    connection: ConnectionId,
    kind: DocumentKind,
    headers: &[Header<'_>],
    source: DocumentSource,
    at: DateTime<Utc>,
) -> Result<Vec<DocumentId>> {
    let text = |field: fn(&DocumentRecord) -> &String| -> Vec<String> {
        headers
            .iter()
            .map(|header| field(header.record).clone())
            .collect()
    };
    let optional = |field: fn(&DocumentRecord) -> &Option<String>| -> Vec<Option<String>> {
        headers
            .iter()
            .map(|header| field(header.record).clone())
            .collect()
    };
    let keys: Vec<String> = headers
        .iter()
        .map(|header| mapping_key(&header.record.warehouse_name))
        .collect();
    let dates: Vec<NaiveDate> = headers
        .iter()
        .map(|header| header.record.dated_on)
        .collect();
    let warehouses: Vec<Option<i64>> = headers
        .iter()
        .map(|header| header.warehouse_id.map(|id| id.0))
        .collect();
    let hashes: Vec<Vec<u8>> = headers
        .iter()
        .map(|header| header.content_hash.clone())
        .collect();
    let rows = sqlx::query!(
        "insert into documents (company_id, connection_id, kind, number, doc_type, dated_on, warehouse_name,
                                warehouse_key, warehouse_id, partner_name, partner2_name, responsible,
                                erp_status, note, content_hash, imported_at, updated_at, recipient_name,
                                sender_name, source)
         select $1, $2, $3, number, doc_type, dated_on, warehouse_name, warehouse_key, warehouse_id,
                partner_name, partner2_name, responsible, erp_status, note, content_hash, $4, $4,
                recipient_name, sender_name, $19
         from unnest($5::text[], $6::text[], $7::date[], $8::text[], $9::text[], $10::bigint[], $11::text[],
                     $12::text[], $13::text[], $14::text[], $15::text[], $16::bytea[], $17::text[], $18::text[])
             as d (number, doc_type, dated_on, warehouse_name, warehouse_key, warehouse_id, partner_name,
                   partner2_name, responsible, erp_status, note, content_hash, recipient_name, sender_name)
         returning id, number, doc_type, dated_on",
        company.0,
        connection.0,
        kind.as_str(),
        at,
        &text(|record| &record.number),
        &text(|record| &record.doc_type),
        &dates,
        &text(|record| &record.warehouse_name),
        &keys,
        &warehouses as &[Option<i64>],
        &optional(|record| &record.partner_name) as &[Option<String>],
        &optional(|record| &record.partner2_name) as &[Option<String>],
        &optional(|record| &record.responsible) as &[Option<String>],
        &optional(|record| &record.erp_status) as &[Option<String>],
        &optional(|record| &record.note) as &[Option<String>],
        &hashes,
        &optional(|record| &record.recipient_name) as &[Option<String>],
        &optional(|record| &record.sender_name) as &[Option<String>],
        source.as_str(),
    )
    .fetch_all(tx.conn())
    .await?;
    let by_key: HashMap<DocumentKey, DocumentId> = rows
        .into_iter()
        .map(|row| ((row.number, row.doc_type, row.dated_on), DocumentId(row.id)))
        .collect();
    headers
        .iter()
        .map(|header| {
            let record = header.record;
            by_key
                .get(&(
                    record.number.clone(),
                    record.doc_type.clone(),
                    record.dated_on,
                ))
                .copied()
                .ok_or(Error::NotFound { what: "document" })
        })
        .collect()
}

/// Writes the ERP's new content of one header.
pub async fn update_header(
    tx: &mut Tx,
    id: DocumentId,
    header: &Header<'_>,
    at: DateTime<Utc>,
) -> Result<()> {
    let record = header.record;
    sqlx::query!(
        "update documents
         set warehouse_name = $2, warehouse_key = $3, warehouse_id = $4, partner_name = $5, partner2_name = $6,
             responsible = $7, erp_status = $8, note = $9, content_hash = $10, updated_at = $11,
             recipient_name = $12, sender_name = $13
         where id = $1",
        id.0,
        record.warehouse_name,
        mapping_key(&record.warehouse_name),
        header.warehouse_id.map(|id| id.0),
        record.partner_name,
        record.partner2_name,
        record.responsible,
        record.erp_status,
        record.note,
        header.content_hash,
        at,
        record.recipient_name,
        record.sender_name,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Writes the status that documents ended in upstream; returns those that had another one. Their content
/// counts as not read: one that is work again there is read anew, even when nothing else changed.
pub async fn end(
    tx: &mut Tx,
    ended: &[(DocumentId, &str)],
    at: DateTime<Utc>,
) -> Result<Vec<(DocumentId, String)>> {
    let ids: Vec<i64> = ended.iter().map(|(id, _)| id.0).collect();
    let statuses: Vec<String> = ended
        .iter()
        .map(|(_, status)| (*status).to_owned())
        .collect();
    let rows = sqlx::query!(
        r#"update documents d
           set erp_status = k.status, content_hash = ''::bytea, updated_at = $3
           from unnest($1::bigint[], $2::text[]) as k (id, status)
           where d.id = k.id and d.erp_status is distinct from k.status
           returning d.id, k.status as "status!""#,
        &ids,
        &statuses,
        at,
    )
    .fetch_all(tx.conn())
    .await?;
    let changed = rows.into_iter();
    Ok(changed
        .map(|row| (DocumentId(row.id), row.status))
        .collect())
}
