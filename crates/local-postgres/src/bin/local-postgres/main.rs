//! Runs a command with a private PostgreSQL around it; see `local-postgres --help`.

mod exec;
mod signals;
mod temporary;

use std::{
    io::IsTerminal as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

/// A private PostgreSQL for scripts and tests.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Runs a command with DATABASE_URL set to a fresh database, then removes the database and
    /// stops the server. CROSSDOCK_TEST_DATABASE_URL is set to the superuser's address.
    Exec(exec::Exec),
    /// Stops the server of a data directory, whoever uses it.
    Stop {
        /// The data directory.
        #[arg(long)]
        data_dir: PathBuf,
    },
    /// Stops the server of a data directory and deletes its data.
    Erase {
        /// The data directory.
        #[arg(long)]
        data_dir: PathBuf,
    },
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Postgres(#[from] local_postgres::Error),
    #[error("cannot read {}: {source}", path.display())]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("migration {} failed: {source}", path.display())]
    Migration {
        path: PathBuf,
        source: local_postgres::Error,
    },
    #[error("cannot run `{program}`: {source}")]
    Command {
        program: String,
        source: std::io::Error,
    },
    #[error("cannot prepare: {0}")]
    Prepare(std::io::Error),
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into()),
        )
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let outcome = match Arguments::parse().action {
        Action::Exec(exec) => exec.run().await,
        Action::Stop { data_dir } => stop(&data_dir).await,
        Action::Erase { data_dir } => erase(&data_dir).await,
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            eprintln!("error: {failure}");
            let mut source = std::error::Error::source(&failure);
            while let Some(cause) = source {
                eprintln!("  because: {cause}");
                source = cause.source();
            }
            ExitCode::FAILURE
        }
    }
}

async fn stop(data_dir: &Path) -> Result<u8, Failure> {
    match local_postgres::stop(data_dir).await? {
        true => eprintln!("stopped PostgreSQL in {}", data_dir.display()),
        false => eprintln!("no PostgreSQL runs in {}", data_dir.display()),
    }
    Ok(0)
}

async fn erase(data_dir: &Path) -> Result<u8, Failure> {
    local_postgres::erase(data_dir).await?;
    Ok(0)
}
