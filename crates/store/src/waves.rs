//! `waves`, and the tasks they hold back.

use crate::error::word;
use crate::paging::before_id;
use crate::{Error, Result, Scope, Store, Tx};
use chrono::{DateTime, Utc};
use domain::page::{Cursor, Page};
use domain::user::Caller;
use domain::wave::{Wave, WaveState};
use domain::{CompanyId, CutOffId, TaskId, WarehouseId, WaveId};

struct WaveRow {
    id: i64,
    warehouse_id: i64,
    number: i32,
    name: String,
    state: String,
    tasks: i64,
    open: i64,
    lines: i64,
    due_at: Option<DateTime<Utc>>,
    held: Vec<i64>,
    created_at: DateTime<Utc>,
    created_by: String,
    ended_at: Option<DateTime<Utc>>,
    ended_by: Option<String>,
}

impl TryFrom<WaveRow> for Wave {
    type Error = Error;
    fn try_from(row: WaveRow) -> Result<Self> {
        Ok(Self {
            id: WaveId(row.id),
            warehouse_id: WarehouseId(row.warehouse_id),
            number: row.number,
            name: row.name,
            state: word("waves", "state", &row.state)?,
            tasks: row.tasks,
            open: row.open,
            lines: row.lines,
            due_at: row.due_at,
            held: row.held.into_iter().map(TaskId).collect(),
            created_at: row.created_at,
            created_by: row.created_by,
            ended_at: row.ended_at,
            ended_by: row.ended_by,
        })
    }
}

macro_rules! select_waves {
    ($rest:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            WaveRow,
            r#"select v.id, v.warehouse_id, v.number, v.name, v.state, k.tasks as "tasks!", k.open as "open!",
                      k.lines as "lines!", k.due_at as "due_at?", k.held as "held!", v.created_at, v.created_by,
                      v.ended_at, v.ended_by
               from waves v
               cross join lateral (
                   select count(*) as tasks, count(*) filter (where t.state in ('open', 'claimed')) as open,
                          coalesce(sum(d.lines_wms), 0)::bigint as lines,
                          min(t.due_at) filter (where t.state in ('open', 'claimed')) as due_at,
                          coalesce(array_agg(t.id order by t.id) filter (where t.held), '{}') as held
                   from tasks t
                   join documents d on d.id = t.document_id
                   where t.wave_id = v.id
               ) k "# + $rest
            $(, $argument)*
        )
    };
}

fn waves(rows: Vec<WaveRow>) -> Result<Vec<Wave>> {
    rows.into_iter().map(Wave::try_from).collect()
}

/// Waves of the caller's sites that hold tasks back, and released ones that are not done, the newest
/// first; at most 100.
pub async fn current(store: &Store, caller: &Caller) -> Result<Vec<Wave>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = select_waves!(
        "where v.company_id = $1 and v.warehouse_id = any($2)
           and (v.state = 'planned'
                or v.id in (select t.wave_id from tasks t
                            where t.warehouse_id = any($2) and t.state in ('open', 'claimed') and t.wave_id is not null))
         order by v.id desc
         limit 100",
        caller.company_id.0,
        &caller.warehouse_ids(),
    )
    .fetch_all(tx.conn())
    .await?;
    waves(rows)
}

/// All waves of the caller's sites as pages, the newest first.
pub async fn page(
    store: &Store,
    caller: &Caller,
    state: Option<WaveState>,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<Wave>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = select_waves!(
        "where v.company_id = $1 and v.warehouse_id = any($2) and v.id < $3
           and ($4::text is null or v.state = $4)
         order by v.id desc
         limit $5",
        caller.company_id.0,
        &caller.warehouse_ids(),
        before_id(cursor)?,
        state.map(WaveState::as_str),
        limit + 1,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(Page::cut(waves(rows)?, limit, |row| row.id.to_string()))
}

/// One wave of the caller's sites.
pub async fn get(store: &Store, caller: &Caller, id: WaveId) -> Result<Wave> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    find(&mut tx, caller, id).await
}

/// The same within a transaction.
pub async fn find(tx: &mut Tx, caller: &Caller, id: WaveId) -> Result<Wave> {
    let row = select_waves!(
        "where v.company_id = $1 and v.warehouse_id = any($2) and v.id = $3",
        caller.company_id.0,
        &caller.warehouse_ids(),
        id.0,
    )
    .fetch_optional(tx.conn())
    .await?;
    let row = row.ok_or(Error::NotFound { what: "wave" })?;
    row.try_into()
}

/// Keeps waves as they are until the transaction ends. Waves are locked before documents.
pub async fn lock(tx: &mut Tx, caller: &Caller, ids: &[WaveId]) -> Result<()> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    sqlx::query!(
        "select id from waves where company_id = $1 and id = any($2) order by id for update",
        caller.company_id.0,
        &ids,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(())
}

/// Adds an empty wave with the site's next number.
pub async fn insert(
    tx: &mut Tx,
    company: CompanyId,
    warehouse: WarehouseId,
    name: &str,
    by: &str,
    at: DateTime<Utc>,
) -> Result<WaveId> {
    // Two waves made at once would get the same number.
    sqlx::query!(
        "select id from warehouses where id = $1 for no key update",
        warehouse.0,
    )
    .fetch_all(tx.conn())
    .await?;
    let id = sqlx::query_scalar!(
        "insert into waves (company_id, warehouse_id, number, name, created_at, created_by)
         select $1::bigint, $2::bigint, coalesce(max(number), 0) + 1, $3::text, $4::timestamptz, $5::text
         from waves where warehouse_id = $2
         returning id",
        company.0,
        warehouse.0,
        name,
        at,
        by,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(WaveId(id))
}

/// Whether somebody began a task, and which wave holds it back.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// The task.
    pub task: TaskId,
    /// Somebody began it once.
    pub begun: bool,
    /// The wave that holds it back, by id and number.
    pub wave: Option<(WaveId, i32)>,
}

/// How these tasks stand to waves, in no order.
pub async fn standings(tx: &mut Tx, caller: &Caller, ids: &[TaskId]) -> Result<Vec<Standing>> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select t.id, (t.state <> 'open' or t.started_at is not null) as "begun!",
                  v.id as "wave_id?", v.number as "number?"
           from tasks t
           left join waves v on v.id = t.wave_id and t.held
           where t.company_id = $1 and t.warehouse_id = any($2) and t.id = any($3)"#,
        caller.company_id.0,
        &caller.warehouse_ids(),
        &ids,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Standing {
            task: TaskId(row.id),
            begun: row.begun,
            wave: row.wave_id.map(WaveId).zip(row.number),
        })
        .collect())
}

/// The number of the wave that holds a task back.
pub async fn holding(tx: &mut Tx, company: CompanyId, task: TaskId) -> Result<Option<i32>> {
    let number = sqlx::query_scalar!(
        "select v.number from tasks t join waves v on v.id = t.wave_id
         where t.company_id = $1 and t.id = $2 and t.held",
        company.0,
        task.0,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(number)
}

/// Tasks of the caller's sites that nobody began, that no wave holds back, and that are due at a
/// cut-off's next time or before.
pub async fn waiting_for(
    tx: &mut Tx,
    caller: &Caller,
    cut_off: CutOffId,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<TaskId>> {
    let rows = sqlx::query_scalar!(
        "select t.id
         from tasks t
         join cut_offs c on c.id = t.cut_off_id and c.warehouse_id = t.warehouse_id
         join warehouses w on w.id = c.warehouse_id
         where t.cut_off_id = $1 and t.company_id = $2 and t.warehouse_id = any($3) and t.kind = 'pick'
           and t.state = 'open' and t.started_at is null and not t.held
           and t.due_at <= (select n.closes_at from next_time(c.closes, c.days, w.time_zone, $4) n)
         order by t.priority desc, t.due_at, t.id
         limit $5",
        cut_off.0,
        caller.company_id.0,
        &caller.warehouse_ids(),
        now,
        limit,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(TaskId).collect())
}

/// Puts tasks into a wave that holds them back.
pub async fn hold(tx: &mut Tx, wave: WaveId, ids: &[TaskId]) -> Result<()> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    sqlx::query!(
        "update tasks set wave_id = $1, held = true where id = any($2) and state = 'open'",
        wave.0,
        &ids,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes tasks out of the waves that hold them back.
pub async fn let_go(tx: &mut Tx, ids: &[TaskId]) -> Result<()> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    sqlx::query!(
        "update tasks set wave_id = null, held = false where id = any($1) and held",
        &ids,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Lets everybody see the tasks of a wave.
pub async fn offer(tx: &mut Tx, wave: WaveId) -> Result<()> {
    sqlx::query!(
        "update tasks set held = false where wave_id = $1 and held",
        wave.0,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Says that a wave was released, or closed.
pub async fn end(
    tx: &mut Tx,
    wave: WaveId,
    state: WaveState,
    by: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update waves set state = $2, ended_at = $3, ended_by = $4 where id = $1",
        wave.0,
        state.as_str(),
        at,
        by,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
