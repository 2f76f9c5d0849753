//! The product's engine in a process of its own, so that its memory and its time are its own.

use crate::Failure;
use crate::child::{Process, memory_mb};
use crate::postgres::Database;
use crate::site::secret_key;
use engine::{Engine, Options};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Instant;
use store::Store;
use uuid::Uuid;

/// What it works on.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Database.
    url: String,
}

/// How it went.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Worked {
    /// From the claim to the end of the run.
    pub(crate) seconds: f64,
    /// Processor time of the engine.
    pub(crate) cpu_seconds: f64,
    /// Peak resident memory.
    pub(crate) peak_mb: f64,
}

/// Does everything that is due in a database.
pub(crate) async fn work(database: &Database) -> Result<Worked, Failure> {
    let mut process = Process::start(&["engine", &database.url()])?;
    let worked = process.hear().await?;
    process.end().await?;
    Ok(worked)
}

/// The process.
pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let store = Store::connect(&arguments.url, 20).await?;
    let options = Options {
        // Looking missing items up one by one is paced by the upstream and says nothing here.
        lookups: 0,
        ..Options::default()
    };
    let engine = Engine::new(
        store.clone(),
        secret_key()?,
        options,
        Arc::new(chrono::Utc::now),
        Arc::new(Uuid::now_v7),
    );
    let (started, before) = (Instant::now(), cpu_seconds()?);
    engine.run_until_idle().await;
    let worked = Worked {
        seconds: started.elapsed().as_secs_f64(),
        cpu_seconds: cpu_seconds()? - before,
        peak_mb: memory_mb("self", "VmHWM")?,
    };
    store.pool().close().await;
    println!("{}", serde_json::to_string(&worked)?);
    Ok(())
}

fn cpu_seconds() -> Result<f64, Failure> {
    cpu_seconds_of("self")
}

/// User and system time of a process; the kernel counts in hundredths.
pub(crate) fn cpu_seconds_of(process: &str) -> Result<f64, Failure> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name in parentheses may hold blanks.
    let (_, fields) = text.rsplit_once(')').ok_or("unreadable process figures")?;
    let ticks = |place: usize| -> Result<f64, Failure> {
        let field = fields.split_whitespace().nth(place);
        Ok(field.ok_or("unreadable process figures")?.parse()?)
    };
    Ok((ticks(11)? + ticks(12)?) / 100.0)
}
