//! The API's description is true: every route is in it, every example in it works as it stands.

mod seed;

pub use seed::seed;

use crate::harness::Harness;
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
/// `rest/` and `photos.rs` try them.
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
