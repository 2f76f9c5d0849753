//! `operations`: what people do on the floor.

use super::Problem;
use super::extract::{Json, RestCaller};
use crate::services::Services;
use axum::extract::State;
use domain::operation::{OperationAnswer, OperationRequest};

/// Does one act. The same id twice changes nothing and answers the same; a refusal is an answer.
pub async fn submit(
    State(services): State<Services>,
    caller: RestCaller,
    Json(request): Json<OperationRequest>,
) -> Result<Json<OperationAnswer>, Problem> {
    let now = services.clock.now();
    let answer = ::operations::floor::submit(&services.store, &caller, &request, now).await?;
    Ok(Json(answer))
}
