//! The connector of the books.

use super::Books;
use async_trait::async_trait;
use connectors::{
    Acceptance, BreakerState, Capability, CheckReport, Connector, Direction, Error, ErrorKind,
    PullRequest, PulledPage, PushRequest,
};
use domain::item::ItemRecord;
use domain::push::PushKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// A client for addresses of this machine.
pub fn client() -> reqwest::Client {
    patient(Duration::from_millis(400))
}

/// The same that waits so long for an answer.
fn patient(limit: Duration) -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only(std::iter::empty())
        .timeout(limit)
        .build()
        .unwrap()
}

pub struct Ledger {
    books: SocketAddr,
    client: reqwest::Client,
    finds: bool,
}

impl Ledger {
    pub fn new(books: &Books) -> Arc<Self> {
        Self::that(books, true)
    }

    /// The same for a system that cannot be asked.
    pub fn that(books: &Books, finds: bool) -> Arc<Self> {
        let client = client();
        Arc::new(Self {
            books: books.address,
            client,
            finds,
        })
    }

    /// For a machine that has much else to do, from any process.
    pub fn at(books: SocketAddr, finds: bool) -> Arc<Self> {
        let client = patient(Duration::from_secs(20));
        Arc::new(Self {
            books,
            client,
            finds,
        })
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.books)
    }
}

fn way(direction: Direction) -> &'static str {
    match direction {
        Direction::Do => "do",
        Direction::Undo => "undo",
    }
}

fn unsent(error: &reqwest::Error) -> Error {
    let kind = match error.is_timeout() {
        true => ErrorKind::Timeout,
        false => ErrorKind::Unavailable,
    };
    Error::new(kind, "push", "The books did not answer.")
}

async fn judged(response: reqwest::Response) -> Result<Acceptance, Error> {
    let status = response.status().as_u16();
    let wait = response.headers().get("retry-after").cloned();
    let body = response.text().await.map_err(|error| unsent(&error))?;
    let refused = |kind| Err(Error::new(kind, "push", format!("The books said {body}.")));
    match status {
        200 if body.starts_with("N-") => Ok(Acceptance {
            number: body,
            warnings: Vec::new(),
            detail: serde_json::Value::Null,
        }),
        200 => refused(ErrorKind::Malformed),
        429 => {
            let seconds = wait.unwrap().to_str().unwrap().parse().unwrap();
            let error = Error::new(ErrorKind::RateLimited, "push", "The books are busy.");
            Err(error.retry_after(Duration::from_secs(seconds)))
        }
        423 => {
            let error = Error::new(ErrorKind::RateLimited, "push", "Somebody holds it.");
            Err(error.about_one_record())
        }
        401 => refused(ErrorKind::Unauthorized),
        503 => {
            let error = Error::new(ErrorKind::Unavailable, "push", "The books are closed.");
            Err(error.turned_away())
        }
        500..=599 => refused(ErrorKind::Unavailable),
        _ => refused(ErrorKind::Rejected),
    }
}

#[async_trait]
impl Connector for Ledger {
    fn capabilities(&self) -> &'static [Capability] {
        &[
            Capability::Push(PushKind::DocumentResult),
            Capability::Push(PushKind::Product),
        ]
    }

    async fn check(&self) -> Result<CheckReport, Error> {
        Ok(CheckReport {
            latency_ms: 1,
            detail: "The books are open.".to_owned(),
        })
    }

    async fn pull(&self, _: &PullRequest) -> Result<PulledPage, Error> {
        Err(Error::new(ErrorKind::Unsupported, "pull", "Write only."))
    }

    async fn find_item(&self, _: &str, _: &str) -> Result<Option<ItemRecord>, Error> {
        Ok(None)
    }

    async fn push(&self, request: &PushRequest) -> Result<Acceptance, Error> {
        let path = format!("{}/{}", way(request.direction), request.reference);
        let sent = self
            .client
            .post(self.url(&path))
            .body(request.push.summary());
        judged(sent.send().await.map_err(|error| unsent(&error))?).await
    }

    async fn find_push(&self, request: &PushRequest) -> Result<Option<Acceptance>, Error> {
        if !self.finds {
            let text = "The books cannot be asked.";
            return Err(Error::new(ErrorKind::Unsupported, "find_push", text));
        }
        let path = format!("find/{}/{}", way(request.direction), request.reference);
        let answer = self.client.get(self.url(&path)).send().await;
        let answer = answer.map_err(|error| unsent(&error))?;
        if answer.status().as_u16() == 404 {
            return Ok(None);
        }
        judged(answer).await.map(Some)
    }

    fn longest_call(&self) -> Duration {
        Duration::from_secs(10)
    }

    fn breaker(&self) -> BreakerState {
        BreakerState::Closed
    }
}
