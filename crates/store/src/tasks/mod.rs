//! `tasks`: work for people.

mod change;
mod list;

pub use change::{assign, claim, ensure, finish, give, set_due, set_priority, status_in_work};
pub use list::{list, mine, mine_page, nobodys, search};

use crate::error::word;
use crate::{Error, Result, Scope, Store, Tx, floor};
use chrono::{DateTime, NaiveDate, Utc};
use domain::permission::Permission;
use domain::task::{TaskDetail, TaskSummary};
use domain::user::Caller;
use domain::{CompanyId, DocumentId, TaskId, TeamId, UserId, WarehouseId};
use std::collections::HashMap;

struct TaskRow {
    id: i64,
    document_id: i64,
    kind: String,
    number: String,
    doc_type: String,
    dated_on: NaiveDate,
    partner_name: Option<String>,
    warehouse_id: i64,
    state: String,
    document_status: String,
    worker_id: Option<i64>,
    worker_name: Option<String>,
    team_id: Option<i64>,
    team_name: Option<String>,
    priority: i16,
    lines_total: i32,
    lines_done: i32,
    lines_short: i32,
    started_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
    due_at: Option<DateTime<Utc>>,
}

impl TryFrom<TaskRow> for TaskSummary {
    type Error = Error;
    fn try_from(row: TaskRow) -> Result<Self> {
        Ok(Self {
            id: TaskId(row.id),
            document_id: DocumentId(row.document_id),
            kind: word("documents", "kind", &row.kind)?,
            number: row.number,
            doc_type: row.doc_type,
            dated_on: row.dated_on,
            partner_name: row.partner_name,
            warehouse_id: WarehouseId(row.warehouse_id),
            state: word("tasks", "state", &row.state)?,
            document_status: word("documents", "status", &row.document_status)?,
            worker_id: row.worker_id.map(UserId),
            worker_name: row.worker_name,
            team_id: row.team_id.map(TeamId),
            team_name: row.team_name,
            priority: row.priority,
            lines_total: row.lines_total,
            lines_done: row.lines_done,
            lines_short: row.lines_short,
            started_at: row.started_at,
            finished_at: row.finished_at,
            due_at: row.due_at,
            version: None,
        })
    }
}

macro_rules! select_tasks {
    ($rest:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            TaskRow,
            r#"select id as "id!", document_id as "document_id!", kind as "kind!", number as "number!",
                      doc_type as "doc_type!", dated_on as "dated_on!", partner_name,
                      warehouse_id as "warehouse_id!", state as "state!",
                      document_status as "document_status!", worker_id, worker_name, team_id, team_name,
                      priority as "priority!", lines_total as "lines_total!", lines_done as "lines_done!",
                      lines_short as "lines_short!", started_at, finished_at, due_at
               from task_summaries "# + $rest
            $(, $argument)*
        )
    };
}
use select_tasks;

fn plain(ids: &[TaskId]) -> Vec<i64> {
    ids.iter().map(|id| id.0).collect()
}

fn summaries(rows: Vec<TaskRow>) -> Result<Vec<TaskSummary>> {
    rows.into_iter().map(TaskSummary::try_from).collect()
}

/// Tasks of the caller's sites by id, in the order of their documents; those out of sight are
/// left out.
pub async fn by_ids(tx: &mut Tx, caller: &Caller, ids: &[TaskId]) -> Result<Vec<TaskSummary>> {
    let rows = select_tasks!(
        "where company_id = $1 and warehouse_id = any($2) and id = any($3)
         order by document_id",
        caller.company_id.0,
        &caller.warehouse_ids(),
        &plain(ids),
    )
    .fetch_all(tx.conn())
    .await?;
    summaries(rows)
}

/// A task that the caller cannot see any more and worked on before: it was given away. Whoever was
/// `offline` may have worked on it without having told us.
pub async fn given_away(
    tx: &mut Tx,
    caller: &Caller,
    id: TaskId,
    offline: bool,
) -> Result<Option<TaskSummary>> {
    let row = select_tasks!(
        "where company_id = $1 and warehouse_id = any($2) and id = $3
           and ($5 or exists (select from operations o where o.task_id = $3 and o.user_id = $4))",
        caller.company_id.0,
        &caller.warehouse_ids(),
        id.0,
        caller.user_id.0,
        offline,
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(TaskSummary::try_from).transpose()
}

/// One task with its lines. Workers see their own and their team's, as far as no wave holds them back.
pub async fn get(store: &Store, caller: &Caller, id: TaskId) -> Result<TaskDetail> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let mut task = select_visible(&mut tx, caller, id, false)
        .await?
        .ok_or(Error::NotFound { what: "task" })?;
    tell_versions(&mut tx, std::slice::from_mut(&mut task)).await?;
    let lines = floor::lines(&mut tx, task.document_id).await?;
    let undoable = floor::undoable(&mut tx, caller.user_id, id).await?;
    Ok(TaskDetail {
        task,
        lines,
        undoable,
    })
}

/// How many of these tasks a wave holds back.
pub async fn count_held(tx: &mut Tx, ids: &[TaskId]) -> Result<usize> {
    let held = sqlx::query_scalar!(
        r#"select count(*) as "count!" from tasks where id = any($1) and held"#,
        &plain(ids),
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(usize::try_from(held).unwrap_or_default())
}

/// The task, if the caller may see it or work on it. What a worker did on a task before a wave held it back
/// counts.
pub async fn find_visible(tx: &mut Tx, caller: &Caller, id: TaskId) -> Result<Option<TaskSummary>> {
    select_visible(tx, caller, id, true).await
}

async fn select_visible(
    tx: &mut Tx,
    caller: &Caller,
    id: TaskId,
    held_too: bool,
) -> Result<Option<TaskSummary>> {
    let row = select_tasks!(
        "where company_id = $1 and warehouse_id = any($2) and id = $3
           and ($4 or ((worker_id = $5 or team_id = $6) and ($7 or not held)))",
        caller.company_id.0,
        &caller.warehouse_ids(),
        id.0,
        caller.may(Permission::AssignTasks),
        caller.user_id.0,
        caller.team_id.map(|id| id.0),
        held_too,
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(TaskSummary::try_from).transpose()
}

/// The task of a document.
pub async fn of_document(
    tx: &mut Tx,
    company: CompanyId,
    id: DocumentId,
) -> Result<Option<TaskSummary>> {
    let row = select_tasks!(
        "where company_id = $1 and document_id = $2",
        company.0,
        id.0
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(TaskSummary::try_from).transpose()
}

/// The document behind a task of the caller's sites.
pub async fn document_id(tx: &mut Tx, caller: &Caller, id: TaskId) -> Result<DocumentId> {
    let document = sqlx::query_scalar!(
        "select document_id from tasks where id = $1 and company_id = $2 and warehouse_id = any($3)",
        id.0,
        caller.company_id.0,
        &caller.warehouse_ids(),
    )
    .fetch_optional(tx.conn())
    .await?;
    document
        .map(DocumentId)
        .ok_or(Error::NotFound { what: "task" })
}

/// Says of each task which state its lines are in as they are shown, so that a device reads again what is
/// another one.
async fn tell_versions(tx: &mut Tx, tasks: &mut [TaskSummary]) -> Result<()> {
    let documents: Vec<i64> = tasks.iter().map(|task| task.document_id.0).collect();
    let rows = sqlx::query!(
        r#"select l.document_id,
                  sum(hashtextextended(concat_ws('|', l.id, l.item_code, l.item_name, k.uom, l.position, l.requested,
                      l.done, l.reason, l.reason_text, l.conflict, l.wms_flag, l.last_user_id, b.keys), 0))::text as "version!"
           from document_lines l
           join documents d on d.id = l.document_id
           cross join lateral our_unit(l.uom, l.company_id, d.connection_id) k
           left join lateral (
               select string_agg(b.key || '=' || b.quantity, ',' order by b.key) as keys
               from item_barcodes b where b.item_id = l.item_id
           ) b on true
           where l.document_id = any($1)
           group by l.document_id"#,
        &documents,
    )
    .fetch_all(tx.conn())
    .await?;
    let versions = rows.into_iter().map(|row| (row.document_id, row.version));
    let mut versions: HashMap<i64, String> = versions.collect();
    for task in tasks {
        task.version = versions.remove(&task.document_id.0);
    }
    Ok(())
}
