//! `document_lines`: content, matching and eligibility.

mod list;

pub use list::{check_document, list};

use crate::error::{optional_word, word};
use crate::{Result, Tx};
use chrono::{DateTime, Utc};
use domain::barcode::barcode_key;
use domain::document::{Conflict, DocumentLine, LineRecord, StoredLine};
use domain::{CompanyId, DocumentId, ItemId, LineId};
use rust_decimal::Decimal;
use std::collections::HashMap;

/// What a transaction does to the matching of a company's lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matching {
    /// Writes lines, and matches them with the items and names that are known.
    Writes,
    /// Brings items or answers, and matches the lines that wait for them.
    Answers,
}

/// Until the transaction ends, keeps transactions away that would match against what this one is
/// about to write: otherwise a line and its item, written at the same moment, never meet.
pub async fn hold_matching(tx: &mut Tx, company: CompanyId, matching: Matching) -> Result<()> {
    sqlx::query!(
        "select case when $2 then pg_advisory_xact_lock_shared(hashtextextended('matching', $1))::text
                else pg_advisory_xact_lock(hashtextextended('matching', $1))::text end as held",
        company.0,
        matching == Matching::Writes,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(())
}

/// In the ERP's order.
pub async fn of_document(
    tx: &mut Tx,
    company: CompanyId,
    id: DocumentId,
) -> Result<Vec<DocumentLine>> {
    let rows = sqlx::query!(
        r#"select id, line_key, item_code, item_name, uom, item_id, match_state, exists_in_wms, wms_flag,
                  requested, done, status, reason, reason_text, conflict, conflict_kind, conflict_was,
                  removed_at is not null as "removed!"
           from document_lines
           where document_id = $1 and company_id = $2
           order by position, id"#,
        id.0,
        company.0,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(DocumentLine {
                id: LineId(row.id),
                key: row.line_key,
                item_code: row.item_code,
                item_name: row.item_name,
                uom: row.uom,
                item_id: row.item_id.map(ItemId),
                match_state: word("document_lines", "match_state", &row.match_state)?,
                exists_in_wms: row.exists_in_wms,
                wms_flag: row.wms_flag,
                requested: row.requested.normalize(),
                done: row.done.normalize(),
                status: word("document_lines", "status", &row.status)?,
                reason: optional_word("document_lines", "reason", row.reason.as_deref())?,
                reason_text: row.reason_text,
                conflict: row.conflict,
                conflict_kind: optional_word(
                    "document_lines",
                    "conflict_kind",
                    row.conflict_kind.as_deref(),
                )?,
                conflict_was: row.conflict_was.map(|was| was.normalize()),
                removed: row.removed,
            })
        })
        .collect()
}

/// The stored lines of several documents, as merging needs them, read after their documents were locked.
pub async fn stored(tx: &mut Tx, documents: &[i64]) -> Result<HashMap<i64, Vec<StoredLine>>> {
    let rows = sqlx::query!(
        r#"select document_id, id, line_key, item_code, item_name, uom, requested, done,
                  removed_at is not null as "removed!", conflict, conflict_kind, conflict_was
           from document_lines
           where document_id = any($1)
           order by document_id, position, id"#,
        documents,
    )
    .fetch_all(tx.conn())
    .await?;
    let mut lines: HashMap<i64, Vec<StoredLine>> = HashMap::new();
    for row in rows {
        lines.entry(row.document_id).or_default().push(StoredLine {
            id: LineId(row.id),
            key: row.line_key,
            item_code: row.item_code,
            item_name: row.item_name,
            uom: row.uom,
            requested: row.requested.normalize(),
            done: row.done.normalize(),
            removed: row.removed,
            conflict: waiting(row.conflict, row.conflict_kind.as_deref(), row.conflict_was)?,
        });
    }
    Ok(lines)
}

fn waiting(
    text: Option<String>,
    kind: Option<&str>,
    was: Option<Decimal>,
) -> Result<Option<Conflict>> {
    let kind = optional_word("document_lines", "conflict_kind", kind)?;
    Ok(match (text, kind, was) {
        (Some(text), Some(kind), Some(was)) => Some(Conflict { kind, was, text }),
        _ => None,
    })
}

/// Adds lines of any number of documents, matched and judged on the way in: one statement, one write.
pub async fn insert(
    tx: &mut Tx,
    company: CompanyId,
    lines: &[(DocumentId, i32, &LineRecord)],
) -> Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let documents: Vec<i64> = lines.iter().map(|line| line.0.0).collect();
    let positions: Vec<i32> = lines.iter().map(|line| line.1).collect();
    let text = |field: fn(&LineRecord) -> &String| -> Vec<String> {
        lines.iter().map(|line| field(line.2).clone()).collect()
    };
    let requested: Vec<Decimal> = lines.iter().map(|line| line.2.requested).collect();
    let keys: Vec<String> = lines
        .iter()
        .map(|line| barcode_key(&line.2.item_code))
        .collect();
    sqlx::query!(
        "insert into document_lines (company_id, document_id, line_key, position, item_code, item_name, uom,
                                     requested, item_id, match_state, exists_in_wms, wms_flag)
         select $1, l.document_id, l.line_key, l.position, l.item_code, l.item_name, l.uom, l.requested,
                m.item_id, m.match_state,
                m.item_id is not null and here.is_here,
                m.item_id is not null and here.is_here and l.requested > 0
         from unnest($2::bigint[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::numeric[], $9::text[])
             as l (document_id, position, line_key, item_code, item_name, uom, requested, barcode_key)
         left join lateral (
             select i.id from items i where i.company_id = $1 and i.code = l.item_code limit 1
         ) i on true
         left join lateral (
             select b.item_id from item_barcodes b
             where i.id is null and b.company_id = $1 and b.key = l.barcode_key limit 1
         ) b on true
         cross join lateral (
             select coalesce(i.id, b.item_id) as item_id,
                    case when i.id is not null then 'code' when b.item_id is not null then 'barcode' else 'unmatched' end as match_state
         ) m
         cross join lateral (
             select d.warehouse_id is not distinct from c.warehouse_id as is_here
             from documents d join connections c on c.id = d.connection_id
             where d.id = l.document_id
             limit 1
         ) here",
        company.0,
        &documents,
        &positions,
        &text(|record| &record.key),
        &text(|record| &record.item_code),
        &text(|record| &record.item_name),
        &text(|record| &record.uom),
        &requested,
        &keys,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Writes the ERP's new content of a line; what the floor did stays, and the status follows.
pub async fn update(
    tx: &mut Tx,
    id: LineId,
    position: i32,
    record: &LineRecord,
    conflict: Option<&Conflict>,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update document_lines
         set line_key = $2, position = $3, item_name = $4, uom = $5, requested = $6::numeric,
             conflict = $7, conflict_kind = $8, conflict_was = $9,
             conflict_at = case when $7::text is null then null else coalesce(conflict_at, $10) end,
             removed_at = null,
             wms_flag = exists_in_wms and $6::numeric > 0,
             status = case
                 when done >= $6::numeric and done > 0 then 'done'
                 when done = 0 and reason is null then 'new'
                 else 'partial'
             end
         where id = $1",
        id.0,
        record.key,
        position,
        record.item_name,
        record.uom,
        record.requested,
        conflict.map(|conflict| conflict.text.as_str()),
        conflict.map(|conflict| conflict.kind.as_str()),
        conflict.map(|conflict| conflict.was),
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes a line off its document; it stays in the database with what was done. Its key is set free:
/// the ERP may use it again for another item.
pub async fn remove(
    tx: &mut Tx,
    id: LineId,
    conflict: Option<&Conflict>,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update document_lines
         set removed_at = $3, wms_flag = false, line_key = line_key || '~' || id,
             conflict = $2, conflict_kind = $4, conflict_was = $5,
             conflict_at = case when $2::text is null then null else coalesce(conflict_at, $3) end
         where id = $1",
        id.0,
        conflict.map(|conflict| conflict.text.as_str()),
        at,
        conflict.map(|conflict| conflict.kind.as_str()),
        conflict.map(|conflict| conflict.was),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Asks a person about lines that came after the floor work had ended.
pub async fn ask_about_late(
    tx: &mut Tx,
    document: DocumentId,
    keys: &[String],
    conflict: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update document_lines
         set conflict = $3, conflict_kind = 'added', conflict_was = 0, conflict_at = $4
         where document_id = $1 and line_key = any($2) and wms_flag",
        document.0,
        keys,
        conflict,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The documents with unmatched lines that one of those items may answer: by code, or by a barcode in
/// any of its spellings (a GTIN may stand with or without its leading zeros).
pub async fn documents_awaiting(
    tx: &mut Tx,
    company: CompanyId,
    items: &[i64],
) -> Result<Vec<i64>> {
    let ids = sqlx::query_scalar!(
        r#"select distinct l.document_id as "document_id!"
           from (
               select i.code as text from items i where i.id = any($2)
               union
               select b.barcode from item_barcodes b where b.item_id = any($2)
               union
               select right(b.key, s.digits)
               from item_barcodes b
               cross join unnest(array[8, 12, 13, 14]) as s (digits)
               where b.item_id = any($2) and b.key ~ '^[0-9]{14}$'
                 and left(b.key, 14 - s.digits) = repeat('0', 14 - s.digits)
           ) known
           join document_lines l on l.company_id = $1 and l.item_code = known.text and l.item_id is null"#,
        company.0,
        items,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids)
}

/// Matches unmatched lines of those documents again and judges all of them again, writing only what
/// differs. `looked_up` is the code whose item was just fetched on demand.
pub async fn rematch(
    tx: &mut Tx,
    company: CompanyId,
    documents: &[i64],
    looked_up: Option<&str>,
) -> Result<()> {
    let codes = unmatched_codes(tx, documents).await?;
    let keys: Vec<String> = codes.iter().map(|code| barcode_key(code)).collect();
    sqlx::query!(
        "update document_lines l
         set item_id = m.item_id,
             match_state = case when m.code = $5 then 'lookup' else m.match_state end
         from (
             select k.code, coalesce(i.id, b.item_id) as item_id,
                    case when i.id is not null then 'code' else 'barcode' end as match_state
             from unnest($3::text[], $4::text[]) as k (code, key)
             left join items i on i.company_id = $1 and i.code = k.code
             left join item_barcodes b on i.id is null and b.company_id = $1 and b.key = k.key
             where coalesce(i.id, b.item_id) is not null
         ) m
         where l.document_id = any($2) and l.item_id is null and l.item_code = m.code",
        company.0,
        documents,
        &codes,
        &keys,
        looked_up,
    )
    .execute(tx.conn())
    .await?;
    match_by_answers(tx, company, documents).await?;
    judge(tx, documents).await
}

/// What neither code nor barcode matched may be known by a person's answer.
async fn match_by_answers(tx: &mut Tx, company: CompanyId, documents: &[i64]) -> Result<()> {
    sqlx::query!(
        "update document_lines l
         set item_id = i.id, match_state = 'mapping'
         from documents d, mappings m, items i
         where l.document_id = any($2) and l.item_id is null and d.id = l.document_id
           and m.connection_id = d.connection_id and m.kind = 'item' and m.key = l.item_code
           and i.company_id = $1 and i.code = m.target",
        company.0,
        documents,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

async fn unmatched_codes(tx: &mut Tx, documents: &[i64]) -> Result<Vec<String>> {
    let codes = sqlx::query_scalar!(
        "select distinct item_code from document_lines where document_id = any($1) and item_id is null",
        documents,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(codes)
}

/// `exists_in_wms = item matched and the warehouse is the configured one`; floor work besides needs
/// a positive quantity and a line still on the document.
async fn judge(tx: &mut Tx, documents: &[i64]) -> Result<()> {
    sqlx::query!(
        "update document_lines l
         set exists_in_wms = j.here, wms_flag = j.here and l.requested > 0 and l.removed_at is null
         from (
             select x.id, x.item_id is not null and d.warehouse_id is not distinct from c.warehouse_id as here
             from document_lines x
             join documents d on d.id = x.document_id
             join connections c on c.id = d.connection_id
             where x.document_id = any($1)
         ) j
         where l.id = j.id
           and (l.exists_in_wms, l.wms_flag)
               is distinct from (j.here, j.here and l.requested > 0 and l.removed_at is null)",
        documents,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
