//! `/health` says that the process answers, `/health/db` that the database does.

use crate::services::Services;
use axum::extract::State;
use axum::http::StatusCode;
use std::borrow::Cow;
use std::time::Duration;

/// A load balancer does not wait longer.
const LIMIT: Duration = Duration::from_secs(3);

/// The process answers.
pub async fn process() -> &'static str {
    "ok\n"
}

/// The database answers, and stores what this process's worker writes.
pub async fn database(State(services): State<Services>) -> (StatusCode, Cow<'static, str>) {
    match tokio::time::timeout(LIMIT, services.store.ping()).await {
        Ok(Ok(())) => match services.store.outage() {
            None => (StatusCode::OK, "ok\n".into()),
            Some(reason) => away(format!("the database stores nothing: {reason}\n")),
        },
        Ok(Err(error)) => {
            tracing::error!(error = %crate::telemetry::chain(&error), "the database does not answer");
            away("the database does not answer\n")
        }
        Err(_) => away("the database does not answer in time\n"),
    }
}

fn away(why: impl Into<Cow<'static, str>>) -> (StatusCode, Cow<'static, str>) {
    (StatusCode::SERVICE_UNAVAILABLE, why.into())
}
