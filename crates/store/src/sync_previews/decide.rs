//! What becomes of a finished dry run.

use crate::{Result, Scope, Store, Tx};
use chrono::{DateTime, Utc};
use domain::SyncRunId;
use domain::preview::PreviewState;
use domain::user::Caller;

/// Opens a finished dry run for a decision.
pub async fn open(tx: &mut Tx, run: SyncRunId) -> Result<()> {
    sqlx::query!(
        "update sync_runs set preview_state = 'open' where id = $1 and dry",
        run.0
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Writes what a person decided; false when somebody was faster.
pub async fn decide(
    tx: &mut Tx,
    caller: &Caller,
    run: SyncRunId,
    state: PreviewState,
    applied: Option<SyncRunId>,
    at: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "update sync_runs
         set preview_state = $3, preview_decided_by = $4, preview_decided_at = $5, applied_run_id = $6
         where id = $1 and company_id = $2 and preview_state = 'open'",
        run.0,
        caller.company_id.0,
        state.as_str(),
        caller.name,
        at,
        applied.map(|run| run.0),
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Forgets the rows of a preview.
pub async fn forget(tx: &mut Tx, run: SyncRunId) -> Result<()> {
    sqlx::query!("delete from sync_previews where run_id = $1", run.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Forgets the rows of dry runs that ended before; returns how many.
pub async fn prune(store: &Store, before: DateTime<Utc>) -> Result<u64> {
    let mut tx = store.begin(Scope::System).await?;
    let done = sqlx::query!(
        "delete from sync_previews p using sync_runs r where r.id = p.run_id and r.finished_at < $1",
        before
    )
    .execute(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(done.rows_affected())
}
