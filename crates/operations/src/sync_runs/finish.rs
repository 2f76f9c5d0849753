//! The end of a run.

use super::preview::finish_preview;
use super::{ClaimedRun, lost_lease, tell};
use crate::Result;
use chrono::{DateTime, Utc};
use domain::sync::{Entity, RunState, SyncMode};
use store::{Scope, Store, Tx};

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finish {
    /// Complete.
    Done,
    /// A dry run is complete.
    Looked,
    /// The brake waits for a person.
    NeedsApproval,
}

/// Ends a run whose last page is committed: marks what a full pass did not meet as inactive, unless
/// that is more than the connection's brake allows and nobody approved; moves the cursor.
pub async fn finish(store: &Store, claimed: &ClaimedRun, now: DateTime<Utc>) -> Result<Finish> {
    let run = &claimed.run;
    if run.dry {
        finish_preview(store, claimed, now).await?;
        return Ok(Finish::Looked);
    }
    let mut tx = store.begin(Scope::Company(run.company_id)).await?;
    let verdict = judge_unseen(&mut tx, claimed).await?;
    let (state, message, deactivated) = match verdict {
        Unseen::Ask(message) => (RunState::NeedsApproval, Some(message), 0),
        Unseen::Leave(message) => (RunState::Done, message, 0),
        Unseen::Deactivate => (
            RunState::Done,
            None,
            deactivate(&mut tx, claimed, now).await?,
        ),
    };
    if state == RunState::Done {
        let high_water = store::sync_runs::high_water(&mut tx, run.id).await?;
        let (company, connection) = (run.company_id, run.connection_id);
        store::connections::move_cursor(&mut tx, company, connection, run.entity, high_water, now)
            .await?;
        store::sync_seen::forget(&mut tx, run.id).await?;
    }
    settle(
        &mut tx,
        claimed,
        state,
        message.as_deref(),
        deactivated,
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(if state == RunState::Done {
        Finish::Done
    } else {
        Finish::NeedsApproval
    })
}

enum Unseen {
    Leave(Option<String>),
    Ask(String),
    Deactivate,
}

async fn judge_unseen(tx: &mut Tx, claimed: &ClaimedRun) -> Result<Unseen> {
    let (run, brake) = (&claimed.run, claimed.connection.brake_percent);
    let may_deactivate = matches!(run.entity, Entity::Items | Entity::Partners | Entity::Stock);
    if run.mode != SyncMode::Full || !may_deactivate {
        return Ok(Unseen::Leave(None));
    }
    let written = store::sync_runs::seen_keys(tx, run.id).await?;
    if store::sync_seen::count(tx, run.id).await? != written {
        let message = "The database restarted during the pass, so nothing was marked inactive. The next full sync does it.";
        return Ok(Unseen::Leave(Some(message.to_owned())));
    }
    let store::sync_seen::Unseen { active, unseen } = match run.entity {
        Entity::Stock => store::stock::count_unseen(tx, run.connection_id, run.id).await?,
        entity => store::sync_seen::count_unseen(tx, entity, run.connection_id, run.id).await?,
    };
    match run.deactivation_approved {
        Some(true) => Ok(Unseen::Deactivate),
        Some(false) => Ok(Unseen::Leave(Some(match unseen {
            1 => "One row was left active, as decided.".to_owned(),
            unseen => format!("{unseen} rows were left active, as decided."),
        }))),
        None if run
            .approved_deactivations
            .is_some_and(|seen| unseen <= seen) =>
        {
            Ok(Unseen::Deactivate)
        }
        None if unseen * 100 > active * i64::from(brake) => Ok(Unseen::Ask(format!(
            "{unseen} of {active} active rows are missing upstream, more than {brake} %. Approve to mark them inactive, or refuse to leave them."
        ))),
        None if unseen == 0 => Ok(Unseen::Leave(None)),
        None => Ok(Unseen::Deactivate),
    }
}

async fn deactivate(tx: &mut Tx, claimed: &ClaimedRun, now: DateTime<Utc>) -> Result<i64> {
    let run = &claimed.run;
    let (entity, connection) = (run.entity, run.connection_id);
    Ok(match entity {
        Entity::Stock => store::stock::remove_unseen(tx, connection, run.id).await?,
        _ => store::sync_seen::deactivate_unseen(tx, entity, connection, run.id, now).await?,
    })
}

/// Ends a run that cannot go on; the message says why and what to do.
pub async fn fail(
    store: &Store,
    claimed: &ClaimedRun,
    message: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    end(store, claimed, RunState::Failed, Some(message), now).await
}

/// Ends a run that a person stopped.
pub async fn cancelled(store: &Store, claimed: &ClaimedRun, now: DateTime<Utc>) -> Result<()> {
    end(store, claimed, RunState::Cancelled, None, now).await
}

async fn end(
    store: &Store,
    claimed: &ClaimedRun,
    state: RunState,
    message: Option<&str>,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut tx = store.begin(Scope::Company(claimed.run.company_id)).await?;
    store::sync_seen::forget(&mut tx, claimed.run.id).await?;
    settle(&mut tx, claimed, state, message, 0, now).await?;
    Ok(tx.commit().await?)
}

pub(super) async fn settle(
    tx: &mut Tx,
    claimed: &ClaimedRun,
    state: RunState,
    message: Option<&str>,
    deactivated: i64,
    now: DateTime<Utc>,
) -> Result<()> {
    let run = &claimed.run;
    let (id, token) = (run.id, claimed.token);
    if !store::sync_runs::settle(tx, id, token, state, message, deactivated, now).await? {
        return Err(lost_lease());
    }
    tell(tx, run.company_id, id, run.entity, state.as_str()).await
}
