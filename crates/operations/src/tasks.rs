//! Giving work to people.

mod bulk;

pub use bulk::change;

use crate::{Error, Result, audit, require};
use chrono::{DateTime, Utc};
use domain::assignment::{self, Suggestion};
use domain::live::Topic;
use domain::permission::Permission;
use domain::task::{Assignee, TaskSummary};
use domain::task_list::MOST_AT_ONCE;
use domain::timeline::TimelineKind;
use domain::user::Caller;
use domain::{TaskId, TeamId, UserId};
use serde_json::json;
use store::timeline::NewEntries;
use store::{Scope, Store, Tx};

/// A task that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// As it is now.
    pub task: TaskSummary,
    /// A wave holds it back: no handheld shows it before that is released.
    pub held: bool,
}

/// Gives a task to a worker, a team or nobody. Both the old and the new holder are told.
pub async fn assign(
    store: &Store,
    caller: &Caller,
    id: TaskId,
    to: Assignee,
    now: DateTime<Utc>,
) -> Result<Given> {
    require(caller, Permission::AssignTasks)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let document = store::tasks::document_id(&mut tx, caller, id).await?;
    store::documents::lock(&mut tx, &[document.0]).await?;
    let before = visible(&mut tx, caller, id).await?;
    let (worker, team, name) = holder(&mut tx, &before, to).await?;
    if !store::tasks::assign(&mut tx, id, worker, team, now).await? {
        return Err(Error::Conflict("This task is already closed.".to_owned()));
    }
    let mut entries = NewEntries::default();
    entries.push(
        document,
        TimelineKind::Assigned,
        format!("Given to {name}."),
    );
    store::timeline::record(
        &mut tx,
        caller.company_id,
        &entries,
        &caller.name,
        None,
        now,
    )
    .await?;
    let was = before
        .worker_name
        .as_deref()
        .or(before.team_name.as_deref());
    let facts = json!({ "before": was, "after": name });
    audit::by_person(&mut tx, caller, "TASK_ASSIGNED", &before.number, facts, now).await?;
    let after = visible(&mut tx, caller, id).await?;
    tell(&mut tx, caller, &[&before, &after]).await?;
    let held = store::tasks::count_held(&mut tx, &[id]).await? > 0;
    tx.commit().await?;
    Ok(Given { task: after, held })
}

async fn visible(tx: &mut Tx, caller: &Caller, id: TaskId) -> Result<TaskSummary> {
    store::tasks::find_visible(tx, caller, id)
        .await?
        .ok_or(Error::NotFound("task"))
}

async fn holder(
    tx: &mut Tx,
    task: &TaskSummary,
    to: Assignee,
) -> Result<(Option<UserId>, Option<TeamId>, String)> {
    match to {
        Assignee::Nobody => Ok((None, None, "nobody".to_owned())),
        Assignee::Worker(user) => {
            let name = store::users::works_at(tx, user, task.warehouse_id).await?;
            let name = name.ok_or_else(|| {
                Error::Invalid("This person does not work at the task's warehouse.".to_owned())
            })?;
            Ok((Some(user), None, name))
        }
        Assignee::Team(team) => {
            let found = store::teams::find(tx, team).await?;
            let (warehouse, name) = found.ok_or(Error::NotFound("team"))?;
            if warehouse != task.warehouse_id {
                return Err(Error::Invalid(
                    "This team does not work at the task's warehouse.".to_owned(),
                ));
            }
            Ok((None, Some(team), name))
        }
    }
}

async fn tell(tx: &mut Tx, caller: &Caller, tasks: &[&TaskSummary]) -> Result<()> {
    let mut topics = vec![Topic::Tasks];
    for task in tasks {
        topics.push(Topic::Document(task.document_id.0));
        topics.extend(holders(tx, task).await?);
    }
    topics.sort_unstable();
    topics.dedup();
    let warehouse = tasks.first().map(|task| task.warehouse_id);
    Ok(store::live::publish(tx, caller.company_id, warehouse, &topics, "assigned").await?)
}

/// The lists a task stands on: its worker's, or those of its team's members.
pub(crate) async fn holders(tx: &mut Tx, task: &TaskSummary) -> Result<Vec<Topic>> {
    let mut users: Vec<i64> = task.worker_id.iter().map(|id| id.0).collect();
    if let Some(team) = task.team_id {
        users.extend(store::teams::members(tx, team).await?.iter().map(|id| id.0));
    }
    Ok(users.into_iter().map(Topic::WorkerTasks).collect())
}

/// Who should get these tasks: at most [`MOST_AT_ONCE`], each with its reason.
pub async fn suggest(
    store: &Store,
    caller: &Caller,
    tasks: &[TaskId],
    now: DateTime<Utc>,
) -> Result<Vec<Suggestion>> {
    require(caller, Permission::AssignTasks)?;
    if tasks.len() > MOST_AT_ONCE {
        return Err(Error::Invalid(format!(
            "Choose at most {MOST_AT_ONCE} tasks at a time."
        )));
    }
    let wanted = store::loads::of_tasks(store, caller, tasks).await?;
    let loads = store::loads::workers(store, caller, now).await?;
    Ok(assignment::suggest(loads, &wanted))
}
