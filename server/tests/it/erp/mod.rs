//! Writing into ERPs through the API: what may be asked for, by whom, and what becomes of it.

mod answers;
mod connection_schema;
mod shape;

use crate::floor;
use crate::harness::{Harness, STRANGER};
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
async fn a_command_that_was_taken_once_is_answered_the_same_whatever_its_account_takes_by_now() {
    let (server, id) = writing().await;
    let post = async |key: &str| {
        let body = recipe(key, "1.0");
        call(&server, "ana", Method::POST, "/api/v1/erp/recipes", body).await
    };
    let (_, first) = post("k1").await;
    operations::connections::record_push_kinds(
        &server.store,
        server.site.company,
        domain::ConnectionId(id),
        &[PushKind::Stock.as_str().to_owned()],
    )
    .await
    .unwrap();
    let (status, again) = post("k1").await;
    assert_eq!(
        (status, &again["saga_id"]),
        (StatusCode::ACCEPTED, &first["saga_id"])
    );
    let (status, _) = post("k2").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_recipe_command_says_whose_it_is_when_and_from_where_and_another_s_is_refused() {
    let (server, _) = writing().await;
    let own = domain::erp::tenant_id(server.site.company);
    let command = |tenant: &str, key: &str, triggered_at: &str| {
        json!({
            "tenant_id": tenant,
            "idempotency_key": key,
            "recipe": {
                "recipe_code": "RECIPE-001",
                "name": "Example Recipe",
                "version": "1.0",
                "effective_from": "2024-10-13T10:30:00.123456",
                "materials": [{
                    "material_code": "RM-001",
                    "description": "Raw Material 1",
                    "hs_code": "12345678",
                    "quantity": 10.0,
                    "unit_of_measure": "KG",
                    "unit_cost": { "amount": 5.50, "currency": "USD" },
                }],
            },
            "triggered_at": triggered_at,
            "source_system": "manufacturing-app",
        })
    };
    let post =
        async |body: Value| call(&server, "ana", Method::POST, "/api/v1/erp/recipes", body).await;
    let (own, key) = (own.to_string(), "recipe-sync-2024-001");
    let (status, first) = post(command(&own, key, "2024-10-13T10:30:00.123456")).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{first}");
    assert_eq!(first["tenant_id"], own);
    let (_, later) = post(command(&own, key, "2024-10-13T10:45:00.654321")).await;
    assert_eq!(later["saga_id"], first["saga_id"]);
    let other = "11111111-2222-3333-4444-555555555555";
    let (status, problem) = post(command(other, "k2", "2024-10-13T10:30:00")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains(other) && detail.contains(&own), "{detail}");
}

#[tokio::test]
async fn an_idempotency_key_has_up_to_128_characters() {
    let (server, connection) = writing().await;
    for (length, wanted) in [
        (128, StatusCode::ACCEPTED),
        (129, StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let key = "ž".repeat(length);
        let body = recipe(&key, "1.0");
        let (status, saga) = call(&server, "ana", Method::POST, "/api/v1/erp/recipes", body).await;
        assert_eq!(status, wanted, "{saga}");
        let product = json!({ "code": "FG-002", "name": "Chair" });
        let step = json!({
            "event_type": "inventory.product.upsert", "connection_id": connection, "payload": product,
        });
        let key = "k".repeat(length);
        let body = json!({ "idempotency_key": key, "steps": [step, step] });
        let (status, saga) = call(&server, "ana", Method::POST, "/api/v1/erp/sagas", body).await;
        assert_eq!(status, wanted, "{saga}");
    }
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
async fn a_step_of_a_dead_saga_is_edited_where_it_stands_and_elsewhere_it_is_said_what_to_do() {
    let (server, connection) = writing().await;
    let step = |code: &str| {
        let product = json!({ "code": code, "name": code });
        json!({
            "event_type": "inventory.product.upsert", "connection_id": connection, "payload": product,
        })
    };
    let body = json!({ "idempotency_key": "k1", "steps": [step("A"), step("B")] });
    let (_, saga) = call(&server, "ana", Method::POST, "/api/v1/erp/sagas", body).await;
    let id = saga["saga_id"].as_str().unwrap().to_owned();
    for dead in [
        "update erp_outbox set status = 'dead', last_error = 'refused'",
        "update erp_outbox_steps set state = 'accepted' where step = 1",
    ] {
        sqlx::query(dead).execute(&server.admin()).await.unwrap();
    }
    let path = format!("/api/v1/erp/saga/{id}/payload");
    let edit = async |step: Value, code: &str| {
        let payload = json!({ "code": code, "name": "Another name" });
        let body = json!({ "step": step, "payload": payload, "reason": "The name was wrong." });
        let (status, problem) = call(&server, "ana", Method::POST, &path, body).await;
        (status, problem["detail"].to_string())
    };
    let (status, detail) = edit(json!(1), "A").await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        detail.contains("discard the saga, which takes it back"),
        "{detail}"
    );
    let (status, detail) = edit(json!(3), "C").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(detail.contains("from 1 to 2"), "{detail}");
    let (status, detail) = edit(Value::Null, "B").await;
    assert_eq!(status, StatusCode::NO_CONTENT, "{detail}");
    let saga = read(&server, &format!("/api/erp/saga/{id}")).await;
    assert_eq!(saga["status"], "pending");
    let steps = &saga["payload"]["steps"];
    assert_eq!(steps[0]["payload"]["name"], "A");
    assert_eq!(steps[1]["payload"]["name"], "Another name");
}

#[tokio::test]
async fn a_copy_of_a_command_goes_to_a_test_system_and_leads_back_to_the_command() {
    let (server, real) = writing().await;
    let post = async |login: &str, path: &str, body: Value| {
        call(&server, login, Method::POST, path, body).await
    };
    let mut test = json!({
        "name": "Pantheon for tests", "warehouse_id": server.site.warehouse,
        "adapter_type": "pantheon", "write_back": true, "test_system": true,
        "connection": {
            "base_url": "http://test.example.invalid:3003", "username": "crossdock", "password": "x",
        },
    });
    let (status, _) = post("ana", "/api/v1/connections", test.clone()).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    test["write_back"] = json!(false);
    let (status, made) = post("ana", "/api/v1/connections", test).await;
    assert_eq!(
        (status, &made["test_system"]),
        (StatusCode::CREATED, &json!(true))
    );
    let schedules = read(
        &server,
        &format!("/api/v1/schedules?connection_id={}", made["id"]),
    )
    .await;
    let schedules = schedules["rows"].as_array().unwrap();
    assert!(!schedules.is_empty());
    for row in schedules {
        assert_eq!(row["schedule"]["enabled"], false, "{row}");
    }
    post("ana", "/api/v1/erp/recipes", recipe("k1", "1.0")).await;
    let sent = read(&server, "/api/v1/deliveries").await;
    let original = sent["rows"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(sent["rows"][0]["rehearsal_of"], Value::Null);
    let path = format!("/api/v1/deliveries/{original}/rehearse");
    let to = |id: &Value| json!({ "connection_id": id });
    let (status, problem) = post("ana", &path, to(&json!(real))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("no test system"), "{detail}");
    let (status, _) = post("luka", &path, to(&made["id"])).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (status, copy) = post("ana", &path, to(&made["id"])).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{copy}");
    assert_eq!(copy["message"]["rehearsal_of"], json!(original));
    assert_eq!(copy["message"]["connection_id"], made["id"]);
    let id = copy["message"]["id"].as_str().unwrap();
    let kept = read(&server, &format!("/api/v1/deliveries/{id}")).await;
    assert_eq!(kept["payload"]["recipe_code"], "RECIPE-001");
}
