//! What the figures were measured on.

use crate::Failure;
use crate::outcome::{Outcome, Row, thousands};
use crate::postgres::{Server, run};
use std::io::Write as _;
use std::time::Instant;

/// Settings beside PostgreSQL's own; the checkpoints of a run must not fall into a measurement.
const SETTINGS: [(&str, &str); 4] = [
    ("shared_buffers", "512MB"),
    ("max_wal_size", "4GB"),
    ("checkpoint_timeout", "1h"),
    ("track_commit_timestamp", "on"),
];

/// Writes the settings; the server has to start again before they hold.
pub(crate) async fn prepare() -> Result<(), Failure> {
    let mut admin = Server::get()?.admin().await?;
    for (name, value) in SETTINGS {
        run(&mut admin, &format!("alter system set {name} = '{value}'")).await?;
    }
    Ok(())
}

/// Measures the disk and writes down the rest.
pub(crate) async fn measure() -> Result<(), Failure> {
    let mut admin = Server::get()?.admin().await?;
    let version: String = sqlx::query_scalar("select current_setting('server_version')")
        .fetch_one(&mut admin)
        .await?;
    let mut outcome = Outcome::new("Machine", "", false);
    let mut row = |what: &str, ours: String| outcome.rows.push(Row::new(what, ours));
    row("Cores", std::thread::available_parallelism()?.to_string());
    row("Processor", processor()?);
    row("Memory", format!("{} GiB", memory_gib()?));
    row(
        "PostgreSQL",
        format!("{version}, {}", settings(&mut admin).await?),
    );
    row(
        "fdatasync of 8 kB",
        format!("{} a second", thousands(syncs_per_second()?)),
    );
    let load = std::fs::read_to_string("/proc/loadavg")?;
    let load = load
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned();
    row("Load when the run began", load);
    outcome.keep("machine")
}

async fn settings(admin: &mut sqlx::PgConnection) -> Result<String, Failure> {
    let mut words = Vec::new();
    for name in [
        "fsync",
        "synchronous_commit",
        "shared_buffers",
        "max_wal_size",
    ] {
        let value: String = sqlx::query_scalar("select current_setting($1)")
            .bind(name)
            .fetch_one(&mut *admin)
            .await?;
        words.push(format!("{name} {value}"));
    }
    Ok(words.join(", "))
}

fn processor() -> Result<String, Failure> {
    let text = std::fs::read_to_string("/proc/cpuinfo")?;
    let line = text.lines().find(|line| line.starts_with("model name"));
    let name = line.and_then(|line| line.split_once(": "));
    Ok(name.map_or("unknown", |(_, name)| name.trim()).to_owned())
}

fn memory_gib() -> Result<u64, Failure> {
    let text = std::fs::read_to_string("/proc/meminfo")?;
    let kilobytes = text
        .split_whitespace()
        .nth(1)
        .ok_or("unreadable /proc/meminfo")?;
    Ok((kilobytes.parse::<u64>()? + 524_288) / 1_048_576)
}

/// How often a block can be made durable, on the disk that holds the databases.
fn syncs_per_second() -> Result<f64, Failure> {
    let path = crate::outcome::folder()?.join("fdatasync.probe");
    let mut file = std::fs::File::create(&path)?;
    file.write_all(&[0; 8192])?;
    file.sync_all()?;
    let started = Instant::now();
    let mut times = 0.0;
    while started.elapsed().as_secs_f64() < 2.0 {
        use std::os::unix::fs::FileExt as _;
        file.write_all_at(&[1; 8192], 0)?;
        file.sync_data()?;
        times += 1.0;
    }
    let rate = times / started.elapsed().as_secs_f64();
    std::fs::remove_file(path)?;
    Ok(rate)
}
