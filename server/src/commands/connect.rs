//! `crossdock connect`: sets a connection up, or changes one, as a file says.

use super::Failure;
use crate::clock::Clock;
use crate::connection_file::ConnectionFile;
use crate::database::Database;
use crate::secret_key::SecretKey;
use crate::seed::company_and_sites;
use crate::settings::Settings;
use clap::Args;
use domain::{CompanyId, WarehouseId};
use operations::connections::Sealing;
use std::path::PathBuf;
use store::connections::NewConnection;
use store::{Scope, Store};

/// What is connected.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The connection, in the form of the schema at /api/v1/schemas/connection.
    file: PathBuf,
    /// Its name; a connection of that name is changed.
    #[arg(long)]
    name: String,
    /// Code of the site whose lines become floor work; needed when there are several.
    #[arg(long)]
    warehouse: Option<String>,
    /// Company; needed when there are several.
    #[arg(long)]
    company: Option<String>,
}

/// Reads the file, fills its variables in from the environment, and keeps what it says.
pub async fn run(settings: &Settings, arguments: &Arguments) -> Result<(), Failure> {
    let text = std::fs::read_to_string(&arguments.file)
        .map_err(|error| format!("{} cannot be read: {error}", arguments.file.display()))?;
    let file = ConnectionFile::read(&text, |name| std::env::var(name).ok())?;
    let secret = SecretKey::load(settings)?;
    let database = Database::open_current(settings).await?;
    let done = keep(&database.store, &secret, arguments, file).await;
    database.close().await;
    done?;
    println!(
        "{} is set up. It is checked as soon as a worker runs.",
        arguments.name
    );
    Ok(())
}

async fn keep(
    store: &Store,
    secret: &SecretKey,
    arguments: &Arguments,
    file: ConnectionFile,
) -> Result<(), Failure> {
    let (company, sites) = company_and_sites(store, arguments.company.as_deref()).await?;
    let warehouse = site(store, company, &sites, arguments.warehouse.as_deref()).await?;
    let now = Clock::system().now();
    let connection = NewConnection {
        name: arguments.name.clone(),
        kind: file.kind,
        warehouse_id: warehouse,
        base_url: file.base_url,
        settings: file.settings,
        secret_names: file.secrets.keys().cloned().collect(),
    };
    let sealing = Sealing {
        key: secret.sealing(),
        nonce: rand::random(),
        secrets: &file.secrets,
    };
    let pulled = connectors::registry::pulled;
    let id = operations::connections::ensure(store, company, &connection, sealing, pulled, now);
    let id = id.await?;
    operations::connections::deliver_as(store, company, id, &file.delivery, now).await?;
    Ok(())
}

async fn site(
    store: &Store,
    company: CompanyId,
    sites: &[WarehouseId],
    code: Option<&str>,
) -> Result<WarehouseId, Failure> {
    let Some(code) = code else {
        return match sites {
            [only] => Ok(*only),
            _ => Err("say which site with --warehouse and its code".into()),
        };
    };
    let mut tx = store.begin(Scope::Company(company)).await?;
    let found = store::warehouses::find_by_code(&mut tx, company, code).await?;
    Ok(found.ok_or_else(|| format!("there is no warehouse with the code {code}"))?)
}
