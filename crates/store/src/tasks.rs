//! `tasks`: work for people.

use crate::error::word;
use crate::paging::{after_id, before_id, contains};
use crate::{Error, Result, Scope, Store, Tx, floor};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use domain::document::DocumentStatus;
use domain::page::{Cursor, Page};
use domain::permission::Permission;
use domain::task::{Assignee, Priority, TaskDetail, TaskState, TaskSummary};
use domain::task_list::{DueFilter, Holder, TaskFilter};
use domain::user::Caller;
use domain::{CompanyId, DocumentId, TaskId, TeamId, UserId, WarehouseId};

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

fn summaries(rows: Vec<TaskRow>) -> Result<Vec<TaskSummary>> {
    rows.into_iter().map(TaskSummary::try_from).collect()
}

/// The lead's list, newest first.
pub async fn list(
    store: &Store,
    caller: &Caller,
    state: Option<TaskState>,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<TaskSummary>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = select_tasks!(
        "where company_id = $1 and warehouse_id = any($2) and id < $3
           and ($4::text is null or state = $4)
         order by id desc
         limit $5",
        caller.company_id.0,
        &caller.warehouse_ids(),
        before_id(cursor)?,
        state.map(TaskState::as_str),
        limit + 1,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(Page::cut(summaries(rows)?, limit, |row| row.id.to_string()))
}

/// The lead's list, narrowed: most urgent first, or newest first where nothing is left to do.
pub async fn search(
    store: &Store,
    caller: &Caller,
    filter: &TaskFilter,
    cursor: Option<&Cursor>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Page<TaskSummary>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    if filter.view.is_urgent_first() {
        by_urgency(&mut tx, caller, filter, cursor, limit, now).await
    } else {
        by_age(&mut tx, caller, filter, cursor, limit, now).await
    }
}

/// What a filter says, as the queries take it.
struct Narrowed {
    states: Vec<String>,
    worker: Option<i64>,
    team: Option<i64>,
    nobody: bool,
    priority: Option<i16>,
    due: Option<&'static str>,
    pattern: Option<String>,
}

impl From<&TaskFilter> for Narrowed {
    fn from(filter: &TaskFilter) -> Self {
        let holder = filter.holder.map(|Holder(holder)| holder);
        let states = filter.view.states();
        Self {
            states: states
                .iter()
                .map(|state| state.as_str().to_owned())
                .collect(),
            worker: match holder {
                Some(Assignee::Worker(id)) => Some(id.0),
                _ => None,
            },
            team: match holder {
                Some(Assignee::Team(id)) => Some(id.0),
                _ => None,
            },
            nobody: holder == Some(Assignee::Nobody),
            priority: filter.priority.map(Priority::rank),
            due: filter.due.map(DueFilter::as_str),
            pattern: contains(filter.q.as_deref()),
        }
    }
}

async fn by_urgency(
    tx: &mut Tx,
    caller: &Caller,
    filter: &TaskFilter,
    cursor: Option<&Cursor>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Page<TaskSummary>> {
    let narrowed = Narrowed::from(filter);
    let (priority, due, id) = after_urgency(cursor)?;
    let rows = select_tasks!(
        "where company_id = $1 and warehouse_id = any($2) and state = any($3)
           and ($4::bigint is null or worker_id = $4) and ($5::bigint is null or team_id = $5)
           and (not $6 or (worker_id is null and team_id is null))
           and ($7::smallint is null or priority = $7)
           and ($8::text is null
                or ($8 = 'late' and due_at < $9) or ($8 = 'unset' and due_at is null)
                or ($8 = 'today' and exists (
                    select from warehouses w where w.id = warehouse_id
                      and (due_at at time zone w.time_zone)::date = ($9 at time zone w.time_zone)::date)))
           and ($10::text is null or number ilike $10 or partner_name ilike $10)
           and (priority < $11
                or (priority = $11 and (coalesce(due_at, 'infinity'), id) > ($12::text::timestamptz, $13)))
         order by priority desc, coalesce(due_at, 'infinity'), id
         limit $14",
        caller.company_id.0,
        &caller.warehouse_ids(),
        &narrowed.states,
        narrowed.worker,
        narrowed.team,
        narrowed.nobody,
        narrowed.priority,
        narrowed.due,
        now,
        narrowed.pattern,
        priority,
        due,
        id,
        limit + 1,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(Page::cut(summaries(rows)?, limit, urgency_cursor))
}

async fn by_age(
    tx: &mut Tx,
    caller: &Caller,
    filter: &TaskFilter,
    cursor: Option<&Cursor>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Page<TaskSummary>> {
    let narrowed = Narrowed::from(filter);
    let rows = select_tasks!(
        "where company_id = $1 and warehouse_id = any($2) and state = any($3)
           and ($4::bigint is null or worker_id = $4) and ($5::bigint is null or team_id = $5)
           and (not $6 or (worker_id is null and team_id is null))
           and ($7::smallint is null or priority = $7)
           and ($8::text is null
                or ($8 = 'late' and due_at < coalesce(finished_at, $9)) or ($8 = 'unset' and due_at is null)
                or ($8 = 'today' and exists (
                    select from warehouses w where w.id = warehouse_id
                      and (due_at at time zone w.time_zone)::date = ($9 at time zone w.time_zone)::date)))
           and ($10::text is null or number ilike $10 or partner_name ilike $10)
           and id < $11
         order by id desc
         limit $12",
        caller.company_id.0,
        &caller.warehouse_ids(),
        &narrowed.states,
        narrowed.worker,
        narrowed.team,
        narrowed.nobody,
        narrowed.priority,
        narrowed.due,
        now,
        narrowed.pattern,
        before_id(cursor)?,
        limit + 1,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(Page::cut(summaries(rows)?, limit, |row| row.id.to_string()))
}

/// Where a list by urgency goes on: above every priority at first.
fn after_urgency(cursor: Option<&Cursor>) -> Result<(i16, String, i64)> {
    let Some(Cursor(text)) = cursor else {
        return Ok((i16::MAX, "-infinity".to_owned(), 0));
    };
    let mut parts = text.split('~');
    let (Some(priority), Some(due), Some(id), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Error::BadCursor);
    };
    if due != "infinity" && due.parse::<DateTime<Utc>>().is_err() {
        return Err(Error::BadCursor);
    }
    Ok((
        priority.parse().map_err(|_| Error::BadCursor)?,
        due.to_owned(),
        id.parse().map_err(|_| Error::BadCursor)?,
    ))
}

fn urgency_cursor(row: &TaskSummary) -> String {
    let due = row
        .due_at
        .map_or_else(|| "infinity".to_owned(), |at| at.to_rfc3339());
    format!("{}~{due}~{}", row.priority, row.id)
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

fn plain(ids: &[TaskId]) -> Vec<i64> {
    ids.iter().map(|id| id.0).collect()
}

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

/// Sets when tasks are due, on the clock of their site, or takes it away.
pub async fn set_due(tx: &mut Tx, ids: &[TaskId], due: Option<NaiveDateTime>) -> Result<()> {
    sqlx::query!(
        "update tasks t set due_at = $2::timestamp at time zone w.time_zone
         from warehouses w
         where w.id = t.warehouse_id and t.id = any($1) and t.state in ('open', 'claimed')
           and t.due_at is distinct from $2::timestamp at time zone w.time_zone",
        &plain(ids),
        due,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
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

/// What waits for the caller or the caller's team, most urgent first, at most 100.
pub async fn mine(store: &Store, caller: &Caller) -> Result<Vec<TaskSummary>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = select_tasks!(
        "where company_id = $1 and warehouse_id = any($2) and state in ('open', 'claimed')
           and (worker_id = $3 or team_id = $4)
         order by priority desc, (worker_id is not distinct from $3) desc, id
         limit 100",
        caller.company_id.0,
        &caller.warehouse_ids(),
        caller.user_id.0,
        caller.team_id.map(|id| id.0),
    )
    .fetch_all(tx.conn())
    .await?;
    summaries(rows)
}

/// The same as pages, in the order they were made.
pub async fn mine_page(
    store: &Store,
    caller: &Caller,
    state: Option<TaskState>,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<TaskSummary>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = select_tasks!(
        "where company_id = $1 and warehouse_id = any($2) and state in ('open', 'claimed')
           and (worker_id = $3 or team_id = $4) and ($5::text is null or state = $5) and id > $6
         order by id
         limit $7",
        caller.company_id.0,
        &caller.warehouse_ids(),
        caller.user_id.0,
        caller.team_id.map(|id| id.0),
        state.map(TaskState::as_str),
        after_id(cursor)?,
        limit + 1,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(Page::cut(summaries(rows)?, limit, |row| row.id.to_string()))
}

/// One task with its lines. Workers see their own and their team's.
pub async fn get(store: &Store, caller: &Caller, id: TaskId) -> Result<TaskDetail> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let task = find_visible(&mut tx, caller, id)
        .await?
        .ok_or(Error::NotFound { what: "task" })?;
    let lines = floor::lines(&mut tx, task.document_id).await?;
    let undoable = floor::undoable(&mut tx, caller.user_id, id).await?;
    Ok(TaskDetail {
        task,
        lines,
        undoable,
    })
}

/// The task, if the caller may see it.
pub async fn find_visible(tx: &mut Tx, caller: &Caller, id: TaskId) -> Result<Option<TaskSummary>> {
    let row = select_tasks!(
        "where company_id = $1 and warehouse_id = any($2) and id = $3
           and ($4 or worker_id = $5 or team_id = $6)",
        caller.company_id.0,
        &caller.warehouse_ids(),
        id.0,
        caller.may(Permission::AssignTasks),
        caller.user_id.0,
        caller.team_id.map(|id| id.0),
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

/// Makes tasks for those documents that have floor work and none yet, and withdraws open ones whose
/// document has none left. Returns the site and task of each new one.
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
             warehouse_id = coalesce(d.warehouse_id, t.warehouse_id)
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
