//! The API's description is true: every route is in it, every example in it works as it stands.

use crate::floor::{self, Floor};
use crate::harness::Harness;
use chrono::TimeDelta;
use domain::document::{DocumentKind, DocumentRecord, LineRecord, TestDocument, TestLine};
use domain::partner::PartnerRecord;
use domain::stock::{StockLevel, StockRecord};
use domain::sync::{Entity, SyncMode};
use domain::webhook::{WebhookEvent, WebhookForm};
use domain::{ConnectionId, WebhookId};
use operations::sync_runs::Records;
use reqwest::{Method, StatusCode};
use serde_json::{Map, Value, json};
use server::rest::{Access, document, endpoints, without_route};
use std::collections::BTreeSet;

fn paths() -> &'static Map<String, Value> {
    document()["paths"].as_object().unwrap()
}

#[test]
fn every_route_and_alias_is_described_and_nothing_else() {
    let mut routes = BTreeSet::new();
    for endpoint in endpoints() {
        for path in endpoint.paths() {
            routes.insert(format!("{} {path}", endpoint.method));
        }
    }
    let mut told = BTreeSet::new();
    for (path, item) in paths() {
        for method in item.as_object().unwrap().keys() {
            told.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    assert_eq!(routes, told);
    assert_eq!(without_route(), Vec::<String>::new());
}

#[test]
fn every_operation_says_who_may_call_it_what_goes_wrong_and_what_it_is_for() {
    for endpoint in endpoints() {
        for path in endpoint.paths() {
            let method = endpoint.method.as_str().to_lowercase();
            let operation = &paths()[&path][&method];
            let shown = format!("{method} {path}");
            let closed = !operation["security"].as_array().unwrap().is_empty();
            assert_eq!(closed, endpoint.access != Access::Open, "{shown}");
            assert!(
                operation["summary"]
                    .as_str()
                    .is_some_and(|text| text.len() > 5),
                "{shown}"
            );
            for status in ["401", "422", "500"] {
                let content = &operation["responses"][status]["content"];
                assert!(
                    content["application/problem+json"].is_object(),
                    "{shown} {status}"
                );
            }
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let described = parameter["$ref"].is_string()
                    || parameter["in"] == "path"
                    || parameter["description"].is_string();
                assert!(described, "{shown} {parameter}");
            }
        }
    }
}

#[test]
fn every_reference_and_operation_name_leads_to_one_thing() {
    let mut names = BTreeSet::new();
    for item in paths().values() {
        for operation in item.as_object().unwrap().values() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name), "{name} is used twice");
        }
    }
    let mut references = BTreeSet::new();
    collect_references(document(), &mut references);
    assert!(references.len() > 20);
    for reference in references {
        let found = document().pointer(reference.trim_start_matches('#'));
        assert!(found.is_some(), "{reference} leads nowhere");
    }
}

fn collect_references(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(target) if name == "$ref" => drop(into.insert(target.to_owned())),
                    _ => collect_references(value, into),
                }
            }
        }
        Value::Array(values) => values
            .iter()
            .for_each(|value| collect_references(value, into)),
        _ => {}
    }
}

/// A request as an operation's examples say it.
struct Example {
    method: Method,
    path: String,
    body: Option<Value>,
    operation: &'static Value,
}

/// What depends on a conflict that an import made, on work done without a network, or on a picture;
/// `rest.rs` and `photos.rs` try them.
const WITHOUT_EXAMPLE: [&str; 4] = [
    "/api/v1/conflicts/{id}/decision",
    "/api/v1/exceptions/{id}/decision",
    "/api/v1/operations/{id}/photos/{photo}",
    "/api/v1/photos/{id}",
];

/// The examples in the order of the table: with all their parameters, and with none that may be
/// left out.
fn examples() -> Vec<Example> {
    let mut all = Vec::new();
    for endpoint in endpoints() {
        for path in endpoint.paths() {
            if WITHOUT_EXAMPLE.contains(&path.as_str()) {
                continue;
            }
            let operation = &paths()[&path][&endpoint.method.as_str().to_lowercase()];
            let (plain, full) = addresses(&path, operation);
            let body = operation["requestBody"]["content"]["application/json"]["example"].clone();
            let mut addresses = vec![full.clone()];
            if plain != full {
                addresses.push(plain);
            }
            for path in addresses {
                all.push(Example {
                    method: endpoint.method.clone(),
                    path,
                    body: (!body.is_null()).then(|| body.clone()),
                    operation,
                });
            }
        }
    }
    all
}

fn addresses(path: &str, operation: &Value) -> (String, String) {
    let mut filled = path.to_owned();
    let (mut query, mut needed) = (Vec::new(), Vec::new());
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap_or_default();
        let example = match &parameter["example"] {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if parameter["in"] == "path" {
            filled = filled.replace(&format!("{{{name}}}"), &example);
        } else {
            query.push(format!("{name}={example}"));
            if parameter["required"] == true {
                needed.push(format!("{name}={example}"));
            }
        }
    }
    assert!(!filled.contains('{'), "{path} has no example for its id");
    let with = |query: &[String]| match query.is_empty() {
        true => filled.clone(),
        false => format!("{filled}?{}", query.join("&")),
    };
    (with(&needed), with(&query))
}

#[tokio::test]
async fn every_example_of_the_description_works_and_answers_as_described() {
    let server = Harness::start().await;
    seed(&server).await;
    let token = server.access_token("ana").await;
    for mut example in examples() {
        if example.path.contains("/auth/re") {
            let tokens = server.tokens("ana").await;
            example.body = Some(json!({ "refresh_token": tokens["refresh_token"] }));
        }
        let shown = format!("{} {}", example.method, example.path);
        let mut request = server.request(example.method, &example.path);
        if !example.operation["security"].as_array().unwrap().is_empty() {
            request = request.bearer_auth(&token);
        }
        if let Some(body) = &example.body {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let kind = answer.headers().get("content-type").cloned();
        let tagged = answer.headers().contains_key("etag");
        let bytes = answer.bytes().await.unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(status.is_success(), "{shown}: {status} {text}");
        let told = &example.operation["responses"][status.as_u16().to_string()];
        assert!(told.is_object(), "{shown}: {status} is not described");
        assert_eq!(tagged, told["headers"]["ETag"].is_object(), "{shown}");
        if status == StatusCode::NO_CONTENT {
            assert!(bytes.is_empty(), "{shown}");
            continue;
        }
        let kind = kind
            .unwrap()
            .to_str()
            .unwrap()
            .split(';')
            .next()
            .unwrap()
            .to_owned();
        let told = &told["content"][&kind];
        assert!(told.is_object(), "{shown}: {kind} is not described");
        if kind == "application/json" {
            let value: Value = serde_json::from_slice(&bytes).unwrap();
            check(&told["schema"], &value, &shown);
        }
    }
}

/// Checks a value against a schema of the description. Fields that the schema does not name fail.
fn check(schema: &Value, value: &Value, shown: &str) {
    let mut whole = schema.clone();
    whole["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    whole["components"] = document()["components"].clone();
    let validator = jsonschema::validator_for(&whole).unwrap();
    let faults: Vec<String> = validator
        .iter_errors(value)
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect();
    assert!(
        faults.is_empty(),
        "{shown} answers against its schema: {faults:?} in {value}"
    );
}

/// What the examples speak of: dispatch 1 with task 1 and line 1, receipt 2, test documents 3 and 4,
/// finished documents 5 and 6, item 1, partner 1, a mapping, the previews of runs 7 and 8, run 10 that
/// stopped at the brake, run 11 that waits, webhooks 1 and 2, two dead deliveries, and three
/// dead sagas.
pub async fn seed(server: &Harness) -> Floor {
    let floor = floor::prepare(server).await;
    let receipt = Records::Documents(vec![receipt(server)]);
    floor::import(server, floor.connection, Entity::Receipts, receipt).await;
    let partners = Records::Partners(vec![partner()]);
    floor::import(server, floor.connection, Entity::Partners, partners).await;
    let ana = server.caller("ana").await;
    for (kind, id) in [(DocumentKind::Dispatch, 3), (DocumentKind::Receipt, 4)] {
        let test = TestDocument {
            kind,
            connection_id: floor.connection,
            lines: vec![TestLine {
                item_code: "85123A".to_owned(),
                quantity: 1.into(),
            }],
        };
        let made = operations::test_documents::create(&server.store, &ana, &test, server.now());
        assert_eq!(made.await.unwrap().0, id);
    }
    let (connection, site) = (floor.connection, server.site);
    operations::companies::ensure_team(&server.store, site.company, site.warehouse, "Beta")
        .await
        .unwrap();
    finished_documents(server, connection).await;
    for (id, entity, records) in [
        (7, Entity::Items, Records::Items(vec![floor::item()])),
        (8, Entity::Partners, Records::Partners(vec![partner()])),
    ] {
        let run = floor::look(server, connection, entity, records).await;
        assert_eq!(run.0, id);
    }
    floor::import(server, connection, Entity::Stock, stock()).await;
    let nothing = Records::Partners(Vec::new());
    floor::import_all(server, connection, Entity::Partners, nothing).await;
    webhooks(server).await;
    sagas(server, connection).await;
    let run = operations::sync_runs::request(
        &server.store,
        &ana,
        floor.connection,
        Entity::Stock,
        SyncMode::Full,
        server.now(),
    );
    let run = run.await.unwrap();
    assert_eq!(
        (run.0, floor.document.0, floor.task.0, floor.line.0),
        (11, 1, 1, 1)
    );
    floor
}

fn stock() -> Records {
    let level = |warehouse: &str, quantity: u32| StockLevel {
        warehouse: warehouse.to_owned(),
        quantity: quantity.into(),
    };
    let main = simulators::pantheon::Config::default().main_warehouse;
    Records::Stock(vec![StockRecord {
        item_code: "85123A".to_owned(),
        levels: vec![level(&main, 40), level("ELSEWHERE", 2)],
        refused: Vec::new(),
        changed_at: None,
    }])
}

async fn finished_documents(server: &Harness, connection: ConnectionId) {
    let numbered = |mut record: DocumentRecord| {
        record.number = record.number.replace("000001", "000005");
        Records::Documents(vec![record])
    };
    let dispatch = numbered(floor::dispatch(server));
    floor::import(server, connection, Entity::Dispatches, dispatch).await;
    let receipt = numbered(receipt(server));
    floor::import(server, connection, Entity::Receipts, receipt).await;
    sqlx::query("update documents set status = 'done', finished_at = now() where id in (5, 6)")
        .execute(&server.admin())
        .await
        .unwrap();
}

/// The deliveries have the ids of the examples.
async fn webhooks(server: &Harness) {
    let (store, now, ana) = (&server.store, server.now(), server.caller("ana").await);
    let sealing = operations::webhooks::Sealing {
        key: server.secret.sealing(),
        nonce: [7; 12],
    };
    let policy = &server.settings.monitoring.addresses;
    for (id, name) in [(1, "Shop"), (2, "Old shop")] {
        let form = WebhookForm {
            name: name.to_owned(),
            url: "https://shop.example.com/crossdock".to_owned(),
            events: WebhookEvent::ALL.to_vec(),
            active: true,
            secret: Some("a secret of twenty-four characters".to_owned()),
        };
        let made = operations::webhooks::create(store, &ana, &form, policy, sealing, now);
        assert_eq!(made.await.unwrap().0, id);
    }
    for number in ["01", "02"] {
        let now = server.now();
        server.advance(TimeDelta::seconds(1));
        let made = operations::webhooks::request_test(store, &ana, WebhookId(1), now);
        let rename = "update erp_outbox set id = $2::text::uuid, status = 'dead' where id = $1";
        sqlx::query(rename)
            .bind(made.await.unwrap())
            .bind(format!("5d0f1c5e-0a51-4b4e-9b7a-2d6f1f5f0a{number}"))
            .execute(&server.admin())
            .await
            .unwrap();
    }
}

/// The connection writes, and there are three dead sagas with the ids of the examples.
async fn sagas(server: &Harness, connection: ConnectionId) {
    use operations::sagas::{Command, start};
    let (store, now, ana) = (&server.store, server.now(), server.caller("ana").await);
    let kinds: Vec<String> = domain::push::PushKind::ALL
        .iter()
        .map(|kind| kind.as_str().to_owned())
        .collect();
    operations::connections::record_push_kinds(store, server.site.company, connection, &kinds)
        .await
        .unwrap();
    for number in ["01", "02", "03"] {
        let command = Command {
            event_type: "inventory.product.upsert".to_owned(),
            connection,
            payload: json!({ "code": "SKU-001", "name": "Hammer" }),
        };
        let id = start(store, &ana, &format!("product-{number}"), &[command], now).await;
        let rename = "update erp_outbox
                      set saga_id = $2::text::uuid, status = 'dead', attempts = 5, last_error = 'refused'
                      where id = $1";
        sqlx::query(rename)
            .bind(id.unwrap())
            .bind(format!("5d0f1c5e-0a51-4b4e-9b7a-2d6f1f5f0b{number}"))
            .execute(&server.admin())
            .await
            .unwrap();
    }
}

fn receipt(server: &Harness) -> DocumentRecord {
    DocumentRecord {
        kind: DocumentKind::Receipt,
        number: "26-1000-000001".to_owned(),
        doc_type: "1000".to_owned(),
        lines: vec![LineRecord {
            key: "1".to_owned(),
            item_code: "85123A".to_owned(),
            item_name: "WHITE HANGING HEART T-LIGHT HOLDER".to_owned(),
            uom: "KOM".to_owned(),
            requested: 12.into(),
        }],
        ..floor::dispatch(server)
    }
}

fn partner() -> PartnerRecord {
    PartnerRecord {
        code: "HEARTS".to_owned(),
        name: "HEARTS AND FLOWERS".to_owned(),
        name2: None,
        tax_id: None,
        address: None,
        city: None,
        country: None,
        phone: None,
        phone2: None,
        is_supplier: false,
        is_customer: true,
        is_warehouse: false,
        changed_at: None,
    }
}

#[tokio::test]
async fn the_page_of_the_api_is_served_from_here_with_a_strict_policy() {
    let server = Harness::start().await;
    let get = |path: &str| server.request(Method::GET, path).send();
    let page = get("/docs").await.unwrap();
    assert_eq!(page.status(), StatusCode::PERMANENT_REDIRECT);
    let page = get("/docs/index.html").await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    let policy = page.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(policy.contains("script-src 'self'") && !policy.contains("script-src 'self' 'unsafe"));
    let html = page.text().await.unwrap();
    assert!(!html.contains("//cdn"), "{html}");
    let mut files = 0;
    for part in html.split("src=\"").chain(html.split("href=\"")).skip(1) {
        let file = part.split('"').next().unwrap().trim_start_matches("./");
        if !file.contains('.') || file.contains('<') {
            continue;
        }
        assert!(!file.contains("//"), "{file} comes from elsewhere");
        let path = format!("/docs/{file}");
        assert_eq!(get(&path).await.unwrap().status(), StatusCode::OK, "{path}");
        files += 1;
    }
    assert!(files >= 4, "{html}");
    let start = get("/docs/swagger-initializer.js")
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(start.contains("/api/v1/openapi.json"), "{start}");
    let unknown = get("/docs/nothing.js").await.unwrap();
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
}
