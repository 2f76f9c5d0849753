//! Which tasks an act on a wave touches, and whether it may.

use crate::{Error, Result};
use chrono::{DateTime, Utc};
use domain::document::DocumentKind;
use domain::task::TaskSummary;
use domain::task_list::MOST_AT_ONCE;
use domain::user::Caller;
use domain::wave::{LARGEST_WAVE, Wave, WaveChoice};
use domain::{TaskId, WarehouseId, WaveId};
use std::collections::HashMap;
use store::Tx;
use store::waves::Standing;

/// The tasks a choice names, as far as the caller sees them.
pub(super) async fn chosen(
    tx: &mut Tx,
    caller: &Caller,
    choice: &WaveChoice,
    now: DateTime<Utc>,
) -> Result<Vec<TaskSummary>> {
    let mut ids = distinct(&choice.tasks)?;
    if let Some(cut_off) = choice.cut_off {
        let known = store::cut_offs::list(tx, caller).await?;
        if !known.iter().any(|one| one.id == Some(cut_off)) {
            return Err(Error::NotFound("cut-off"));
        }
        // One more than fits, so that too many are noticed.
        let limit = i64::try_from(LARGEST_WAVE + 1).unwrap_or(i64::MAX);
        ids.extend(store::waves::waiting_for(tx, caller, cut_off, now, limit).await?);
        ids.sort_unstable();
        ids.dedup();
    }
    let tasks = store::tasks::by_ids(tx, caller, &ids).await?;
    if tasks.len() < ids.len() {
        return Err(Error::NotFound("task"));
    }
    match (tasks.is_empty(), choice.cut_off) {
        (false, _) => Ok(tasks),
        (true, Some(_)) => Err(Error::Invalid(
            "No dispatch waits for this cut-off.".to_owned(),
        )),
        (true, None) => Err(Error::Invalid(
            "Choose the tasks, or the cut-off they wait for.".to_owned(),
        )),
    }
}

fn distinct(tasks: &[TaskId]) -> Result<Vec<TaskId>> {
    let mut ids = tasks.to_vec();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() > MOST_AT_ONCE {
        return Err(Error::Invalid(format!(
            "Choose at most {MOST_AT_ONCE} tasks at a time."
        )));
    }
    Ok(ids)
}

/// The one site all of them are at.
pub(super) fn site(tasks: &[TaskSummary]) -> Result<WarehouseId> {
    let sites = tasks.iter().map(|task| task.warehouse_id);
    let first = sites.clone().min().ok_or(Error::NotFound("task"))?;
    if sites.max() == Some(first) {
        return Ok(first);
    }
    Err(Error::Invalid(
        "The tasks of a wave are all of one warehouse.".to_owned(),
    ))
}

/// Those of the tasks that go into a wave, behind the locks of their documents; without those that it
/// holds already. One that must not stops all.
pub(super) async fn lock(
    tx: &mut Tx,
    caller: &Caller,
    wave: &Wave,
    seen: Vec<TaskSummary>,
) -> Result<Vec<TaskSummary>> {
    let locked = Locked::read(tx, caller, seen).await?;
    if site(&locked.tasks)? != wave.warehouse_id {
        return Err(Error::Invalid(
            "The tasks of a wave are all of one warehouse.".to_owned(),
        ));
    }
    locked.check(wave)?;
    let fresh = locked.tasks.iter();
    let fresh = fresh.filter(|task| locked.wave(task).is_none());
    Ok(fresh.cloned().collect())
}

/// Tasks as they are behind the locks of their documents, and how they stand to waves.
struct Locked {
    tasks: Vec<TaskSummary>,
    standings: HashMap<TaskId, Standing>,
}

impl Locked {
    async fn read(tx: &mut Tx, caller: &Caller, seen: Vec<TaskSummary>) -> Result<Self> {
        let documents: Vec<i64> = seen.iter().map(|task| task.document_id.0).collect();
        store::documents::lock(tx, &documents).await?;
        let ids: Vec<TaskId> = seen.iter().map(|task| task.id).collect();
        // Read again: what stood there before the lock may have changed while we waited for it.
        let tasks = store::tasks::by_ids(tx, caller, &ids).await?;
        if tasks.len() < ids.len() {
            return Err(Error::NotFound("task"));
        }
        let standings = store::waves::standings(tx, caller, &ids).await?;
        let standings = standings.into_iter().map(|one| (one.task, one));
        Ok(Self {
            tasks,
            standings: standings.collect(),
        })
    }

    /// The wave that holds the task back.
    fn wave(&self, task: &TaskSummary) -> Option<WaveId> {
        let standing = self.standings.get(&task.id)?;
        standing.wave.map(|(id, _)| id)
    }

    fn begun(&self, task: &TaskSummary) -> bool {
        let standing = self.standings.get(&task.id);
        standing.is_none_or(|standing| standing.begun)
    }

    /// Whether all of them may go into the wave.
    fn check(&self, wave: &Wave) -> Result<()> {
        if let Some(numbers) = self.numbers(|task| task.kind != DocumentKind::Dispatch) {
            return Err(Error::Invalid(format!(
                "Only dispatches go into a wave. Receipts are: {numbers}."
            )));
        }
        let elsewhere = |task: &TaskSummary| self.wave(task).is_some_and(|id| id != wave.id);
        let why = if let Some(numbers) = self.numbers(|task| !task.is_open()) {
            format!("Nothing was changed. Closed already: {numbers}.")
        } else if let Some(numbers) = self.numbers(|task| self.begun(task)) {
            format!("Nothing was changed. Begun already: {numbers}.")
        } else if let Some(numbers) = self.numbers(elsewhere) {
            format!("Nothing was changed. In another wave: {numbers}.")
        } else {
            return Ok(());
        };
        Err(Error::Conflict(why))
    }

    /// The numbers of those that are wrong, if any.
    fn numbers(&self, wrong: impl Fn(&TaskSummary) -> bool) -> Option<String> {
        let wrong: Vec<&str> = self
            .tasks
            .iter()
            .filter(|task| wrong(task))
            .map(|task| task.number.as_str())
            .collect();
        (!wrong.is_empty()).then(|| wrong.join(", "))
    }
}

/// The waves that hold these tasks back, each with those of them; all behind their locks.
pub(super) async fn lock_held(
    tx: &mut Tx,
    caller: &Caller,
    tasks: &[TaskId],
    only: Option<WaveId>,
) -> Result<Vec<(Wave, Vec<TaskSummary>)>> {
    let ids = distinct(tasks)?;
    if ids.is_empty() {
        return Err(Error::Invalid("Choose the tasks.".to_owned()));
    }
    if let Some(id) = only {
        store::waves::find(tx, caller, id).await?;
    }
    let seen = store::tasks::by_ids(tx, caller, &ids).await?;
    if seen.len() < ids.len() {
        return Err(Error::NotFound("task"));
    }
    let waves = lock_waves(tx, caller, &ids).await?;
    let locked = Locked::read(tx, caller, seen).await?;
    let wanted = |id: &WaveId| waves.contains(id) && only.is_none_or(|only| only == *id);
    let astray = |task: &TaskSummary| !locked.wave(task).is_some_and(|id| wanted(&id));
    if let Some(numbers) = locked.numbers(astray) {
        return Err(Error::Conflict(format!(
            "Nothing was changed. Held back by no wave: {numbers}."
        )));
    }
    let mut held = Vec::new();
    for id in &waves {
        let inside = locked.tasks.iter();
        let inside = inside.filter(|task| locked.wave(task) == Some(*id));
        let inside: Vec<TaskSummary> = inside.cloned().collect();
        if !inside.is_empty() {
            held.push((store::waves::find(tx, caller, *id).await?, inside));
        }
    }
    Ok(held)
}

/// Locks the waves that hold these tasks back now.
async fn lock_waves(tx: &mut Tx, caller: &Caller, ids: &[TaskId]) -> Result<Vec<WaveId>> {
    let standings = store::waves::standings(tx, caller, ids).await?;
    let waves = standings.iter().filter_map(|one| one.wave);
    let mut waves: Vec<WaveId> = waves.map(|(id, _)| id).collect();
    waves.sort_unstable();
    waves.dedup();
    store::waves::lock(tx, caller, &waves).await?;
    Ok(waves)
}

/// Everything a locked wave holds back, behind the locks of the documents. What was begun while we
/// waited for them left the wave.
pub(super) async fn lock_all(
    tx: &mut Tx,
    caller: &Caller,
    wave: &Wave,
) -> Result<Vec<TaskSummary>> {
    let seen = store::tasks::by_ids(tx, caller, &wave.held).await?;
    let locked = Locked::read(tx, caller, seen).await?;
    let inside = locked.tasks.iter();
    let inside = inside.filter(|task| locked.wave(task) == Some(wave.id));
    Ok(inside.cloned().collect())
}
