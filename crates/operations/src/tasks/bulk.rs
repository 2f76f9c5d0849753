//! One act on many tasks: all of them change, or none.

use super::{holder, holders};
use crate::{Error, Result, audit, require};
use chrono::{DateTime, NaiveDateTime, Utc};
use domain::live::Topic;
use domain::permission::Permission;
use domain::task::{Assignee, Priority, TaskSummary};
use domain::task_list::{MOST_AT_ONCE, TaskAct, TaskChange, TaskChangeAnswer};
use domain::timeline::TimelineKind;
use domain::user::Caller;
use domain::{TaskId, TeamId, UserId, WarehouseId};
use serde_json::{Value, json};
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use store::timeline::NewEntries;
use store::{Scope, Store, Tx};

/// Changes tasks in one transaction: their rows, the documents' timelines, one audit entry, and
/// the live lists of everybody concerned. A task that is closed or out of sight stops all of it.
pub async fn change(
    store: &Store,
    caller: &Caller,
    change: &TaskChange,
    now: DateTime<Utc>,
) -> Result<TaskChangeAnswer> {
    require(caller, Permission::AssignTasks)?;
    let ids = distinct(&change.tasks)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let before = lock(&mut tx, caller, &ids).await?;
    let names = match &change.act {
        TaskAct::Give(to) => give(&mut tx, &before, |_| Some(*to), now).await?,
        TaskAct::GiveEach(gifts) => {
            let of: HashMap<TaskId, UserId> = gifts.iter().copied().collect();
            let to = |task: &TaskSummary| of.get(&task.id).copied().map(Assignee::Worker);
            give(&mut tx, &before, to, now).await?
        }
        TaskAct::SetPriority(priority) => {
            store::tasks::set_priority(&mut tx, &ids, *priority).await?;
            HashMap::new()
        }
        TaskAct::SetDue(due) => {
            store::tasks::set_due(&mut tx, &ids, *due).await?;
            HashMap::new()
        }
    };
    let after = store::tasks::by_ids(&mut tx, caller, &ids).await?;
    let pairs: Vec<Pair<'_>> = before
        .iter()
        .zip(&after)
        .filter(|(before, after)| before != after)
        .map(|(before, after)| Pair { before, after })
        .collect();
    let record = Record {
        caller,
        change,
        pairs: &pairs,
        names: &names,
        now,
    };
    record.write(&mut tx).await?;
    let changed: Vec<TaskId> = pairs.iter().map(|pair| pair.after.id).collect();
    let held = store::tasks::count_held(&mut tx, &changed).await?;
    tx.commit().await?;
    Ok(TaskChangeAnswer {
        changed: pairs.len(),
        unchanged: before.len() - pairs.len(),
        held,
    })
}

fn distinct(tasks: &[TaskId]) -> Result<Vec<TaskId>> {
    let mut ids = tasks.to_vec();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() || ids.len() > MOST_AT_ONCE {
        return Err(Error::Invalid(format!(
            "Choose 1 to {MOST_AT_ONCE} tasks at a time."
        )));
    }
    Ok(ids)
}

/// The tasks as they are, behind the locks of their documents.
async fn lock(tx: &mut Tx, caller: &Caller, ids: &[TaskId]) -> Result<Vec<TaskSummary>> {
    let seen = store::tasks::by_ids(tx, caller, ids).await?;
    if seen.len() != ids.len() {
        return Err(Error::NotFound("task"));
    }
    let documents: Vec<i64> = seen.iter().map(|task| task.document_id.0).collect();
    store::documents::lock(tx, &documents).await?;
    // Read again: what stood there before the lock may have changed while we waited for it.
    let tasks = store::tasks::by_ids(tx, caller, ids).await?;
    let closed: Vec<&str> = tasks
        .iter()
        .filter(|task| !task.is_open())
        .map(|task| task.number.as_str())
        .collect();
    if closed.is_empty() {
        return Ok(tasks);
    }
    Err(Error::Conflict(format!(
        "Nothing was changed. Closed already: {}.",
        closed.join(", ")
    )))
}

/// Gives each task to whom it goes; returns the names of the new holders.
async fn give(
    tx: &mut Tx,
    tasks: &[TaskSummary],
    to: impl Fn(&TaskSummary) -> Option<Assignee>,
    now: DateTime<Utc>,
) -> Result<HashMap<TaskId, String>> {
    let mut known: Vec<(Assignee, WarehouseId, Gift)> = Vec::new();
    let (mut gifts, mut names) = (Vec::new(), HashMap::new());
    for task in tasks {
        let Some(to) = to(task) else {
            return Err(Error::Invalid(format!("Say who gets {}.", task.number)));
        };
        let place = (to, task.warehouse_id);
        let found = known.iter().find(|(to, site, _)| (*to, *site) == place);
        let gift = match found {
            Some((_, _, gift)) => gift.clone(),
            None => {
                let (worker, team, name) = holder(tx, task, to).await?;
                let gift = Gift { worker, team, name };
                known.push((to, task.warehouse_id, gift.clone()));
                gift
            }
        };
        gifts.push((task.id, gift.worker, gift.team));
        names.insert(task.id, gift.name);
    }
    store::tasks::give(tx, &gifts, now).await?;
    Ok(names)
}

#[derive(Clone)]
struct Gift {
    worker: Option<UserId>,
    team: Option<TeamId>,
    name: String,
}

/// A task that is different now.
struct Pair<'a> {
    before: &'a TaskSummary,
    after: &'a TaskSummary,
}

/// What the act leaves behind.
struct Record<'a> {
    caller: &'a Caller,
    change: &'a TaskChange,
    pairs: &'a [Pair<'a>],
    names: &'a HashMap<TaskId, String>,
    now: DateTime<Utc>,
}

impl Record<'_> {
    async fn write(&self, tx: &mut Tx) -> Result<()> {
        if !self.change.suggested.is_empty() {
            self.log_suggestion(tx).await?;
        }
        if self.pairs.is_empty() {
            return Ok(());
        }
        self.timelines(tx).await?;
        self.audit(tx).await?;
        self.tell(tx).await
    }

    async fn timelines(&self, tx: &mut Tx) -> Result<()> {
        let mut entries = NewEntries::default();
        for pair in self.pairs {
            let (kind, text) = self.sentence(pair);
            entries.push(pair.after.document_id, kind, text);
        }
        let (company, name) = (self.caller.company_id, &self.caller.name);
        Ok(store::timeline::record(tx, company, &entries, name, None, self.now).await?)
    }

    fn sentence(&self, pair: &Pair<'_>) -> (TimelineKind, String) {
        match &self.change.act {
            TaskAct::Give(_) | TaskAct::GiveEach(_) => {
                let name = self
                    .names
                    .get(&pair.after.id)
                    .map_or("nobody", String::as_str);
                (TimelineKind::Assigned, format!("Given to {name}."))
            }
            TaskAct::SetPriority(priority) => {
                let text = format!("Priority set to {}.", priority.as_str());
                (TimelineKind::Planned, text)
            }
            TaskAct::SetDue(Some(due)) => {
                let text = format!("To be done by {}.", written(*due));
                (TimelineKind::Planned, text)
            }
            TaskAct::SetDue(None) => (TimelineKind::Planned, "Due time taken away.".to_owned()),
        }
    }

    async fn audit(&self, tx: &mut Tx) -> Result<()> {
        let (action, after) = match &self.change.act {
            TaskAct::Give(_) | TaskAct::GiveEach(_) => ("TASKS_ASSIGNED", Value::Null),
            TaskAct::SetPriority(priority) => ("TASKS_PRIORITY_SET", json!(priority.as_str())),
            TaskAct::SetDue(due) => ("TASKS_DUE_SET", json!(due.map(written))),
        };
        let tasks: Vec<Value> = self
            .pairs
            .iter()
            .map(|pair| {
                let before = self.value(pair.before);
                match self.names.get(&pair.after.id) {
                    Some(name) => {
                        json!({ "number": pair.after.number, "before": before, "after": name })
                    }
                    None => json!({ "number": pair.after.number, "before": before }),
                }
            })
            .collect();
        let facts = json!({ "after": after, "tasks": tasks });
        let subject = self.subject();
        audit::by_person(tx, self.caller, action, &subject, facts, self.now).await
    }

    fn value(&self, task: &TaskSummary) -> Value {
        match self.change.act {
            TaskAct::Give(_) | TaskAct::GiveEach(_) => json!(task.holder()),
            TaskAct::SetPriority(_) => json!(Priority::of(task.priority).as_str()),
            TaskAct::SetDue(_) => json!(task.due_at),
        }
    }

    fn subject(&self) -> String {
        match self.pairs {
            [only] => only.after.number.clone(),
            many => format!("{} tasks", many.len()),
        }
    }

    /// Whether people follow what is suggested to them is on record, taken or not.
    async fn log_suggestion(&self, tx: &mut Tx) -> Result<()> {
        let chosen = |task: TaskId| match &self.change.act {
            TaskAct::Give(Assignee::Worker(user)) => Some(*user),
            TaskAct::GiveEach(gifts) => gifts
                .iter()
                .find(|(id, _)| *id == task)
                .map(|(_, user)| *user),
            _ => None,
        };
        let accepted = self
            .change
            .suggested
            .iter()
            .filter(|(task, user)| chosen(*task) == Some(*user))
            .count();
        let overridden = self.change.suggested.len() - accepted;
        let suggested: Vec<Value> = self
            .change
            .suggested
            .iter()
            .take(MOST_AT_ONCE)
            .map(|(task, user)| json!({ "task": task, "suggested": user, "chosen": chosen(*task) }))
            .collect();
        let action = if overridden == 0 {
            "SUGGESTION_ACCEPTED"
        } else {
            "SUGGESTION_OVERRIDDEN"
        };
        let facts = json!({ "accepted": accepted, "overridden": overridden, "tasks": suggested });
        let subject = match self.change.suggested.len() {
            1 => "1 task".to_owned(),
            more => format!("{more} tasks"),
        };
        audit::by_person(tx, self.caller, action, &subject, facts, self.now).await
    }

    /// Old and new holders, the lists, the documents: one event per site.
    async fn tell(&self, tx: &mut Tx) -> Result<()> {
        let mut by_site: BTreeMap<WarehouseId, Vec<Topic>> = BTreeMap::new();
        let mut heard: HashMap<(Option<UserId>, Option<TeamId>), Vec<Topic>> = HashMap::new();
        for task in self.pairs.iter().flat_map(|pair| [pair.before, pair.after]) {
            let key = (task.worker_id, task.team_id);
            if let Entry::Vacant(unheard) = heard.entry(key) {
                unheard.insert(holders(tx, task).await?);
            }
            let topics = by_site.entry(task.warehouse_id).or_default();
            topics.push(Topic::Document(task.document_id.0));
            topics.extend(heard.get(&key).into_iter().flatten());
        }
        for (site, mut topics) in by_site {
            topics.extend([Topic::Tasks, Topic::Documents]);
            if matches!(self.change.act, TaskAct::SetPriority(_)) {
                topics.push(Topic::Board(site.0));
            }
            topics.sort_unstable();
            topics.dedup();
            let company = self.caller.company_id;
            store::live::publish(tx, company, Some(site), &topics, "assigned").await?;
        }
        Ok(())
    }
}

fn written(due: NaiveDateTime) -> String {
    due.format("%-d %b %Y, %H:%M").to_string()
}
