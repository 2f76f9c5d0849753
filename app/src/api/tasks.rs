//! Work for people.

use super::text::Answered;
use crate::AppError;
use domain::TaskId;
use domain::assignment::{Suggestion, TeamLoad, WorkerLoad};
use domain::forecast::Forecast;
use domain::operation::{OperationAnswer, OperationRequest};
use domain::page::{Cursor, Page};
use domain::task::{Assignee, TaskDetail, TaskSummary};
use domain::task_list::{TaskChange, TaskChangeAnswer, TaskFilter};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    super::PAGE,
    crate::session::caller_with,
    crate::state::{store, store_and_now},
    domain::permission::Permission,
};

/// The lead's list.
#[server(prefix = "/api/fn", endpoint = "tasks/list", input = Json, output = Answered)]
pub async fn list(
    filter: TaskFilter,
    after: Option<Cursor>,
) -> Result<Page<TaskSummary>, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(store::tasks::search(&store, &caller, &filter, after.as_ref(), PAGE, now).await?)
}

/// How many tasks are left to do and given to nobody.
#[server(prefix = "/api/fn", endpoint = "tasks/nobodys", input = Json, output = Answered)]
pub async fn nobodys() -> Result<i64, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, _) = store_and_now()?;
    Ok(store::tasks::nobodys(&store, &caller).await?)
}

/// Who has how much to do, and whether it will be done in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crew {
    /// Workers, those on shift and the least loaded first.
    pub workers: Vec<WorkerLoad>,
    /// Teams by name.
    pub teams: Vec<TeamLoad>,
    /// The outlook of the caller's sites.
    pub forecast: Forecast,
}

/// Loads and the forecast.
#[server(prefix = "/api/fn", endpoint = "tasks/crew", input = Json, output = Answered)]
pub async fn crew_at_work() -> Result<Crew, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(Crew {
        workers: store::loads::workers(&store, &caller, now).await?,
        teams: store::loads::teams(&store, &caller).await?,
        forecast: store::forecast::get(&store, &caller, now).await?,
    })
}

/// Who should get these tasks, and why.
#[server(prefix = "/api/fn", endpoint = "tasks/suggest", input = Json, output = Answered)]
pub async fn suggest(tasks: Vec<TaskId>) -> Result<Vec<Suggestion>, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::tasks::suggest(&store, &caller, &tasks, now).await?)
}

/// One act on many tasks: all of them change, or none.
#[server(prefix = "/api/fn", endpoint = "tasks/change", input = Json, output = Answered)]
pub async fn change(change: TaskChange) -> Result<TaskChangeAnswer, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::tasks::change(&store, &caller, &change, now).await?)
}

/// What the caller has to do.
#[server(prefix = "/api/fn", endpoint = "tasks/mine", input = Json, output = Answered)]
pub async fn mine() -> Result<Vec<TaskSummary>, AppError> {
    let caller = caller_with(Permission::WorkOnTasks).await?;
    Ok(store::tasks::mine(&store()?, &caller).await?)
}

/// One task with its lines, as the handheld needs it.
#[server(prefix = "/api/fn", endpoint = "tasks/get", input = Json, output = Answered)]
pub async fn get(id: TaskId) -> Result<TaskDetail, AppError> {
    let caller = caller_with(Permission::WorkOnTasks).await?;
    Ok(store::tasks::get(&store()?, &caller, id).await?)
}

/// Gives a task to a worker or a team, or takes it back; says whether a wave holds it back.
#[server(prefix = "/api/fn", endpoint = "tasks/assign", input = Json, output = Answered)]
pub async fn assign(id: TaskId, to: Assignee) -> Result<bool, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    let given = operations::tasks::assign(&store, &caller, id, to, now).await?;
    Ok(given.held)
}

/// Does one act on a task; the same id twice changes nothing and answers the same.
#[server(prefix = "/api/fn", endpoint = "tasks/submit", input = Json, output = Answered)]
pub async fn submit(request: OperationRequest) -> Result<OperationAnswer, AppError> {
    let caller = caller_with(Permission::WorkOnTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::floor::submit(&store, &caller, &request, now).await?)
}
