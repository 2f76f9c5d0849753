//! The database: the one of the settings, else a private one.

use crate::settings::Settings;
use local_postgres::{Cluster, Options};
use secrecy::{ExposeSecret as _, SecretString};
use store::Store;

/// An open database, and the private server behind it if there is one.
pub struct Database {
    /// The way in.
    pub store: Store,
    cluster: Option<Cluster>,
}

/// Why there is no database. The text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server of `DATABASE_URL`.
    #[error(
        "the database of DATABASE_URL cannot be reached; check that the server runs, and host, \
         port, user, password and database name"
    )]
    Unreachable(#[source] store::Error),
    /// The private server.
    #[error("the private PostgreSQL cannot be started; set DATABASE_URL to use another server")]
    Private(#[from] local_postgres::Error),
    /// The private server runs and does not let us in.
    #[error("the private PostgreSQL runs and cannot be reached; see postgres.log in its directory")]
    PrivateUnreachable(#[source] store::Error),
    /// The schema.
    #[error(
        "the database schema cannot be brought up to date; a newer Crossdock may have used this \
         database, or the user may not create tables"
    )]
    Migration(#[source] store::Error),
}

impl Database {
    /// Opens it, starting the private server if that is the one. The schema stays as it is.
    pub async fn open(settings: &Settings) -> Result<Self, Error> {
        let size = settings.database_connections;
        if let Some(url) = &settings.database_url {
            let store = Store::connect(url.expose_secret(), size)
                .await
                .map_err(Error::Unreachable)?;
            return Ok(Self {
                store,
                cluster: None,
            });
        }
        let cluster = Cluster::start(options(settings)).await?;
        let url = SecretString::from(cluster.url());
        let store = Store::connect(url.expose_secret(), size)
            .await
            .map_err(Error::PrivateUnreachable)?;
        Ok(Self {
            store,
            cluster: Some(cluster),
        })
    }

    /// Opens it and brings the schema up to date; nodes that start together wait for one another.
    pub async fn open_current(settings: &Settings) -> Result<Self, Error> {
        let database = Self::open(settings).await?;
        match database.store.migrate().await {
            Ok(()) => Ok(database),
            Err(error) => {
                database.close().await;
                Err(Error::Migration(error))
            }
        }
    }

    /// Whether it is the private one.
    pub fn is_private(&self) -> bool {
        self.cluster.is_some()
    }

    /// Closes connections, then stops the private server unless others use it.
    pub async fn close(self) {
        self.store.close().await;
        if let Some(cluster) = self.cluster
            && let Err(error) = cluster.stop().await
        {
            tracing::error!(error = %crate::telemetry::chain(&error), "the private PostgreSQL did not stop");
        }
    }
}

/// Room for this node's connections, for a second process beside it, and for maintenance.
fn options(settings: &Settings) -> Options {
    let mut options = Options::new(&settings.data_dir);
    let wanted = settings
        .database_connections
        .saturating_mul(3)
        .saturating_add(20);
    options.max_connections = u16::try_from(wanted).unwrap_or(u16::MAX).max(100);
    options
}
