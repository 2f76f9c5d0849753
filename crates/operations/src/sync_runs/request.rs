//! What people ask of runs.

use super::tell;
use crate::{Error, Result, audit, require};
use chrono::{DateTime, Utc};
use domain::permission::Permission;
use domain::sync::{Entity, RunState, SyncMode};
use domain::user::Caller;
use domain::{CompanyId, ConnectionId, SyncRunId};
use serde_json::json;
use store::sync_runs::NewRun;
use store::{Scope, Store, Tx};

/// Asks for a sync; when one of that account and entity is under way, its id comes back.
pub async fn request(
    store: &Store,
    caller: &Caller,
    connection: ConnectionId,
    entity: Entity,
    mode: SyncMode,
    now: DateTime<Utc>,
) -> Result<SyncRunId> {
    let new = NewRun {
        company: caller.company_id,
        connection,
        entity,
        mode,
        dry: false,
        approved_deactivations: None,
        requested_by: &caller.name,
    };
    add(store, caller, &new, "SYNC_REQUESTED", now).await
}

/// Adds a person's run.
pub(super) async fn add(
    store: &Store,
    caller: &Caller,
    new: &NewRun<'_>,
    action: &str,
    now: DateTime<Utc>,
) -> Result<SyncRunId> {
    require(caller, Permission::ManageConnections)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    store::connections::check_visible(&mut tx, caller, new.connection).await?;
    let (id, created) = store::sync_runs::create(&mut tx, new, now).await?;
    if created {
        let (entity, mode) = (new.entity.as_str(), new.mode.as_str());
        let facts = json!({ "entity": entity, "mode": mode, "run": id.0 });
        let subject = new.connection.to_string();
        audit::by_person(&mut tx, caller, action, &subject, facts, now).await?;
        tell(&mut tx, new.company, id, new.entity, "run_requested").await?;
    }
    tx.commit().await?;
    Ok(id)
}

/// Stops a run: a waiting one at once, a running one after its current page.
pub async fn cancel(
    store: &Store,
    caller: &Caller,
    id: SyncRunId,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::ManageConnections)?;
    let run = store::sync_runs::get(store, caller, id).await?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    if !store::sync_runs::cancel(&mut tx, caller.company_id, id, now).await? {
        return Err(Error::Conflict("This run has already ended.".to_owned()));
    }
    if run.state == RunState::NeedsApproval {
        store::sync_seen::forget(&mut tx, id).await?;
    }
    audit::by_person(
        &mut tx,
        caller,
        "SYNC_CANCELLED",
        &id.to_string(),
        json!({}),
        now,
    )
    .await?;
    tell(
        &mut tx,
        caller.company_id,
        id,
        run.entity,
        "cancel_requested",
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Stops the real runs of an account as [`cancel`] would.
pub(crate) async fn stop(
    tx: &mut Tx,
    company: CompanyId,
    connection: ConnectionId,
    now: DateTime<Utc>,
) -> Result<()> {
    for (id, entity) in store::sync_runs::stop(tx, connection, now).await? {
        tell(tx, company, id, entity, "cancel_requested").await?;
    }
    Ok(())
}

/// Answers the brake: deactivate what the pass did not meet, or leave it.
pub async fn decide_deactivation(
    store: &Store,
    caller: &Caller,
    id: SyncRunId,
    approve: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::ManageConnections)?;
    let run = store::sync_runs::get(store, caller, id).await?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    if !store::sync_runs::decide_deactivation(&mut tx, caller.company_id, id, approve, now).await? {
        return Err(Error::Conflict(
            "This run does not wait for a decision.".to_owned(),
        ));
    }
    let facts = json!({ "approve": approve });
    audit::by_person(
        &mut tx,
        caller,
        "DEACTIVATION_DECIDED",
        &id.to_string(),
        facts,
        now,
    )
    .await?;
    tell(&mut tx, caller.company_id, id, run.entity, "decided").await?;
    Ok(tx.commit().await?)
}
