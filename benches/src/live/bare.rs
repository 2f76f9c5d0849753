//! A Node server with `ws` and nothing else.

use super::{A_SECOND, Heard, Memory, cpu_seconds, ticks};
use crate::Failure;
use crate::child::{Process, memory_mb};
use crate::postgres::{Database, run};
use crate::sockets::{Crowd, Door, delays};
use crate::statistics::percentile;
use serde::Deserialize;
use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;
use tokio::process::Command;

#[derive(Deserialize)]
struct Started {
    port: u16,
    pid: u32,
}

/// The table its picks go into.
pub(super) async fn prepare(database: &Database) -> Result<(), Failure> {
    let statement = "create table bare_picks (id bigint generated always as identity primary key, \
                     tx xid8 not null default pg_current_xact_id(), what text not null)";
    run(&mut database.admin().await?, statement).await?;
    Ok(())
}

/// The same number of picks to the same number of clients.
pub(super) async fn round(
    database: &Database,
    clients: usize,
    seconds: u32,
    bytes: usize,
) -> Result<Heard, Failure> {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("peers/ws/server.mjs");
    let mut command = Command::new("node");
    command.arg(script);
    let mut process = Process::spawn(command)?;
    let Started { port, pid } = process.hear().await?;
    let pid = pid.to_string();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = memory_mb(&pid, "VmRSS")?;
    let door = Door {
        address: format!("127.0.0.1:{port}"),
        path: "/",
        headers: Vec::new(),
        subscribe: None,
    };
    let crowd = Crowd::gather(door, clients).await?;
    let memory = Memory {
        before,
        with_all: memory_mb(&pid, "VmRSS")?,
    };
    let start = cpu_seconds(&pid)?;
    let first = last_pick(database).await?;
    let mut admin = database.admin().await?;
    let client = reqwest::Client::new();
    let url = format!("http://127.0.0.1:{port}/publish");
    let padding = "x".repeat(bytes.saturating_sub(30));
    let mut ticks = ticks();
    for _ in 0..seconds * A_SECOND {
        ticks.tick().await;
        let id: i64 =
            sqlx::query_scalar("insert into bare_picks (what) values ('pick') returning id")
                .fetch_one(&mut admin)
                .await?;
        let text = format!(r#"{{"type":"event","id":{id},"what":"{padding}"}}"#);
        client
            .post(&url)
            .body(text)
            .send()
            .await?
            .error_for_status()?;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let cpu = cpu_seconds(&pid)? - start;
    let arrivals = crowd.disperse()?;
    let committed = commits(database, first).await?;
    let (delays, missing) = delays(&arrivals, &committed, clients);
    process.end().await?;
    Ok(Heard {
        p50: percentile(&delays, 0.5),
        p99: percentile(&delays, 0.99),
        cpu_us: cpu * 1e6 / delays.len() as f64,
        memory,
        missing,
        bytes,
    })
}

async fn last_pick(database: &Database) -> Result<i64, Failure> {
    let mut admin = database.admin().await?;
    Ok(
        sqlx::query_scalar("select coalesce(max(id), 0) from bare_picks")
            .fetch_one(&mut admin)
            .await?,
    )
}

async fn commits(database: &Database, after: i64) -> Result<HashMap<i64, f64>, Failure> {
    let mut admin = database.admin().await?;
    let rows: Vec<(i64, f64)> = sqlx::query_as(
        "select id, extract(epoch from pg_xact_commit_timestamp(tx::xid))::float8 from bare_picks
         where id > $1",
    )
    .bind(after)
    .fetch_all(&mut admin)
    .await?;
    Ok(rows.into_iter().collect())
}
