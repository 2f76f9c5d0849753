//! What workers report from the floor.

use crate::{Result, Store, Tx};
use chrono::{DateTime, TimeDelta, Utc};
use domain::exception::{ExceptionKind, ReportedProblem};
use domain::user::Caller;
use domain::{DocumentId, LineId, OperationId, TaskId, WarehouseId};

/// What a report is about.
#[derive(Debug)]
pub struct About {
    /// Site of the task.
    pub warehouse_id: WarehouseId,
    /// Its document.
    pub document_id: DocumentId,
    /// The document in words.
    pub subject: String,
    /// The item of the line, where the report is about one.
    pub item_code: Option<String>,
}

/// A task of the caller or the caller's team, and one of its lines; with `any`, whoever has it.
pub async fn about(
    tx: &mut Tx,
    caller: &Caller,
    task: TaskId,
    line: Option<LineId>,
    any: bool,
) -> Result<Option<About>> {
    let found = sqlx::query!(
        r#"select t.warehouse_id, t.document_id,
                  d.number || coalesce(' · ' || d.partner_name, '') as "subject!", l.item_code as "item_code?"
           from tasks t
           join documents d on d.id = t.document_id
           left join document_lines l on l.document_id = d.id and l.id = $2
           where t.id = $1 and t.company_id = $3 and t.warehouse_id = any($4)
             and ($5::bool or t.worker_id = $6 or t.team_id = $7)"#,
        task.0,
        line.map(|id| id.0),
        caller.company_id.0,
        &caller.warehouse_ids(),
        any,
        caller.user_id.0,
        caller.team_id.map(|id| id.0),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(found.map(|row| About {
        warehouse_id: WarehouseId(row.warehouse_id),
        document_id: DocumentId(row.document_id),
        subject: row.subject,
        item_code: row.item_code,
    }))
}

/// Raises it; false when that `id` was raised before.
pub async fn raise(
    tx: &mut Tx,
    caller: &Caller,
    id: OperationId,
    about: &About,
    detail: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let limit = ExceptionKind::Reported.limit_minutes();
    let raised = sqlx::query!(
        "insert into exceptions (company_id, warehouse_id, kind, cause, subject, detail, document_id, since,
                                 limit_minutes, breached_at, raised_at, reported_by)
         values ($1, $2, 'reported', $3, $4, $5, $6, $7, $8, $9, $7, $10)
         on conflict do nothing",
        caller.company_id.0,
        about.warehouse_id.0,
        format!("report:{id}"),
        about.subject,
        detail,
        about.document_id.0,
        now,
        limit,
        now + TimeDelta::minutes(i64::from(limit)),
        caller.user_id.0,
    )
    .execute(tx.conn())
    .await?;
    Ok(raised.rows_affected() > 0)
}

/// What the caller reported, newest first; at most 20.
pub async fn own(store: &Store, caller: &Caller) -> Result<Vec<ReportedProblem>> {
    let mut reading = store.read(caller).await?;
    let rows = reading.all(sqlx::query_as!(
        ReportedProblem,
        "select subject, detail, since as reported_at, acknowledged_by as seen_by, resolved_by, resolution
         from exceptions
         where company_id = $1 and reported_by = $2
         order by id desc
         limit 20",
        caller.company_id.0,
        caller.user_id.0,
    )).await?;
    Ok(rows)
}
