//! A worker in a process of its own, which can be killed and stopped as any other.

use super::impatient;
use crate::books::{Books, Ledger};
use crate::support::{Rig, node};
use chrono::Utc;
use domain::ConnectionId;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Tell the helper below where to work.
const DATABASE: &str = "CROSSDOCK_TEST_WORKER_DATABASE";
const BOOKS: &str = "CROSSDOCK_TEST_WORKER_BOOKS";
const CONNECTION: &str = "CROSSDOCK_TEST_WORKER_CONNECTION";
const ASKS: &str = "CROSSDOCK_TEST_WORKER_ASKS";

/// This test program once more, as a process that delivers until it is killed.
pub struct Worker(Child);

impl Worker {
    /// `asks`: whether its connector can look references up.
    pub fn start(rig: &Rig, books: &Books, asks: bool) -> Self {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["chaos::worker::delivers", "--exact", "--ignored"])
            .env(DATABASE, rig.database.url())
            .env(BOOKS, books.address.to_string())
            .env(CONNECTION, rig.connection.0.to_string())
            .env(ASKS, asks.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self(child.unwrap())
    }

    /// At once, whatever it is at.
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let id = self.0.id().to_string();
        let told = Command::new("kill").args(["-s", name, &id]).status();
        assert!(told.unwrap().success());
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
#[ignore = "a helper: started by the tests that kill it"]
async fn delivers() {
    let Ok(url) = std::env::var(DATABASE) else {
        return;
    };
    let told = |name| std::env::var(name).unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let store = store::Store::connect(&url, 5).await.unwrap();
    let ledger = Ledger::at(told(BOOKS).parse().unwrap(), told(ASKS) == "true");
    let connection = ConnectionId(told(CONNECTION).parse().unwrap());
    let engine = node(store, impatient(), Arc::new(Utc::now));
    let engine = engine.with_connector(connection, ledger);
    engine.run(CancellationToken::new()).await;
}
