//! The shapes that clients rely on.

use super::shape::{assert_shape, with};
use super::{call, read, recipe, writing};
use chrono::TimeDelta;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const SAGA: [(&str, &str); 16] = [
    ("saga_id", "uuid"),
    ("tenant_id", "uuid"),
    ("idempotency_key", "string"),
    ("event_type", "string"),
    ("status", "string"),
    ("attempts", "integer"),
    ("next_run_at", "time"),
    ("last_error", "string or null"),
    ("payload", "object"),
    ("result_payload", "object or null"),
    ("processing_started_at", "time or null"),
    ("processed_at", "time or null"),
    ("created_at", "time"),
    ("updated_at", "time"),
    ("backoff_seconds", "integer or null"),
    ("time_in_queue_seconds", "number or null"),
];
const STATUS: [(&str, &str); 8] = [
    ("pending_count", "integer"),
    ("in_progress_count", "integer"),
    ("completed_count", "integer"),
    ("dead_count", "integer"),
    ("oldest_pending_at", "time or null"),
    ("newest_pending_at", "time or null"),
    ("total_queue_size", "integer"),
    ("backlog_hours", "number or null"),
];
const METRICS: [(&str, &str); 9] = [
    ("success_rate", "number"),
    ("avg_latency_seconds", "number"),
    ("total_processed", "integer"),
    ("total_succeeded", "integer"),
    ("total_failed", "integer"),
    ("retry_metrics", "object"),
    ("dead_letter_queue_size", "integer"),
    ("period_start", "time"),
    ("period_end", "time"),
];
const RETRIES: [(&str, &str); 5] = [
    ("total_retries", "integer"),
    ("avg_retries_per_saga", "number"),
    ("max_retries_saga_id", "uuid or null"),
    ("max_retries_count", "integer"),
    ("sagas_with_retries", "integer"),
];
const FAILED: [(&str, &str); 11] = [
    ("saga_id", "uuid"),
    ("tenant_id", "uuid"),
    ("event_type", "string"),
    ("idempotency_key", "string"),
    ("attempts", "integer"),
    ("last_error", "string"),
    ("next_run_at", "time"),
    ("created_at", "time"),
    ("updated_at", "time"),
    ("status", "string"),
    ("payload_summary", "string"),
];

fn fields(value: &Value) -> Vec<&str> {
    let mut fields: Vec<&str> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    fields.sort_unstable();
    fields
}

#[tokio::test]
async fn status_metrics_failures_and_sagas_have_the_fields_types_and_nulls_that_clients_know() {
    let (server, _) = writing().await;
    let empty = read(&server, "/api/erp/status").await;
    assert_eq!(
        empty,
        json!({
            "pending_count": 0, "in_progress_count": 0, "completed_count": 0, "dead_count": 0,
            "oldest_pending_at": null, "newest_pending_at": null, "total_queue_size": 0,
            "backlog_hours": null,
        })
    );
    let post = async |body: Value| {
        let (status, saga) = call(&server, "ana", Method::POST, "/api/v1/erp/recipes", body).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{saga}");
        saga
    };
    let first = post(recipe("recipe-sync-2024-001", "1.0")).await;
    server.advance(TimeDelta::minutes(90));
    post(recipe("recipe-sync-2024-002", "2.0")).await;
    let status = read(&server, "/api/erp/status").await;
    assert_eq!(status["pending_count"], 2);
    assert_eq!(status["total_queue_size"], 2);
    assert!((status["backlog_hours"].as_f64().unwrap() - 1.5).abs() < 0.001);
    let id = first["saga_id"].as_str().unwrap();
    let saga = read(&server, &format!("/api/erp/saga/{id}")).await;
    assert_eq!(
        fields(&saga),
        [
            "attempts",
            "backoff_seconds",
            "created_at",
            "event_type",
            "idempotency_key",
            "last_error",
            "next_run_at",
            "payload",
            "processed_at",
            "processing_started_at",
            "result_payload",
            "saga_id",
            "status",
            "tenant_id",
            "time_in_queue_seconds",
            "updated_at",
        ]
    );
    assert_eq!(saga["event_type"], "inventory.recipe.upsert");
    assert_eq!(saga["status"], "pending");
    for null in [
        "last_error",
        "result_payload",
        "processed_at",
        "time_in_queue_seconds",
    ] {
        assert!(saga[null].is_null(), "{null}");
    }
    sqlx::query(
        "update erp_outbox set attempts = 3, last_error = 'Connection timeout'
         where idempotency_key = 'recipe-sync-2024-001'",
    )
    .execute(&server.admin())
    .await
    .unwrap();
    let saga = read(&server, &format!("/api/erp/saga/{id}")).await;
    assert_eq!(saga["backoff_seconds"], 600);
    let failed = read(&server, "/api/erp/failed?page=1&page_size=50").await;
    assert_eq!(
        fields(&failed),
        ["items", "page", "page_size", "total_count"]
    );
    assert_eq!(failed["total_count"], 1);
    let item = &failed["items"][0];
    assert_eq!(
        fields(item),
        [
            "attempts",
            "created_at",
            "event_type",
            "idempotency_key",
            "last_error",
            "next_run_at",
            "payload_summary",
            "saga_id",
            "status",
            "tenant_id",
            "updated_at",
        ]
    );
    assert_eq!(item["payload_summary"], "RECIPE-001 v1.0");
    let metrics = read(&server, "/api/erp/metrics?hours=24").await;
    assert_eq!(
        fields(&metrics),
        [
            "avg_latency_seconds",
            "dead_letter_queue_size",
            "period_end",
            "period_start",
            "retry_metrics",
            "success_rate",
            "total_failed",
            "total_processed",
            "total_succeeded",
        ]
    );
    assert_eq!(
        fields(&metrics["retry_metrics"]),
        [
            "avg_retries_per_saga",
            "max_retries_count",
            "max_retries_saga_id",
            "sagas_with_retries",
            "total_retries",
        ]
    );
    assert_eq!(
        read(&server, "/api/v1/erp/status").await["pending_count"],
        2
    );
}

#[tokio::test]
async fn every_answer_has_exactly_its_fields_of_their_types_and_null_where_there_is_nothing_yet() {
    let (server, _) = writing().await;
    let before = with(METRICS, &[]);
    let nothing = read(&server, "/api/erp/metrics?hours=24").await;
    assert_shape(&nothing, &before);
    assert_shape(
        &nothing["retry_metrics"],
        &with(RETRIES, &[("max_retries_saga_id", "null")]),
    );
    assert_eq!(
        (&nothing["success_rate"], &nothing["avg_latency_seconds"]),
        (&json!(0.0), &json!(0.0))
    );
    let mut sagas = Vec::new();
    for key in ["waits", "failed", "accepted", "dead", "under way"] {
        let body = recipe(key, "1.0");
        let (status, saga) = call(&server, "ana", Method::POST, "/api/v1/erp/recipes", body).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{saga}");
        assert_shape(&saga, &with(SAGA, &[]));
        sagas.push(saga["saga_id"].as_str().unwrap().to_owned());
    }
    let now = server.now();
    for (key, change) in [
        ("failed", "attempts = 3, last_error = 'Connection timeout', processing_started_at = $1"),
        (
            "accepted",
            "status = 'completed', attempts = 2, processing_started_at = $1 - interval '2 seconds', processed_at = $1,
             result_payload = '{\"number\": \"R-1\"}'",
        ),
        ("dead", "status = 'dead', attempts = 5, last_error = 'refused', updated_at = $1"),
    ] {
        let change = format!("update erp_outbox set {change} where idempotency_key = '{key}'");
        sqlx::query(sqlx::AssertSqlSafe(change))
            .bind(now)
            .execute(&server.admin())
            .await
            .unwrap();
    }
    sqlx::query(
        "insert into erp_outbox_leases (token, company_id, lane, ids, seqs, taken_at, lease_until)
         select gen_random_uuid(), company_id, lane, array[id], array[seq], $1, $1::timestamptz + interval '1 minute'
         from erp_outbox where idempotency_key = 'under way'",
    )
    .bind(now)
    .execute(&server.admin())
    .await
    .unwrap();
    let looked = async |at: usize| read(&server, &format!("/api/erp/saga/{}", sagas[at])).await;
    let unset = [
        ("last_error", "null"),
        ("result_payload", "null"),
        ("processing_started_at", "null"),
        ("processed_at", "null"),
        ("backoff_seconds", "null"),
        ("time_in_queue_seconds", "null"),
    ];
    let waits = looked(0).await;
    assert_shape(&waits, &with(SAGA, &unset));
    let whole = recipe("waits", "1.0")["recipe"].clone();
    assert_eq!(
        waits["payload"]["recipe"]["recipe_code"],
        whole["recipe_code"]
    );
    assert_eq!(fields(&waits["payload"]), ["recipe"]);
    let failed = [
        ("last_error", "string"),
        ("result_payload", "null"),
        ("processing_started_at", "time"),
        ("processed_at", "null"),
        ("backoff_seconds", "integer"),
        ("time_in_queue_seconds", "null"),
    ];
    assert_shape(&looked(1).await, &with(SAGA, &failed));
    let accepted = [
        ("result_payload", "object"),
        ("processing_started_at", "time"),
        ("processed_at", "time"),
        ("time_in_queue_seconds", "number"),
    ];
    assert_shape(&looked(2).await, &with(SAGA, &accepted));
    let status = read(&server, "/api/erp/status").await;
    let waiting = [
        ("oldest_pending_at", "time"),
        ("newest_pending_at", "time"),
        ("backlog_hours", "number"),
    ];
    assert_shape(&status, &with(STATUS, &waiting));
    let counts = [
        "pending_count",
        "in_progress_count",
        "completed_count",
        "dead_count",
        "total_queue_size",
    ];
    assert_eq!(
        counts.map(|count| status[count].as_i64().unwrap()),
        [2, 1, 1, 1, 3]
    );
    let page = read(&server, "/api/erp/failed?include_dead=true").await;
    assert_shape(
        &page,
        &[
            ("items", "array"),
            ("total_count", "integer"),
            ("page", "integer"),
            ("page_size", "integer"),
        ],
    );
    assert_eq!(
        (&page["total_count"], &page["page"], &page["page_size"]),
        (&json!(2), &json!(1), &json!(50))
    );
    for item in page["items"].as_array().unwrap() {
        assert_shape(item, &FAILED);
    }
    let metrics = read(&server, "/api/erp/metrics?hours=1").await;
    assert_shape(&metrics, &before);
    assert_shape(
        &metrics["retry_metrics"],
        &with(RETRIES, &[("max_retries_saga_id", "uuid")]),
    );
    assert_eq!(metrics["success_rate"], 50.0);
    assert_eq!(metrics["avg_latency_seconds"], 2.0);
    let retries = &metrics["retry_metrics"];
    let (most, saga) = (
        &retries["max_retries_count"],
        &retries["max_retries_saga_id"],
    );
    assert_eq!((most, saga), (&json!(4), &json!(sagas[3])));
    assert_eq!(
        (&retries["total_retries"], &retries["avg_retries_per_saga"]),
        (&json!(6), &json!(3.0))
    );
}
