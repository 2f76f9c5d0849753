//! The REST API: what it answers, and how it says no.

use crate::floor;
use crate::harness::Harness;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

async fn get(server: &Harness, token: &str, path: &str) -> (StatusCode, Value) {
    let request = server.request(Method::GET, path).bearer_auth(token);
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let json = answer.json().await;
    (
        status,
        json.unwrap_or_else(|_| panic!("{path} answers no JSON")),
    )
}

#[tokio::test]
async fn documents_are_found_under_both_addresses_with_decimals_as_strings() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let token = server.access_token("luka").await;
    let (_, new) = get(
        &server,
        &token,
        "/api/v1/dispatches?only_wms=true&limit=1000",
    )
    .await;
    let (_, old) = get(&server, &token, "/api/dispatches?doc_type=3000").await;
    assert_eq!(new["rows"], old["rows"]);
    assert_eq!(new["rows"][0]["number"], "26-3000-000001");
    assert_eq!(new["next"], Value::Null);
    let (_, none) = get(&server, &token, "/api/v1/dispatches?doc_type=9999").await;
    assert_eq!(none["rows"], json!([]));
    let path = format!("/api/dispatches/{}/items", floor.document);
    let (_, lines) = get(&server, &token, &path).await;
    let line = &lines["rows"][0];
    let requested: rust_decimal::Decimal = line["requested"].as_str().unwrap().parse().unwrap();
    assert_eq!(requested, 6.into());
    assert_eq!(line["exists_in_wms"], true);
    let path = format!("/api/v1/receipts/{}", floor.document);
    assert_eq!(
        get(&server, &token, &path).await.0,
        StatusCode::NOT_FOUND,
        "it is no receipt"
    );
}

#[tokio::test]
async fn the_same_operation_twice_changes_nothing_and_answers_the_same_bytes() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let token = server.access_token("marko").await;
    let body = floor::pick(&floor, Uuid::new_v4(), "2");
    let send = || async {
        let request = server
            .request(Method::POST, "/api/v1/operations")
            .bearer_auth(&token);
        let answer = request.json(&body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        answer.bytes().await.unwrap()
    };
    let first = send().await;
    let second = send().await;
    assert_eq!(first, second);
    let answer: Value = serde_json::from_slice(&first).unwrap();
    assert_eq!(answer["outcome"]["outcome"], "accepted");
    let luka = server.caller("luka").await;
    let detail = store::documents::get(&server.store, &luka, floor.document)
        .await
        .unwrap();
    assert_eq!(detail.lines[0].done, 2.into());
}

#[tokio::test]
async fn a_refusal_is_an_answer_and_an_absurd_quantity_a_problem() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let token = server.access_token("marko").await;
    let send = async |quantity: &str| {
        let body = floor::pick(&floor, Uuid::new_v4(), quantity);
        let request = server
            .request(Method::POST, "/api/v1/operations")
            .bearer_auth(&token);
        let answer = request.json(&body).send().await.unwrap();
        (answer.status(), answer.json::<Value>().await.unwrap())
    };
    let (status, answer) = send("7").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(answer["outcome"]["outcome"], "refused");
    for absurd in ["-1", "3870000000017", "two"] {
        let (status, problem) = send(absurd).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{absurd}");
        assert_eq!(problem["code"], "invalid", "{absurd}");
    }
}

#[tokio::test]
async fn a_sync_is_accepted_and_its_run_can_be_looked_at() {
    let server = Harness::start().await;
    floor::prepare(&server).await;
    let token = server.access_token("ana").await;
    for (path, entity) in [
        ("/api/sync/catalog", "items"),
        ("/api/v1/sync/subjects", "partners"),
        ("/api/sync/issue", "dispatches"),
        ("/api/v1/sync/receipt", "receipts"),
    ] {
        let answer = server
            .request(Method::POST, path)
            .bearer_auth(&token)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::ACCEPTED, "{path}");
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        let run: Value = answer.json().await.unwrap();
        assert_eq!(run["entity"], entity);
        assert_eq!(run["state"], "queued");
        let (status, again) = get(&server, &token, &location).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(again["id"], run["id"]);
    }
    let lead = server.access_token("luka").await;
    let request = server
        .request(Method::POST, "/api/sync/catalog")
        .bearer_auth(lead);
    assert_eq!(
        request.send().await.unwrap().status(),
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn the_figures_of_the_api_are_those_of_the_board() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let marko = server.access_token("marko").await;
    let body = floor::pick(&floor, Uuid::new_v4(), "2");
    let request = server
        .request(Method::POST, "/api/v1/operations")
        .bearer_auth(&marko);
    request.json(&body).send().await.unwrap();
    let token = server.access_token("tv").await;
    let (_, board) = get(&server, &token, "/api/v1/boards/shift").await;
    let path = format!("/api/v1/kpis?warehouse={}", server.site.warehouse);
    let (_, kpis) = get(&server, &token, &path).await;
    for (name, value) in board["figures"].as_object().unwrap() {
        assert_eq!(&kpis[name], value, "{name}");
    }
    assert_eq!(kpis["lines_picked"], 1);
    let page = server.sign_in("tv").await;
    let arguments = json!({ "warehouse_id": server.site.warehouse });
    let shown = page.call("/api/fn/boards/shift", &arguments).await;
    let shown: Value = shown.json().await.unwrap();
    assert_eq!(shown, board);
}

#[tokio::test]
async fn every_error_is_a_problem() {
    let server = Harness::start().await;
    let token = server.access_token("ana").await;
    let ask = |method: Method, path: &str, kind: Option<&'static str>, body: &'static str| {
        let mut request = server.request(method, path).bearer_auth(&token).body(body);
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        request.send()
    };
    let json = Some("application/json");
    for (method, path, kind, body, status) in [
        (Method::GET, "/api/v1/nothing", None, "", 404),
        (Method::POST, "/api/nothing/at/all", None, "", 404),
        (Method::GET, "/api/v1/dispatches/999999", None, "", 404),
        (Method::GET, "/api/v1/dispatches/seven", None, "", 404),
        (Method::DELETE, "/api/v1/items", None, "", 405),
        (Method::GET, "/api/v1/operations", None, "", 405),
        (Method::GET, "/api/v1/items?limit=many", None, "", 422),
        (Method::GET, "/api/v1/items?colour=red", None, "", 422),
        (Method::GET, "/api/v1/items?after=garbage", None, "", 422),
        (
            Method::GET,
            "/api/v1/dispatches?date_from=yesterday",
            None,
            "",
            422,
        ),
        (Method::POST, "/api/v1/operations", json, "{", 400),
        (Method::POST, "/api/v1/operations", json, "{}", 422),
        (
            Method::POST,
            "/api/v1/operations",
            Some("text/plain"),
            "{}",
            415,
        ),
        (Method::POST, "/api/v1/sync/catalog", json, "{", 400),
        (
            Method::POST,
            "/api/v1/sync/catalog",
            json,
            "{\"mode\":\"half\"}",
            422,
        ),
        (Method::POST, "/api/v1/sync/catalog", None, "", 422),
    ] {
        let answer = ask(method.clone(), path, kind, body).await.unwrap();
        let shown = format!("{method} {path} {body}");
        assert_eq!(answer.status().as_u16(), status, "{shown}");
        assert_eq!(
            answer.headers()["content-type"],
            "application/problem+json",
            "{shown}"
        );
        assert_eq!(answer.headers()["cache-control"], "no-store", "{shown}");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["status"], status, "{shown}");
        assert!(
            problem["detail"]
                .as_str()
                .is_some_and(|text| !text.is_empty()),
            "{shown}"
        );
        assert!(problem["code"].is_string(), "{shown}");
    }
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let server = Harness::start_with(&[("CROSSDOCK_REQUEST_BODY_KILOBYTES", "16")]).await;
    let token = server.access_token("ana").await;
    let request = server
        .request(Method::POST, "/api/v1/operations")
        .bearer_auth(token)
        .header("content-type", "application/json")
        .body("x".repeat(20_000));
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(problem["code"], "too_large");
}

#[tokio::test]
async fn pages_of_a_list_join_without_gap_or_repeat() {
    let server = Harness::start().await;
    floor::prepare(&server).await;
    let token = server.access_token("luka").await;
    let (status, page) = get(&server, &token, "/api/v1/items?limit=0").await;
    assert_eq!(status, StatusCode::OK, "limits are clamped");
    assert_eq!(page["rows"].as_array().unwrap().len(), 1);
    let (_, found) = get(&server, &token, "/api/v1/items?q=85123").await;
    assert_eq!(found["rows"][0]["code"], "85123A");
}
