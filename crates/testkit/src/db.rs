//! A PostgreSQL database for each test.
//!
//! The server is the one named by `CROSSDOCK_TEST_DATABASE_URL` (an administrator's address, set
//! by `local-postgres exec`), else a private one in the cache that all test processes share.
//! The migrations run once, into a template; each test gets a copy of it, which takes some tens of
//! milliseconds, and drops it at its end.

mod server;
mod template;

use std::{fmt, time::Duration};

use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use uuid::Uuid;

/// The time zone of every test database. Odd on purpose: code that leans on the session's zone
/// gives itself away, the half hour included.
pub const TIME_ZONE: &str = "Asia/Kolkata";

/// A database that lives as long as this value. Connections are made as the role `crossdock`, which
/// is no superuser, so that row-level security holds as in production.
pub struct TestDatabase {
    name: String,
    admin: PgConnectOptions,
    app: PgConnectOptions,
    pool: PgPool,
}

impl fmt::Debug for TestDatabase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("TestDatabase")
            .field(&self.name)
            .finish()
    }
}

/// What can go wrong while a database is made ready.
type Failure = Box<dyn std::error::Error + Send + Sync>;

impl TestDatabase {
    /// A database with all migrations applied.
    ///
    /// # Panics
    /// When there is no server or a migration fails: the test cannot go on.
    pub async fn create() -> Self {
        Self::or_panic(Self::from_template().await)
    }

    /// A database with nothing in it, for tests of the migrations themselves.
    ///
    /// # Panics
    /// When there is no server.
    pub async fn create_empty() -> Self {
        Self::or_panic(Self::empty().await)
    }

    #[expect(
        clippy::panic,
        reason = "a test without its database has nothing to return to"
    )]
    fn or_panic(made: Result<Self, Failure>) -> Self {
        match made {
            Ok(database) => database,
            Err(failure) => panic!("no test database: {}", chain(failure.as_ref())),
        }
    }

    async fn from_template() -> Result<Self, Failure> {
        let server = server::get().await?;
        let mut admin = server.admin.connect().await?;
        template::prune(&mut admin).await?;
        let name = fresh_name();
        template::copy(&mut admin, server, &name).await?;
        Self::open(name, server, admin).await
    }

    async fn empty() -> Result<Self, Failure> {
        let server = server::get().await?;
        let mut admin = server.admin.connect().await?;
        let name = fresh_name();
        let owner = server.app.get_username();
        run(&mut admin, format!("create database {name} owner {owner}")).await?;
        Self::open(name, server, admin).await
    }

    async fn open(
        name: String,
        server: &server::Server,
        mut admin: PgConnection,
    ) -> Result<Self, Failure> {
        let zone = format!("alter database {name} set timezone to '{TIME_ZONE}'");
        run(&mut admin, zone).await?;
        admin.close().await?;
        let app = server.app.clone().database(&name);
        Ok(Self {
            pool: pool(&app),
            admin: server.admin.clone(),
            app,
            name,
        })
    }

    /// Connections as the application's role, five at most, in [`TIME_ZONE`].
    pub fn pool(&self) -> PgPool {
        self.pool.clone()
    }

    /// The application's way to the database, around [`TestDatabase::pool`].
    pub fn store(&self) -> store::Store {
        store::Store::new(self.pool())
    }

    /// The address for the application's role, for programs that connect by themselves.
    pub fn url(&self) -> String {
        self.app.to_url_lossy().to_string()
    }

    /// The address of this database for the superuser, who is not bound by row-level security.
    pub fn admin_url(&self) -> String {
        let options = self.admin.clone().database(&self.name);
        options.to_url_lossy().to_string()
    }

    /// The database's name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for TestDatabase {
    /// Drops the database and ends what is still connected. `CROSSDOCK_TEST_KEEP=1` keeps it for
    /// a look at what a failed test left.
    fn drop(&mut self) {
        if std::env::var_os("CROSSDOCK_TEST_KEEP").is_some_and(|keep| keep == "1") {
            eprintln!("kept the test database {}", self.name);
            return;
        }
        let (admin, name) = (self.admin.clone(), self.name.clone());
        // A thread of its own, since the test's runtime cannot be waited for from within. What
        // fails here is pruned by a later run.
        let dropping = std::thread::spawn(move || drop_database(&admin, &name).map_err(drop));
        let _ = dropping.join();
    }
}

fn drop_database(admin: &PgConnectOptions, name: &str) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut admin = admin.connect().await?;
        run(
            &mut admin,
            format!("drop database if exists {name} with (force)"),
        )
        .await?;
        Ok(admin.close().await?)
    })
}

fn fresh_name() -> String {
    format!("t_{}", Uuid::new_v4().simple())
}

fn pool(options: &PgConnectOptions) -> PgPool {
    PgPoolOptions::new()
        .max_connections(5)
        .acquire_timeout(Duration::from_secs(30))
        .after_connect(|connection, _| {
            // The driver asks for UTC when it connects, which hides the database's own zone.
            Box::pin(async move { run(connection, format!("set timezone to '{TIME_ZONE}'")).await })
        })
        .connect_lazy_with(options.clone())
}

/// Runs a statement that takes no parameters. Its text is composed in this module alone.
async fn run(connection: &mut PgConnection, statement: String) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(statement))
        .execute(connection)
        .await
        .map(drop)
}

fn chain(failure: &(dyn std::error::Error + Send + Sync)) -> String {
    let mut text = failure.to_string();
    let mut source = failure.source();
    while let Some(cause) = source {
        text.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    text
}
