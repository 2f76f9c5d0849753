//! `schedules`.

use crate::error::word;
use crate::{Result, Tx};
use chrono::{DateTime, Utc};
use domain::schedule::Schedule;
use domain::sync::{Entity, SyncMode};
use domain::{CompanyId, ConnectionId, ScheduleId};

/// The cron lines of a connection.
pub async fn of_connection(tx: &mut Tx, connection: ConnectionId) -> Result<Vec<Schedule>> {
    let rows = sqlx::query!(
        "select id, entity, mode, cron, time_zone, enabled, last_run_at, next_run_at
         from schedules where connection_id = $1 order by entity, mode",
        connection.0
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Schedule {
                id: ScheduleId(row.id),
                entity: word("schedules", "entity", &row.entity)?,
                mode: word("schedules", "mode", &row.mode)?,
                cron: row.cron,
                time_zone: row.time_zone,
                enabled: row.enabled,
                last_run_at: row.last_run_at,
                next_run_at: row.next_run_at,
            })
        })
        .collect()
}

/// A cron line that came due, or whose next time is not known yet.
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

/// Plans the next time.
pub async fn plan(
    tx: &mut Tx,
    id: ScheduleId,
    ran_at: Option<DateTime<Utc>>,
    next: Option<DateTime<Utc>>,
) -> Result<()> {
    sqlx::query!(
        "update schedules set last_run_at = coalesce($2, last_run_at), next_run_at = $3 where id = $1",
        id.0,
        ran_at,
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

/// Adds or changes a cron line; its next time is planned anew.
pub async fn put(
    tx: &mut Tx,
    company: CompanyId,
    connection: ConnectionId,
    entity: Entity,
    mode: SyncMode,
    cron: &str,
    time_zone: &str,
) -> Result<()> {
    sqlx::query!(
        "insert into schedules (company_id, connection_id, entity, mode, cron, time_zone)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (connection_id, entity, mode) do update
         set cron = excluded.cron, time_zone = excluded.time_zone, enabled = true, next_run_at = null",
        company.0,
        connection.0,
        entity.as_str(),
        mode.as_str(),
        cron,
        time_zone,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
