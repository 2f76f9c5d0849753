//! Accounts are added and changed: where they point, their secrets, how they are treated.

use crate::{Error, Result, Tx};
use chrono::{DateTime, Utc};
use domain::{CompanyId, ConnectionId, WarehouseId};

/// An account to create.
#[derive(Debug, Clone)]
pub struct NewConnection {
    /// Chosen by the admin.
    pub name: String,
    /// Connector.
    pub kind: String,
    /// Site whose lines become floor work.
    pub warehouse_id: WarehouseId,
    /// Where it points.
    pub base_url: String,
    /// Settings without secrets.
    pub settings: serde_json::Value,
    /// Names of the secrets that will be set.
    pub secret_names: Vec<String>,
}

/// Adds an account; its secrets follow, sealed for its id.
pub async fn create(
    tx: &mut Tx,
    company: CompanyId,
    connection: &NewConnection,
    at: DateTime<Utc>,
) -> Result<ConnectionId> {
    let id = sqlx::query_scalar!(
        "insert into connections (company_id, name, kind, warehouse_id, base_url, settings, secret_names, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) returning id",
        company.0,
        connection.name,
        connection.kind,
        connection.warehouse_id.0,
        connection.base_url,
        connection.settings,
        &connection.secret_names,
        at,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(ConnectionId(id))
}

/// The account of that name.
pub async fn find_by_name(
    tx: &mut Tx,
    company: CompanyId,
    name: &str,
) -> Result<Option<ConnectionId>> {
    let id = sqlx::query_scalar!(
        "select id from connections where company_id = $1 and name = $2",
        company.0,
        name
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(ConnectionId))
}

/// The site of the account of that name, and its code.
pub async fn site_by_name(
    tx: &mut Tx,
    company: CompanyId,
    name: &str,
) -> Result<Option<(WarehouseId, String)>> {
    let row = sqlx::query!(
        "select w.id, w.code from connections c join warehouses w on w.id = c.warehouse_id
         where c.company_id = $1 and c.name = $2",
        company.0,
        name
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| (WarehouseId(row.id), row.code)))
}

/// An account's secrets as they are, in a transaction that replaces them.
#[derive(Debug, Clone)]
pub struct KeptSecrets {
    /// The account's name.
    pub name: String,
    /// Sealed.
    pub secrets: Option<Vec<u8>>,
    /// Names of those it has.
    pub secret_names: Vec<String>,
}

/// Holds an account until the transaction ends, so that two changes of its secrets do not undo one
/// another.
pub async fn for_change(tx: &mut Tx, id: ConnectionId) -> Result<KeptSecrets> {
    sqlx::query_as!(
        KeptSecrets,
        "select name, secrets, secret_names from connections where id = $1 for update",
        id.0
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Error::NotFound { what: "connection" })
}

/// Replaces the sealed secrets.
pub async fn set_secrets(
    tx: &mut Tx,
    id: ConnectionId,
    sealed: &[u8],
    names: &[String],
) -> Result<()> {
    sqlx::query!(
        "update connections set secrets = $2, secret_names = $3 where id = $1",
        id.0,
        sealed,
        names
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Changes where an account points and its settings.
pub async fn set_settings(
    tx: &mut Tx,
    id: ConnectionId,
    base_url: &str,
    settings: &serde_json::Value,
) -> Result<()> {
    sqlx::query!(
        "update connections set base_url = $2, settings = $3 where id = $1",
        id.0,
        base_url,
        settings
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Name, address and settings of an account as they are, or were before a change.
#[derive(Debug, Clone)]
pub struct KeptSettings {
    /// Its name.
    pub name: String,
    /// Where it points.
    pub base_url: String,
    /// Settings without secrets.
    pub settings: serde_json::Value,
}

/// The accounts of a company at systems of this kind, in the order they were set up.
pub async fn of_kind(tx: &mut Tx, company: CompanyId, kind: &str) -> Result<Vec<KeptSettings>> {
    Ok(sqlx::query_as!(
        KeptSettings,
        "select name, base_url, settings from connections where company_id = $1 and kind = $2 order by id",
        company.0,
        kind,
    )
    .fetch_all(tx.conn())
    .await?)
}

/// Changes an account's name, where it points and its settings; returns how they were.
///
/// # Errors
/// `Taken` when another account of the company has that name.
pub async fn change(
    tx: &mut Tx,
    id: ConnectionId,
    name: &str,
    base_url: &str,
    settings: &serde_json::Value,
) -> Result<KeptSettings> {
    Ok(sqlx::query_as!(
        KeptSettings,
        "update connections c set name = $2, base_url = $3, settings = $4
         from (select id, name, base_url, settings from connections where id = $1 for update) old
         where c.id = old.id
         returning old.name, old.base_url, old.settings",
        id.0,
        name,
        base_url,
        settings,
    )
    .fetch_one(tx.conn())
    .await?)
}

/// Sets the brake; returns what it was.
pub async fn set_brake(tx: &mut Tx, id: ConnectionId, percent: i16) -> Result<i16> {
    let before = sqlx::query_scalar!(
        "update connections c set brake_percent = $2
         from (select id, brake_percent from connections where id = $1 for update) old
         where c.id = old.id
         returning old.brake_percent",
        id.0,
        percent,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(before)
}

/// Sets how messages to the account are treated; returns how they were.
pub async fn set_delivery(
    tx: &mut Tx,
    id: ConnectionId,
    settings: &serde_json::Value,
) -> Result<serde_json::Value> {
    Ok(sqlx::query_scalar!(
        "update connections c set delivery = $2
         from (select id, delivery from connections where id = $1 for update) old
         where c.id = old.id
         returning old.delivery",
        id.0,
        settings,
    )
    .fetch_one(tx.conn())
    .await?)
}

/// Whether the account is a test system.
pub async fn is_test_system(tx: &mut Tx, id: ConnectionId) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select delivery @> '{"test_system": true}' as "test!" from connections where id = $1"#,
        id.0,
    )
    .fetch_one(tx.conn())
    .await?)
}

/// Notes what the account's connector can write.
pub async fn set_push_kinds(tx: &mut Tx, id: ConnectionId, kinds: &[String]) -> Result<()> {
    sqlx::query!(
        "update connections set push_kinds = $2 where id = $1 and push_kinds <> $2",
        id.0,
        kinds,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
