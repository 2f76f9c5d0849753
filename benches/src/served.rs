//! The real server in a process of its own.

use crate::Failure;
use crate::child::memory_mb;
use crate::postgres::Database;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

/// Crossdock, serving.
pub(crate) struct Served {
    child: Child,
    /// Host and port.
    pub(crate) address: String,
    /// From the start of the program to the first page.
    pub(crate) first_page: Duration,
}

fn program() -> Result<PathBuf, Failure> {
    let here = std::env::current_exe()?;
    let program = here.with_file_name("crossdock");
    if program.exists() {
        Ok(program)
    } else {
        Err(format!(
            "{} is missing: run scripts/build --release",
            program.display()
        )
        .into())
    }
}

fn command(database: &Database, address: &str) -> Result<Command, Failure> {
    let data = crate::outcome::cache()?.join("bench-server");
    std::fs::create_dir_all(&data)?;
    let mut command = Command::new(program()?);
    command
        // What belongs to the scripts and the benches is no setting of the server.
        .env_remove("CROSSDOCK_TEST_DATABASE_URL")
        .env("DATABASE_URL", database.url())
        .env("CROSSDOCK_DATA_DIR", data)
        .env("CROSSDOCK_BIND", address)
        .env("CROSSDOCK_LOG", "warn")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    Ok(command)
}

/// Runs a subcommand to its end.
pub(crate) async fn once(database: &Database, arguments: &[&str]) -> Result<(), Failure> {
    let mut command = command(database, "127.0.0.1:0")?;
    let output = command.args(arguments).output().await?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(format!("crossdock {} failed: {said}", arguments.join(" ")).into())
}

impl Served {
    /// Starts it and waits for the sign-in page.
    pub(crate) async fn start(database: &Database, role: &str) -> Result<Self, Failure> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = format!("127.0.0.1:{port}");
        let mut command = command(database, &address)?;
        command
            .args(["serve", "--role", role])
            .stdout(Stdio::null());
        let client = reqwest::Client::new();
        let url = format!("http://{address}/login");
        let started = Instant::now();
        let child = command.spawn()?;
        loop {
            let answer = client.get(&url).send().await;
            if let Ok(page) = answer
                && page.status().is_success()
            {
                page.bytes().await?;
                let first_page = started.elapsed();
                return Ok(Self {
                    child,
                    address,
                    first_page,
                });
            }
            if started.elapsed() > Duration::from_secs(20) {
                return Err("the server does not answer".into());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Resident memory in MB.
    pub(crate) fn memory_mb(&self) -> Result<f64, Failure> {
        memory_mb(&self.id(), "VmRSS")
    }

    /// Process id.
    pub(crate) fn id(&self) -> String {
        self.child.id().map(|id| id.to_string()).unwrap_or_default()
    }

    /// Stops it.
    pub(crate) async fn stop(mut self) -> Result<(), Failure> {
        self.child.kill().await?;
        Ok(())
    }
}
