//! `crossdock kpis`.

use super::Failure;
use crate::database::Database;
use crate::settings::Settings;
use clap::Args;
use std::process::ExitCode;

/// What is done about figures that differ from the rows.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Make the figures what the rows say; work may go on meanwhile.
    #[arg(long)]
    rebuild: bool,
}

/// Compares the figures with the rows they come from, and mends them when asked to.
pub async fn run(settings: &Settings, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let database = Database::open_current(settings).await?;
    let differing = if arguments.rebuild {
        store::kpis::rebuild(&database.store).await
    } else {
        store::kpis::differences(&database.store).await
    };
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
