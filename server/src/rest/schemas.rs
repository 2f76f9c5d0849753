//! `schemas`: what settings look like, for forms and for checking files.

use super::Problem;
use super::extract::Json;
use serde_json::Value;

/// JSON Schema (2020-12) of a connection: the kind of system with its own settings, and how messages go to
/// it. `${NAME}` in a secret stands for an environment variable.
#[utoipa::path(get, path = "/schemas/connection", tag = "ERP",
    responses((status = 200, description = "The schema, with examples.", body = Object)))]
pub async fn connection() -> Result<Json<Value>, Problem> {
    Ok(Json(connectors::registry::connection_schema()))
}
