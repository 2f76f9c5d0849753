//! The subcommands.

mod connect;
mod create_admin;
mod doctor;
mod gs1;
mod kpis;
mod migrate;
mod seed;
mod serve;
mod simulate;

use crate::settings::{Role, Settings};
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Joins ERPs to the warehouse floor.
#[derive(Debug, Parser)]
#[command(name = "crossdock", version, about)]
pub struct Cli {
    /// Settings file; crossdock.toml when it is there.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves pages, API and live link, and runs syncs.
    Serve {
        /// Which parts run in this process.
        #[arg(long)]
        role: Option<Role>,
    },
    /// Brings the database schema up to date.
    Migrate,
    /// Sets up a company with its warehouse, units and shifts.
    Seed(seed::Arguments),
    /// Runs a simulated upstream system.
    #[command(subcommand)]
    Simulate(simulate::System),
    /// Says what is configured, reachable and wrong, and what to do.
    Doctor,
    /// Says whether the figures equal the rows, and rebuilds them.
    Kpis(kpis::Arguments),
    /// Sets a connection to an upstream system up, or changes one, as a file says.
    Connect(connect::Arguments),
    /// Creates the first administrator, or one more.
    CreateAdmin(create_admin::Arguments),
    /// Reads a GS1 label: prints its entries, or says what is wrong with it.
    Gs1(gs1::Arguments),
}

/// What ends a command early; the text is for people.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Runs the command and says how it went.
pub async fn run(cli: Cli) -> ExitCode {
    match dispatch(cli).await {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("error: {}", crate::telemetry::chain(failure.as_ref()));
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(cli: Cli) -> Result<ExitCode, Failure> {
    // Needs no installation.
    if let Command::Gs1(arguments) = &cli.command {
        return Ok(gs1::run(arguments, chrono::Utc::now().date_naive()));
    }
    let mut settings = match Settings::load(cli.config.as_deref()) {
        Ok(settings) => settings,
        // The doctor's patients include settings that cannot be read.
        Err(error) if matches!(cli.command, Command::Doctor) => {
            return Ok(doctor::without_settings(&error));
        }
        Err(error) => return Err(error.into()),
    };
    crate::telemetry::start_logging(&settings);
    match cli.command {
        Command::Serve { role } => {
            settings.role = role.unwrap_or(settings.role);
            serve::run(settings).await.map(|()| ExitCode::SUCCESS)
        }
        Command::Migrate => migrate::run(&settings).await.map(|()| ExitCode::SUCCESS),
        Command::Seed(arguments) => seed::run(&settings, &arguments)
            .await
            .map(|()| ExitCode::SUCCESS),
        Command::Simulate(system) => simulate::run(system).await.map(|()| ExitCode::SUCCESS),
        Command::Doctor => Ok(doctor::run(&settings).await),
        Command::Kpis(arguments) => kpis::run(&settings, &arguments, chrono::Utc::now()).await,
        Command::Connect(arguments) => connect::run(&settings, &arguments)
            .await
            .map(|()| ExitCode::SUCCESS),
        Command::CreateAdmin(arguments) => create_admin::run(&settings, arguments)
            .await
            .map(|()| ExitCode::SUCCESS),
        Command::Gs1(_) => Ok(ExitCode::SUCCESS),
    }
}
