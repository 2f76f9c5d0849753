//! The product's engine delivering, in a process of its own: as `crossdock serve --role worker`
//! starts it, with the bench's upstream among the hosts that may be called.

use crate::Failure;
use crate::child::Process;
use crate::outbox::upstream::Upstream;
use crate::postgres::Database;
use crate::site::secret_key;
use engine::outbox::Settings;
use engine::{Engine, Options};
use operations::webhooks::AddressPolicy;
use serde_json::json;
use std::sync::Arc;
use store::Store;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// What it works on.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Database.
    url: String,
    /// Host and port that may be called.
    host: String,
}

/// A worker that waits for the word `go`.
pub(crate) async fn start(database: &Database, upstream: &Upstream) -> Result<Process, Failure> {
    let mut process = Process::start(&["deliver", &database.url(), &upstream.address])?;
    process.hear::<serde_json::Value>().await?;
    Ok(process)
}

/// The process: says that it is ready, works from `go` to `stop`, and ends with its input.
pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let store = Store::connect(&arguments.url, 20).await?;
    let options = Options {
        outbox: Settings {
            addresses: AddressPolicy::allowing(std::slice::from_ref(&arguments.host)),
            ..Settings::default()
        },
        ..Options::default()
    };
    let engine = Engine::new(
        store.clone(),
        secret_key()?,
        options,
        Arc::new(chrono::Utc::now),
        Arc::new(Uuid::new_v4),
    );
    println!("{}", json!({ "ready": true }));
    let (stop, mut working) = (CancellationToken::new(), None);
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        if line == "go" {
            let (engine, stop) = (engine.clone(), stop.clone());
            working = Some(tokio::spawn(async move { engine.run(stop).await }));
        } else {
            stop.cancel();
            if let Some(working) = working.take() {
                working.await?;
            }
        }
        println!("{}", json!({ "done": line }));
    }
    store.pool().close().await;
    Ok(())
}
