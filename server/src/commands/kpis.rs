//! `crossdock kpis`.

use super::Failure;
use crate::database::Database;
use crate::settings::Settings;
use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use std::process::ExitCode;
use store::Store;

/// Counts of messages by the minute are compared for so many days; older ones may be pruned.
const MINUTE_DAYS: i64 = 7;

/// What is done about figures that differ from the rows.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Make the figures what the rows say; work may go on meanwhile.
    #[arg(long)]
    rebuild: bool,
}

/// Compares the floor's figures and the counts of messages with the rows they come from, and mends them
/// when asked to.
pub async fn run(
    settings: &Settings,
    arguments: &Arguments,
    now: DateTime<Utc>,
) -> Result<ExitCode, Failure> {
    let database = Database::open_current(settings).await?;
    let differing = differing(&database.store, arguments.rebuild, now).await;
    database.close().await;
    let differing = differing?;
    Ok(match (differing, arguments.rebuild) {
        (0, _) => {
            println!("The figures equal the rows.");
            ExitCode::SUCCESS
        }
        (count, true) => {
            println!("{count} parts of the figures differed from the rows and were mended.");
            ExitCode::SUCCESS
        }
        (count, false) => {
            println!(
                "{count} parts of the figures differ from the rows: run `crossdock kpis --rebuild`."
            );
            ExitCode::FAILURE
        }
    })
}

async fn differing(store: &Store, rebuild: bool, now: DateTime<Utc>) -> store::Result<i64> {
    let minutes = now - TimeDelta::days(MINUTE_DAYS);
    if rebuild {
        let floor = store::kpis::rebuild(store).await?;
        return Ok(floor + store::outbox::rebuild_sums(store, minutes).await?);
    }
    let floor = store::kpis::differences(store).await?;
    Ok(floor + store::outbox::differences(store, minutes).await?)
}
