//! Lists of tasks: the lead's, and what waits for one worker.

use super::{TaskRow, select_tasks, summaries, tell_versions};
use crate::paging::{after_id, before_id, contains};
use crate::{Error, Result, Scope, Store, Tx};
use chrono::{DateTime, Utc};
use domain::page::{Cursor, Page};
use domain::task::{Assignee, Priority, TaskState, TaskSummary};
use domain::task_list::{DueFilter, Holder, TaskFilter};
use domain::user::Caller;

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

/// How many tasks of the caller's sites are left to do and given to nobody.
pub async fn nobodys(store: &Store, caller: &Caller) -> Result<i64> {
    let mut reading = store.read(caller).await?;
    reading
        .one(sqlx::query_scalar!(
            r#"select count(*) as "tasks!" from task_summaries
               where company_id = $1 and warehouse_id = any($2) and state in ('open', 'claimed')
                 and worker_id is null and team_id is null"#,
            caller.company_id.0,
            &caller.warehouse_ids(),
        ))
        .await
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
    cut_off: Option<i64>,
    wave: Option<i64>,
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
            cut_off: filter.cut_off.map(|id| id.0),
            wave: filter.wave.map(|id| id.0),
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
           and ($15::bigint is null or cut_off_id = $15) and ($16::bigint is null or wave_id = $16)
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
        narrowed.cut_off,
        narrowed.wave,
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
           and ($13::bigint is null or cut_off_id = $13) and ($14::bigint is null or wave_id = $14)
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
        narrowed.cut_off,
        narrowed.wave,
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

/// What waits for the caller or the caller's team and is held back by no wave, most urgent first, at most
/// 100.
pub async fn mine(store: &Store, caller: &Caller) -> Result<Vec<TaskSummary>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = select_tasks!(
        "where company_id = $1 and warehouse_id = any($2) and state in ('open', 'claimed')
           and (worker_id = $3 or team_id = $4) and not held
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
           and (worker_id = $3 or team_id = $4) and not held and ($5::text is null or state = $5) and id > $6
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
    let mut tasks = summaries(rows)?;
    tell_versions(&mut tx, &mut tasks).await?;
    Ok(Page::cut(tasks, limit, |row| row.id.to_string()))
}
