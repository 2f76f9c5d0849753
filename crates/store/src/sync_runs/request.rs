//! What people and schedules ask of runs.

use crate::error::word;
use crate::{Error, Result, Tx};
use chrono::{DateTime, Utc};
use domain::sync::{Entity, SyncMode};
use domain::{CompanyId, ConnectionId, SyncRunId};

/// A run to add.
#[derive(Debug, Clone)]
pub struct NewRun<'a> {
    /// Tenant.
    pub company: CompanyId,
    /// Account.
    pub connection: ConnectionId,
    /// What.
    pub entity: Entity,
    /// How much.
    pub mode: SyncMode,
    /// It only looks.
    pub dry: bool,
    /// Deactivations a person accepted beforehand.
    pub approved_deactivations: Option<i64>,
    /// Person or schedule.
    pub requested_by: &'a str,
}

/// Adds a real run, unless one of that account and entity is under way: then that one's id comes
/// back with `false`.
pub async fn request(
    tx: &mut Tx,
    company: CompanyId,
    connection: ConnectionId,
    entity: Entity,
    mode: SyncMode,
    requested_by: &str,
    at: DateTime<Utc>,
) -> Result<(SyncRunId, bool)> {
    let new = NewRun {
        company,
        connection,
        entity,
        mode,
        dry: false,
        approved_deactivations: None,
        requested_by,
    };
    create(tx, &new, at).await
}

/// Adds a run, unless one like it is under way: then that one's id comes back with `false`. Dry and
/// real runs do not keep one another waiting.
pub async fn create(tx: &mut Tx, new: &NewRun<'_>, at: DateTime<Utc>) -> Result<(SyncRunId, bool)> {
    let created = sqlx::query_scalar!(
        "insert into sync_runs (company_id, connection_id, entity, mode, dry, approved_deactivations, state,
                                requested_by, requested_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, 'queued', $7, $8, $8)
         on conflict (connection_id, entity, dry) where state in ('queued', 'running', 'needs_approval') do nothing
         returning id",
        new.company.0,
        new.connection.0,
        new.entity.as_str(),
        new.mode.as_str(),
        new.dry,
        new.approved_deactivations,
        new.requested_by,
        at,
    )
    .fetch_optional(tx.conn())
    .await?;
    if let Some(id) = created {
        return Ok((SyncRunId(id), true));
    }
    let active = sqlx::query_scalar!(
        "select id from sync_runs
         where connection_id = $1 and entity = $2 and dry = $3 and state in ('queued', 'running', 'needs_approval')",
        new.connection.0,
        new.entity.as_str(),
        new.dry,
    )
    .fetch_optional(tx.conn())
    .await?;
    active
        .map(|id| (SyncRunId(id), false))
        .ok_or(Error::NotFound { what: "sync run" })
}

/// A person's wish to stop: a waiting run ends at once, a running one after its current page.
/// Returns whether there was anything to stop.
pub async fn cancel(
    tx: &mut Tx,
    company: CompanyId,
    id: SyncRunId,
    at: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "update sync_runs
         set cancel_requested = true,
             state = case when state = 'running' then state else 'cancelled' end,
             finished_at = case when state = 'running' then null else $3::timestamptz end,
             updated_at = $3
         where id = $1 and company_id = $2 and state in ('queued', 'running', 'needs_approval')",
        id.0,
        company.0,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Stops the real runs of an account: those that wait at once, those under way after their current page. Returns which.
pub async fn stop(
    tx: &mut Tx,
    connection: ConnectionId,
    at: DateTime<Utc>,
) -> Result<Vec<(SyncRunId, Entity)>> {
    let rows = sqlx::query!(
        "update sync_runs
         set cancel_requested = true,
             state = case when state = 'running' then state else 'cancelled' end,
             finished_at = case when state = 'running' then null else $2::timestamptz end,
             updated_at = $2
         where connection_id = $1 and not dry and state in ('queued', 'running') and not cancel_requested
         returning id, entity",
        connection.0,
        at,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            let entity: Entity = word("sync_runs", "entity", &row.entity)?;
            Ok((SyncRunId(row.id), entity))
        })
        .collect()
}

/// A person's answer to the brake: the run goes back to the queue to finish accordingly.
pub async fn decide_deactivation(
    tx: &mut Tx,
    company: CompanyId,
    id: SyncRunId,
    approve: bool,
    at: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "update sync_runs set deactivation_approved = $3, state = 'queued', updated_at = $4
         where id = $1 and company_id = $2 and state = 'needs_approval'",
        id.0,
        company.0,
        approve,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}
