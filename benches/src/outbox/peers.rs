//! Other queues on PostgreSQL; see `benches/peers/queues` and `benches/peers/graphile-worker-rs`.

use crate::Failure;
use crate::child::Process;
use crate::outbox::upstream::Upstream;
use crate::outcome::cache;
use crate::postgres::Database;
use tokio::process::Command;

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Peer {
    /// graphile-worker for Node.
    GraphileWorker,
    /// pg-boss for Node.
    PgBoss,
    /// graphile_worker for Rust.
    GraphileWorkerRust,
}

impl Peer {
    /// For people.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::GraphileWorker => "graphile-worker",
            Self::PgBoss => "pg-boss",
            Self::GraphileWorkerRust => "graphile_worker (Rust)",
        }
    }

    /// Counts what it has not delivered.
    pub(super) fn left(self) -> &'static str {
        match self {
            Self::GraphileWorker | Self::GraphileWorkerRust => {
                "select count(*) from graphile_worker._private_jobs"
            }
            Self::PgBoss => "select count(*) from pgboss.job where state <> 'completed'",
        }
    }

    fn command(self) -> Result<Command, Failure> {
        let script = |name: &str| -> Result<Command, Failure> {
            let mut command = Command::new("node");
            command.arg(cache()?.join("bench-queues").join(name));
            Ok(command)
        };
        match self {
            Self::GraphileWorker => script("graphile-worker.mjs"),
            Self::PgBoss => script("pg-boss.mjs"),
            Self::GraphileWorkerRust => Ok(Command::new(
                cache()?.join("bench-graphile-worker-rs/release/peer"),
            )),
        }
    }

    /// Starts it in an empty database and lets it queue that many.
    pub(super) async fn start(
        self,
        database: &Database,
        upstream: &Upstream,
        count: usize,
    ) -> Result<Process, Failure> {
        let url = database.url();
        let mut command = self.command()?;
        command
            // What follows are options of our own driver.
            .env("DATABASE_URL", url.split('?').next().unwrap_or_default())
            .env("UPSTREAM", format!("http://{}", upstream.address))
            .env("COUNT", count.to_string())
            .env("NODE_ENV", "production");
        let mut process = Process::spawn(command)?;
        process.hear::<serde_json::Value>().await?;
        Ok(process)
    }
}
