//! `/health` says that the process answers, `/health/db` that the database does.

use crate::services::Services;
use axum::extract::State;
use axum::http::StatusCode;
use std::time::Duration;

/// A load balancer does not wait longer.
const LIMIT: Duration = Duration::from_secs(3);

/// The process answers.
pub async fn process() -> &'static str {
    "ok\n"
}

/// The database answers.
pub async fn database(State(services): State<Services>) -> (StatusCode, &'static str) {
    match tokio::time::timeout(LIMIT, services.store.ping()).await {
        Ok(Ok(())) => (StatusCode::OK, "ok\n"),
        Ok(Err(error)) => {
            tracing::error!(error = %crate::telemetry::chain(&error), "the database does not answer");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the database does not answer\n",
            )
        }
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer in time\n",
        ),
    }
}
