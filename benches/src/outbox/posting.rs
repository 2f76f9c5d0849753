//! The ceiling of this machine for messages over HTTP: posting alone, in a process of its own, with
//! no queue, no database and no signatures.

use super::messages::payload;
use crate::Failure;
use crate::child::Process;
use crate::outbox::upstream::Upstream;
use bytes::Bytes;
use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::task::JoinSet;

const AT_ONCE: usize = 24;

/// What it posts.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Where to.
    url: Url,
    /// How many.
    count: usize,
}

/// Who posts what, and which is next.
struct Posting {
    client: Client,
    url: Url,
    bodies: Vec<Bytes>,
    turn: AtomicUsize,
}

/// A process that waits for the word `go` with its messages made.
pub(super) async fn start(upstream: &Upstream, count: usize) -> Result<Process, Failure> {
    let mut process = Process::start(&["post", &upstream.url(), &count.to_string()])?;
    process.hear::<serde_json::Value>().await?;
    Ok(process)
}

/// The process: says that it is ready, posts everything at `go`, and ends with its input.
pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let bodies: Result<Vec<Bytes>, Failure> = (0..arguments.count).map(body).collect();
    let posting = Arc::new(Posting {
        client: client()?,
        url: arguments.url,
        bodies: bodies?,
        turn: AtomicUsize::new(0),
    });
    println!("{}", json!({ "ready": true }));
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        println!("{}", json!({ "done": line }));
        if line == "go" {
            post(&posting).await?;
        }
    }
    Ok(())
}

/// Set up as the product sets it up for webhooks of a host that its settings name.
fn client() -> Result<Client, Failure> {
    let client = Client::builder()
        .user_agent(concat!("crossdock/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .no_proxy()
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(10))
        .tls_certs_only(std::iter::empty());
    Ok(client.build()?)
}

/// What the other sides post.
fn body(number: usize) -> Result<Bytes, Failure> {
    let mut message = payload(number);
    message["id"] = json!(number.to_string());
    Ok(serde_json::to_vec(&message)?.into())
}

/// So many at once, each the next when its last one is answered.
async fn post(posting: &Arc<Posting>) -> Result<(), Failure> {
    let mut senders = JoinSet::new();
    for _ in 0..AT_ONCE {
        let posting = Arc::clone(posting);
        senders.spawn(async move { posting.send().await });
    }
    while let Some(sent) = senders.join_next().await {
        sent??;
    }
    Ok(())
}

impl Posting {
    async fn send(&self) -> Result<(), Failure> {
        loop {
            let number = self.turn.fetch_add(1, Ordering::Relaxed);
            let Some(body) = self.bodies.get(number) else {
                return Ok(());
            };
            let request = self
                .client
                .post(self.url.clone())
                .header(CONTENT_TYPE, "application/json")
                .header("webhook-id", number.to_string())
                .body(body.clone());
            request.send().await?.error_for_status()?.bytes().await?;
        }
    }
}
