//! What administrators do through the API: webhooks, dry runs, captured calls, lists.

use crate::floor;
use crate::harness::Harness;
use domain::sync::Entity;
use operations::sync_runs::Records;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use server::rest::{Access, document, endpoints};
use std::collections::BTreeSet;
use store::exchanges::Exchange;

/// An answer of the API: status and body; null without one.
async fn call(
    server: &Harness,
    login: &str,
    method: Method,
    path: &str,
    body: Value,
) -> (StatusCode, Value) {
    let token = server.access_token(login).await;
    call_with(server, &token, method, path, body).await
}

async fn call_with(
    server: &Harness,
    token: &str,
    method: Method,
    path: &str,
    body: Value,
) -> (StatusCode, Value) {
    let path = format!("/api/v1{path}");
    let mut request = server.request(method, &path).bearer_auth(token);
    if !body.is_null() {
        request = request.json(&body);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

async fn get(server: &Harness, path: &str) -> Value {
    let (status, body) = call(server, "ana", Method::GET, path, Value::Null).await;
    assert_eq!(status, StatusCode::OK, "{path}: {body}");
    body
}

fn endpoint(name: &str, secret: Option<&str>) -> Value {
    json!({
        "name": name, "url": "https://shop.example.com/hook", "active": true,
        "events": ["document.finished"], "secret": secret,
    })
}

#[tokio::test]
async fn a_webhook_is_set_up_tried_and_taken_away_and_its_secret_is_never_told() {
    let server = Harness::start().await;
    let secret = "a secret of twenty-four characters";
    let form = endpoint("shop", Some(secret));
    let ana = "ana";
    let (status, made) = call(&server, ana, Method::POST, "/webhooks", form.clone()).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let path = format!("/webhooks/{}", made["id"]);
    let (status, _) = call(&server, ana, Method::POST, "/webhooks", form).await;
    assert_eq!(status, StatusCode::CONFLICT, "a name is taken once");
    let inside = json!({
        "name": "inside", "url": "https://127.0.0.1/", "active": true,
        "events": ["document.finished"], "secret": secret,
    });
    let (status, _) = call(&server, ana, Method::POST, "/webhooks", inside).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let (status, kept) = call(&server, ana, Method::PUT, &path, endpoint("store", None)).await;
    assert_eq!((status, &kept["name"]), (StatusCode::OK, &json!("store")));
    let rotated = json!({ "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD" });
    let secret_path = format!("{path}/secret");
    let (status, _) = call(&server, ana, Method::POST, &secret_path, rotated).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let short = json!({ "secret": "short" });
    let (status, _) = call(&server, ana, Method::POST, &secret_path, short).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let test_path = format!("{path}/test");
    let (status, queued) = call(&server, ana, Method::POST, &test_path, Value::Null).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    let delivery = format!("/deliveries/{}", queued["delivery_id"].as_str().unwrap());
    assert_eq!(
        get(&server, &delivery).await["message"]["state"],
        json!("pending")
    );
    let listed = get(&server, "/webhooks").await;
    for told in [&made, &kept, &listed] {
        let text = told.to_string();
        assert!(
            !text.contains("twenty-four") && !text.contains("whsec_"),
            "{text}"
        );
    }
    let (status, _) = call(&server, ana, Method::DELETE, &path, Value::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(get(&server, "/webhooks").await["rows"], json!([]));
    assert_eq!(
        get(&server, &delivery).await["message"]["state"],
        json!("discarded")
    );
}

#[tokio::test]
async fn a_dead_delivery_is_put_back_or_given_up_with_a_reason() {
    let server = Harness::start().await;
    let secret = Some("a secret of twenty-four characters");
    let form = endpoint("shop", secret);
    let (_, made) = call(&server, "ana", Method::POST, "/webhooks", form).await;
    let test = format!("/webhooks/{}/test", made["id"]);
    let (_, queued) = call(&server, "ana", Method::POST, &test, Value::Null).await;
    let path = format!("/deliveries/{}", queued["delivery_id"].as_str().unwrap());
    let act = async |what: &str, reason: &str| {
        let (path, body) = (format!("{path}/{what}"), json!({ "reason": reason }));
        call(&server, "ana", Method::POST, &path, body).await.0
    };
    assert_eq!(
        act("requeue", "because").await,
        StatusCode::CONFLICT,
        "it is not dead"
    );
    sqlx::query("update erp_outbox set status = 'dead'")
        .execute(&server.admin())
        .await
        .unwrap();
    assert_eq!(
        act("requeue", "  ").await,
        StatusCode::UNPROCESSABLE_ENTITY,
        "no reason was given"
    );
    assert_eq!(act("requeue", "repaired").await, StatusCode::NO_CONTENT);
    assert_eq!(
        get(&server, &path).await["message"]["state"],
        json!("pending")
    );
    assert_eq!(
        act("discard", "told by telephone").await,
        StatusCode::NO_CONTENT
    );
    let settled = get(&server, &path).await;
    assert_eq!(settled["settled_reason"], json!("told by telephone"));
    let dead = get(&server, "/deliveries?state=dead").await;
    assert_eq!(dead["rows"], json!([]));
}

#[tokio::test]
async fn a_dry_run_is_looked_at_and_applied_once_or_thrown_away() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let mut item = floor::item();
    item.name = "ANOTHER NAME".to_owned();
    let items = || Records::Items(vec![item.clone()]);
    let first = floor::look(&server, floor.connection, Entity::Items, items()).await;
    let rows = get(&server, &format!("/sync-runs/{first}/preview?kind=changed")).await;
    assert_eq!(rows["rows"][0]["external_key"], json!("85123A"));
    assert_eq!(
        rows["rows"][0]["changes"][0]["new"],
        json!("ANOTHER NAME"),
        "{rows}"
    );
    let apply = format!("/sync-runs/{first}/preview/application");
    let (status, _) = call(&server, "luka", Method::POST, &apply, json!({})).await;
    assert_eq!(
        status,
        StatusCode::FORBIDDEN,
        "a lead looks and starts nothing"
    );
    let (status, real) = call(&server, "ana", Method::POST, &apply, json!({})).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert_eq!(
        (&real["dry"], &real["state"]),
        (&json!(false), &json!("queued")),
        "{real}"
    );
    let (status, _) = call(&server, "ana", Method::POST, &apply, json!({})).await;
    assert_eq!(status, StatusCode::CONFLICT, "it was applied");
    let cancel = format!("/sync-runs/{}/cancellation", real["id"]);
    call(&server, "ana", Method::POST, &cancel, Value::Null).await;
    let second = floor::look(&server, floor.connection, Entity::Items, items()).await;
    let preview = format!("/sync-runs/{second}/preview");
    let (status, _) = call(&server, "ana", Method::DELETE, &preview, Value::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(get(&server, &preview).await["rows"], json!([]));
}

#[tokio::test]
async fn captured_calls_are_listed_narrowed_and_downloaded_and_the_download_is_audited() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    for (id, error) in [("click-1", None), ("click-2", Some("It answered 500."))] {
        let exchange = Exchange {
            correlation_id: id.to_owned(),
            operation: "pull items".to_owned(),
            method: "POST".to_owned(),
            url: "https://erp.example.com/get".to_owned(),
            status: Some(200),
            latency_ms: 12,
            request_body: Some("{\"method\":\"getIdentWMS\"}".to_owned()),
            response_head: Some("[]".to_owned()),
            error: error.map(str::to_owned),
            at: server.now(),
        };
        let company = server.site.company;
        store::exchanges::record(&server.store, company, floor.connection, &exchange)
            .await
            .unwrap();
    }
    let path = format!("/connections/{}/calls", floor.connection);
    let all = get(&server, &path).await;
    assert_eq!(all["rows"].as_array().unwrap().len(), 2);
    let failed = get(&server, &format!("{path}?failed=true")).await;
    assert_eq!(failed["rows"][0]["correlation_id"], json!("click-2"));
    let file = format!(
        "/exports/connections/{}/calls?correlation_id=click-1",
        floor.connection
    );
    let ask = async |login: &str| {
        let token = server.access_token(login).await;
        let request = server.request(Method::GET, &file).bearer_auth(token);
        request.send().await.unwrap()
    };
    let answer = ask("ana").await;
    assert_eq!(answer.headers()["content-type"], "application/x-ndjson");
    let text = answer.text().await.unwrap();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 1);
    assert_eq!(
        lines[0]["request_body"],
        json!("{\"method\":\"getIdentWMS\"}")
    );
    assert_eq!(ask("tv").await.status(), StatusCode::FORBIDDEN);
    assert_eq!(
        ask(crate::harness::STRANGER).await.status(),
        StatusCode::NOT_FOUND
    );
    let noted =
        "select count(*) from audit_entries where action = 'EXPORTED' and subject = 'calls'";
    let noted: i64 = sqlx::query_scalar(noted)
        .fetch_one(&server.admin())
        .await
        .unwrap();
    assert_eq!(noted, 1);
}

/// Lists whose answer is a page, without an id in the address.
fn lists() -> Vec<&'static str> {
    let is_list = |path: &str| {
        let answer = &document()["paths"][format!("/api/v1{path}")]["get"]["responses"]["200"];
        let schema = answer["content"]["application/json"]["schema"]["$ref"].as_str();
        let schema = schema.and_then(|name| document().pointer(name.trim_start_matches('#')));
        schema.is_some_and(|schema| schema["properties"]["next"].is_object())
    };
    endpoints()
        .iter()
        .filter(|endpoint| endpoint.method == Method::GET && endpoint.access != Access::Open)
        .map(|endpoint| endpoint.path)
        .filter(|path| !path.contains('{') && is_list(path))
        .collect()
}

#[tokio::test]
async fn every_list_has_a_limit_and_shows_each_row_once_however_small_its_pages() {
    let server = Harness::start().await;
    crate::openapi::seed(&server).await;
    let token = server.access_token("ana").await;
    let read = async |path: &str| {
        let (status, body) = call_with(&server, &token, Method::GET, path, Value::Null).await;
        (status, body)
    };
    let lists = lists();
    assert!(lists.len() >= 18, "{lists:?}");
    let mut longer = BTreeSet::new();
    for path in lists {
        let (status, _) = read(&format!("{path}?limit=201")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        let (_, whole) = read(&format!("{path}?limit=200")).await;
        let whole = whole["rows"].as_array().unwrap();
        let (mut met, mut after) = (Vec::new(), String::new());
        while met.len() <= whole.len() {
            let (status, page) = read(&format!("{path}?limit=1{after}")).await;
            assert_eq!(status, StatusCode::OK, "{path}: {page}");
            met.extend_from_slice(page["rows"].as_array().unwrap());
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        assert_eq!(&met, whole, "{path}");
        if whole.len() > 1 {
            longer.insert(path);
        }
    }
    for path in [
        "/teams",
        "/shift-plans",
        "/rosters",
        "/users",
        "/webhooks",
        "/deliveries",
        "/stock",
        "/sync-runs",
    ] {
        assert!(
            longer.contains(path),
            "{path} has one page only: {longer:?}"
        );
    }
}
