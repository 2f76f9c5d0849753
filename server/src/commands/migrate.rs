//! `crossdock migrate`.

use super::Failure;
use crate::database::Database;
use crate::settings::Settings;

/// Brings the schema up to date.
pub async fn run(settings: &Settings) -> Result<(), Failure> {
    let database = Database::open_current(settings).await?;
    database.close().await;
    println!("The database schema is up to date.");
    Ok(())
}
