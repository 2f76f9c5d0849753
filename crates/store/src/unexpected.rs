//! Lines of `document_lines` that the floor made: goods that came with a receipt without standing on it.

use crate::{Result, Tx, floor};
use chrono::{DateTime, Utc};
use domain::barcode::barcode_key;
use domain::document::LineStatus;
use domain::picking::TaskLine;
use domain::{CompanyId, DocumentId, ItemId, LineId};
use rust_decimal::Decimal;

/// The item a code or a barcode means, as the line it would make.
pub async fn item(
    tx: &mut Tx,
    company: CompanyId,
    text: &str,
) -> Result<Option<(ItemId, TaskLine)>> {
    let row = sqlx::query!(
        r#"select i.id, i.code, i.name, i.uom, coalesce(u.decimals, 0) as "decimals!"
           from items i
           left join uoms u on u.company_id = i.company_id and u.code = i.uom
           where i.company_id = $1
             and (i.code = $2 or i.id = (select b.item_id from item_barcodes b where b.company_id = $1 and b.key = $3))
           order by i.code = $2 desc
           limit 1"#,
        company.0,
        text.trim(),
        barcode_key(text),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| {
        let line = TaskLine {
            id: LineId(0),
            item_code: row.code,
            item_name: row.name,
            uom: row.uom,
            decimals: u8::try_from(row.decimals).unwrap_or(0),
            requested: Decimal::ZERO,
            done: Decimal::ZERO,
            status: LineStatus::New,
            reason: None,
            reason_text: None,
            conflict: None,
            last_worker: None,
            barcodes: Vec::new(),
            packs: Vec::new(),
            location: None,
        };
        (ItemId(row.id), line)
    }))
}

/// The line that goods of an item go to: one the ERP asks for, else the floor's own.
pub async fn line_of(tx: &mut Tx, document: DocumentId, item: ItemId) -> Result<Option<TaskLine>> {
    let id = sqlx::query_scalar!(
        "select id from document_lines
         where document_id = $1 and item_id = $2 and (wms_flag or unexpected)
         order by wms_flag desc, unexpected, done >= requested, position, id
         limit 1",
        document.0,
        item.0,
    )
    .fetch_optional(tx.conn())
    .await?;
    match id {
        Some(id) => floor::any_line(tx, document, LineId(id)).await,
        None => Ok(None),
    }
}

/// Makes the floor's own line for an item, off the document until something of it is done.
pub async fn add(
    tx: &mut Tx,
    company: CompanyId,
    document: DocumentId,
    (item, line): (ItemId, &TaskLine),
    at: DateTime<Utc>,
) -> Result<LineId> {
    let id = sqlx::query_scalar!(
        "insert into document_lines (company_id, document_id, line_key, position, item_code, item_name, uom, requested,
                                     item_id, match_state, exists_in_wms, wms_flag, removed_at, unexpected)
         select $1::bigint, d.id, 'floor:' || $4::text,
                coalesce((select max(l.position) from document_lines l where l.document_id = d.id), 0) + 1,
                $4::text, $5::text, $6::text, 0, $3::bigint, 'code',
                d.warehouse_id is not distinct from c.warehouse_id, false, $7::timestamptz, true
         from documents d
         join connections c on c.id = d.connection_id
         where d.id = $2
         returning id",
        company.0,
        document.0,
        item.0,
        line.item_code,
        line.item_name,
        line.uom,
        at,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(LineId(id))
}

/// Serial numbers of an item taken on a document and not taken back.
pub async fn serials(tx: &mut Tx, document: DocumentId, item_code: &str) -> Result<Vec<String>> {
    let serials = sqlx::query_scalar!(
        r#"select o.serial as "serial!"
           from document_lines l
           join tasks t on t.document_id = l.document_id
           join operations o on o.task_id = t.id and o.line_id = l.id
           where l.document_id = $1 and l.item_code = $2 and o.kind = 'pick' and o.accepted and o.serial is not null
             and not exists (select from operations u where u.reverses = o.id and u.accepted)"#,
        document.0,
        item_code,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(serials)
}
