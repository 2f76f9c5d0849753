//! The figures and sagas of what is written into ERPs, in the words of the public API.

use crate::push::{Push, PushKind};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// The queue now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErpStatus {
    /// Sagas that wait for their turn.
    pub pending_count: i64,
    /// Sagas a worker is at.
    pub in_progress_count: i64,
    /// Accepted sagas that are still kept.
    pub completed_count: i64,
    /// Sagas that were given up and wait for a person.
    pub dead_count: i64,
    /// When the oldest waiting one was queued.
    pub oldest_pending_at: Option<DateTime<Utc>>,
    /// When the newest waiting one was queued.
    pub newest_pending_at: Option<DateTime<Utc>>,
    /// Waiting and under way.
    pub total_queue_size: i64,
    /// Hours between the oldest and the newest waiting one; none while nothing waits.
    pub backlog_hours: Option<f64>,
}

/// How a period went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErpMetrics {
    /// Share of the processed sagas that were accepted, percent; 0 when none was processed.
    pub success_rate: f64,
    /// Average seconds from the beginning of the last attempt to the acceptance.
    pub avg_latency_seconds: f64,
    /// Sagas that were accepted or given up.
    pub total_processed: i64,
    /// Accepted.
    pub total_succeeded: i64,
    /// Given up.
    pub total_failed: i64,
    /// Attempts beyond the first.
    pub retry_metrics: RetryMetrics,
    /// Sagas that wait for a person, now.
    pub dead_letter_queue_size: i64,
    /// Beginning of the period.
    pub period_start: DateTime<Utc>,
    /// Its end.
    pub period_end: DateTime<Utc>,
}

/// Attempts beyond the first of the sagas of a period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RetryMetrics {
    /// Of all of them.
    pub total_retries: i64,
    /// Per processed saga; 0 when none was processed.
    pub avg_retries_per_saga: f64,
    /// The saga with the most.
    pub max_retries_saga_id: Option<Uuid>,
    /// How many it had.
    pub max_retries_count: i64,
    /// Sagas that had any.
    pub sagas_with_retries: i64,
}

/// A page of what failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FailedPage {
    /// Newest first.
    pub items: Vec<FailedSaga>,
    /// On all pages.
    pub total_count: i64,
    /// This page, from 1.
    pub page: i64,
    /// Rows of a page.
    pub page_size: i64,
}

/// A saga whose last attempt failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FailedSaga {
    /// The saga.
    pub saga_id: Uuid,
    /// The tenant, written as a UUID.
    pub tenant_id: Uuid,
    /// What it does.
    pub event_type: String,
    /// The key it was asked for with.
    pub idempotency_key: String,
    /// Failed attempts.
    pub attempts: i32,
    /// Why the last one failed.
    pub last_error: Option<String>,
    /// When the next one is due.
    pub next_run_at: DateTime<Utc>,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
    /// Last change.
    pub updated_at: DateTime<Utc>,
    /// Where it stands.
    pub status: String,
    /// What it is about, for example `RECIPE-001 v1.0`.
    pub payload_summary: String,
}

/// One saga.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Saga {
    /// The saga.
    pub saga_id: Uuid,
    /// The tenant, written as a UUID.
    pub tenant_id: Uuid,
    /// The key it was asked for with.
    pub idempotency_key: String,
    /// What it does.
    pub event_type: String,
    /// Where it stands.
    pub status: String,
    /// Failed attempts.
    pub attempts: i32,
    /// When the next one is due.
    pub next_run_at: DateTime<Utc>,
    /// Why the last one failed.
    pub last_error: Option<String>,
    /// What is written, a recipe as `recipe`, counted stock as `inventory`, a bill of materials as `bom`.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub payload: Value,
    /// What was answered.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub result_payload: Option<Value>,
    /// When the last attempt began.
    pub processing_started_at: Option<DateTime<Utc>>,
    /// When it was accepted or discarded.
    pub processed_at: Option<DateTime<Utc>>,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
    /// Last change.
    pub updated_at: DateTime<Utc>,
    /// The wait after the last failed attempt, before it is spread; none while none failed.
    pub backoff_seconds: Option<i64>,
    /// From being queued to the end; none before.
    pub time_in_queue_seconds: Option<f64>,
}

/// A tenant's id in the form of the public API.
pub fn tenant_id(company: crate::CompanyId) -> Uuid {
    Uuid::from_u128(u128::try_from(company.0).unwrap_or(0))
}

/// A payload as a saga shows it: under the name that the request for it gives it, for example `recipe`.
pub fn shown(event_type: &str, payload: Value) -> Value {
    match name_of(event_type) {
        Some(name) => Value::Object(Map::from_iter([(name.to_owned(), payload)])),
        None => payload,
    }
}

/// The payload itself, whether it comes as a saga shows it or by itself.
pub fn alone<'a>(event_type: &str, payload: &'a Value) -> &'a Value {
    let named = payload.as_object().filter(|fields| fields.len() == 1);
    let inside = named.zip(name_of(event_type));
    let inside = inside.and_then(|(fields, name)| fields.get(name));
    inside.unwrap_or(payload)
}

fn name_of(event_type: &str) -> Option<&'static str> {
    match event_type.parse::<PushKind>().ok()? {
        PushKind::Recipe => Some("recipe"),
        PushKind::Stock => Some("inventory"),
        PushKind::Bom => Some("bom"),
        PushKind::DocumentResult | PushKind::Product | PushKind::ProcessOrder => None,
    }
}

/// What a saga is about, as lists show it.
pub fn summary(event_type: &str, payload: &Value) -> String {
    if let Some(steps) = payload["steps"].as_array() {
        return format!("{} steps", steps.len());
    }
    Push::parse(event_type, payload).map_or_else(
        |_| "The payload does not fit.".to_owned(),
        |push| push.summary(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_payload_is_taken_as_a_saga_shows_it_and_by_itself() {
        let recipe = json!({ "recipe_code": "R-1" });
        let event = PushKind::Recipe.as_str();
        let named = shown(event, recipe.clone());
        assert_eq!(named, json!({ "recipe": recipe }));
        assert_eq!(alone(event, &named), &recipe);
        assert_eq!(alone(event, &recipe), &recipe);
        let product = json!({ "recipe": {} });
        let event = PushKind::Product.as_str();
        assert_eq!(shown(event, product.clone()), product);
        assert_eq!(alone(event, &product), &product);
        assert_eq!(
            shown("saga", json!({ "steps": [] })),
            json!({ "steps": [] })
        );
    }
}
