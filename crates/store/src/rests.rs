//! What a document lacks that was finished in part, as work again.

use crate::{Result, Store, Tx};
use chrono::{DateTime, Utc};
use domain::rest::RestPolicy;
use domain::user::Caller;
use domain::{CompanyId, DocumentId, WarehouseId};

/// Sites listed.
const MOST: i64 = 500;

/// Whether a document that is being finished in part goes back to the floor by itself: its site wants it,
/// and it has not been back yet.
pub async fn goes_back(tx: &mut Tx, document: DocumentId) -> Result<bool> {
    let goes = sqlx::query_scalar!(
        r#"select (w.rest_is_work and t.returned_at is null) as "goes!"
           from tasks t
           join warehouses w on w.id = t.warehouse_id
           where t.document_id = $1"#,
        document.0,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(goes == Some(true))
}

/// Whether a result of the document is on its way to its ERP, or was taken there: then the ERP books what is
/// missing in its own way. One that a person discarded does not count.
pub async fn is_told(tx: &mut Tx, document: DocumentId) -> Result<bool> {
    let told = sqlx::query_scalar!(
        r#"select exists (select from erp_outbox where document_id = $1 and status <> 'discarded') as "told!""#,
        document.0,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(told)
}

/// Opens the lines that lack something, their document and its task, which is given to nobody; returns how
/// many lines. Of its due time stays what a lead said, while that is ahead, or that there is none; it is due
/// by no cut-off until it is planned.
pub async fn give_back(tx: &mut Tx, document: DocumentId, at: DateTime<Utc>) -> Result<u64> {
    let lines = sqlx::query!(
        "update document_lines
         set reason = null, reason_text = null, status = case when done > 0 then 'partial' else 'new' end
         where document_id = $1 and wms_flag and not unexpected and status <> 'done'",
        document.0,
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    sqlx::query!(
        "update documents
         set status = 'in_progress', finished_at = null, updated_at = $2,
             erp_entered_at = null, erp_entered_by = null, erp_entered_note = null
         where id = $1",
        document.0,
        at,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "update tasks
         set state = 'open', finished_at = null, worker_id = null, team_id = null, returned_at = $2,
             due_at = case when due_is_own and due_at > $2 then due_at end,
             due_is_own = due_is_own and (due_at is null or due_at > $2),
             cut_off_id = null
         where document_id = $1 and state <> 'cancelled'",
        document.0,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(lines)
}

/// What the caller's sites want, by name; at most 500.
pub async fn policies(store: &Store, caller: &Caller) -> Result<Vec<RestPolicy>> {
    let mut reading = store.read(caller).await?;
    let rows = reading
        .all(sqlx::query!(
            "select id, name, rest_is_work from warehouses
             where company_id = $1 and id = any($2)
             order by name, id
             limit $3",
            caller.company_id.0,
            &caller.warehouse_ids(),
            MOST,
        ))
        .await?;
    let policies = rows.into_iter().map(|row| RestPolicy {
        warehouse_id: WarehouseId(row.id),
        warehouse: row.name,
        by_itself: row.rest_is_work,
    });
    Ok(policies.collect())
}

/// Sets what a site wants.
pub async fn set_policy(
    tx: &mut Tx,
    company: CompanyId,
    site: WarehouseId,
    by_itself: bool,
) -> Result<()> {
    sqlx::query!(
        "update warehouses set rest_is_work = $3 where company_id = $1 and id = $2",
        company.0,
        site.0,
        by_itself,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
