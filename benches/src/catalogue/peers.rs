//! dlt merging the same pages.

use crate::Failure;
use crate::child::Process;
use crate::outcome::cache;
use crate::postgres::{Server, wal_bytes};
use serde::Deserialize;
use simulators::pantheon::Config;
use std::path::PathBuf;
use tokio::process::Command;

const PAGE: usize = 1_000;

/// Pages as the upstream sent them, in files.
pub(super) struct Pages(PathBuf);

impl Pages {
    /// A folder for them.
    pub(super) fn new(name: &str) -> Result<Self, Failure> {
        Ok(Self(cache()?.join("bench-pages").join(name)))
    }

    /// Fetches all pages of the catalogue into a folder of that name.
    pub(super) async fn fetch(&self, url: &str, name: &str) -> Result<(), Failure> {
        let folder = self.0.join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder)?;
        let client = reqwest::Client::new();
        let account = Config::default();
        let login: serde_json::Value = client
            .post(format!("{url}/login"))
            .json(&serde_json::json!({"username": account.username, "password": account.password}))
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?;
        let token = login["token"].as_str().ok_or("no token")?;
        for offset in (0..).step_by(PAGE) {
            let query =
                serde_json::json!({"method": "getIdentWMS", "offset": offset, "limit": PAGE});
            let request = client
                .post(format!("{url}/get"))
                .bearer_auth(token)
                .json(&query);
            let page = request.send().await?.error_for_status()?.bytes().await?;
            if page.len() <= 2 {
                break;
            }
            std::fs::write(folder.join(format!("{offset:09}.json")), page)?;
        }
        Ok(())
    }

    fn folder(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

/// What dlt needed, in seconds and bytes.
pub(super) struct Merged {
    pub(super) load: f64,
    pub(super) resync: f64,
    pub(super) resync_wal: f64,
}

#[derive(Deserialize)]
struct Took {
    seconds: f64,
    rows: i64,
}

/// Both passes, in a database of its own.
pub(super) async fn dlt(server: &Server, pages: &Pages) -> Result<Merged, Failure> {
    let database = server.empty("bench_dlt").await?;
    let mut admin = database.admin().await?;
    crate::postgres::run(&mut admin, "checkpoint").await?;
    let load = merge(pages, "before").await?;
    crate::postgres::run(&mut admin, "vacuum (analyze)").await?;
    let start = wal_bytes(&mut admin).await?;
    let resync = merge(pages, "after").await?;
    let resync_wal = wal_bytes(&mut admin).await? - start;
    if load.rows != resync.rows {
        return Err(format!("dlt stored {} and then {} rows", load.rows, resync.rows).into());
    }
    drop(admin);
    database.drop().await?;
    Ok(Merged {
        load: load.seconds,
        resync: resync.seconds,
        resync_wal,
    })
}

async fn merge(pages: &Pages, name: &str) -> Result<Took, Failure> {
    let python = cache()?.join("bench-dlt/bin/python");
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("peers/dlt/merge.py");
    let mut command = Command::new(python);
    command
        .arg(script)
        .arg(pages.folder(name))
        .env("BENCH_URL", tcp_url("bench_dlt")?)
        .env("DLT_DATA_DIR", cache()?.join("bench-dlt-data"))
        .env("RUNTIME__DLTHUB_TELEMETRY", "false");
    let mut process = Process::spawn(command)?;
    let took = process.hear().await?;
    process.end().await?;
    Ok(took)
}

/// dlt knows hosts and ports, no sockets in folders.
fn tcp_url(database: &str) -> Result<String, Failure> {
    let url = std::env::var("DATABASE_URL")?;
    let (server, _) = url
        .rsplit_once('/')
        .ok_or("DATABASE_URL names no database")?;
    Ok(format!("{server}/{database}"))
}
