//! Giving tasks, and moving them from state to state.

use super::plain;
use crate::{Result, Tx};
use chrono::{DateTime, NaiveDateTime, Utc};
use domain::document::DocumentStatus;
use domain::task::Priority;
use domain::{TaskId, TeamId, UserId, WarehouseId};

/// Gives each task to the worker or team beside it, or to nobody; work that began goes back to
/// open. Tasks that are closed or with that holder already stay as they are.
pub async fn give(
    tx: &mut Tx,
    gifts: &[(TaskId, Option<UserId>, Option<TeamId>)],
    at: DateTime<Utc>,
) -> Result<()> {
    let tasks: Vec<i64> = gifts.iter().map(|gift| gift.0.0).collect();
    let workers: Vec<Option<i64>> = gifts
        .iter()
        .map(|gift| gift.1.map(|worker| worker.0))
        .collect();
    let teams: Vec<Option<i64>> = gifts.iter().map(|gift| gift.2.map(|team| team.0)).collect();
    sqlx::query!(
        "update tasks t set worker_id = g.worker, team_id = g.team, assigned_at = $4, state = 'open'
         from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as g (task, worker, team)
         where t.id = g.task and t.state in ('open', 'claimed')
           and (t.worker_id, t.team_id) is distinct from (g.worker, g.team)",
        &tasks,
        &workers as &[Option<i64>],
        &teams as &[Option<i64>],
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Makes tasks equally urgent.
pub async fn set_priority(tx: &mut Tx, ids: &[TaskId], priority: Priority) -> Result<()> {
    sqlx::query!(
        "update tasks set priority = $2
         where id = any($1) and state in ('open', 'claimed') and priority <> $2",
        &plain(ids),
        priority.rank(),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Sets when tasks are due, on the clock of their site, or takes it away; cut-offs leave it alone from
/// then on.
pub async fn set_due(tx: &mut Tx, ids: &[TaskId], due: Option<NaiveDateTime>) -> Result<()> {
    sqlx::query!(
        "update tasks t
         set due_at = $2::timestamp at time zone w.time_zone, cut_off_id = null, due_is_own = true
         from warehouses w
         where w.id = t.warehouse_id and t.id = any($1) and t.state in ('open', 'claimed')
           and (not t.due_is_own or t.due_at is distinct from $2::timestamp at time zone w.time_zone)",
        &plain(ids),
        due,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Makes tasks for those documents that have floor work and none yet, and withdraws open ones whose
/// document has none left. What comes back follows the cut-offs of where and when it comes back. Returns the
/// site and task of each new one.
pub async fn ensure(
    tx: &mut Tx,
    documents: &[i64],
    at: DateTime<Utc>,
) -> Result<Vec<(WarehouseId, TaskId)>> {
    let rows = sqlx::query!(
        "insert into tasks (company_id, warehouse_id, document_id, kind, created_at)
         select d.company_id, d.warehouse_id, d.id,
                case d.kind when 'dispatch' then 'pick' else 'receive' end, $2
         from documents d
         where d.id = any($1) and d.warehouse_id is not null and d.lines_wms > 0
           and d.status in ('new', 'in_progress')
         order by d.dated_on, d.id
         on conflict (document_id) do nothing
         returning id, warehouse_id",
        documents,
        at,
    )
    .fetch_all(tx.conn())
    .await?;
    sqlx::query!(
        "update tasks t
         set state = case when d.lines_wms > 0 then 'open' else 'cancelled' end,
             finished_at = case when d.lines_wms > 0 then null else $2::timestamptz end,
             warehouse_id = coalesce(d.warehouse_id, t.warehouse_id),
             due_at = case when t.state = 'cancelled' and not t.due_is_own then null else t.due_at end,
             cut_off_id = case when t.state = 'cancelled' then null else t.cut_off_id end
         from documents d
         where t.document_id = any($1) and d.id = t.document_id
           and ((t.state = 'open' and d.lines_wms = 0)
                or (t.state = 'cancelled' and d.lines_wms > 0 and d.status in ('new', 'in_progress')))",
        documents,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (WarehouseId(row.warehouse_id), TaskId(row.id)))
        .collect())
}

/// Gives an open or claimed task to a worker, a team or nobody; claimed work goes back to open.
pub async fn assign(
    tx: &mut Tx,
    id: TaskId,
    worker: Option<UserId>,
    team: Option<TeamId>,
    at: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "update tasks set worker_id = $2, team_id = $3, assigned_at = $4, state = 'open'
         where id = $1 and state in ('open', 'claimed')",
        id.0,
        worker.map(|id| id.0),
        team.map(|id| id.0),
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Marks the task as worked on by somebody.
pub async fn claim(tx: &mut Tx, id: TaskId, worker: UserId, at: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "update tasks set state = 'claimed', worker_id = coalesce(worker_id, $2), started_at = coalesce(started_at, $3)
         where id = $1 and state = 'open'",
        id.0,
        worker.0,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Ends the task with its document.
pub async fn finish(tx: &mut Tx, id: TaskId, at: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "update tasks set state = 'done', finished_at = $2 where id = $1",
        id.0,
        at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The status a document has while work on it goes on.
pub fn status_in_work(any_done: bool) -> DocumentStatus {
    if any_done {
        DocumentStatus::InProgress
    } else {
        DocumentStatus::New
    }
}
