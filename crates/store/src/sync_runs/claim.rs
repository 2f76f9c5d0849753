//! Runs taken by a worker, and kept.

use crate::error::word;
use crate::{Result, Scope, Store, Tx};
use chrono::{DateTime, Utc};
use domain::sync::{Entity, SyncCounts, SyncMode};
use domain::{CompanyId, ConnectionId, SyncRunId};
use uuid::Uuid;

/// A run taken by a worker.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Identity.
    pub id: SyncRunId,
    /// Tenant.
    pub company_id: CompanyId,
    /// Account.
    pub connection_id: ConnectionId,
    /// What.
    pub entity: Entity,
    /// How much.
    pub mode: SyncMode,
    /// Where a delta begins.
    pub since: Option<DateTime<Utc>>,
    /// The connector's place after the last committed page.
    pub position: Option<String>,
    /// Highest change time seen so far.
    pub high_water: Option<DateTime<Utc>>,
    /// Figures so far.
    pub counts: SyncCounts,
    /// Taken over from a dead worker.
    pub resumed: bool,
    /// The last page is committed; only finishing is left.
    pub pages_complete: bool,
    /// Keys a full pass wrote to `sync_seen`.
    pub seen_keys: i64,
    /// A person's answer to the brake.
    pub deactivation_approved: Option<bool>,
    /// Deactivations a person accepted beforehand, having seen them in a dry run.
    pub approved_deactivations: Option<i64>,
    /// It only looks.
    pub dry: bool,
    /// Sent with every call: the id of the request that asked for it.
    pub correlation_id: String,
}

/// Takes one run that waits, or whose worker is gone; another token fences the old worker out.
pub async fn claim(
    tx: &mut Tx,
    token: Uuid,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
) -> Result<Option<Claimed>> {
    let row = sqlx::query!(
        // Materialized: joined directly, the subquery may run once per row and claim several.
        r#"with old as materialized (
               select id, state from sync_runs
               where state = 'queued' or (state = 'running' and lease_until < $2)
               order by id
               limit 1
               for update skip locked
           )
           update sync_runs r
           set state = 'running', lease_token = $1, lease_until = $3,
               started_at = coalesce(r.started_at, $2), updated_at = $2,
               resumed = r.resumed + case when old.state = 'running' then 1 else 0 end
           from old
           where r.id = old.id
           returning r.id, r.company_id, r.connection_id, r.entity, r.mode, r.since, r.position, r.high_water,
                     r.pages, r.rows_read, r.created, r.updated, r.unchanged, r.refused, r.deactivated,
                     (old.state = 'running') as "resumed!", r.pages_complete, r.seen_keys, r.deactivation_approved,
                     r.approved_deactivations, r.dry, r.correlation_id"#,
        token,
        now,
        lease_until,
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Claimed {
        id: SyncRunId(row.id),
        company_id: CompanyId(row.company_id),
        connection_id: ConnectionId(row.connection_id),
        entity: word("sync_runs", "entity", &row.entity)?,
        mode: word("sync_runs", "mode", &row.mode)?,
        since: row.since,
        position: row.position,
        high_water: row.high_water,
        counts: SyncCounts {
            pages: row.pages,
            rows: row.rows_read,
            created: row.created,
            updated: row.updated,
            unchanged: row.unchanged,
            refused: row.refused,
            deactivated: row.deactivated,
        },
        resumed: row.resumed,
        pages_complete: row.pages_complete,
        seen_keys: row.seen_keys,
        deactivation_approved: row.deactivation_approved,
        approved_deactivations: row.approved_deactivations,
        dry: row.dry,
        correlation_id: row.correlation_id,
    }))
}

/// Fixes where a delta begins, once, at its first claim.
pub async fn set_since(tx: &mut Tx, id: SyncRunId, since: Option<DateTime<Utc>>) -> Result<()> {
    sqlx::query!("update sync_runs set since = $2 where id = $1", id.0, since)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Keeps the lease while a page takes long; none when it was lost, otherwise whether a person asked
/// to stop.
pub async fn renew(
    store: &Store,
    id: SyncRunId,
    token: Uuid,
    lease_until: DateTime<Utc>,
) -> Result<Option<bool>> {
    let mut tx = store.begin(Scope::System).await?;
    let cancel = sqlx::query_scalar!(
        "update sync_runs set lease_until = $3 where id = $1 and lease_token = $2 and state = 'running'
         returning cancel_requested",
        id.0,
        token,
        lease_until,
    )
    .fetch_optional(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(cancel)
}
