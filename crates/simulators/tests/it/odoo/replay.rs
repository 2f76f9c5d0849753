//! Every exchange that was recorded from a real Odoo 19, against the simulator.

use super::Server;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use serde_json::Value;
use simulators::odoo::{Config, Data};

const RECORDED: &str = include_str!("../../../../../data/odoo19-recorded/exchanges.json");

fn config() -> Config {
    Config {
        database: "acc19".into(),
        login: "admin".into(),
        password: "admin".into(),
        api_key: "<API_KEY>".into(),
        data: Data::Recorded,
        ..Config::default()
    }
}

/// When the recorded server made what later exchanges show with a time.
fn recorded_at(label: &str) -> Option<&'static str> {
    match label {
        "product create" => Some("2026-11-21T01:07:51Z"),
        "product write" => Some("2026-11-21T01:07:53Z"),
        "bom create" => Some("2026-11-21T01:07:55Z"),
        _ => None,
    }
}

async fn replay(server: &Server, request: &Value) -> (u16, Value, Value, Value) {
    let method: Method = request["method"].as_str().unwrap().parse().unwrap();
    let url = format!(
        "{}{}",
        server.running.url(),
        request["path"].as_str().unwrap()
    );
    let mut sent = server.client.request(method, url);
    for (name, value) in request["headers"].as_object().unwrap() {
        sent = sent.header(name, value.as_str().unwrap());
    }
    sent = match &request["body"] {
        Value::Null => sent,
        Value::String(raw) => sent.body(raw.clone()),
        body => sent.json(body),
    };
    let answer = sent.send().await.unwrap();
    let header = |name| match answer.headers().get(name) {
        Some(value) => Value::from(value.to_str().unwrap()),
        None => Value::Null,
    };
    let (status, kind) = (answer.status().as_u16(), header(CONTENT_TYPE));
    let authenticate = header(WWW_AUTHENTICATE);
    let text = answer.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    (status, kind, authenticate, body)
}

#[tokio::test]
async fn every_recorded_exchange_is_answered_as_the_real_server_did() {
    let server = Server::start(config()).await;
    let exchanges: Vec<Value> = serde_json::from_str(RECORDED).unwrap();
    assert_eq!(exchanges.len(), 47);
    for exchange in &exchanges {
        let label = exchange["label"].as_str().unwrap();
        if let Some(at) = recorded_at(label) {
            server.running.handle.set_now(at.parse().unwrap());
        }
        let (status, kind, authenticate, body) = replay(&server, &exchange["request"]).await;
        let expected = &exchange["response"];
        assert_eq!(Value::from(status), expected["status"], "{label}: {body}");
        assert_eq!(kind, expected["content_type"], "{label}");
        // HTTP drops the space that Odoo writes behind the scheme.
        let scheme = expected["www_authenticate"].as_str().map(str::trim_end);
        assert_eq!(authenticate.as_str(), scheme, "{label}");
        assert_eq!(body, expected["body"], "{label}");
    }
}
