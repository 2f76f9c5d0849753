//! `operations`: what people do on the floor.

use super::Problem;
use super::extract::{Json, RestCaller};
use crate::services::Services;
use ::operations::floor::{self, Known};
use axum::extract::State;
use axum::http::StatusCode;
use domain::UserId;
use domain::operation::{OperationAnswer, OperationRequest};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::schema::{AnyOfBuilder, SchemaType};
use utoipa::openapi::{Array, Object, Ref, Schema};

/// The most acts of one request.
const AT_ONCE: usize = 500;

/// Acts, or whatever was sent in the place of one.
fn acts() -> Array {
    let act = Ref::from_schema_name(OperationRequest::name());
    let anything = Object::with_type(SchemaType::AnyValue);
    let either = AnyOfBuilder::new().item(act).item(anything).build();
    Array::new(Schema::AnyOf(either))
}

/// Acts in the order they were done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// Who did them; refused when somebody else is signed in.
    user_id: Option<UserId>,
    /// At most 500. One that cannot be read is answered with its problem, and holds up none of the others.
    #[schema(schema_with = acts)]
    operations: Vec<Value>,
}

/// What came of them, in the same order. It is shorter than what was sent when the server had to
/// stop: send the rest again.
#[derive(Debug, Serialize, ToSchema)]
pub struct Answers {
    answers: Vec<SubmittedAct>,
}

/// What came of one: an answer, or why there is none.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubmittedAct {
    /// Its id, as sent.
    #[schema(value_type = Option<String>)]
    id: Value,
    /// Accepted, refused by a rule, or waiting for a lead.
    answer: Option<OperationAnswer>,
    /// It can never be accepted as it is.
    problem: Option<Refused>,
}

/// Why an act cannot be taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct Refused {
    /// A stable word for programs.
    code: &'static str,
    /// One sentence.
    detail: String,
}

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
    let answer = floor::submit(&services.store, &caller, &request, now).await?;
    Ok(Json(answer))
}

/// Does many acts in their order, each on its own: one that is refused does not stop the next. The
/// same ids again change nothing and answer the same.
#[utoipa::path(post, path = "/operations/batch", tag = "Floor",
    request_body(content = Batch, example = json!({
        "operations": [{
            "id": "7f0c1d1e-4a58-4b4e-9b7a-2d6f1f5f0a12",
            "task_id": 1,
            "made_at": "2026-11-21T08:00:00Z",
            "device": "handheld 7",
            "offline": true,
            "action": { "do": "claim" }
        }]
    })),
    responses((status = 200, description = "An answer each, as far as the server came.", body = Answers)))]
pub async fn submit_many(
    State(services): State<Services>,
    caller: RestCaller,
    Json(batch): Json<Batch>,
) -> Result<Json<Answers>, Problem> {
    if batch.user_id.is_some_and(|id| id != caller.user_id) {
        let detail = "Somebody else is signed in on this device. What you did is kept until you sign in again.";
        return Err(Problem::new(StatusCode::CONFLICT, "somebody_else", detail));
    }
    if batch.operations.len() > AT_ONCE {
        let detail = format!("Send at most {AT_ONCE} operations at once.");
        return Err(Problem::invalid(detail));
    }
    let acts: Vec<_> = batch.operations.into_iter().map(read).collect();
    let ids: Vec<_> = acts
        .iter()
        .filter_map(|(_, act)| Some(act.as_ref().ok()?.id))
        .collect();
    let mut known = Known::of(&services.store, &caller, &ids).await?;
    let mut answers = Vec::with_capacity(acts.len());
    for (id, act) in acts {
        let answered = match act {
            Ok(act) => match known.answer(&caller, &act) {
                Some(answer) => Ok(answer),
                None => submit_one(&services, &caller, &act).await,
            },
            Err(problem) => Err(problem),
        };
        let (answer, problem) = match answered {
            Ok(answer) => (Some(answer), None),
            Err(problem) => match problem.told() {
                Some((code, detail)) => {
                    let detail = detail.to_owned();
                    (None, Some(Refused { code, detail }))
                }
                None => break,
            },
        };
        answers.push(SubmittedAct {
            id,
            answer,
            problem,
        });
    }
    Ok(Json(Answers { answers }))
}

/// The id as it was sent, and the act.
fn read(operation: Value) -> (Value, Result<OperationRequest, Problem>) {
    let id = operation.get("id").cloned().unwrap_or_default();
    let act = serde_json::from_value(operation)
        .map_err(|error| Problem::invalid(format!("This act cannot be read: {error}.")));
    (id, act)
}

async fn submit_one(
    services: &Services,
    caller: &RestCaller,
    request: &OperationRequest,
) -> Result<OperationAnswer, Problem> {
    let now = services.clock.now();
    let answer = floor::submit(&services.store, caller, request, now).await;
    answer.map_err(|error| {
        // What the database can never store may not hold up what was done after it.
        let lasting = error.is_lasting();
        let problem = Problem::from(error);
        match lasting && problem.told().is_none() {
            true => Problem::invalid("This act cannot be stored."),
            false => problem,
        }
    })
}
