//! Lines that an answer to an item code touches.

use crate::{Result, Tx};
use domain::{CompanyId, ConnectionId};

/// Whether people have said of any code of the account which item it means.
pub async fn has_item_answers(tx: &mut Tx, connection: ConnectionId) -> Result<bool> {
    let known = sqlx::query_scalar!(
        r#"select exists (select from mappings
                          where connection_id = $1 and kind = 'item' and target is not null) as "known!""#,
        connection.0,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(known)
}

/// The documents with lines that wait for a code's answer, or were matched by an earlier one.
pub async fn documents_of_code(
    tx: &mut Tx,
    company: CompanyId,
    connection: ConnectionId,
    code: &str,
) -> Result<Vec<i64>> {
    let ids = sqlx::query_scalar!(
        r#"select distinct d.id as "id!"
           from (
               select l.document_id from document_lines l
               where l.company_id = $1 and l.item_code = $3 and l.item_id is null
               union all
               select l.document_id from document_lines l
               where l.company_id = $1 and l.item_code = $3 and l.match_state = 'mapping'
           ) x
           join documents d on d.id = x.document_id and d.connection_id = $2
           order by 1"#,
        company.0,
        connection.0,
        code,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids)
}

/// Takes back what an earlier answer to a code matched, on locked documents that are not finished,
/// where the floor has not begun.
pub async fn unmatch_answered(tx: &mut Tx, documents: &[i64], code: &str) -> Result<()> {
    sqlx::query!(
        "update document_lines l
         set item_id = null, match_state = 'unmatched', exists_in_wms = false, wms_flag = false
         from documents d
         where l.document_id = any($1) and l.item_code = $2 and l.match_state = 'mapping' and l.done = 0
           and d.id = l.document_id and d.status in ('new', 'in_progress')",
        documents,
        code,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
