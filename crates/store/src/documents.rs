//! `documents`: headers. Lines are in [`crate::document_lines`].

use crate::error::{optional_word, word};
use crate::paging::{before_date, contains};
use crate::{Error, Result, Scope, Store, Tx, document_lines, tasks};
use chrono::{DateTime, NaiveDate, Utc};
use domain::document::{
    DocumentDetail, DocumentFilter, DocumentKind, DocumentRecord, DocumentStatus, DocumentSummary,
};
use domain::mapping::mapping_key;
use domain::page::{Cursor, Page};
use domain::user::Caller;
use domain::{CompanyId, ConnectionId, DocumentId, WarehouseId};
use std::collections::HashMap;

/// Newest date first.
pub async fn list(
    store: &Store,
    caller: &Caller,
    kind: DocumentKind,
    filter: &DocumentFilter,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<DocumentSummary>> {
    let (before_on, before_id) = before_date(cursor)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = sqlx::query!(
        r#"select id as "id!", kind as "kind!", number as "number!", doc_type as "doc_type!",
                  dated_on as "dated_on!", warehouse_name as "warehouse_name!", warehouse_id, partner_name,
                  status as "status!", lines_total as "lines_total!", lines_wms as "lines_wms!",
                  lines_done as "lines_done!", conflicts as "conflicts!", assigned_to, updated_at as "updated_at!"
           from document_summaries
           where company_id = $1 and kind = $2 and (dated_on, id) < ($3, $4)
             and (warehouse_id is null or warehouse_id = any($5))
             and ($6::date is null or dated_on >= $6)
             and ($7::date is null or dated_on <= $7)
             and ($8::text is null or doc_type = $8)
             and ($9::text is null or status = $9)
             and (not $10 or lines_wms > 0)
             and ($11::text is null or number ilike $11 or partner_name ilike $11)
           order by dated_on desc, id desc
           limit $12"#,
        caller.company_id.0,
        kind.as_str(),
        before_on,
        before_id,
        &caller.warehouse_ids(),
        filter.date_from,
        filter.date_to,
        filter.doc_type.as_deref().filter(|text| !text.is_empty()),
        filter.status.map(DocumentStatus::as_str),
        filter.only_wms,
        contains(filter.q.as_deref()),
        limit + 1,
    )
    .fetch_all(tx.conn())
    .await?;
    let rows = rows
        .into_iter()
        .map(|row| {
            Ok(DocumentSummary {
                id: DocumentId(row.id),
                kind: word("documents", "kind", &row.kind)?,
                number: row.number,
                doc_type: row.doc_type,
                dated_on: row.dated_on,
                warehouse_name: row.warehouse_name,
                warehouse_id: row.warehouse_id.map(WarehouseId),
                partner_name: row.partner_name,
                status: word("documents", "status", &row.status)?,
                lines_total: row.lines_total,
                lines_wms: row.lines_wms,
                lines_done: row.lines_done,
                conflicts: row.conflicts,
                assigned_to: row.assigned_to,
                updated_at: row.updated_at,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(rows, limit, |row| {
        format!("{}~{}", row.dated_on, row.id)
    }))
}

/// One document with its lines and task.
pub async fn get(store: &Store, caller: &Caller, id: DocumentId) -> Result<DocumentDetail> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let row = sqlx::query!(
        r#"select s.id as "id!", s.kind as "kind!", s.number as "number!", s.doc_type as "doc_type!",
                  s.dated_on as "dated_on!", s.warehouse_name as "warehouse_name!", s.warehouse_id,
                  s.partner_name, s.status as "status!", s.lines_total as "lines_total!",
                  s.lines_wms as "lines_wms!", s.lines_done as "lines_done!", s.conflicts as "conflicts!",
                  s.assigned_to, s.updated_at as "updated_at!",
                  c.name as source, d.erp_status, d.responsible, d.note, d.imported_at
           from document_summaries s
           join documents d on d.id = s.id
           join connections c on c.id = d.connection_id
           where s.company_id = $1 and s.id = $2
             and (s.warehouse_id is null or s.warehouse_id = any($3))"#,
        caller.company_id.0,
        id.0,
        &caller.warehouse_ids(),
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Error::NotFound { what: "document" })?;
    let lines = document_lines::of_document(&mut tx, caller.company_id, id).await?;
    let task = tasks::of_document(&mut tx, caller.company_id, id).await?;
    Ok(DocumentDetail {
        document: DocumentSummary {
            id: DocumentId(row.id),
            kind: word("documents", "kind", &row.kind)?,
            number: row.number,
            doc_type: row.doc_type,
            dated_on: row.dated_on,
            warehouse_name: row.warehouse_name,
            warehouse_id: row.warehouse_id.map(WarehouseId),
            partner_name: row.partner_name,
            status: word("documents", "status", &row.status)?,
            lines_total: row.lines_total,
            lines_wms: row.lines_wms,
            lines_done: row.lines_done,
            conflicts: row.conflicts,
            assigned_to: row.assigned_to,
            updated_at: row.updated_at,
        },
        source: row.source,
        erp_status: row.erp_status,
        responsible: row.responsible,
        note: row.note,
        imported_at: row.imported_at,
        task,
        lines,
    })
}

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
                                erp_status, note, content_hash, imported_at, updated_at)
         select $1, $2, $3, number, doc_type, dated_on, warehouse_name, warehouse_key, warehouse_id,
                partner_name, partner2_name, responsible, erp_status, note, content_hash, $4, $4
         from unnest($5::text[], $6::text[], $7::date[], $8::text[], $9::text[], $10::bigint[], $11::text[],
                     $12::text[], $13::text[], $14::text[], $15::text[], $16::bytea[])
             as d (number, doc_type, dated_on, warehouse_name, warehouse_key, warehouse_id, partner_name,
                   partner2_name, responsible, erp_status, note, content_hash)
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
             responsible = $7, erp_status = $8, note = $9, content_hash = $10, updated_at = $11
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
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Counts the lines of those documents again, writing only what differs.
pub async fn recount(tx: &mut Tx, ids: &[i64], at: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        r#"update documents d
           set lines_total = c.total, lines_wms = c.wms, lines_done = c.done, lines_short = c.short,
               conflicts = c.conflicts, updated_at = $2
           from (
               select l.document_id,
                      count(*) filter (where l.removed_at is null)::int as total,
                      count(*) filter (where l.wms_flag)::int as wms,
                      count(*) filter (where l.wms_flag and l.status = 'done')::int as done,
                      count(*) filter (where l.wms_flag and l.reason is not null)::int as short,
                      count(*) filter (where l.conflict is not null)::int as conflicts
               from document_lines l
               where l.document_id = any($1)
               group by l.document_id
           ) c
           where d.id = c.document_id
             and (d.lines_total, d.lines_wms, d.lines_done, d.lines_short, d.conflicts)
                 is distinct from (c.total, c.wms, c.done, c.short, c.conflicts)"#,
        ids,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Moves a document to another status.
pub async fn set_status(
    tx: &mut Tx,
    id: DocumentId,
    status: DocumentStatus,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update documents
         set status = $2, updated_at = $3::timestamptz, finished_at = case when $4 then $3::timestamptz end
         where id = $1 and status <> $2",
        id.0,
        status.as_str(),
        at,
        status.is_final(),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The status and site of a document.
pub async fn status(tx: &mut Tx, id: DocumentId) -> Result<(DocumentStatus, Option<WarehouseId>)> {
    let row = sqlx::query!(
        "select status, warehouse_id from documents where id = $1",
        id.0
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Error::NotFound { what: "document" })?;
    let status = optional_word("documents", "status", Some(&row.status))?;
    Ok((
        status.unwrap_or(DocumentStatus::New),
        row.warehouse_id.map(WarehouseId),
    ))
}

/// The documents that carry an upstream site name.
pub async fn ids_of_warehouse_key(
    tx: &mut Tx,
    connection: ConnectionId,
    key: &str,
) -> Result<Vec<i64>> {
    let ids = sqlx::query_scalar!(
        "select id from documents where connection_id = $1 and warehouse_key = $2 order by id",
        connection.0,
        key,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids)
}

/// Gives every document with that upstream site name to a site (or to none).
pub async fn set_warehouse_of_key(
    tx: &mut Tx,
    connection: ConnectionId,
    key: &str,
    warehouse: Option<WarehouseId>,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update documents set warehouse_id = $3, updated_at = $4
         where connection_id = $1 and warehouse_key = $2 and warehouse_id is distinct from $3",
        connection.0,
        key,
        warehouse.map(|id| id.0),
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
