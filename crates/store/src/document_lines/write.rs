//! Writing lines as an import brings them.

use crate::{Result, Tx};
use chrono::{DateTime, Utc};
use domain::barcode::barcode_key;
use domain::document::{Conflict, LineRecord};
use domain::{CompanyId, DocumentId, LineId};
use rust_decimal::Decimal;

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
             removed_at = null, unexpected = false,
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
