//! Work for people.

use super::text::Answered;
use crate::AppError;
use domain::TaskId;
use domain::operation::{OperationAnswer, OperationRequest};
use domain::page::{Cursor, Page};
use domain::task::{Assignee, TaskDetail, TaskState, TaskSummary};
use leptos::prelude::*;
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
    in_state: Option<TaskState>,
    after: Option<Cursor>,
) -> Result<Page<TaskSummary>, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    Ok(store::tasks::list(&store()?, &caller, in_state, after.as_ref(), PAGE).await?)
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

/// Gives a task to a worker or a team, or takes it back.
#[server(prefix = "/api/fn", endpoint = "tasks/assign", input = Json, output = Answered)]
pub async fn assign(id: TaskId, to: Assignee) -> Result<TaskSummary, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::tasks::assign(&store, &caller, id, to, now).await?)
}

/// Does one act on a task; the same id twice changes nothing and answers the same.
#[server(prefix = "/api/fn", endpoint = "tasks/submit", input = Json, output = Answered)]
pub async fn submit(request: OperationRequest) -> Result<OperationAnswer, AppError> {
    let caller = caller_with(Permission::WorkOnTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::floor::submit(&store, &caller, &request, now).await?)
}
