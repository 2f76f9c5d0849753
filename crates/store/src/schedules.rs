//! `schedules`.

use crate::error::word;
use crate::{Error, Result, Scope, Store, Tx};
use chrono::{DateTime, Utc};
use domain::page::{Cursor, Page};
use domain::schedule::{LastRun, Schedule, ScheduleFilter, ScheduleLine, ScheduleRow};
use domain::sync::{Entity, SyncMode};
use domain::user::Caller;
use domain::{CompanyId, ConnectionId, ScheduleId, SyncRunId};

struct LineRow {
    id: i64,
    connection_id: i64,
    connection: String,
    entity: String,
    mode: String,
    cron: String,
    time_zone: String,
    enabled: bool,
    last_run_at: Option<DateTime<Utc>>,
    next_run_at: Option<DateTime<Utc>>,
    run_id: Option<i64>,
    run_state: Option<String>,
    run_rows: Option<i64>,
    run_message: Option<String>,
}

impl TryFrom<LineRow> for ScheduleRow {
    type Error = Error;
    fn try_from(row: LineRow) -> Result<Self> {
        let last_run = match (row.run_id, row.run_state) {
            (Some(id), Some(state)) => Some(LastRun {
                id: SyncRunId(id),
                state: word("sync_runs", "state", &state)?,
                rows: row.run_rows.unwrap_or(0),
                message: row.run_message,
            }),
            _ => None,
        };
        Ok(Self {
            schedule: Schedule {
                id: ScheduleId(row.id),
                entity: word("schedules", "entity", &row.entity)?,
                mode: word("schedules", "mode", &row.mode)?,
                cron: row.cron,
                time_zone: row.time_zone,
                enabled: row.enabled,
                last_run_at: row.last_run_at,
                next_run_at: row.next_run_at,
            },
            connection_id: ConnectionId(row.connection_id),
            connection: row.connection,
            last_run,
        })
    }
}

macro_rules! select_lines {
    ($rest:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            LineRow,
            r#"select s.id, s.connection_id, c.name as connection, s.entity, s.mode, s.cron, s.time_zone, s.enabled,
                      s.last_run_at, s.next_run_at, r.id as "run_id?", r.state as "run_state?",
                      r.rows_read as "run_rows?", r.message as "run_message?"
               from schedules s
               join connections c on c.id = s.connection_id
               left join sync_runs r on r.id = s.last_run_id "# + $rest
            $(, $argument)*
        )
    };
}

/// The lines of the caller's sites, in the order they were made.
pub async fn list(
    store: &Store,
    caller: &Caller,
    filter: &ScheduleFilter,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<ScheduleRow>> {
    let after: i64 = match cursor {
        None => 0,
        Some(Cursor(text)) => text.parse().map_err(|_| Error::BadCursor)?,
    };
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = select_lines!(
        "where s.company_id = $1 and c.warehouse_id = any($2) and s.id > $3
           and ($4::bigint is null or s.connection_id = $4) and ($5::text is null or s.entity = $5)
         order by s.id
         limit $6",
        caller.company_id.0,
        &caller.warehouse_ids(),
        after,
        filter.connection_id.map(|id| id.0),
        filter.entity.map(Entity::as_str),
        limit + 1,
    )
    .fetch_all(tx.conn())
    .await?;
    let rows = rows
        .into_iter()
        .map(ScheduleRow::try_from)
        .collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(rows, limit, |row| row.schedule.id.to_string()))
}

/// One line, locked until the transaction ends.
pub async fn lock(tx: &mut Tx, caller: &Caller, id: ScheduleId) -> Result<ScheduleRow> {
    select_lines!(
        "where s.company_id = $1 and c.warehouse_id = any($2) and s.id = $3 for update of s",
        caller.company_id.0,
        &caller.warehouse_ids(),
        id.0,
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Error::NotFound { what: "schedule" })?
    .try_into()
}

/// The lines of a connection.
pub async fn of_connection(tx: &mut Tx, connection: ConnectionId) -> Result<Vec<Schedule>> {
    let rows = select_lines!(
        "where s.connection_id = $1 order by s.entity, s.mode limit 100",
        connection.0
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| ScheduleRow::try_from(row).map(|row| row.schedule))
        .collect()
}

/// A line that came due, or whose next time is not known yet.
#[derive(Debug, Clone)]
pub struct DueSchedule {
    /// Identity.
    pub id: ScheduleId,
    /// Tenant.
    pub company_id: CompanyId,
    /// Account.
    pub connection_id: ConnectionId,
    /// What.
    pub entity: Entity,
    /// How much.
    pub mode: SyncMode,
    /// Five fields.
    pub cron: String,
    /// IANA name.
    pub time_zone: String,
    /// When it was due; none when it was never planned.
    pub due_at: Option<DateTime<Utc>>,
}

/// Takes what is due, locked against other nodes until the transaction ends.
pub async fn lock_due(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<DueSchedule>> {
    let rows = sqlx::query!(
        "select id, company_id, connection_id, entity, mode, cron, time_zone, next_run_at
         from schedules
         where enabled and (next_run_at is null or next_run_at <= $1)
         order by next_run_at nulls first, id
         limit 100
         for update skip locked",
        now
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(DueSchedule {
                id: ScheduleId(row.id),
                company_id: CompanyId(row.company_id),
                connection_id: ConnectionId(row.connection_id),
                entity: word("schedules", "entity", &row.entity)?,
                mode: word("schedules", "mode", &row.mode)?,
                cron: row.cron,
                time_zone: row.time_zone,
                due_at: row.next_run_at,
            })
        })
        .collect()
}

/// Plans the next time; `ran` says when it came due now, and which run it started.
pub async fn plan(
    tx: &mut Tx,
    id: ScheduleId,
    ran: Option<(DateTime<Utc>, SyncRunId)>,
    next: Option<DateTime<Utc>>,
) -> Result<()> {
    sqlx::query!(
        "update schedules
         set last_run_at = coalesce($2, last_run_at), last_run_id = coalesce($3, last_run_id), next_run_at = $4
         where id = $1",
        id.0,
        ran.map(|ran| ran.0),
        ran.map(|ran| ran.1.0),
        next,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Switches a line off that can never come due again (its cron text is invalid).
pub async fn disable(tx: &mut Tx, id: ScheduleId) -> Result<()> {
    sqlx::query!(
        "update schedules set enabled = false, next_run_at = null where id = $1",
        id.0
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A line to add.
#[derive(Debug, Clone)]
pub struct NewLine<'a> {
    /// Account.
    pub connection: ConnectionId,
    /// What.
    pub entity: Entity,
    /// How much.
    pub mode: SyncMode,
    /// When.
    pub line: &'a ScheduleLine,
    /// The first time it comes due.
    pub next: Option<DateTime<Utc>>,
}

/// Adds a line; fails when the connection has one for this entity and mode.
pub async fn create(tx: &mut Tx, company: CompanyId, new: &NewLine<'_>) -> Result<ScheduleId> {
    let id = sqlx::query_scalar!(
        "insert into schedules (company_id, connection_id, entity, mode, cron, time_zone, enabled, next_run_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         returning id",
        company.0,
        new.connection.0,
        new.entity.as_str(),
        new.mode.as_str(),
        new.line.cron,
        new.line.time_zone,
        new.line.enabled,
        new.next,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(ScheduleId(id))
}

/// Changes when a line comes due.
pub async fn update(
    tx: &mut Tx,
    id: ScheduleId,
    line: &ScheduleLine,
    next: Option<DateTime<Utc>>,
) -> Result<()> {
    sqlx::query!(
        "update schedules set cron = $2, time_zone = $3, enabled = $4, next_run_at = $5, off_by_settings = false where id = $1",
        id.0,
        line.cron,
        line.time_zone,
        line.enabled,
        next,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Switches off the lines that are on and of other entities than these, which are all that the account can be asked for.
pub async fn switch_off(tx: &mut Tx, connection: ConnectionId, can: &[Entity]) -> Result<()> {
    let can: Vec<&str> = can.iter().map(|entity| entity.as_str()).collect();
    sqlx::query!(
        "update schedules set enabled = false, next_run_at = null, off_by_settings = true
         where connection_id = $1 and enabled and entity <> all($2)",
        connection.0,
        &can as &[&str],
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Switches all lines off, as a person would: they stay off until one switches them on.
pub async fn stop(tx: &mut Tx, connection: ConnectionId) -> Result<()> {
    sqlx::query!(
        "update schedules set enabled = false, next_run_at = null where connection_id = $1 and enabled",
        connection.0,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The lines that [`switch_off`] switched off and that are of these entities.
pub async fn switched_off(
    tx: &mut Tx,
    connection: ConnectionId,
    can: &[Entity],
) -> Result<Vec<(ScheduleId, ScheduleLine)>> {
    let can: Vec<&str> = can.iter().map(|entity| entity.as_str()).collect();
    let rows = sqlx::query!(
        "select id, cron, time_zone from schedules
         where connection_id = $1 and off_by_settings and entity = any($2) order by id",
        connection.0,
        &can as &[&str],
    )
    .fetch_all(tx.conn())
    .await?;
    let line = |cron, time_zone| ScheduleLine {
        cron,
        time_zone,
        enabled: true,
    };
    Ok(rows
        .into_iter()
        .map(|row| (ScheduleId(row.id), line(row.cron, row.time_zone)))
        .collect())
}

/// Removes a line.
pub async fn delete(tx: &mut Tx, id: ScheduleId) -> Result<()> {
    sqlx::query!("delete from schedules where id = $1", id.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The time zone of the site a connection belongs to.
pub async fn zone_of(tx: &mut Tx, connection: ConnectionId) -> Result<String> {
    sqlx::query_scalar!(
        "select w.time_zone from connections c join warehouses w on w.id = c.warehouse_id where c.id = $1",
        connection.0
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Error::NotFound { what: "connection" })
}
