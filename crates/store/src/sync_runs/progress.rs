//! What a worker writes about its run.

use crate::{Result, Tx};
use chrono::{DateTime, Utc};
use domain::SyncRunId;
use domain::sync::{RunState, SyncCounts};
use uuid::Uuid;

/// What a committed page leaves behind.
#[derive(Debug)]
pub struct Progress<'a> {
    /// Run.
    pub id: SyncRunId,
    /// The worker's token.
    pub token: Uuid,
    /// Figures of this page.
    pub page: SyncCounts,
    /// Where to go on; none after the last page.
    pub position: Option<&'a str>,
    /// Keys this page added to `sync_seen`.
    pub seen_keys: i64,
    /// Highest change time seen on this page.
    pub high_water: Option<DateTime<Utc>>,
    /// New end of the lease.
    pub lease_until: DateTime<Utc>,
}

/// Writes a page's figures; none when the lease was lost. Otherwise: whether a person asked to stop.
pub async fn progress(
    tx: &mut Tx,
    progress: &Progress<'_>,
    at: DateTime<Utc>,
) -> Result<Option<bool>> {
    let page = &progress.page;
    let cancel = sqlx::query_scalar!(
        "update sync_runs
         set pages = pages + $3, rows_read = rows_read + $4, created = created + $5, updated = updated + $6,
             unchanged = unchanged + $7, refused = refused + $8, position = $9,
             high_water = greatest(high_water, $10), updated_at = $11, lease_until = $12,
             pages_complete = $9::text is null, seen_keys = seen_keys + $13
         where id = $1 and lease_token = $2 and state = 'running'
         returning cancel_requested",
        progress.id.0,
        progress.token,
        page.pages,
        page.rows,
        page.created,
        page.updated,
        page.unchanged,
        page.refused,
        progress.position,
        progress.high_water,
        at,
        progress.lease_until,
        progress.seen_keys,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(cancel)
}

/// Writes why a run waits, or that it goes on.
pub async fn note(
    tx: &mut Tx,
    id: SyncRunId,
    token: Uuid,
    message: Option<&str>,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update sync_runs set message = $3, updated_at = $4
         where id = $1 and lease_token = $2 and state = 'running'",
        id.0,
        token,
        message,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Moves a run that this worker holds to another state; false when the lease was lost.
pub async fn settle(
    tx: &mut Tx,
    id: SyncRunId,
    token: Uuid,
    state: RunState,
    message: Option<&str>,
    deactivated: i64,
    at: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "update sync_runs
         set state = $3, message = $4, deactivated = deactivated + $5, updated_at = $6::timestamptz,
             finished_at = case when $7 then $6::timestamptz end, lease_token = null, lease_until = null
         where id = $1 and lease_token = $2 and state = 'running'",
        id.0,
        token,
        state.as_str(),
        message,
        deactivated,
        at,
        state.is_final(),
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Highest change time a run has seen.
pub async fn high_water(tx: &mut Tx, id: SyncRunId) -> Result<Option<DateTime<Utc>>> {
    let high = sqlx::query_scalar!("select high_water from sync_runs where id = $1", id.0)
        .fetch_optional(tx.conn())
        .await?;
    Ok(high.flatten())
}

/// Keys a full pass wrote to `sync_seen`, as the run's logged row has it.
pub async fn seen_keys(tx: &mut Tx, id: SyncRunId) -> Result<i64> {
    let keys = sqlx::query_scalar!("select seen_keys from sync_runs where id = $1", id.0)
        .fetch_one(tx.conn())
        .await?;
    Ok(keys)
}
