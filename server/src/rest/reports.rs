//! `reports`: problems that workers report from the floor.

use super::Problem;
use super::extract::{Json, RestCaller};
use crate::services::Services;
use axum::extract::State;
use axum::http::StatusCode;
use domain::exception::ReportedProblem;
use domain::{LineId, OperationId, TaskId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is wrong, in a worker's words.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportRequest {
    /// Made by the client; the same id twice reports once.
    id: OperationId,
    /// The task at hand.
    task_id: TaskId,
    /// The line at hand.
    line_id: Option<LineId>,
    /// 1 to 200 characters.
    text: String,
}

/// What the caller reported.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reports {
    /// Newest first, at most 20.
    rows: Vec<ReportedProblem>,
}

/// Reports a problem: it waits among the exceptions until a lead closes it.
#[utoipa::path(post, path = "/reports", tag = "Floor",
    request_body(content = ReportRequest, example = json!({
        "id": "018f3a52-7c1e-7d7a-9a51-3f2b8c0d4e77",
        "task_id": 1,
        "text": "The shelf is broken."
    })),
    responses((status = 204, description = "The leads see it.")))]
pub async fn report(
    State(services): State<Services>,
    caller: RestCaller,
    Json(request): Json<ReportRequest>,
) -> Result<StatusCode, Problem> {
    let (store, now) = (&services.store, services.clock.now());
    let problem = ::operations::reports::Problem {
        id: request.id,
        task_id: request.task_id,
        line_id: request.line_id,
        text: &request.text,
    };
    ::operations::reports::report(store, &caller, &problem, now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the caller reported, and what became of it.
#[utoipa::path(get, path = "/reports", tag = "Floor",
    responses((status = 200, description = "The reports.", body = Reports)))]
pub async fn list(
    State(services): State<Services>,
    caller: RestCaller,
) -> Result<Json<Reports>, Problem> {
    let rows = store::exceptions::reported::own(&services.store, &caller).await?;
    Ok(Json(Reports { rows }))
}
