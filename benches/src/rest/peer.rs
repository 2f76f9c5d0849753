//! FastAPI with asyncpg and two uvicorn workers; see `benches/peers/fastapi`.

use crate::Failure;
use crate::outcome::cache;
use crate::postgres::Database;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

/// The peer, serving.
pub(crate) struct Peer {
    child: Child,
    /// Host and port.
    pub(crate) address: String,
}

impl Peer {
    /// Starts it and waits until it answers.
    pub(crate) async fn start(database: &Database) -> Result<Self, Failure> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("peers/fastapi");
        let url = database.url();
        // What follows are options of our own driver.
        let url = url.split('?').next().unwrap_or_default();
        let child = Command::new(cache()?.join("bench-fastapi/bin/uvicorn"))
            .args([
                "app:app",
                "--workers",
                "2",
                "--loop",
                "uvloop",
                "--http",
                "httptools",
            ])
            .args([
                "--no-access-log",
                "--log-level",
                "warning",
                "--port",
                &port.to_string(),
            ])
            .current_dir(folder)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("DATABASE_URL", url)
            .env("TOKEN_KEY", token_key())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        let peer = Self {
            child,
            address: format!("127.0.0.1:{port}"),
        };
        let started = Instant::now();
        while reqwest::get(format!("http://{}/openapi.json", peer.address))
            .await
            .is_err()
        {
            if started.elapsed() > Duration::from_secs(20) {
                return Err("the peer does not answer".into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(peer)
    }

    /// Asks it to end, so that it ends its workers too.
    pub(crate) async fn stop(mut self) -> Result<(), Failure> {
        if let Some(id) = self.child.id() {
            Command::new("kill").arg(id.to_string()).status().await?;
        }
        self.child.wait().await?;
        Ok(())
    }
}

/// The key of the tokens, in the peer's environment.
pub(super) fn token_key() -> String {
    "5a".repeat(32)
}

/// A token for that login, from a server that asks for no password.
pub(super) async fn token(address: &str, user: i64) -> Result<String, Failure> {
    let url = format!("http://{address}/token/{user}");
    let answer: serde_json::Value = reqwest::get(url).await?.error_for_status()?.json().await?;
    let token = answer["access_token"].as_str();
    Ok(token.ok_or("no token")?.to_owned())
}
