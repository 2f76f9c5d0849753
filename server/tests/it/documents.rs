//! Documents through the API: brought by a sync that was asked for there, narrowed, under both addresses.

use crate::floor;
use crate::harness::Harness;
use chrono::{Days, NaiveDate};
use domain::document::{DocumentKind, DocumentRecord};
use domain::sync::Entity;
use engine::{Engine, Options};
use operations::sync_runs::Records;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use server::seed;
use simulators::pantheon::{Config, Document, Line, Running, Simulator};
use std::sync::Arc;
use uuid::Uuid;

async fn get(server: &Harness, token: &str, path: &str) -> Value {
    let request = server.request(Method::GET, path).bearer_auth(token);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    answer.json().await.unwrap()
}

/// A document at the upstream with four of a listed item.
fn upstream_document(upstream: &Running, on: NaiveDate, doc_type: &'static str) -> Document {
    let config = upstream.handle.config();
    Document {
        number: format!("26-{doc_type}-000001").into(),
        doc_type,
        on,
        warehouse: config.main_warehouse.as_str().into(),
        recipient: "Cungu".into(),
        sender: Some("Pekara Jutro".into()),
        person: "AM",
        status: "N",
        note: None,
        lines: vec![Line {
            position: 1,
            code: upstream.handle.items()[0].code.clone(),
            title: "Something".into(),
            quantity: 4.into(),
            unit: "KOM",
        }],
    }
}

/// A server whose connection leads to a simulated Pantheon with items, partners, a dispatch and a receipt.
async fn site() -> (Harness, Running) {
    let upstream = Simulator::start(Config::synthetic(20), ([127, 0, 0, 1], 0).into())
        .await
        .unwrap();
    let port = upstream.url().rsplit_once(':').unwrap().1.to_owned();
    let server = Harness::start_with(&[
        ("CROSSDOCK_DEMO_SIMULATOR_PORT", port.as_str()),
        ("CUNGUWMS_RATE_LIMIT_RPS", "50"),
    ])
    .await;
    let (store, now) = (&server.store, server.now());
    use simulators::pantheon::DocumentKind::{Dispatch, Receipt};
    for (kind, doc_type) in [(Dispatch, "20ET"), (Receipt, "20B0")] {
        let document = upstream_document(&upstream, now.date_naive(), doc_type);
        upstream.handle.put_document(kind, document);
    }
    seed::demo_connection(store, server.site, &server.settings, &server.secret, now)
        .await
        .unwrap();
    (server, upstream)
}

fn engine(server: &Harness) -> Engine {
    let (now, key) = (server.now(), server.secret.sealing().clone());
    let (clock, new_id) = (Arc::new(move || now), Arc::new(Uuid::new_v4));
    Engine::new(server.store.clone(), key, Options::default(), clock, new_id)
}

#[tokio::test]
async fn each_sync_that_is_asked_for_under_the_older_addresses_brings_its_rows() {
    let (server, upstream) = site().await;
    let token = server.access_token("ana").await;
    let partners = i64::try_from(upstream.handle.partners().len()).unwrap();
    for (path, created) in [
        ("/api/sync/catalog", 20),
        ("/api/sync/subjects", partners),
        ("/api/sync/issue", 1),
        ("/api/sync/receipt", 1),
    ] {
        let request = server.request(Method::POST, path).bearer_auth(&token);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::ACCEPTED, "{path}");
        let run = answer.headers()["location"].to_str().unwrap().to_owned();
        engine(&server).run_until_idle().await;
        let run = get(&server, &token, &run).await;
        assert_eq!(run["state"], "done", "{path}: {run}");
        assert_eq!(run["counts"]["created"], created, "{path}: {run}");
    }
    for (list, number) in [
        ("/api/dispatches", "26-20ET-000001"),
        ("/api/receipts", "26-20B0-000001"),
    ] {
        let rows = get(&server, &token, list).await["rows"].clone();
        assert_eq!(rows[0]["number"], number);
        let one = format!("{list}/{}", rows[0]["id"]);
        let lines = get(&server, &token, &format!("{one}/items")).await;
        let line = &lines["rows"][0];
        assert_eq!(line["requested"], "4");
        assert_eq!(line["exists_in_wms"], true, "{line}");
        for older in [list.to_owned(), one.clone(), format!("{one}/items")] {
            let versioned = older.replacen("/api/", "/api/v1/", 1);
            let (older, versioned) = (
                get(&server, &token, &older).await,
                get(&server, &token, &versioned).await,
            );
            assert_eq!(older, versioned);
        }
    }
}

/// Two documents of a kind: today's with floor work, which is finished with lines missing, and one
/// of five days ago with an item that nobody knows.
async fn two(server: &Harness, floor: &floor::Floor, kind: DocumentKind, entity: Entity) {
    let today = floor::dispatch(server);
    let mut older = DocumentRecord {
        kind,
        number: "77-OLD".to_owned(),
        doc_type: "20XX".to_owned(),
        dated_on: today.dated_on - Days::new(5),
        partner_name: Some("Kafana Tri lista".to_owned()),
        ..today.clone()
    };
    older.lines[0].item_code = "NOBODY-KNOWS".to_owned();
    let newer = DocumentRecord {
        kind,
        number: "77-NEW".to_owned(),
        ..today
    };
    let records = Records::Documents(vec![newer, older]);
    floor::import(server, floor.connection, entity, records).await;
    sqlx::query(
        "update documents set status = 'partial', finished_at = now() where number = '77-NEW'",
    )
    .execute(&server.admin())
    .await
    .unwrap();
}

#[tokio::test]
async fn each_filter_of_the_documents_narrows_under_both_addresses() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    two(&server, &floor, DocumentKind::Dispatch, Entity::Dispatches).await;
    two(&server, &floor, DocumentKind::Receipt, Entity::Receipts).await;
    let token = server.access_token("luka").await;
    let today = server.now().date_naive();
    let (yesterday, site) = (today - Days::new(1), server.site.warehouse);
    let both: &[&str] = &["77-NEW", "77-OLD"];
    let cases: [(String, &[&str]); 10] = [
        (format!("date_from={today}"), &["77-NEW"]),
        (format!("date_to={yesterday}"), &["77-OLD"]),
        ("doc_type=20XX".to_owned(), &["77-OLD"]),
        ("status=partial".to_owned(), &["77-NEW"]),
        ("status=new".to_owned(), &["77-OLD"]),
        (format!("warehouse={site}"), both),
        ("warehouse=999999".to_owned(), &[]),
        ("only_wms=true".to_owned(), &["77-NEW"]),
        ("only_wms=false".to_owned(), both),
        ("q=tri%20lista".to_owned(), &["77-OLD"]),
    ];
    for (filter, expected) in cases {
        for list in ["dispatches", "receipts"] {
            for prefix in ["/api", "/api/v1"] {
                let path = format!("{prefix}/{list}?{filter}&limit=50");
                let page = get(&server, &token, &path).await;
                let rows = page["rows"].as_array().unwrap();
                let mut numbers: Vec<&str> = rows
                    .iter()
                    .filter_map(|row| row["number"].as_str())
                    .filter(|number| number.starts_with("77-"))
                    .collect();
                numbers.sort_unstable();
                assert_eq!(numbers, expected, "{path}");
                assert_eq!(page["next"], json!(null), "{path}");
            }
        }
    }
}
