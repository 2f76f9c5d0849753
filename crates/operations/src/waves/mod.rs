//! Waves: dispatches that a lead holds back and lets the floor begin together.
//!
//! A wave is locked before the documents of its tasks; nothing that holds a document waits for a wave.

mod choose;
mod record;

use crate::{Error, Result, require};
use choose::chosen;
use chrono::{DateTime, Utc};
use domain::operation::{FloorAction, OperationRequest};
use domain::permission::Permission;
use domain::task::TaskSummary;
use domain::user::Caller;
use domain::wave::{LARGEST_WAVE, LONGEST_NAME, Wave, WaveChoice, WaveState};
use domain::{TaskId, WaveId};
use record::Record;
use store::{Scope, Store, Tx};

/// Makes a wave of dispatches of one site that nobody began. They leave the handhelds, keep whom they
/// were given to, and come back when the wave is released.
pub async fn make(
    store: &Store,
    caller: &Caller,
    name: &str,
    choice: &WaveChoice,
    now: DateTime<Utc>,
) -> Result<Wave> {
    require(caller, Permission::AssignTasks)?;
    let name = name.trim();
    if name.chars().count() > LONGEST_NAME {
        return Err(Error::Invalid(format!(
            "A wave has a name of at most {LONGEST_NAME} characters."
        )));
    }
    let mut tx = store.begin(Scope::from(caller)).await?;
    let tasks = chosen(&mut tx, caller, choice, now).await?;
    let site = choose::site(&tasks)?;
    let (company, by) = (caller.company_id, &caller.name);
    let id = store::waves::insert(&mut tx, company, site, name, by, now).await?;
    let wave = store::waves::find(&mut tx, caller, id).await?;
    let tasks = choose::lock(&mut tx, caller, &wave, tasks).await?;
    put(&mut tx, caller, &wave, &tasks, "WAVE_MADE", now).await?;
    finish(tx, caller, id).await
}

/// Puts more dispatches into a wave that is not released yet. Those that are in it already stay.
pub async fn add(
    store: &Store,
    caller: &Caller,
    id: WaveId,
    choice: &WaveChoice,
    now: DateTime<Utc>,
) -> Result<Wave> {
    let (mut tx, wave) = begin(store, caller, id).await?;
    planned(&wave)?;
    let tasks = chosen(&mut tx, caller, choice, now).await?;
    let tasks = choose::lock(&mut tx, caller, &wave, tasks).await?;
    if !tasks.is_empty() {
        put(&mut tx, caller, &wave, &tasks, "WAVE_TASKS_ADDED", now).await?;
    }
    finish(tx, caller, id).await
}

async fn put(
    tx: &mut Tx,
    caller: &Caller,
    wave: &Wave,
    tasks: &[TaskSummary],
    action: &'static str,
    now: DateTime<Utc>,
) -> Result<()> {
    if wave.held.len() + tasks.len() > LARGEST_WAVE {
        return Err(Error::Invalid(format!(
            "A wave holds at most {LARGEST_WAVE} tasks. Choose fewer, and put the others into another wave."
        )));
    }
    let ids: Vec<TaskId> = tasks.iter().map(|task| task.id).collect();
    store::waves::hold(tx, wave.id, &ids).await?;
    let number = wave.number;
    let text = format!("Put into wave {number}, which is not released yet.");
    let record = Record {
        caller,
        wave,
        tasks,
        now,
    };
    record.write(tx, action, &text).await
}

/// Takes tasks out of the waves that hold them back: the floor sees them again. With `of`, all of them
/// have to be in that wave.
pub async fn take_out(
    store: &Store,
    caller: &Caller,
    tasks: &[TaskId],
    of: Option<WaveId>,
    now: DateTime<Utc>,
) -> Result<Vec<Wave>> {
    require(caller, Permission::AssignTasks)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let waves = choose::lock_held(&mut tx, caller, tasks, of).await?;
    let mut after = Vec::new();
    for (wave, tasks) in waves {
        let ids: Vec<TaskId> = tasks.iter().map(|task| task.id).collect();
        store::waves::let_go(&mut tx, &ids).await?;
        let text = format!("Taken out of wave {}.", wave.number);
        let record = Record {
            caller,
            wave: &wave,
            tasks: &tasks,
            now,
        };
        record.write(&mut tx, "WAVE_TASKS_REMOVED", &text).await?;
        after.push(store::waves::find(&mut tx, caller, wave.id).await?);
    }
    tx.commit().await?;
    Ok(after)
}

/// Lets the floor begin everything in a wave, at once. Releasing it again changes nothing.
pub async fn release(
    store: &Store,
    caller: &Caller,
    id: WaveId,
    now: DateTime<Utc>,
) -> Result<Wave> {
    let (mut tx, wave) = begin(store, caller, id).await?;
    if wave.state == WaveState::Released {
        return Ok(wave);
    }
    planned(&wave)?;
    let number = wave.number;
    let tasks = choose::lock_all(&mut tx, caller, &wave).await?;
    if tasks.is_empty() {
        return Err(Error::Conflict(format!(
            "Wave {number} is empty. Put tasks into it, or close it."
        )));
    }
    store::waves::offer(&mut tx, id).await?;
    store::waves::end(&mut tx, id, WaveState::Released, &caller.name, now).await?;
    let text = format!("Released with wave {number}.");
    let record = Record {
        caller,
        wave: &wave,
        tasks: &tasks,
        now,
    };
    record.write(&mut tx, "WAVE_RELEASED", &text).await?;
    finish(tx, caller, id).await
}

/// Gives up a wave that holds nothing. Closing it again changes nothing.
pub async fn close(store: &Store, caller: &Caller, id: WaveId, now: DateTime<Utc>) -> Result<Wave> {
    let (mut tx, wave) = begin(store, caller, id).await?;
    if wave.state == WaveState::Closed {
        return Ok(wave);
    }
    planned(&wave)?;
    if !wave.held.is_empty() {
        let number = wave.number;
        return Err(Error::Conflict(format!(
            "Wave {number} holds tasks back. Take them out first, or release it."
        )));
    }
    store::waves::end(&mut tx, id, WaveState::Closed, &caller.name, now).await?;
    let record = Record {
        caller,
        wave: &wave,
        tasks: &[],
        now,
    };
    record.write(&mut tx, "WAVE_CLOSED", "").await?;
    finish(tx, caller, id).await
}

/// Nobody begins what a wave holds back. Work that was done on it counts all the same, and takes it out
/// of the wave; so does a claim out of a handheld that had no network.
pub(crate) async fn check_begin(
    tx: &mut Tx,
    caller: &Caller,
    request: &OperationRequest,
) -> Result<()> {
    if request.offline || !matches!(request.action, FloorAction::Claim) {
        return Ok(());
    }
    match store::waves::holding(tx, caller.company_id, request.task_id).await? {
        None => Ok(()),
        Some(number) => Err(Error::Conflict(format!(
            "This task waits until your lead releases wave {number}."
        ))),
    }
}

/// The wave behind its lock.
async fn begin(store: &Store, caller: &Caller, id: WaveId) -> Result<(Tx, Wave)> {
    require(caller, Permission::AssignTasks)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    store::waves::lock(&mut tx, caller, &[id]).await?;
    let wave = store::waves::find(&mut tx, caller, id).await?;
    Ok((tx, wave))
}

fn planned(wave: &Wave) -> Result<()> {
    let number = wave.number;
    match wave.state {
        WaveState::Planned => Ok(()),
        WaveState::Released => Err(Error::Conflict(format!(
            "Wave {number} was released already. Make another one."
        ))),
        WaveState::Closed => Err(Error::Conflict(format!(
            "Wave {number} is closed. Make another one."
        ))),
    }
}

async fn finish(mut tx: Tx, caller: &Caller, id: WaveId) -> Result<Wave> {
    let wave = store::waves::find(&mut tx, caller, id).await?;
    tx.commit().await?;
    Ok(wave)
}
