//! Writing into ERPs through the API: the shapes that clients rely on, and who may.

use crate::floor;
use crate::harness::{Harness, STRANGER};
use chrono::TimeDelta;
use domain::push::PushKind;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

async fn call(
    server: &Harness,
    login: &str,
    method: Method,
    path: &str,
    body: Value,
) -> (StatusCode, Value) {
    let token = server.access_token(login).await;
    let mut request = server.request(method, path).bearer_auth(token);
    if !body.is_null() {
        request = request.json(&body);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

async fn read(server: &Harness, path: &str) -> Value {
    let (status, body) = call(server, "ana", Method::GET, path, Value::Null).await;
    assert_eq!(status, StatusCode::OK, "{path}: {body}");
    body
}

/// A server whose connection writes everything; its id.
async fn writing() -> (Harness, i64) {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let kinds: Vec<String> = PushKind::ALL
        .iter()
        .map(|kind| kind.as_str().to_owned())
        .collect();
    let (company, id) = (server.site.company, floor.connection);
    operations::connections::record_push_kinds(&server.store, company, id, &kinds)
        .await
        .unwrap();
    (server, floor.connection.0)
}

fn recipe(key: &str, version: &str) -> Value {
    json!({
        "idempotency_key": key,
        "recipe": {
            "recipe_code": "RECIPE-001", "name": "Example Recipe", "version": version,
            "effective_from": "2024-10-13T10:00:00Z",
            "materials": [{
                "material_code": "RM-001", "description": "Raw Material 1", "hs_code": "12345678",
                "quantity": 10.0, "unit_of_measure": "KG",
                "unit_cost": { "amount": 5.50, "currency": "USD" },
            }],
        },
    })
}

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

/// The JSON Schema of an object with exactly these fields, from the word of each one's type.
fn shape(fields: &[(&str, &str)]) -> Value {
    let typed = |word: &str| match word.strip_suffix(" or null") {
        Some(word) => json!([word, "null"]),
        None => json!([word]),
    };
    let of = |word: &str| match word {
        "uuid" => {
            json!({ "type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" })
        }
        "uuid or null" => {
            json!({ "type": ["string", "null"], "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" })
        }
        "time" => json!({ "type": "string", "pattern": TIME }),
        "time or null" => json!({ "type": ["string", "null"], "pattern": TIME }),
        "null" => json!({ "type": "null" }),
        word => json!({ "type": typed(word) }),
    };
    let properties: serde_json::Map<String, Value> = fields
        .iter()
        .map(|(name, word)| ((*name).to_owned(), of(word)))
        .collect();
    let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    json!({ "type": "object", "properties": properties, "required": names, "additionalProperties": false })
}

const TIME: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?Z$";

fn assert_shape(value: &Value, fields: &[(&str, &str)]) {
    let validator = jsonschema::validator_for(&shape(fields)).unwrap();
    let faults: Vec<String> = validator
        .iter_errors(value)
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{faults:?} in {value}");
}

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

/// The type words with those of some fields replaced by what they have to be here.
fn with<'a, const N: usize>(
    fields: [(&'a str, &'a str); N],
    here: &[(&str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let word = |(name, word): (&'a str, &'a str)| {
        let other = here.iter().find(|(field, _)| *field == name);
        (name, other.map_or(word, |(_, word)| *word))
    };
    fields.into_iter().map(word).collect()
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
        (
            "under way",
            "status = 'in_progress', processing_started_at = $1, lease_token = gen_random_uuid(),
             lease_until = $1 + interval '1 minute'",
        ),
    ] {
        let change = format!("update erp_outbox set {change} where idempotency_key = '{key}'");
        sqlx::query(sqlx::AssertSqlSafe(change))
            .bind(now)
            .execute(&server.admin())
            .await
            .unwrap();
    }
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

#[tokio::test]
async fn figures_are_refused_beyond_their_limits() {
    let (server, _) = writing().await;
    for (path, fine) in [
        ("/api/erp/metrics?hours=1", true),
        ("/api/erp/metrics?hours=168", true),
        ("/api/erp/metrics?hours=0", false),
        ("/api/erp/metrics?hours=169", false),
        ("/api/erp/failed?page_size=200", true),
        ("/api/erp/failed?page_size=201", false),
        ("/api/erp/failed?page=0", false),
        ("/api/erp/failed?include_dead=perhaps", false),
    ] {
        let (status, _) = call(&server, "ana", Method::GET, path, Value::Null).await;
        let wanted = match fine {
            true => StatusCode::OK,
            false => StatusCode::UNPROCESSABLE_ENTITY,
        };
        assert_eq!(status, wanted, "{path}");
    }
}

#[tokio::test]
async fn the_same_key_answers_the_same_saga_another_content_is_a_conflict_and_strangers_see_nothing()
 {
    let (server, _) = writing().await;
    let post = async |login: &str, body: Value| {
        call(&server, login, Method::POST, "/api/v1/erp/recipes", body).await
    };
    let (_, first) = post("ana", recipe("k1", "1.0")).await;
    let (status, again) = post("ana", recipe("k1", "1.0")).await;
    assert_eq!(
        (status, &again["saga_id"]),
        (StatusCode::ACCEPTED, &first["saga_id"])
    );
    let (status, _) = post("ana", recipe("k1", "2.0")).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let mut wrong = recipe("k2", "1.0");
    wrong["recipe"]["materials"][0]["quantity"] = json!(0);
    let (status, problem) = post("ana", wrong).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("materials[0].quantity"), "{detail}");
    let (status, _) = post("marko", recipe("k3", "1.0")).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let path = format!("/api/erp/saga/{}", first["saga_id"].as_str().unwrap());
    let (status, _) = call(&server, STRANGER, Method::GET, &path, Value::Null).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (_, queue) = call(
        &server,
        STRANGER,
        Method::GET,
        "/api/erp/status",
        Value::Null,
    )
    .await;
    assert_eq!(queue["total_queue_size"], 0);
}

#[tokio::test]
async fn failed_sagas_come_in_pages_newest_first_and_the_dead_only_when_asked() {
    let (server, _) = writing().await;
    for (key, status) in [("k1", "pending"), ("k2", "dead"), ("k3", "pending")] {
        let body = recipe(key, "1.0");
        call(&server, "ana", Method::POST, "/api/v1/erp/recipes", body).await;
        let failed = "update erp_outbox set attempts = 2, status = $2, last_error = 'no answer'
                      where idempotency_key = $1";
        sqlx::query(failed)
            .bind(key)
            .bind(status)
            .execute(&server.admin())
            .await
            .unwrap();
    }
    let keys = async |query: &str| {
        let page = read(&server, &format!("/api/erp/failed?{query}")).await;
        let items = page["items"].as_array().unwrap().iter();
        let keys: Vec<String> = items
            .map(|item| item["idempotency_key"].as_str().unwrap().to_owned())
            .collect();
        (page["total_count"].as_i64().unwrap(), keys.join(" "))
    };
    assert_eq!(keys("").await, (2, "k3 k1".to_owned()));
    assert_eq!(keys("include_dead=false").await, (2, "k3 k1".to_owned()));
    let all = keys("include_dead=true").await;
    assert_eq!(all, (3, "k3 k2 k1".to_owned()));
    let second = keys("include_dead=true&page=2&page_size=2").await;
    assert_eq!(second, (3, "k1".to_owned()));
    assert_eq!(read(&server, "/api/erp/status").await["dead_count"], 1);
    let metrics = read(&server, "/api/erp/metrics?hours=1").await;
    assert_eq!(metrics["dead_letter_queue_size"], 1);
}

#[tokio::test]
async fn a_dead_saga_is_requeued_edited_or_given_up_with_a_reason_and_says_what_came_of_it() {
    let (server, _) = writing().await;
    let post =
        async |path: String, body: Value| call(&server, "ana", Method::POST, &path, body).await.0;
    let mut sagas = Vec::new();
    for key in ["k1", "k2", "k3"] {
        let body = recipe(key, "1.0");
        let (_, saga) = call(&server, "ana", Method::POST, "/api/v1/erp/recipes", body).await;
        sagas.push(saga["saga_id"].as_str().unwrap().to_owned());
    }
    sqlx::query("update erp_outbox set status = 'dead', attempts = 5, last_error = 'refused'")
        .execute(&server.admin())
        .await
        .unwrap();
    let path = |at: usize, act: &str| format!("/api/v1/erp/saga/{}/{act}", sagas[at]);
    let reason = json!({ "reason": "The account was unlocked." });
    let wordless = post(path(0, "requeue"), json!({ "reason": "" })).await;
    assert_eq!(wordless, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        post(path(0, "requeue"), reason.clone()).await,
        StatusCode::NO_CONTENT
    );
    let second = read(&server, &format!("/api/erp/saga/{}", sagas[1])).await;
    let mut edited = second["payload"].clone();
    edited["recipe"]["name"] = json!("Another name");
    let edit = json!({ "payload": edited, "reason": "The name was wrong." });
    assert_eq!(post(path(1, "payload"), edit).await, StatusCode::NO_CONTENT);
    assert_eq!(
        post(path(2, "discard"), reason.clone()).await,
        StatusCode::NO_CONTENT
    );
    let again = post(path(2, "discard"), reason).await;
    assert_eq!(again, StatusCode::CONFLICT);
    let mut states = Vec::new();
    for id in &sagas {
        let saga = read(&server, &format!("/api/erp/saga/{id}")).await;
        states.push((saga["status"].clone(), saga["attempts"].clone()));
        if saga["status"] == "discarded" {
            assert!(saga["processed_at"].is_string() && saga["time_in_queue_seconds"].is_number());
        }
    }
    assert_eq!(states[0], (json!("pending"), json!(0)));
    assert_eq!(states[1], (json!("pending"), json!(0)));
    assert_eq!(states[2].0, "discarded");
    let second = read(&server, &format!("/api/erp/saga/{}", sagas[1])).await;
    assert_eq!(second["payload"]["recipe"]["name"], "Another name");
}

#[tokio::test]
async fn the_schema_of_a_connection_is_sound_and_takes_its_examples_and_no_others() {
    let (server, _) = writing().await;
    let schema = read(&server, "/api/v1/schemas/connection").await;
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
    assert!(jsonschema::meta::is_valid(&schema));
    let validator = jsonschema::validator_for(&schema).unwrap();
    let examples = schema["examples"].as_array().unwrap();
    for kind in connectors::registry::kinds() {
        let of_kind = |example: &Value| example["adapter_type"] == kind.kind;
        assert!(examples.iter().any(of_kind), "{}", kind.kind);
    }
    for example in examples {
        let faults: Vec<String> = validator
            .iter_errors(example)
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{faults:?} in {example}");
    }
    let good = &examples[0];
    for (pointer, wrong) in [
        ("/adapter_type", json!("unheard of")),
        ("/retry_policy/max_attempts", json!(11)),
        ("/retry_policy/strategy", json!("sometimes")),
        ("/connection/base_url", json!(7)),
        ("/monitoring", json!({ "unknown": true })),
        ("/timeout_settings/idle_timeout_seconds", json!(0)),
        ("/timeout_settings/connection_timeout_seconds", json!(121)),
        ("/features", json!({ "breaker": false })),
        ("/features/batching", json!("no")),
    ] {
        let mut broken = good.clone();
        *broken.pointer_mut(pointer).unwrap() = wrong;
        assert!(!validator.is_valid(&broken), "{pointer}");
    }
    // What is needed may stand under its older name, and not under both.
    let older = |example: &&Value| example["connection"]["url"].is_string();
    let odoo = examples.iter().find(older).unwrap();
    let mut both = odoo.clone();
    both["connection"]["base_url"] = both["connection"]["url"].clone();
    let mut neither = odoo.clone();
    neither["connection"].as_object_mut().unwrap().remove("url");
    assert!(!validator.is_valid(&both) && !validator.is_valid(&neither));
}
