//! Counters, status and site of documents.

use crate::error::optional_word;
use crate::{Error, Result, Tx};
use chrono::{DateTime, NaiveTime, Utc};
use domain::document::{DocumentStatus, EnteredByHand};
use domain::{CompanyId, ConnectionId, DocumentId, TaskId, UserId, WarehouseId};

/// Counts the lines of those documents again, writing only what differs. What came unexpected is no
/// line of the ERP's: it counts for nothing here. Quantities are counted of finished documents only
/// (see [`record_end`]), so that a pick that completes no line writes none.
pub async fn recount(tx: &mut Tx, ids: &[i64], at: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        r#"update documents d
           set lines_total = c.total, lines_wms = c.wms, lines_done = c.done, lines_short = c.short,
               lines_known = c.known, conflicts = c.conflicts, updated_at = $2,
               quantity_requested = case when d.finished_at is null then d.quantity_requested else c.requested end,
               quantity_filled = case when d.finished_at is null then d.quantity_filled else c.filled end
           from (
               select l.document_id,
                      count(*) filter (where l.removed_at is null and not l.unexpected)::int as total,
                      count(*) filter (where l.wms_flag and not l.unexpected)::int as wms,
                      count(*) filter (where l.wms_flag and not l.unexpected and l.status = 'done')::int as done,
                      count(*) filter (where l.wms_flag and not l.unexpected and l.reason is not null)::int as short,
                      count(*) filter (where l.exists_in_wms and l.removed_at is null and not l.unexpected)::int as known,
                      count(*) filter (where l.conflict is not null)::int as conflicts,
                      coalesce(sum(l.requested) filter (where l.wms_flag and not l.unexpected), 0) as requested,
                      coalesce(sum(least(l.done, l.requested)) filter (where l.wms_flag and not l.unexpected), 0) as filled
               from document_lines l
               where l.document_id = any($1)
               group by l.document_id
           ) c
           where d.id = c.document_id
             and ((d.lines_total, d.lines_wms, d.lines_done, d.lines_short, d.lines_known, d.conflicts)
                  is distinct from (c.total, c.wms, c.done, c.short, c.known, c.conflicts)
                  or d.finished_at is not null
                     and (d.quantity_requested, d.quantity_filled) is distinct from (c.requested, c.filled))"#,
        ids,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Writes that a person entered the result in the ERP, or did not after all.
pub async fn set_entered(
    tx: &mut Tx,
    id: DocumentId,
    entered: Option<&EnteredByHand>,
) -> Result<()> {
    sqlx::query!(
        "update documents set erp_entered_at = $2, erp_entered_by = $3, erp_entered_note = $4 where id = $1",
        id.0,
        entered.map(|entered| entered.at),
        entered.map(|entered| entered.by.as_str()),
        entered.map(|entered| entered.note.as_str()),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Lets documents of a site, and of none, be read at a time of their day in the zone of that site
/// instead of when they were; returns how many. Those of later days stay as they are.
pub async fn backdate(
    tx: &mut Tx,
    company: CompanyId,
    warehouse: WarehouseId,
    read_at: NaiveTime,
    now: DateTime<Utc>,
) -> Result<i64> {
    let moved = sqlx::query_scalar!(
        r#"with moved as (
               update documents d
               set imported_at = (d.dated_on + $3::time) at time zone w.time_zone,
                   updated_at = (d.dated_on + $3::time) at time zone w.time_zone
               from warehouses w
               where d.company_id = $1 and w.id = $2 and coalesce(d.warehouse_id, w.id) = w.id and d.status = 'new'
                 and (d.dated_on + $3::time) at time zone w.time_zone < least(d.imported_at, $4)
               returning d.id, d.imported_at
           ), told as (
               update timeline_entries e set at = m.imported_at
               from moved m where e.document_id = m.id and e.kind = 'imported'
           ), wanted as (
               update tasks t set created_at = m.imported_at
               from moved m where t.document_id = m.id
           )
           select count(*) as "moved!" from moved"#,
        company.0,
        warehouse.0,
        read_at,
        now,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(moved)
}

/// Moves a document to another status; what was entered in the ERP before is not true any more.
pub async fn set_status(
    tx: &mut Tx,
    id: DocumentId,
    status: DocumentStatus,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update documents
         set status = $2, updated_at = $3::timestamptz, finished_at = case when $4 then $3::timestamptz end,
             erp_entered_at = null, erp_entered_by = null, erp_entered_note = null
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

/// Keeps who ends a document, how long it took and how much of it was done, for the figures; before
/// it moves to its final status, so that it counts once.
pub async fn record_end(
    tx: &mut Tx,
    id: DocumentId,
    task: TaskId,
    user: UserId,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update documents d
         set finished_by = u.id, finished_team_id = u.team_id,
             finished_shift_id = shift_at(u.id, d.warehouse_id, $4),
             worked_seconds = s.worked, idle_seconds = s.idle,
             quantity_requested = q.requested, quantity_filled = q.filled
         from users u, task_seconds($2, $4) s,
              (select coalesce(sum(l.requested), 0) as requested,
                      coalesce(sum(least(l.done, l.requested)), 0) as filled
               from document_lines l
               where l.document_id = $1 and l.wms_flag and not l.unexpected) q
         where d.id = $1 and u.id = $3",
        id.0,
        task.0,
        user.0,
        at,
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

/// Says anew whether a finished document is whole, without moving its end.
pub async fn settle_status(tx: &mut Tx, id: DocumentId, at: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "update documents
         set status = case when lines_done = lines_wms then 'done' else 'partial' end, updated_at = $2,
             erp_entered_at = null, erp_entered_by = null, erp_entered_note = null
         where id = $1 and status in ('partial', 'done')
           and status <> case when lines_done = lines_wms then 'done' else 'partial' end",
        id.0,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
