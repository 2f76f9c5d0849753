//! `operations`: what people do on the floor.

use super::Problem;
use super::extract::{Json, RestCaller};
use crate::services::Services;
use axum::extract::State;
use domain::operation::{OperationAnswer, OperationRequest};

/// Does one act. The same id twice changes nothing and answers the same; a refusal is an answer.
#[utoipa::path(post, path = "/operations", tag = "Floor",
    request_body(content = OperationRequest, example = json!({
        "id": "7f0c1d1e-4a58-4b4e-9b7a-2d6f1f5f0a11",
        "task_id": 1,
        "made_at": "2026-11-21T08:00:00Z",
        "device": "handheld 7",
        "action": { "do": "pick", "line_id": 1, "quantity": "2", "scanned": "4006381333931" }
    })),
    responses((status = 200, description = "Accepted, or refused with the rule.", body = OperationAnswer)))]
pub async fn submit(
    State(services): State<Services>,
    caller: RestCaller,
    Json(request): Json<OperationRequest>,
) -> Result<Json<OperationAnswer>, Problem> {
    let now = services.clock.now();
    let answer = ::operations::floor::submit(&services.store, &caller, &request, now).await?;
    Ok(Json(answer))
}
