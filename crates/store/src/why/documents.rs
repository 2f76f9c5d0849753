//! Documents and lines of a key.

use super::MOST;
use crate::error::word;
use crate::{Result, Tx};
use domain::DocumentId;
use domain::user::Caller;
use domain::why::{DocumentFact, LineFacts};

/// Documents of this number, newest first.
pub(super) async fn documents(
    tx: &mut Tx,
    caller: &Caller,
    number: &str,
) -> Result<Vec<DocumentFact>> {
    let rows = sqlx::query!(
        r#"select d.id, d.kind, d.number, d.doc_type, d.dated_on, d.status, d.warehouse_name,
                  d.warehouse_id is not null as "warehouse_known!",
                  d.warehouse_id is not distinct from c.warehouse_id as "warehouse_ours!",
                  d.lines_total, d.lines_wms, d.imported_at,
                  (select count(*) from document_lines l
                   where l.document_id = d.id and l.item_id is null and l.removed_at is null) as "unmatched!"
           from connections c
           join documents d on d.connection_id = c.id and d.kind = any('{dispatch,receipt}') and d.number = $3
           where c.company_id = $1 and d.company_id = $1 and (d.warehouse_id is null or d.warehouse_id = any($2))
           order by d.dated_on desc, d.id desc
           limit $4"#,
        caller.company_id.0,
        &caller.warehouse_ids(),
        number,
        MOST,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(DocumentFact {
                id: DocumentId(row.id),
                kind: word("documents", "kind", &row.kind)?,
                number: row.number,
                doc_type: row.doc_type,
                dated_on: row.dated_on,
                status: word("documents", "status", &row.status)?,
                warehouse_name: row.warehouse_name,
                warehouse_known: row.warehouse_known,
                warehouse_ours: row.warehouse_ours,
                lines: row.lines_total,
                floor_lines: row.lines_wms,
                unmatched: row.unmatched,
                imported_at: row.imported_at,
            })
        })
        .collect()
}

/// Lines that name this item code and wait for it.
pub(super) async fn lines(tx: &mut Tx, caller: &Caller, code: &str) -> Result<LineFacts> {
    let row = sqlx::query!(
        r#"select count(distinct d.id) as "documents!", count(*) as "unmatched!",
                  count(distinct d.id) filter (where d.warehouse_id <> c.warehouse_id) as "elsewhere!"
           from document_lines l
           join documents d on d.id = l.document_id
           join connections c on c.id = d.connection_id
           where l.company_id = $1 and l.item_code = $3 and l.item_id is null and l.removed_at is null
             and (d.warehouse_id is null or d.warehouse_id = any($2))"#,
        caller.company_id.0,
        &caller.warehouse_ids(),
        code,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(LineFacts {
        documents: row.documents,
        unmatched: row.unmatched,
        elsewhere: row.elsewhere,
    })
}
