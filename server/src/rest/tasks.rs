//! `tasks`.

use super::Problem;
use super::extract::{Id, Json, Parameters, RestCaller};
use super::paging::{Answer, cursor, limit, page};
use crate::services::Services;
use axum::extract::State;
use domain::TaskId;
use domain::page::Page;
use domain::permission::Permission;
use domain::task::{Assignee, TaskDetail, TaskState, TaskSummary};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which tasks.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Where they stand.
    #[param(inline, example = "open")]
    state: Option<TaskState>,
    /// Only the caller's own and their team's, the most urgent first; always so for a worker.
    #[param(example = false)]
    mine: Option<bool>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    #[param(minimum = 1, maximum = 200, default = 50, example = 20)]
    limit: Option<i64>,
}

/// Who assigns tasks sees the site's, newest first; a worker sees what is theirs to do.
#[utoipa::path(get, path = "/tasks", tag = "Floor", params(Wanted),
    responses((status = 200, description = "A page.", body = Page<TaskSummary>)))]
pub async fn list(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<Wanted>,
) -> Answer<TaskSummary> {
    let (store, state) = (&services.store, wanted.state);
    let after = cursor(wanted.after.as_deref())?;
    let rows = limit(wanted.limit)?;
    if caller.may(Permission::AssignTasks) && wanted.mine != Some(true) {
        page(store::tasks::list(store, &caller, state, after.as_ref(), rows).await?)
    } else {
        page(store::tasks::mine_page(store, &caller, state, after.as_ref(), rows).await?)
    }
}

/// One task with its lines.
#[utoipa::path(get, path = "/tasks/{id}", tag = "Floor", params(("id" = i64, Path, example = 1)),
    responses((status = 200, description = "The task.", body = TaskDetail)))]
pub async fn get(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<TaskId>,
) -> Result<Json<TaskDetail>, Problem> {
    Ok(Json(store::tasks::get(&services.store, &caller, id).await?))
}

/// Gives a task to a worker or a team, or takes it back.
#[utoipa::path(post, path = "/tasks/{id}/assignment", tag = "Floor", params(("id" = i64, Path, example = 1)),
    request_body(content = Assignee, example = json!({ "to": "nobody" })),
    responses((status = 200, description = "The task as it is now.", body = TaskSummary)))]
pub async fn assign(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<TaskId>,
    Json(to): Json<Assignee>,
) -> Result<Json<TaskSummary>, Problem> {
    let now = services.clock.now();
    let given = ::operations::tasks::assign(&services.store, &caller, id, to, now).await?;
    Ok(Json(given.task))
}
