//! The same list by hand: a plain axum handler over sqlx in a process of its own, which checks, asks
//! and answers what `benches/peers/fastapi` does and has nothing around it.

mod handlers;
mod queries;

use super::peer::token_key;
use crate::Failure;
use crate::child::Process;
use crate::postgres::Database;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgPoolOptions;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::process::Command;

/// As many as a worker of the peer has.
const CONNECTIONS: u32 = 8;

/// Its first line.
#[derive(Debug, Serialize, Deserialize)]
struct Started {
    port: u16,
}

/// The handler, serving.
pub(crate) struct Plain {
    process: Process,
    /// Host and port.
    pub(crate) address: String,
}

impl Plain {
    /// Starts it and waits until it listens.
    pub(crate) async fn start(database: &Database) -> Result<Self, Failure> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .arg("plain")
            .env("DATABASE_URL", database.url())
            .env("TOKEN_KEY", token_key());
        let mut process = Process::spawn(command)?;
        let Started { port } = process.hear().await?;
        Ok(Self {
            process,
            address: format!("127.0.0.1:{port}"),
        })
    }

    /// Ends it.
    pub(crate) async fn stop(self) -> Result<(), Failure> {
        self.process.end().await
    }
}

/// The process: serves until its input ends.
pub(crate) async fn run() -> Result<(), Failure> {
    let (url, key) = (std::env::var("DATABASE_URL")?, std::env::var("TOKEN_KEY")?);
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .connect(&url)
        .await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let router = handlers::router(pool.clone(), &key);
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    println!("{}", serde_json::to_string(&Started { port })?);
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while lines.next_line().await?.is_some() {}
    serving.abort();
    pool.close().await;
    Ok(())
}
