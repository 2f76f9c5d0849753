//! Decisions that wait on lines.

use crate::error::word;
use crate::paging::before_instant;
use crate::{Result, Store, Tx};
use chrono::{DateTime, Utc};
use domain::document::OpenConflict;
use domain::page::{Cursor, Page};
use domain::user::Caller;
use domain::{DocumentId, LineId, OperationId, TaskId, UserId, WarehouseId};
use rust_decimal::Decimal;
use serde_json::Value;

struct Row {
    line_id: i64,
    document_id: i64,
    document_kind: String,
    number: String,
    document_status: String,
    item_code: String,
    item_name: String,
    uom: String,
    kind: String,
    text: String,
    before: Decimal,
    after: Decimal,
    done: Decimal,
    since: DateTime<Utc>,
}

impl TryFrom<Row> for OpenConflict {
    type Error = crate::Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            line_id: LineId(row.line_id),
            document_id: DocumentId(row.document_id),
            document_kind: word("documents", "kind", &row.document_kind)?,
            number: row.number,
            document_status: word("documents", "status", &row.document_status)?,
            item_code: row.item_code,
            item_name: row.item_name,
            uom: row.uom,
            kind: word("document_lines", "conflict_kind", &row.kind)?,
            text: row.text,
            before: row.before.normalize(),
            after: row.after.normalize(),
            done: row.done.normalize(),
            since: row.since,
        })
    }
}

/// What waits, newest first.
pub async fn list(
    store: &Store,
    caller: &Caller,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<OpenConflict>> {
    let (before_at, before_id) = before_instant(cursor)?;
    let mut reading = store.read(caller).await?;
    let rows = reading
        .all(sqlx::query_as!(
            Row,
            r#"select l.id as line_id, d.id as document_id, d.kind as document_kind, d.number,
                      d.status as document_status, l.item_code, l.item_name, l.uom,
                      l.conflict_kind as "kind!", l.conflict as "text!", l.conflict_was as "before!",
                      case when l.removed_at is null then l.requested else 0 end as "after!",
                      l.done, l.conflict_at as "since!"
               from document_lines l
               join documents d on d.id = l.document_id
               where l.company_id = $1 and l.conflict is not null and (l.conflict_at, l.id) < ($2, $3)
                 and (d.warehouse_id is null or d.warehouse_id = any($4))
               order by l.conflict_at desc, l.id desc
               limit $5"#,
            caller.company_id.0,
            before_at,
            before_id,
            &caller.warehouse_ids(),
            limit + 1,
        ))
        .await?;
    let rows = rows
        .into_iter()
        .map(OpenConflict::try_from)
        .collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(rows, limit, |row| {
        format!("{}~{}", row.since.to_rfc3339(), row.line_id)
    }))
}

/// The document of a line of the caller's sites.
pub async fn document_of(tx: &mut Tx, caller: &Caller, line: LineId) -> Result<Option<DocumentId>> {
    let id = sqlx::query_scalar!(
        "select d.id from document_lines l
         join documents d on d.id = l.document_id
         where l.id = $1 and d.company_id = $2 and (d.warehouse_id is null or d.warehouse_id = any($3))",
        line.0,
        caller.company_id.0,
        &caller.warehouse_ids(),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(DocumentId))
}

/// What waits on a line, read after its document was locked.
pub async fn find(tx: &mut Tx, line: LineId) -> Result<Option<OpenConflict>> {
    let row = sqlx::query_as!(
        Row,
        r#"select l.id as line_id, d.id as document_id, d.kind as document_kind, d.number,
                  d.status as document_status, l.item_code, l.item_name, l.uom,
                  l.conflict_kind as "kind!", l.conflict as "text!", l.conflict_was as "before!",
                  case when l.removed_at is null then l.requested else 0 end as "after!",
                  l.done, l.conflict_at as "since!"
           from document_lines l
           join documents d on d.id = l.document_id
           where l.id = $1 and l.conflict is not null"#,
        line.0,
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(OpenConflict::try_from).transpose()
}

/// Takes a decision off a line; one that is complete now needs no reason any more.
pub async fn clear(tx: &mut Tx, line: LineId) -> Result<()> {
    sqlx::query!(
        "update document_lines
         set conflict = null, conflict_kind = null, conflict_was = null, conflict_at = null,
             reason = case when status = 'done' then null else reason end,
             reason_text = case when status = 'done' then null else reason_text end
         where id = $1",
        line.0,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The task that a line's picks belong to, and its site.
pub async fn task_of(tx: &mut Tx, document: DocumentId) -> Result<Option<(TaskId, WarehouseId)>> {
    let row = sqlx::query!(
        "select id, warehouse_id from tasks where document_id = $1",
        document.0
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| (TaskId(row.id), WarehouseId(row.warehouse_id))))
}

/// A quantity taken back because the ERP's lower figure was accepted.
#[derive(Debug)]
pub struct Correction {
    /// Fresh.
    pub id: OperationId,
    /// The task of the picks.
    pub task: TaskId,
    /// Its site.
    pub warehouse: WarehouseId,
    /// The line.
    pub line: LineId,
    /// Added to the line: below zero.
    pub quantity: Decimal,
    /// Who decided.
    pub user: UserId,
    /// Before and after.
    pub facts: Value,
}

/// Appends a correction to the operations and writes it to its line.
pub async fn correct(
    tx: &mut Tx,
    caller: &Caller,
    correction: &Correction,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into operations (id, company_id, warehouse_id, task_id, line_id, user_id, credited_user_id, kind,
                                 accepted, quantity, device, made_at, recorded_at, request, answer)
         values ($1, $2, $3, $4, $5, $6, $6, 'correct', true, $7, 'office', $8, $8, $9, '{}')",
        correction.id.0,
        caller.company_id.0,
        correction.warehouse.0,
        correction.task.0,
        correction.line.0,
        correction.user.0,
        correction.quantity,
        at,
        correction.facts,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "update document_lines
         set done = done + $2,
             reason = case when done + $2 >= requested then null else reason end,
             reason_text = case when done + $2 >= requested then null else reason_text end,
             status = case
                 when done + $2 >= requested and done + $2 > 0 then 'done'
                 when done + $2 = 0 and (reason is null or requested <= 0) then 'new'
                 else 'partial'
             end
         where id = $1",
        correction.line.0,
        correction.quantity,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Gives a finished document back to the floor when something is left to do on that line; says
/// whether it did.
pub async fn reopen(
    tx: &mut Tx,
    document: DocumentId,
    line: LineId,
    at: DateTime<Utc>,
) -> Result<bool> {
    let reopened = sqlx::query!(
        "update documents d
         set status = 'in_progress', finished_at = null, updated_at = $2,
             erp_entered_at = null, erp_entered_by = null, erp_entered_note = null
         where d.id = $1 and d.status in ('partial', 'done')
           and exists (select from document_lines l
                       where l.id = $3 and l.document_id = d.id and l.wms_flag and l.status <> 'done')",
        document.0,
        at,
        line.0,
    )
    .execute(tx.conn())
    .await?
    .rows_affected()
        == 1;
    if reopened {
        sqlx::query!(
            "update tasks set state = 'open', finished_at = null where document_id = $1 and state = 'done'",
            document.0,
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(reopened)
}
