//! One id from the click to the upstream, and the page over all nodes.

use crate::harness::{Harness, STRANGER};
use chrono::{TimeDelta, Timelike, Utc};
use engine::samples::{Meter, write};
use engine::{Engine, Options};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use server::seed;
use simulators::pantheon::{Config, Document, DocumentKind, Line, Running, Simulator};
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tracing_subscriber::fmt::MakeWriter;
use uuid::Uuid;

/// A server and a simulated Pantheon with one dispatch, behind the connection that comes back.
pub async fn site() -> (Harness, Running, i64) {
    let config = Config::synthetic(20);
    let warehouse: Arc<str> = config.main_warehouse.as_str().into();
    let upstream = Simulator::start(config, ([127, 0, 0, 1], 0).into())
        .await
        .unwrap();
    let port = upstream.url().rsplit_once(':').unwrap().1.to_owned();
    let variables = [
        ("CROSSDOCK_DEMO_SIMULATOR_PORT", port.as_str()),
        ("CUNGUWMS_RATE_LIMIT_RPS", "50"),
    ];
    let server = Harness::start_with(&variables).await;
    let code = upstream.handle.items()[0].code.clone();
    let document = Document {
        number: "26-20ET-000001".into(),
        doc_type: "20ET",
        on: server.now().date_naive(),
        warehouse,
        recipient: "Kafana Tri lista".into(),
        sender: None,
        person: "AM",
        status: "N",
        note: None,
        lines: vec![Line {
            position: 1,
            code,
            title: "Something".into(),
            quantity: 2.into(),
            unit: "KOM",
        }],
    };
    upstream
        .handle
        .put_document(DocumentKind::Dispatch, document);
    let (store, now) = (&server.store, server.now());
    seed::demo_connection(store, server.site, &server.settings, &server.secret, now)
        .await
        .unwrap();
    let ana = server.caller("ana").await;
    let connection = store::connections::list(store, &ana).await.unwrap()[0].id.0;
    (server, upstream, connection)
}

pub fn engine(server: &Harness) -> Engine {
    let (now, key) = (server.now(), server.secret.sealing().clone());
    let (clock, new_id) = (Arc::new(move || now), Arc::new(Uuid::new_v4));
    Engine::new(server.store.clone(), key, Options::default(), clock, new_id)
}

/// What this test's thread logs.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn one_id_leads_from_the_click_to_the_upstreams_header_the_capture_the_timeline_and_the_log()
{
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let (server, upstream, connection) = site().await;
    let browser = server.sign_in("ana").await;
    let wish = json!({ "connection_id": connection, "entity": "dispatches", "mode": "full" });
    let answer = browser.call("/api/fn/sync_runs/request", &wish).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let id = answer.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let run: i64 = answer.json().await.unwrap();
    engine(&server).run_until_idle().await;

    let run = browser
        .call("/api/fn/sync_runs/get", &json!({ "id": run }))
        .await;
    let run: Value = run.json().await.unwrap();
    assert_eq!(
        (&run["state"], &run["correlation_id"]),
        (&json!("done"), &json!(id))
    );
    let sent = upstream.handle.requests();
    let pages: Vec<_> = sent
        .iter()
        .filter(|request| request.method.contains("IssueDoc"))
        .collect();
    assert!(!pages.is_empty());
    for request in pages {
        assert_eq!(
            request.correlation_id.as_deref(),
            Some(id.as_str()),
            "{request:?}"
        );
    }
    let admin = server.admin();
    let captured = "select count(*) from exchanges where correlation_id = $1";
    let patience = std::time::Instant::now();
    // Captures are written behind the calls' back.
    while sqlx::query_scalar::<_, i64>(captured)
        .bind(&id)
        .fetch_one(&admin)
        .await
        .unwrap()
        == 0
    {
        assert!(patience.elapsed() < Duration::from_secs(10), "no capture");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let told =
        "select count(*) from timeline_entries where correlation_id = $1 and kind = 'imported'";
    let told: i64 = sqlx::query_scalar(told)
        .bind(&id)
        .fetch_one(&admin)
        .await
        .unwrap();
    assert_eq!(told, 1);
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(
        logged
            .lines()
            .any(|line| line.contains("page committed") && line.contains(&id)),
        "{logged}"
    );
}

#[tokio::test]
async fn an_id_sent_by_the_client_is_taken_over_by_page_and_api_unless_it_could_do_harm() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(log.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let (server, _upstream, connection) = site().await;
    let token = server.access_token("ana").await;
    let long = "x".repeat(65);
    for (sent, taken) in [
        ("click-0815", true),
        ("x'; drop table items; --", false),
        ("kliknut\u{107}e", false),
        ("tab\there", false),
        (long.as_str(), false),
    ] {
        let answer = server
            .request(Method::POST, "/api/v1/sync/catalog")
            .bearer_auth(&token)
            .header("x-request-id", sent.as_bytes())
            .json(&json!({ "connection_id": connection }))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        let told = answer.headers()["x-request-id"].to_str().unwrap();
        let id = told.to_owned();
        assert_eq!(id == sent, taken, "{id}");
        let run: Value = answer.json().await.unwrap();
        assert_eq!(
            run["correlation_id"],
            json!(id),
            "one id, whatever was sent"
        );
        let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        let span = format!("request{{request.id=\"{id}\"");
        assert!(logged.contains(&span), "{span} is missing:\n{logged}");
        engine(&server).run_until_idle().await;
    }
}

#[tokio::test]
async fn the_operations_page_counts_the_requests_of_all_nodes_together() {
    let server = Harness::start().await;
    let now = server.now();
    let minute = now.with_second(0).unwrap().with_nanosecond(0).unwrap() - TimeDelta::minutes(1);
    let (fast, slow) = (Meter::default(), Meter::default());
    for _ in 0..90 {
        fast.answered(Duration::from_millis(4), false);
    }
    for _ in 0..10 {
        slow.answered(Duration::from_millis(400), true);
    }
    write(&server.store, &fast, "one", 3, minute, now).await;
    write(&server.store, &slow, "two", 4, minute, now).await;
    let browser = server.sign_in("ana").await;
    let view = browser
        .call("/api/fn/monitoring/view", &json!({ "window": "1h" }))
        .await;
    assert_eq!(view.status(), StatusCode::OK);
    let view: Value = view.json().await.unwrap();
    assert_eq!(
        (&view["api"]["requests"], &view["api"]["errors"]),
        (&json!(100), &json!(10))
    );
    let p95 = view["api"]["p95_ms"].as_f64().unwrap();
    assert!((300.0..=500.0).contains(&p95), "{p95}");
    assert_eq!((&view["sockets"], &view["nodes"]), (&json!(7), &json!(2)));
    assert_eq!(view["history"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn requests_to_the_api_are_counted_with_their_failures() {
    let server = Harness::start().await;
    let token = server.access_token("ana").await;
    let before = Utc::now();
    for _ in 0..3 {
        server
            .request(Method::GET, "/api/v1/items")
            .bearer_auth(&token)
            .send()
            .await
            .unwrap();
    }
    let samples = server.meter.take();
    assert_eq!(samples.len(), 1);
    assert!(samples[0].requests >= 3, "{samples:?} since {before}");
    assert_eq!(samples[0].errors, 0);
}

#[tokio::test]
async fn what_waits_for_each_system_is_told_with_what_came_and_what_ended() {
    let (server, _upstream, connection) = site().await;
    let browser = server.sign_in("ana").await;
    let wish = json!({ "connection_id": connection, "entity": "items", "mode": "full" });
    let asked = browser.call("/api/fn/sync_runs/request", &wish).await;
    assert_eq!(asked.status(), StatusCode::OK);
    let backlog = async || {
        let view = browser
            .call("/api/fn/monitoring/view", &json!({ "window": "1h" }))
            .await;
        let view: Value = view.json().await.unwrap();
        let systems = view["backlogs"].as_array().unwrap();
        let lane = json!(format!("connection:{connection}"));
        let ours = systems.iter().find(|system| system["lane"] == lane);
        ours.unwrap()["backlog"].clone()
    };
    let waits = backlog().await;
    assert_eq!(
        (&waits["waiting"], &waits["arrived"], &waits["drained"]),
        (&json!(1), &json!(1), &json!(0)),
        "{waits}"
    );
    assert!(waits["oldest_at"].is_string(), "{waits}");
    engine(&server).run_until_idle().await;
    let done = backlog().await;
    assert_eq!(
        (&done["waiting"], &done["arrived"], &done["drained"]),
        (&json!(0), &json!(1), &json!(1)),
        "{done}"
    );
    assert!(done["oldest_at"].is_null(), "{done}");
    let view = browser
        .call("/api/fn/monitoring/view", &json!({ "window": "1h" }))
        .await;
    let view: Value = view.json().await.unwrap();
    assert!(view["accounts"][0]["last_ok_at"].is_string(), "{view}");
    let stranger = server.sign_in(STRANGER).await;
    let view = stranger
        .call("/api/fn/monitoring/view", &json!({ "window": "1h" }))
        .await;
    let view: Value = view.json().await.unwrap();
    assert_eq!(view["backlogs"], json!([]), "it has no systems");
}
