//! `crossdock connect`: sets a connection up, or changes one, as a file says.

use super::Failure;
use crate::clock::Clock;
use crate::connection_files::{Applier, environment, read};
use crate::database::Database;
use crate::secret_key::SecretKey;
use crate::settings::Settings;
use crate::telemetry::chain;
use clap::Args;
use operations::connections::Occasion;
use std::path::PathBuf;

/// What is connected.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The connection, in the form of the schema at /api/v1/schemas/connection; it may also say name, warehouse and
    /// company.
    file: PathBuf,
    /// Its name, else that in the file, else that of the file without its ending; a connection of that name is changed.
    #[arg(long)]
    name: Option<String>,
    /// Code of the site whose lines become floor work; needed when there are several.
    #[arg(long)]
    warehouse: Option<String>,
    /// Company; needed when there are several.
    #[arg(long)]
    company: Option<String>,
}

/// Reads the file, fills its variables in from the environment, and keeps what it says.
pub async fn run(settings: &Settings, arguments: &Arguments) -> Result<(), Failure> {
    let path = arguments.file.display();
    let mut file = read(&arguments.file, environment)
        .map_err(|refusal| format!("{path}: {}", chain(&refusal)))?;
    let place = &mut file.place;
    for (given, kept) in [
        (&arguments.name, &mut place.name),
        (&arguments.warehouse, &mut place.warehouse),
        (&arguments.company, &mut place.company),
    ] {
        if given.is_some() {
            kept.clone_from(given);
        }
    }
    let secret = SecretKey::load(settings)?;
    let database = Database::open_current(settings).await?;
    let applier = Applier {
        store: &database.store,
        secret: &secret,
        occasion: Occasion::Command,
        now: Clock::system().now(),
    };
    let done = applier.apply(file).await;
    database.close().await;
    let done = done.map_err(|refusal| format!("{path}: {}", chain(&refusal)))?;
    println!("{done}. It is checked as soon as a worker runs.");
    Ok(())
}
