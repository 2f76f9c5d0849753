//! The REST API: what it answers.

mod mappings;
mod protocol;
mod waves;

use crate::floor;
use crate::harness::Harness;
use domain::document::LineRecord;
use domain::sync::Entity;
use operations::connections::{self, Sealing};
use operations::sync_runs::Records;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use store::connections::NewConnection;
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

async fn refused_to_a_lead(server: &Harness, method: Method, path: &str) {
    let lead = server.access_token("luka").await;
    let request = server.request(method, path).bearer_auth(lead);
    let status = request.send().await.unwrap().status();
    assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
}

#[tokio::test]
async fn documents_are_found_under_both_addresses_with_decimals_as_strings() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let token = server.access_token("luka").await;
    let (_, new) = get(
        &server,
        &token,
        "/api/v1/dispatches?only_wms=true&limit=200",
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
    refused_to_a_lead(&server, Method::POST, "/api/sync/catalog").await;
}

#[tokio::test]
async fn a_second_connection_changes_nothing_for_callers_that_name_none() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let second = NewConnection {
        name: "Another, first by its name".to_owned(),
        kind: "odoo".to_owned(),
        warehouse_id: server.site.warehouse,
        base_url: "http://odoo.example.invalid".to_owned(),
        settings: json!({}),
        secret_names: Vec::new(),
    };
    let sealing = Sealing {
        key: server.secret.sealing(),
        nonce: [3; 12],
        secrets: &BTreeMap::new(),
    };
    let company = server.site.company;
    let (store, pulled) = (&server.store, connectors::registry::pulled);
    connections::ensure(store, company, &second, sealing, pulled, server.now())
        .await
        .unwrap();
    let token = server.access_token("ana").await;
    let request = server
        .request(Method::POST, "/api/sync/catalog")
        .bearer_auth(&token);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let run: Value = answer.json().await.unwrap();
    assert_eq!(run["connection_id"], floor.connection.0);
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
    let kpi = |name: &str, part: &str| {
        let figures = kpis["figures"].as_array().unwrap();
        let figure = figures.iter().find(|figure| figure["kpi"] == name);
        figure.unwrap()[part].clone()
    };
    let figures = &board["figures"];
    assert_eq!(kpi("lines", "value"), figures["lines_picked"].to_string());
    assert_eq!(kpi("quantity", "value"), figures["quantity_picked"]);
    assert_eq!(kpi("lines", "value"), "1");
    assert_eq!(kpi("documents", "value"), "0");
    assert_eq!(kpi("partial_ratio", "value"), Value::Null);
    let page = server.sign_in("tv").await;
    let arguments = json!({ "warehouse_id": server.site.warehouse });
    let shown = page.call("/api/fn/boards/shift", &arguments).await;
    let shown: Value = shown.json().await.unwrap();
    assert_eq!(shown, board);
}

#[tokio::test]
async fn pages_of_a_list_join_without_gap_or_repeat_and_cursors_tell_nothing() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let lines = (1..=7).map(|line| line.to_string()).collect::<Vec<_>>();
    let mut wide = floor::dispatch(&server);
    wide.number = "26-3000-000002".to_owned();
    let template = wide.lines.remove(0);
    wide.lines = lines
        .iter()
        .map(|key| LineRecord {
            key: key.clone(),
            ..template.clone()
        })
        .collect();
    let records = Records::Documents(vec![wide]);
    floor::import(&server, floor.connection, Entity::Dispatches, records).await;
    let token = server.access_token("luka").await;
    let mut path = String::from("/api/v1/dispatches/2/items?limit=3");
    let mut keys = Vec::new();
    loop {
        let (status, page) = get(&server, &token, &path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        let rows = page["rows"].as_array().unwrap();
        keys.extend(
            rows.iter()
                .map(|row| row["key"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next"].as_str() else {
            break;
        };
        assert!(
            next.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)),
            "{next}"
        );
        path = format!("/api/v1/dispatches/2/items?limit=3&after={next}");
    }
    assert_eq!(keys, lines);
    let (_, found) = get(&server, &token, "/api/v1/items?q=85123").await;
    assert_eq!(found["rows"][0]["code"], "85123A");
}

#[tokio::test]
async fn only_test_documents_can_be_deleted() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let token = server.access_token("ana").await;
    let path = format!("/api/v1/dispatches/{}", floor.document);
    let request = server.request(Method::DELETE, &path).bearer_auth(&token);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    assert_eq!(
        get(&server, &token, &path).await.0,
        StatusCode::OK,
        "it is still there"
    );
    refused_to_a_lead(&server, Method::DELETE, &path).await;
}

#[tokio::test]
async fn a_conflict_is_listed_and_decided_by_who_saw_it_as_it_is() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let marko = server.access_token("marko").await;
    let pick = floor::pick(&floor, Uuid::new_v4(), "4");
    let request = server
        .request(Method::POST, "/api/v1/operations")
        .bearer_auth(marko);
    assert_eq!(
        request.json(&pick).send().await.unwrap().status(),
        StatusCode::OK
    );
    let mut lowered = floor::dispatch(&server);
    lowered.lines[0].requested = 3.into();
    let records = Records::Documents(vec![lowered]);
    floor::import(&server, floor.connection, Entity::Dispatches, records).await;
    let token = server.access_token("luka").await;
    let (_, open) = get(&server, &token, "/api/v1/conflicts").await;
    let conflict = &open["rows"][0];
    assert_eq!(conflict["kind"], "lowered", "{open}");
    let path = format!("/api/v1/conflicts/{}/decision", conflict["line_id"]);
    let decide = async |after: &str| {
        let body = json!({
            "id": Uuid::new_v4(),
            "seen": { "after": after, "done": "4" },
            "resolution": { "decision": "keep_floor", "reason": "The truck has left." },
        });
        let request = server.request(Method::POST, &path).bearer_auth(&token);
        request.json(&body).send().await.unwrap().status()
    };
    assert_eq!(
        decide("2").await,
        StatusCode::CONFLICT,
        "not what the lead saw"
    );
    assert_eq!(decide("3").await, StatusCode::NO_CONTENT);
    let (_, open) = get(&server, &token, "/api/v1/conflicts").await;
    assert_eq!(open["rows"], json!([]));
}

#[tokio::test]
async fn floor_lines_come_as_files_for_spreadsheets() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let token = server.access_token("luka").await;
    for (path, start) in [
        (
            format!("/api/v1/dispatches/{}/items.csv", floor.document),
            &b"\xef\xbb\xbf"[..],
        ),
        (
            format!("/api/v1/dispatches/{}/items.xlsx", floor.document),
            &b"PK"[..],
        ),
        (
            "/api/v1/dispatches.csv?only_wms=true".to_owned(),
            &b"\xef\xbb\xbf"[..],
        ),
    ] {
        let answer = server
            .request(Method::GET, &path)
            .bearer_auth(&token)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        assert!(
            answer.headers().contains_key("content-disposition"),
            "{path}"
        );
        let bytes = answer.bytes().await.unwrap();
        assert!(bytes.starts_with(start), "{path}");
    }
    let path = format!("/api/v1/receipts/{}/items.csv", floor.document);
    let answer = server
        .request(Method::GET, &path)
        .bearer_auth(&token)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND, "it is no receipt");
}

#[tokio::test]
async fn a_label_is_read_or_refused_with_what_is_wrong() {
    let server = Harness::start().await;
    floor::prepare(&server).await;
    let token = server.access_token("luka").await;
    let path = "/api/v1/gs1?data=(01)04006381333931(10)L-7(17)271231";
    let (status, label) = get(&server, &token, path).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(label["gtin"], "04006381333931");
    assert_eq!(label["expires_on"], "2027-12-31");
    assert_eq!(label["elements"][1]["title"], "BATCH/LOT");
    let (status, alone) = get(&server, &token, "/api/v1/gs1?data=%5E10L-7&part=true").await;
    assert_eq!((status, &alone["lot"]), (StatusCode::OK, &json!("L-7")));
    let (status, problem) = get(&server, &token, "/api/v1/gs1?data=%5E10L-7").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("(10) needs 01")
    );
}
