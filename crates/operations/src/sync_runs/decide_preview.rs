//! What people ask of dry runs.

use super::request::add;
use super::tell;
use crate::{Error, Result, audit, require};
use chrono::{DateTime, Utc};
use domain::permission::Permission;
use domain::preview::PreviewState;
use domain::sync::{Entity, SyncMode, SyncRun};
use domain::user::Caller;
use domain::{ConnectionId, SyncRunId};
use serde_json::json;
use store::sync_runs::NewRun;
use store::{Scope, Store, Tx};

/// Asks for a dry run: it reads as a sync does and keeps what would happen. When one of that account
/// and entity is under way, its id comes back.
pub async fn request_preview(
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
        dry: true,
        approved_deactivations: None,
        requested_by: &caller.name,
    };
    add(store, caller, &new, "PREVIEW_REQUESTED", now).await
}

/// Asks for a real run of the same scope. Its brake counts as answered for as many deactivations as
/// the preview holds, if the person says to have seen them; more than that asks again.
pub async fn apply_preview(
    store: &Store,
    caller: &Caller,
    id: SyncRunId,
    deactivations_seen: bool,
    now: DateTime<Utc>,
) -> Result<SyncRunId> {
    let run = open_preview(store, caller, id).await?;
    let approved = deactivations_seen.then_some(run.counts.deactivated);
    let new = NewRun {
        company: caller.company_id,
        connection: run.connection_id,
        entity: run.entity,
        mode: run.mode,
        dry: false,
        approved_deactivations: approved,
        requested_by: &caller.name,
    };
    let mut tx = store.begin(Scope::from(caller)).await?;
    let (real, created) = store::sync_runs::create(&mut tx, &new, now).await?;
    if !created {
        let text = format!(
            "A sync of the same rows is under way (run {real}). Apply this when it has ended."
        );
        return Err(Error::Conflict(text));
    }
    decide(&mut tx, caller, id, PreviewState::Applied, Some(real), now).await?;
    let facts = json!({ "run": real.0, "deactivations_accepted": approved });
    let subject = id.to_string();
    audit::by_person(&mut tx, caller, "PREVIEW_APPLIED", &subject, facts, now).await?;
    tell(&mut tx, caller.company_id, id, run.entity, "applied").await?;
    tx.commit().await?;
    Ok(real)
}

/// Throws a preview away.
pub async fn discard_preview(
    store: &Store,
    caller: &Caller,
    id: SyncRunId,
    now: DateTime<Utc>,
) -> Result<()> {
    let run = open_preview(store, caller, id).await?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    decide(&mut tx, caller, id, PreviewState::Discarded, None, now).await?;
    store::sync_previews::forget(&mut tx, id).await?;
    let subject = id.to_string();
    audit::by_person(
        &mut tx,
        caller,
        "PREVIEW_DISCARDED",
        &subject,
        json!({}),
        now,
    )
    .await?;
    tell(&mut tx, caller.company_id, id, run.entity, "discarded").await?;
    Ok(tx.commit().await?)
}

async fn open_preview(store: &Store, caller: &Caller, id: SyncRunId) -> Result<SyncRun> {
    require(caller, Permission::ManageConnections)?;
    let run = store::sync_runs::get(store, caller, id).await?;
    match run.preview.as_ref().map(|preview| preview.state) {
        Some(PreviewState::Open) => Ok(run),
        Some(_) => Err(already()),
        None => Err(Error::Conflict("This is no finished dry run.".to_owned())),
    }
}

fn already() -> Error {
    Error::Conflict("This preview was applied or discarded already.".to_owned())
}

async fn decide(
    tx: &mut Tx,
    caller: &Caller,
    id: SyncRunId,
    state: PreviewState,
    applied: Option<SyncRunId>,
    now: DateTime<Utc>,
) -> Result<()> {
    if store::sync_previews::decide(tx, caller, id, state, applied, now).await? {
        Ok(())
    } else {
        Err(already())
    }
}
