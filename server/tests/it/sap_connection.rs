//! A connection to SAP, which has products to read and nothing else, set up and changed as people do it.

use crate::harness::{Browser, Harness};
use chrono::TimeDelta;
use domain::ConnectionId;
use domain::connection::Health;
use domain::sync::{Entity, SyncMode};
use engine::{Engine, Options};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulators::sap::{Config, Simulator};
use std::sync::Arc;
use store::connections::CallOutcome;
use uuid::Uuid;

const NOBODY: &str = "https://sap.example.invalid";

/// Settings of an account there; a password beside them.
fn account(address: &str) -> Value {
    let known = Config::default();
    json!({ "base_url": address, "client": known.client, "user": known.user })
}

async fn ask(browser: &Browser<'_>, path: &str, arguments: &Value) -> Value {
    let path = format!("/api/fn/connections/{path}");
    let answer = browser.call(&path, arguments).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.unwrap()
}

/// The cards of its page, and its schedules: what, whether they run, and when.
async fn page(browser: &Browser<'_>, id: i64) -> (Vec<String>, Vec<(String, bool, String)>) {
    let found = ask(browser, "get", &json!({ "id": id })).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let cards = found["entities"].as_array().unwrap().iter();
    let lines = found["schedules"].as_array().unwrap().iter();
    let line = |line: &Value| {
        let enabled = line["enabled"].as_bool().unwrap();
        let planned = !line["next_run_at"].is_null();
        assert_eq!(enabled, planned, "{line}");
        (text(&line["entity"]), enabled, text(&line["cron"]))
    };
    (
        cards.map(|card| text(&card["entity"])).collect(),
        lines.map(line).collect(),
    )
}

/// A line of products.
fn products(enabled: bool, cron: &str) -> Vec<(String, bool, String)> {
    vec![("items".to_owned(), enabled, cron.to_owned())]
}

/// Sets one up over the API.
async fn made(server: &Harness, mut settings: Value) -> i64 {
    settings["passwd"] = json!("kept sealed");
    let body = json!({
        "name": "SAP", "warehouse_id": 1, "adapter_type": "sap", "connection": settings,
    });
    let token = server.access_token("ana").await;
    let request = server.request(Method::POST, "/api/v1/connections");
    let answer = request.bearer_auth(token).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    let made: Value = answer.json().await.unwrap();
    made["id"].as_i64().unwrap()
}

/// Changes one setting of an account at nobody's address.
async fn change(server: &Harness, id: i64, name: &str, value: &str) {
    let mut settings = account(NOBODY);
    settings[name] = json!(value);
    let token = server.access_token("ana").await;
    let path = format!("/api/v1/connections/{id}");
    let request = server
        .request(Method::PUT, path.as_str())
        .bearer_auth(token);
    let body = json!({ "connection": settings });
    let answer = request.json(&body).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
}

/// A worker of that server, at its time.
fn engine(server: &Harness) -> Engine {
    let (now, key) = (server.now(), server.secret.sealing().clone());
    let (clock, new_id) = (Arc::new(move || now), Arc::new(Uuid::new_v4));
    Engine::new(server.store.clone(), key, Options::default(), clock, new_id)
}

async fn health(server: &Harness, id: i64) -> Health {
    let ana = server.caller("ana").await;
    let found = store::connections::get(&server.store, &ana, ConnectionId(id)).await;
    found.unwrap().connection.health
}

async fn runs(server: &Harness) -> Vec<(String, String)> {
    sqlx::query_as("select entity, state from sync_runs order by id")
        .fetch_all(&server.admin())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_new_connection_to_sap_is_asked_for_what_sap_has_and_stays_healthy() {
    let server = Harness::start().await;
    let config = Config {
        now: Some(server.now()),
        ..Config::default()
    };
    let password = config.password.clone();
    let sap = Simulator::start(config, ([127, 0, 0, 1], 0).into());
    let sap = sap.await.unwrap();
    let mut values = account(&sap.url());
    values["name"] = json!("SAP");
    values["passwd"] = json!(password);
    let entered = json!({ "kind": "sap", "warehouse_id": null, "values": values });
    let ana = server.sign_in("ana").await;
    let saved = ask(&ana, "save", &json!({ "id": null, "entered": entered })).await;
    let id = saved["Ok"].as_i64().unwrap_or_else(|| panic!("{saved}"));
    let (cards, lines) = page(&ana, id).await;
    assert_eq!(cards, ["items"]);
    assert_eq!(lines, products(true, "0 2 * * *"));

    server.advance(TimeDelta::hours(25));
    let (store, now) = (&server.store, server.now());
    operations::schedules::run_due(store, now).await.unwrap();
    let engine = engine(&server);
    engine.run_until_idle().await;
    engine.look_for_alerts().await;
    assert_eq!(
        runs(&server).await,
        [("items".to_owned(), "done".to_owned())]
    );
    assert_eq!(health(&server, id).await, Health::Healthy);
    let caller = server.caller("ana").await;
    let alerts = store::alerts::list(store, &caller, 50).await.unwrap();
    assert!(alerts.is_empty(), "{alerts:?}");
}

#[tokio::test]
async fn schedules_follow_the_interface_of_sap_and_keep_what_people_set() {
    let server = Harness::start().await;
    let id = made(&server, account(NOBODY)).await;
    let (ana, admin) = (server.sign_in("ana").await, server.admin());
    let sql = async |text: &'static str| sqlx::query(text).execute(&admin).await.unwrap();
    sql("update schedules set cron = '5 4 * * *'").await;
    change(&server, id, "mode", "soap_rfc").await;
    let (cards, lines) = page(&ana, id).await;
    assert!(cards.is_empty(), "function modules list nothing: {cards:?}");
    assert_eq!(lines, products(false, "5 4 * * *"));
    change(&server, id, "mode", "odata").await;
    let (cards, lines) = page(&ana, id).await;
    assert_eq!(cards, ["items"]);
    assert_eq!(lines, products(true, "5 4 * * *"));
    // What people switch off or remove stays so while the interface does.
    sql("update schedules set enabled = false, next_run_at = null").await;
    change(&server, id, "lang", "DE").await;
    assert_eq!(page(&ana, id).await.1, products(false, "5 4 * * *"));
    change(&server, id, "mode", "soap_rfc").await;
    change(&server, id, "mode", "odata").await;
    assert_eq!(page(&ana, id).await.1, products(false, "5 4 * * *"));
    sql("delete from schedules").await;
    change(&server, id, "lang", "EN").await;
    assert_eq!(page(&ana, id).await, (cards, Vec::new()));
}

#[tokio::test]
async fn an_account_that_lists_nothing_has_no_schedule_until_its_interface_can() {
    let server = Harness::start().await;
    let mut settings = account(NOBODY);
    settings["mode"] = json!("soap_rfc");
    let id = made(&server, settings).await;
    let ana = server.sign_in("ana").await;
    assert_eq!(page(&ana, id).await, (Vec::new(), Vec::new()));
    change(&server, id, "mode", "odata").await;
    let (cards, lines) = page(&ana, id).await;
    assert_eq!(cards, ["items"]);
    assert_eq!(lines, products(true, "0 2 * * *"));
}

#[tokio::test]
async fn a_wish_for_what_sap_does_not_have_leaves_the_account_healthy() {
    let server = Harness::start().await;
    let id = made(&server, account(NOBODY)).await;
    let (store, now) = (&server.store, server.now());
    let (ana, connection) = (server.caller("ana").await, ConnectionId(id));
    let outcome = CallOutcome::Ok(12);
    let company = server.site.company;
    operations::connections::record_outcome(store, company, connection, &outcome, true, now)
        .await
        .unwrap();
    operations::sync_runs::request(store, &ana, connection, Entity::Stock, SyncMode::Delta, now)
        .await
        .unwrap();
    engine(&server).run_until_idle().await;
    assert_eq!(
        runs(&server).await,
        [("stock".to_owned(), "failed".to_owned())]
    );
    assert_eq!(health(&server, id).await, Health::Healthy);
}

#[tokio::test]
async fn a_schedule_is_of_what_the_system_has() {
    let server = Harness::start().await;
    let ana = server.sign_in("ana").await;
    let id = made(&server, account(NOBODY)).await;
    let add = async |entity: &str| {
        let line = json!({ "cron": "0 3 * * 0", "time_zone": "Europe/Belgrade", "enabled": true });
        let arguments =
            json!({ "connection_id": id, "entity": entity, "mode": "full", "line": line });
        ana.call("/api/fn/schedules/create", &arguments).await
    };
    let refused = add("partners").await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let said = refused.text().await.unwrap();
    assert!(said.contains("does not have that"), "{said}");
    assert_eq!(page(&ana, id).await.1.len(), 1, "nothing was added");
    assert_eq!(add("items").await.status(), StatusCode::OK);
    assert_eq!(page(&ana, id).await.1.len(), 2);
}
