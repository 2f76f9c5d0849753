//! The migrated database that each test's database is a copy of.

use std::path::Path;

use sqlx::{
    ConnectOptions as _, Connection as _, PgConnection, migrate::Migrator,
    postgres::PgConnectOptions,
};
use tokio::sync::OnceCell;

use super::{Failure, run, server::Server};

/// Key of the advisory lock under which the template is made; any number no other code uses.
const LOCK: i64 = 0x6372_6f73_7374_706c;

/// Copies the template, making it first when this is the first test with these migrations.
pub(super) async fn copy(
    admin: &mut PgConnection,
    server: &Server,
    name: &str,
) -> Result<(), Failure> {
    let template = ensure(admin, server).await?;
    let owner = server.app.get_username();
    Ok(run(
        admin,
        format!("create database {name} template {template} owner {owner}"),
    )
    .await?)
}

async fn ensure(admin: &mut PgConnection, server: &Server) -> Result<&'static str, Failure> {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    let name = TEMPLATE
        .get_or_try_init(|| async {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
            let migrations = Migrator::new(folder).await?;
            let name = format!("crossdock_template_{}", fingerprint(&migrations, server));
            if !exists(admin, &name).await? {
                make_locked(admin, server, &migrations, &name).await?;
            }
            Ok::<_, Failure>(name)
        })
        .await?;
    Ok(name)
}

/// Tells one set of migrations from another, and one owner from another.
fn fingerprint(migrations: &Migrator, server: &Server) -> String {
    let owner = server.app.get_username().as_bytes();
    let checksums = migrations
        .iter()
        .flat_map(|migration| migration.checksum.iter());
    // FNV-1a over the checksums.
    let hash = checksums
        .chain(owner)
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
    format!("{hash:016x}")
}

async fn exists(admin: &mut PgConnection, name: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(name)
        .fetch_one(admin)
        .await
}

async fn make_locked(
    admin: &mut PgConnection,
    server: &Server,
    migrations: &Migrator,
    name: &str,
) -> Result<(), Failure> {
    sqlx::query("select pg_advisory_lock($1)")
        .bind(LOCK)
        .execute(&mut *admin)
        .await?;
    let outcome = match exists(admin, name).await {
        Ok(true) => Ok(()),
        Ok(false) => make(admin, server, migrations, name).await,
        Err(error) => Err(error.into()),
    };
    sqlx::query("select pg_advisory_unlock($1)")
        .bind(LOCK)
        .execute(admin)
        .await?;
    outcome
}

/// The template gets its name when it is complete, so that a failed migration leaves none.
async fn make(
    admin: &mut PgConnection,
    server: &Server,
    migrations: &Migrator,
    name: &str,
) -> Result<(), Failure> {
    let draft = format!("{name}_draft");
    let owner = server.app.get_username();
    run(
        admin,
        format!("drop database if exists {draft} with (force)"),
    )
    .await?;
    run(admin, format!("create database {draft} owner {owner}")).await?;
    migrate(server.app.clone().database(&draft), migrations).await?;
    Ok(run(admin, format!("alter database {draft} rename to {name}")).await?)
}

async fn migrate(options: PgConnectOptions, migrations: &Migrator) -> Result<(), Failure> {
    let mut connection = options.connect().await?;
    migrations.run(&mut connection).await?;
    Ok(connection.close().await?)
}

/// Drops what killed test runs left: copies older than an hour, templates older than a week. Once
/// per process, and without waiting for another process that is at it.
pub(super) async fn prune(admin: &mut PgConnection) -> Result<(), Failure> {
    static PRUNED: OnceCell<()> = OnceCell::const_new();
    PRUNED
        .get_or_try_init(|| async {
            let old: Vec<String> = sqlx::query_scalar(
                "select datname from pg_database \
                 cross join lateral pg_stat_file(format('base/%s/PG_VERSION', oid), true) as file \
                 where datname ~ '^t_[0-9a-f]{32}$' and file.modification < now() - interval '1 hour' \
                 or datname ~ '^crossdock_template_[0-9a-f]{16}$' \
                 and file.modification < now() - interval '7 days'",
            )
            .fetch_all(&mut *admin)
            .await?;
            for name in old {
                run(admin, format!("drop database if exists {name} with (force)")).await?;
            }
            Ok::<_, Failure>(())
        })
        .await
        .copied()
}
