//! A running simulator and a client that has signed in.

use std::sync::Once;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use simulators::pantheon::{Config, DocumentSource, ItemSource, Running, Simulator};

pub struct Gateway {
    pub running: Running,
    pub client: Client,
    pub token: String,
}

/// A weekday noon in Belgrade, in winter time.
pub fn noon() -> DateTime<Utc> {
    "2026-02-11T11:00:00Z".parse().unwrap()
}

/// The demo's data at a fixed moment, without the rate limit.
pub fn calm() -> Config {
    Config {
        min_interval: None,
        now: Some(noon()),
        ..Config::default()
    }
}

/// A hundred generated items and nothing else: quick to build.
pub fn small() -> Config {
    Config {
        items: ItemSource::Synthetic(100),
        documents: DocumentSource::None,
        ..calm()
    }
}

pub fn client() -> Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    Client::builder()
        .timeout(Duration::from_secs(10))
        .build()
        .unwrap()
}

impl Gateway {
    pub async fn start(config: Config) -> Self {
        let running = Simulator::start(config, ([127, 0, 0, 1], 0).into())
            .await
            .unwrap();
        let mut gateway = Self {
            running,
            client: client(),
            token: String::new(),
        };
        gateway.token = gateway.sign_in("wms_user", "change-me").await;
        gateway
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.running.url())
    }

    pub async fn login(&self, username: &str, password: &str) -> Response {
        let body = json!({ "username": username, "password": password });
        self.client
            .post(self.url("/login"))
            .json(&body)
            .send()
            .await
            .unwrap()
    }

    pub async fn sign_in(&self, username: &str, password: &str) -> String {
        let answer: Value = self.login(username, password).await.json().await.unwrap();
        answer["token"].as_str().unwrap().to_owned()
    }

    pub async fn post(&self, body: &Value) -> Response {
        self.try_post(body).await.unwrap()
    }

    pub async fn try_post(&self, body: &Value) -> reqwest::Result<Response> {
        self.client
            .post(self.url("/get"))
            .bearer_auth(&self.token)
            .json(body)
            .send()
            .await
    }

    /// Rows of one page; the answer must be 200 with an array.
    pub async fn rows(&self, body: Value) -> Vec<Value> {
        let answer = self.post(&body).await;
        assert_eq!(answer.status(), StatusCode::OK, "{body}");
        answer.json().await.unwrap()
    }

    pub async fn page(&self, method: &str, offset: usize, limit: usize) -> Vec<Value> {
        self.rows(json!({ "method": method, "offset": offset, "limit": limit }))
            .await
    }

    /// Every row of a method, page by page, until a page is not full.
    pub async fn all(&self, method: &str) -> Vec<Value> {
        let mut rows = Vec::new();
        loop {
            let page = self.page(method, rows.len(), 1000).await;
            let last = page.len() < 1000;
            rows.extend(page);
            if last {
                return rows;
            }
        }
    }

    /// Status and error code of an answer that says no.
    pub async fn refusal(&self, body: Value) -> (u16, i64, String) {
        refusal(self.post(&body).await).await
    }
}

pub async fn refusal(answer: Response) -> (u16, i64, String) {
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    let message = body["message"].as_str().unwrap().to_owned();
    (status, body["errorCode"].as_i64().unwrap(), message)
}

pub fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row[field]
        .as_str()
        .unwrap_or_else(|| panic!("no text {field} in {row}"))
}
