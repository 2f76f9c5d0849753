//! A server whose answers a test decides.

use super::PASSWORD;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// One request as it arrived.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Requests of the same kind (sign-in or data) before this one.
    pub before: usize,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Asked {
    pub fn offset(&self) -> u64 {
        self.body["offset"].as_u64().unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap().to_str().unwrap()
    }
}

type Answer = dyn Fn(&Asked) -> Response + Send + Sync;

struct Inner {
    login: Box<Answer>,
    data: Box<Answer>,
    asked: Mutex<Vec<Asked>>,
}

/// A server that listens until it is dropped.
pub struct Upstream {
    pub url: String,
    inner: Arc<Inner>,
    task: tokio::task::JoinHandle<()>,
}

impl Upstream {
    /// Answers data requests like this; every sign-in succeeds with a token of one hour.
    pub async fn new(data: impl Fn(&Asked) -> Response + Send + Sync + 'static) -> Self {
        let login = |asked: &Asked| match asked.body["password"] == PASSWORD {
            true => token(asked.before, 3600),
            false => refuse(401, 2000, "Invalid username or password"),
        };
        Self::with_login(login, data).await
    }

    pub async fn with_login(
        login: impl Fn(&Asked) -> Response + Send + Sync + 'static,
        data: impl Fn(&Asked) -> Response + Send + Sync + 'static,
    ) -> Self {
        let inner = Arc::new(Inner {
            login: Box::new(login),
            data: Box::new(data),
            asked: Mutex::default(),
        });
        let router = Router::new().fallback(answer).with_state(inner.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, inner, task }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.inner.asked.lock().unwrap().clone()
    }

    pub fn logins(&self) -> usize {
        self.asked()
            .iter()
            .filter(|asked| asked.path == "/login")
            .count()
    }

    /// Requests that are no sign-ins.
    pub fn data(&self) -> Vec<Asked> {
        let asked = self.asked();
        asked
            .into_iter()
            .filter(|asked| asked.path != "/login")
            .collect()
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let path = parts.uri.path().to_owned();
    let is_login = path == "/login";
    let asked = {
        let mut all = inner.asked.lock().unwrap();
        let same = |asked: &&Asked| (asked.path == "/login") == is_login;
        let asked = Asked {
            before: all.iter().filter(same).count(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            path,
            headers: parts.headers,
            body: serde_json::from_slice(&body).unwrap_or(Value::Null),
        };
        all.push(asked.clone());
        asked
    };
    let answer = if is_login { &inner.login } else { &inner.data };
    answer(&asked)
}

/// A sign-in's answer; the token says which sign-in it came from and how long it lives.
pub fn token(number: usize, seconds: i64) -> Response {
    let claims = json!({ "n": number, "iat": 1_000, "exp": 1_000 + seconds });
    let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
    json(
        json!({ "message": "Login successful", "token": format!("eyJhbGciOiJIUzI1NiJ9.{claims}.c2ln") }),
    )
}

/// Rows.
pub fn rows(rows: impl IntoIterator<Item = Value>) -> Response {
    json(Value::Array(rows.into_iter().collect()))
}

pub fn json(value: Value) -> Response {
    axum::Json(value).into_response()
}

/// The vendor's way of saying no.
pub fn refuse(status: u16, code: u32, message: &str) -> Response {
    let body = json!({ "errorCode": code, "message": message, "status": status });
    (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response()
}

/// Any status with any body.
pub fn plain(status: u16, body: impl Into<Bytes>) -> Response {
    let body = Body::from(body.into());
    (StatusCode::from_u16(status).unwrap(), body).into_response()
}

/// The answer with one more header.
pub fn with_header(mut response: Response, name: &'static str, value: &str) -> Response {
    response.headers_mut().insert(name, value.parse().unwrap());
    response
}

/// An answer that never comes.
pub fn silence() -> Response {
    let never = futures::stream::pending::<Result<Bytes, std::io::Error>>();
    Body::from_stream(never).into_response()
}
