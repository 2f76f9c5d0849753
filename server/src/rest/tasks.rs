//! `tasks`.

use super::Problem;
use super::extract::{Id, Json, Parameters, RestCaller, cursor, limit};
use crate::services::Services;
use axum::extract::State;
use domain::TaskId;
use domain::page::Page;
use domain::permission::Permission;
use domain::task::{TaskDetail, TaskState, TaskSummary};
use serde::Deserialize;

/// Which tasks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    state: Option<TaskState>,
    after: Option<String>,
    limit: Option<i64>,
}

/// Who assigns tasks sees the site's; a worker sees what is theirs to do, in one page.
pub async fn list(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<Json<Page<TaskSummary>>, Problem> {
    if caller.may(Permission::AssignTasks) {
        let after = cursor(wanted.after);
        let rows = limit(wanted.limit);
        let state = wanted.state;
        let page =
            store::tasks::list(&services.store, &caller, state, after.as_ref(), rows).await?;
        return Ok(Json(page));
    }
    let mut rows = store::tasks::mine(&services.store, &caller).await?;
    rows.retain(|task| wanted.state.is_none_or(|state| task.state == state));
    Ok(Json(Page { rows, next: None }))
}

/// One task with its lines.
pub async fn get(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<TaskId>,
) -> Result<Json<TaskDetail>, Problem> {
    Ok(Json(store::tasks::get(&services.store, &caller, id).await?))
}
