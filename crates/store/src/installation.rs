//! The installation as a whole: what its operator asks before anybody can sign in.

use crate::{Result, Scope, Store};
use chrono::{DateTime, Utc};
use domain::{CompanyId, WarehouseId};
use sqlx::Row as _;
use sqlx::migrate::Migrator;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// How the database is.
#[derive(Debug, Clone)]
pub struct Condition {
    /// For example `15.18`.
    pub version: String,
    /// The role is a superuser or bypasses row-level security: the net between tenants is gone.
    pub bypasses_row_security: bool,
    /// Migrations of this program that the database does not have yet.
    pub pending: usize,
    /// Migrations of the database that this program does not know: a newer one made them.
    pub unknown: usize,
    /// The database server's clock.
    pub now: DateTime<Utc>,
}

/// Looks at the database.
pub async fn condition(store: &Store) -> Result<Condition> {
    let server = sqlx::query!(
        r#"select current_setting('server_version') as "version!",
                  (select rolsuper or rolbypassrls from pg_roles where rolname = current_user) as "bypasses!",
                  clock_timestamp() as "now!""#
    )
    .fetch_one(store.pool())
    .await?;
    let applied = applied(store).await?;
    let known = MIGRATIONS.iter().map(|migration| migration.version);
    let pending = known.filter(|version| !applied.contains(version)).count();
    let unknown = applied
        .iter()
        .filter(|version| !MIGRATIONS.iter().any(|known| known.version == **version))
        .count();
    Ok(Condition {
        version: server.version,
        bypasses_row_security: server.bypasses,
        pending,
        unknown,
        now: server.now,
    })
}

/// Read without the compile-time check: the table belongs to the migrator, who makes it.
async fn applied(store: &Store) -> Result<Vec<i64>> {
    let there =
        sqlx::query_scalar!(r#"select to_regclass('_sqlx_migrations') is not null as "there!""#)
            .fetch_one(store.pool())
            .await?;
    if !there {
        return Ok(Vec::new());
    }
    let rows = sqlx::query("select version from _sqlx_migrations where success")
        .fetch_all(store.pool())
        .await?;
    let versions: std::result::Result<_, sqlx::Error> =
        rows.iter().map(|row| row.try_get("version")).collect();
    Ok(versions?)
}

/// Every site of a company.
pub async fn sites(store: &Store, company: CompanyId) -> Result<Vec<WarehouseId>> {
    let mut tx = store.begin(Scope::Company(company)).await?;
    let ids = sqlx::query_scalar!(
        "select id from warehouses where company_id = $1 order by id",
        company.0
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids.into_iter().map(WarehouseId).collect())
}
