//! `document_lines`: content, matching and eligibility.

mod list;
mod matching;
mod write;

pub use list::{check_document, list};
pub use matching::{Matching, documents_awaiting, hold_matching, rematch};
pub use write::{ask_about_late, insert, remove, update};

use crate::error::{optional_word, word};
use crate::{Error, Result, Tx};
use domain::document::{Conflict, DocumentLine, PickedGoods, StoredLine};
use domain::{CompanyId, DocumentId, ItemId, LineId};
use rust_decimal::Decimal;
use sqlx::types::Json;
use std::collections::HashMap;

/// A line as it is shown.
struct LineRow {
    position: i32,
    id: i64,
    line_key: String,
    item_code: String,
    item_name: String,
    uom: String,
    item_id: Option<i64>,
    match_state: String,
    exists_in_wms: bool,
    wms_flag: bool,
    requested: Decimal,
    done: Decimal,
    status: String,
    reason: Option<String>,
    reason_text: Option<String>,
    conflict: Option<String>,
    conflict_kind: Option<String>,
    conflict_was: Option<Decimal>,
    removed: bool,
    goods: Json<Vec<PickedGoods>>,
}

impl TryFrom<LineRow> for DocumentLine {
    type Error = Error;
    fn try_from(row: LineRow) -> Result<Self> {
        let kind = row.conflict_kind.as_deref();
        Ok(Self {
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
            conflict_kind: optional_word("document_lines", "conflict_kind", kind)?,
            conflict_was: row.conflict_was.map(|was| was.normalize()),
            removed: row.removed,
            goods: row.goods.0,
        })
    }
}

/// In the ERP's order.
pub async fn of_document(
    tx: &mut Tx,
    company: CompanyId,
    id: DocumentId,
) -> Result<Vec<DocumentLine>> {
    let rows = sqlx::query_as!(
        LineRow,
        r#"select position, id, line_key, item_code, item_name, uom, item_id, match_state, exists_in_wms, wms_flag,
                  requested, done, status, reason, reason_text, conflict, conflict_kind, conflict_was,
                  removed_at is not null as "removed!",
                  case when done <> 0 and exists (select from operations o
                                    where o.line_id = l.id and num_nonnulls(o.lot, o.serial, o.expires_on) > 0)
                       then picked_goods(id) else '[]' end as "goods!: Json<Vec<PickedGoods>>"
           from document_lines l
           where document_id = $1 and company_id = $2
           order by position, id"#,
        id.0,
        company.0,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter().map(DocumentLine::try_from).collect()
}

/// The stored lines of several documents, as merging needs them, read after their documents were locked.
pub async fn stored(tx: &mut Tx, documents: &[i64]) -> Result<HashMap<i64, Vec<StoredLine>>> {
    let rows = sqlx::query!(
        r#"select document_id, id, line_key, item_code, item_name, uom, requested, done, unexpected,
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
            unexpected: row.unexpected,
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
