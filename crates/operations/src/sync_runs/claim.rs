//! Runs held by a worker.

use super::{lost_lease, tell};
use crate::Result;
use chrono::{DateTime, Utc};
use domain::sync::SyncMode;
use std::time::Duration;
use store::connections::ConnectionForWork;
use store::sync_runs::Claimed;
use store::{Scope, Store};
use uuid::Uuid;

/// A run held by this worker.
#[derive(Debug, Clone)]
pub struct ClaimedRun {
    /// The run as claimed.
    pub run: Claimed,
    /// Fences everybody else out.
    pub token: Uuid,
    /// The account to talk to.
    pub connection: ConnectionForWork,
}

/// Takes one run that waits or whose worker is gone.
pub async fn claim(
    store: &Store,
    token: Uuid,
    lease: Duration,
    now: DateTime<Utc>,
) -> Result<Option<ClaimedRun>> {
    let mut tx = store.begin(Scope::System).await?;
    let Some(mut run) = store::sync_runs::claim(&mut tx, token, now, now + lease).await? else {
        return Ok(None);
    };
    let connection = store::connections::for_work(&mut tx, run.connection_id).await?;
    if run.mode == SyncMode::Delta && run.since.is_none() && run.counts.pages == 0 {
        // The connector takes off the overlap its system needs.
        run.since = store::connections::cursor(&mut tx, connection.id, run.entity).await?;
        store::sync_runs::set_since(&mut tx, run.id, run.since).await?;
    }
    tell(&mut tx, run.company_id, run.id, run.entity, "started").await?;
    tx.commit().await?;
    Ok(Some(ClaimedRun {
        run,
        token,
        connection,
    }))
}

/// Keeps the lease while a page takes long; says whether a person asked to stop. An error when the
/// lease was lost.
pub async fn renew(
    store: &Store,
    claimed: &ClaimedRun,
    lease: Duration,
    now: DateTime<Utc>,
) -> Result<bool> {
    let kept = store::sync_runs::renew(store, claimed.run.id, claimed.token, now + lease).await?;
    kept.ok_or_else(lost_lease)
}

/// Says on the run why it waits; it goes on by itself.
pub async fn note(
    store: &Store,
    claimed: &ClaimedRun,
    message: Option<&str>,
    now: DateTime<Utc>,
) -> Result<()> {
    let run = &claimed.run;
    let mut tx = store.begin(Scope::Company(run.company_id)).await?;
    store::sync_runs::note(&mut tx, run.id, claimed.token, message, now).await?;
    tell(&mut tx, run.company_id, run.id, run.entity, "noted").await?;
    Ok(tx.commit().await?)
}
