//! A person's word on dead messages, and pruning.

use crate::{Result, Scope, Store, Tx};
use chrono::{DateTime, Utc};
use domain::CompanyId;
use uuid::Uuid;

/// Puts a dead message back into the queue with all its attempts before it. False when it is not
/// dead.
pub async fn retry(
    tx: &mut Tx,
    company: CompanyId,
    id: Uuid,
    by: &str,
    reason: &str,
    at: DateTime<Utc>,
) -> Result<bool> {
    let moved = sqlx::query!(
        "update erp_outbox
         set status = 'pending', attempts = 0, next_run_at = $5, settled_by = $3, settled_reason = $4, updated_at = $5
         where company_id = $1 and id = $2 and status = 'dead'",
        company.0,
        id,
        by,
        reason,
        at,
    )
    .execute(tx.conn())
    .await?;
    tx.queued();
    Ok(moved.rows_affected() == 1)
}

/// Gives a message up that is dead, or waits for an endpoint that is switched off. What stood behind
/// it goes on. False when it is neither.
pub async fn discard(
    tx: &mut Tx,
    company: CompanyId,
    id: Uuid,
    by: &str,
    reason: &str,
    at: DateTime<Utc>,
) -> Result<bool> {
    let moved = sqlx::query!(
        "update erp_outbox
         set status = 'discarded', processed_at = $5, settled_by = $3, settled_reason = $4, updated_at = $5
         where company_id = $1 and id = $2 and status in ('dead', 'pending')",
        company.0,
        id,
        by,
        reason,
        at,
    )
    .execute(tx.conn())
    .await?;
    tx.queued();
    Ok(moved.rows_affected() == 1)
}

/// Forgets what was accepted or given up before; dead messages stay. Returns how many went.
pub async fn prune(store: &Store, before: DateTime<Utc>) -> Result<u64> {
    let mut tx = store.begin(Scope::System).await?;
    let gone = sqlx::query!(
        "delete from erp_outbox where status in ('completed', 'discarded') and processed_at < $1",
        before,
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    tx.commit().await?;
    Ok(gone)
}
