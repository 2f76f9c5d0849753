//! A system that commands are written into over HTTP, and its connector. It writes a command as often
//! as it is sent: whoever wants it once has to look it up.

use crate::receivers::read;
use async_trait::async_trait;
use connectors::{
    Acceptance, BreakerState, Capability, CheckReport, Connector, Direction, Error, ErrorKind,
    PullRequest, PulledPage, PushRequest,
};
use domain::item::ItemRecord;
use domain::push::PushKind;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What happens to a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Written and answered.
    Accept,
    /// Not written; a status.
    Refuse(u16),
    /// Not written; to come in so many seconds.
    Busy(u32),
    /// Not written, never answered.
    Hang,
    /// Written; the connection ends before the answer.
    LoseAnswer,
    /// Written; the answer cannot be read.
    Garble,
}

/// A command that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// `do` or `undo`.
    pub way: String,
    /// Ours.
    pub reference: String,
    /// What it is about.
    pub about: String,
}

#[derive(Clone)]
pub struct Books {
    pub address: SocketAddr,
    moods: Arc<Mutex<VecDeque<Mood>>>,
    /// Refuses what is about this, always.
    refused: Arc<Mutex<Option<String>>>,
    entries: Arc<Mutex<Vec<Entry>>>,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Books {
    /// Does these with commands in turn, then accepts everything.
    pub async fn open(moods: &[Mood]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let books = Self {
            address: listener.local_addr().unwrap(),
            moods: Arc::new(Mutex::new(moods.iter().copied().collect())),
            refused: Arc::default(),
            entries: Arc::default(),
            lines: Arc::default(),
        };
        let serving = books.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let books = serving.clone();
                tokio::spawn(async move { books.serve(stream).await });
            }
        });
        books
    }

    pub fn then(&self, moods: &[Mood]) {
        self.moods.lock().unwrap().extend(moods);
    }

    pub fn refuse(&self, about: Option<&str>) {
        *self.refused.lock().unwrap() = about.map(str::to_owned);
    }

    pub fn entries(&self) -> Vec<Entry> {
        self.entries.lock().unwrap().clone()
    }

    /// What was written and not taken back, as `about`, in order.
    pub fn standing(&self) -> Vec<String> {
        let mut standing: Vec<Entry> = Vec::new();
        for entry in self.entries() {
            match entry.way.as_str() {
                "do" => standing.push(entry),
                _ => standing.retain(|kept| kept.reference != entry.reference),
            }
        }
        standing.into_iter().map(|entry| entry.about).collect()
    }

    /// Requests as they came.
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    async fn serve(&self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        while let Some(request) = read(&mut stream).await {
            self.lines.lock().unwrap().push(request.line.clone());
            let parts: Vec<&str> = request.line.split('/').collect();
            let answer = match parts[..] {
                ["GET ", "find", way, reference] => self.find(way, reference),
                [_, way, reference] => match self.take_in(way, reference, &request.body).await {
                    Some(answer) => answer,
                    None => return,
                },
                _ => answer(400, "what?"),
            };
            if stream.get_mut().write_all(answer.as_bytes()).await.is_err() {
                return;
            }
        }
    }

    fn find(&self, way: &str, reference: &str) -> String {
        let found = self
            .entries()
            .into_iter()
            .position(|entry| entry.way == way && entry.reference == reference);
        match found {
            Some(at) => answer(200, &format!("N-{}", at + 1)),
            None => answer(404, "none"),
        }
    }

    async fn take_in(&self, way: &str, reference: &str, about: &str) -> Option<String> {
        let mood = self.moods.lock().unwrap().pop_front();
        let refused = self.refused.lock().unwrap().as_deref() == Some(about);
        let mood = if refused {
            Mood::Refuse(422)
        } else {
            mood.unwrap_or(Mood::Accept)
        };
        match mood {
            Mood::Refuse(status) => return Some(answer(status, "not like this")),
            Mood::Busy(wait) => {
                return Some(format!(
                    "HTTP/1.1 429 Busy\r\nretry-after: {wait}\r\ncontent-length: 0\r\n\r\n"
                ));
            }
            Mood::Hang => return std::future::pending().await,
            Mood::Accept | Mood::LoseAnswer | Mood::Garble => {}
        }
        let number = {
            let mut entries = self.entries.lock().unwrap();
            entries.push(Entry {
                way: way.to_owned(),
                reference: reference.to_owned(),
                about: about.to_owned(),
            });
            entries.len()
        };
        match mood {
            Mood::LoseAnswer => None,
            Mood::Garble => Some(answer(200, "<html>")),
            _ => Some(answer(200, &format!("N-{number}"))),
        }
    }
}

fn answer(status: u16, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// A client for addresses of this machine.
pub fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only(std::iter::empty())
        .timeout(Duration::from_millis(400))
        .build()
        .unwrap()
}

/// Its connector.
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
        401 => refused(ErrorKind::Unauthorized),
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

    fn breaker(&self) -> BreakerState {
        BreakerState::Closed
    }
}
