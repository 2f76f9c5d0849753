//! The server of a run and its databases.

use crate::Failure;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection};
use std::str::FromStr as _;
use store::Store;

const APP_ROLE: &str = "crossdock";

/// The private server of this run.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    admin: PgConnectOptions,
}

impl Server {
    /// The server named by `CROSSDOCK_TEST_DATABASE_URL`, which `local-postgres exec` sets.
    pub(crate) fn get() -> Result<Self, Failure> {
        let url = std::env::var("CROSSDOCK_TEST_DATABASE_URL")
            .map_err(|_| "there is no server: start scripts/bench, or local-postgres exec")?;
        Ok(Self {
            admin: PgConnectOptions::from_str(&url)?,
        })
    }

    /// A connection as superuser to the maintenance database.
    pub(crate) async fn admin(&self) -> Result<PgConnection, Failure> {
        Ok(self.admin.clone().connect().await?)
    }

    /// A fresh database with all migrations.
    pub(crate) async fn migrated(&self, name: &str) -> Result<Database, Failure> {
        let database = self.empty(name).await?;
        let store = database.store(2).await?;
        store.migrate().await?;
        store.pool().close().await;
        Ok(database)
    }

    /// A fresh database with nothing in it.
    pub(crate) async fn empty(&self, name: &str) -> Result<Database, Failure> {
        self.create(name, "template1").await
    }

    /// A copy of a database that nobody is connected to.
    pub(crate) async fn copy(&self, name: &str, of: &Database) -> Result<Database, Failure> {
        self.create(name, &of.name).await
    }

    async fn create(&self, name: &str, template: &str) -> Result<Database, Failure> {
        let mut admin = self.admin().await?;
        run(
            &mut admin,
            &format!("drop database if exists {name} with (force)"),
        )
        .await?;
        let create = format!("create database {name} owner {APP_ROLE} template {template}");
        run(&mut admin, &create).await?;
        admin.close().await?;
        Ok(Database {
            server: self.clone(),
            name: name.to_owned(),
        })
    }
}

/// One database.
#[derive(Debug)]
pub(crate) struct Database {
    server: Server,
    name: String,
}

impl Database {
    /// A connection as superuser, whom row-level security does not bind.
    pub(crate) async fn admin(&self) -> Result<PgConnection, Failure> {
        Ok(self
            .server
            .admin
            .clone()
            .database(&self.name)
            .connect()
            .await?)
    }

    /// The address for the application's role.
    pub(crate) fn url(&self) -> String {
        let options = self.server.admin.clone().username(APP_ROLE);
        options.database(&self.name).to_url_lossy().to_string()
    }

    /// A store of the application's role.
    pub(crate) async fn store(&self, connections: u32) -> Result<Store, Failure> {
        Ok(Store::connect(&self.url(), connections).await?)
    }

    /// Throws it away.
    pub(crate) async fn drop(self) -> Result<(), Failure> {
        let mut admin = self.server.admin().await?;
        let name = &self.name;
        run(
            &mut admin,
            &format!("drop database if exists {name} with (force)"),
        )
        .await?;
        Ok(admin.close().await?)
    }
}

/// Runs a statement without parameters; its text is composed in this crate alone.
pub(crate) async fn run(connection: &mut PgConnection, statement: &str) -> Result<u64, Failure> {
    let done = sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}

/// Bytes written to the log so far; a difference of two is what happened between.
pub(crate) async fn wal_bytes(connection: &mut PgConnection) -> Result<f64, Failure> {
    let statement = "select (pg_current_wal_insert_lsn() - '0/0')::float8";
    Ok(sqlx::query_scalar(statement).fetch_one(connection).await?)
}

/// Rows inserted, updated and deleted in these tables since their statistics began.
pub(crate) async fn rows_written(
    connection: &mut PgConnection,
    tables: &[&str],
) -> Result<i64, Failure> {
    let statement = "select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint
                     from pg_stat_user_tables where relname = any($1)";
    let tables: Vec<String> = tables.iter().map(|table| (*table).to_owned()).collect();
    Ok(sqlx::query_scalar(statement)
        .bind(tables)
        .fetch_one(connection)
        .await?)
}
