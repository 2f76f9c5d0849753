//! `connections`, `sync_cursors`.

use crate::error::word;
use crate::paging::after_id;
use crate::{Error, Result, Scope, Store, Tx, schedules, sync_runs};
use chrono::{DateTime, NaiveTime, Utc};
use domain::connection::{ConnectionDetail, ConnectionSummary, EntityStatus, Health};
use domain::delivery::DeliverySettings;
use domain::page::{Cursor, Page};
use domain::sync::Entity;
use domain::user::Caller;
use domain::{CompanyId, ConnectionId, WarehouseId};

struct ConnectionRow {
    id: i64,
    name: String,
    kind: String,
    base_url: String,
    warehouse_id: i64,
    health: String,
    last_ok_at: Option<DateTime<Utc>>,
    last_error: Option<String>,
    last_error_at: Option<DateTime<Utc>>,
    last_latency_ms: Option<i32>,
    check_pending: bool,
    settings: serde_json::Value,
    secret_names: Vec<String>,
    brake_percent: i16,
    push_kinds: Vec<String>,
    delivery: serde_json::Value,
}

/// Delivery settings as kept.
pub(crate) fn delivery(kept: serde_json::Value) -> Result<DeliverySettings> {
    serde_json::from_value(kept).map_err(|error| Error::Inconsistent {
        table: "connections",
        column: "delivery",
        value: error.to_string(),
    })
}

impl ConnectionRow {
    fn summary(&self) -> Result<ConnectionSummary> {
        Ok(ConnectionSummary {
            id: ConnectionId(self.id),
            name: self.name.clone(),
            kind: self.kind.clone(),
            base_url: self.base_url.clone(),
            warehouse_id: WarehouseId(self.warehouse_id),
            health: word("connections", "health", &self.health)?,
            last_ok_at: self.last_ok_at,
            last_error: self.last_error.clone(),
            last_error_at: self.last_error_at,
            last_latency_ms: self.last_latency_ms,
            check_pending: self.check_pending,
        })
    }
}

macro_rules! select_connections {
    ($rest:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            ConnectionRow,
            r#"select id, name, kind, base_url, warehouse_id, health, last_ok_at, last_error, last_error_at,
                      last_latency_ms, check_requested_at is not null as "check_pending!", settings, secret_names,
                      brake_percent, push_kinds, delivery
               from connections "# + $rest
            $(, $argument)*
        )
    };
}

async fn select(
    tx: &mut Tx,
    caller: &Caller,
    id: Option<ConnectionId>,
) -> Result<Vec<ConnectionRow>> {
    let rows = select_connections!(
        "where company_id = $1 and warehouse_id = any($2) and ($3::bigint is null or id = $3)
         order by name, id
         limit 200",
        caller.company_id.0,
        &caller.warehouse_ids(),
        id.map(|id| id.0),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// The accounts of the caller's sites, by name; at most 200.
pub async fn list(store: &Store, caller: &Caller) -> Result<Vec<ConnectionSummary>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    select(&mut tx, caller, None)
        .await?
        .iter()
        .map(ConnectionRow::summary)
        .collect()
}

/// The same as pages, in the order they were set up.
pub async fn page(
    store: &Store,
    caller: &Caller,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<ConnectionSummary>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = select_connections!(
        "where company_id = $1 and warehouse_id = any($2) and id > $3
         order by id
         limit $4",
        caller.company_id.0,
        &caller.warehouse_ids(),
        after_id(cursor)?,
        limit + 1,
    )
    .fetch_all(tx.conn())
    .await?;
    Page::cut(rows, limit, |row| row.id.to_string()).try_map(|row| row.summary())
}

/// One account with its entities and schedules.
pub async fn get(store: &Store, caller: &Caller, id: ConnectionId) -> Result<ConnectionDetail> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = select(&mut tx, caller, Some(id)).await?;
    let row = rows
        .into_iter()
        .next()
        .ok_or(Error::NotFound { what: "connection" })?;
    let entities = entities(&mut tx, id).await?;
    let schedules = schedules::of_connection(&mut tx, id).await?;
    let kinds = row.push_kinds.iter();
    let kinds = kinds.map(|kind| word("connections", "push_kinds", kind));
    Ok(ConnectionDetail {
        connection: row.summary()?,
        settings: row.settings,
        secrets_set: row.secret_names,
        brake_percent: row.brake_percent,
        push_kinds: kinds.collect::<Result<_>>()?,
        delivery: delivery(row.delivery)?,
        entities,
        schedules,
    })
}

/// Whether the account belongs to the caller's sites.
pub async fn check_visible(tx: &mut Tx, caller: &Caller, id: ConnectionId) -> Result<()> {
    let rows = select(tx, caller, Some(id)).await?;
    if rows.is_empty() {
        Err(Error::NotFound { what: "connection" })
    } else {
        Ok(())
    }
}

async fn entities(tx: &mut Tx, id: ConnectionId) -> Result<Vec<EntityStatus>> {
    let mut statuses = Vec::new();
    for entity in Entity::ALL {
        statuses.push(EntityStatus {
            entity,
            cursor_at: cursor(tx, id, entity).await?,
            last_run: sync_runs::newest(tx, id, entity).await?,
        });
    }
    Ok(statuses)
}

/// Highest change time seen of an entity.
pub async fn cursor(
    tx: &mut Tx,
    id: ConnectionId,
    entity: Entity,
) -> Result<Option<DateTime<Utc>>> {
    let cursor = sqlx::query_scalar!(
        "select cursor_at from sync_cursors where connection_id = $1 and entity = $2",
        id.0,
        entity.as_str(),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(cursor.flatten())
}

/// Moves the cursor forward; it never goes back.
pub async fn move_cursor(
    tx: &mut Tx,
    company: CompanyId,
    id: ConnectionId,
    entity: Entity,
    cursor_at: Option<DateTime<Utc>>,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into sync_cursors (connection_id, entity, company_id, cursor_at, completed_at)
         values ($1, $2, $3, $4, $5)
         on conflict (connection_id, entity) do update
         set cursor_at = greatest(sync_cursors.cursor_at, excluded.cursor_at), completed_at = excluded.completed_at",
        id.0,
        entity.as_str(),
        company.0,
        cursor_at,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What a worker needs to talk to the upstream.
#[derive(Debug, Clone)]
pub struct ConnectionForWork {
    /// Identity.
    pub id: ConnectionId,
    /// Tenant.
    pub company_id: CompanyId,
    /// Chosen by the admin; the actor on timelines.
    pub name: String,
    /// Connector.
    pub kind: String,
    /// Where it points.
    pub base_url: String,
    /// Settings without secrets.
    pub settings: serde_json::Value,
    /// Sealed secrets.
    pub secrets: Option<Vec<u8>>,
    /// Site whose lines become floor work.
    pub warehouse_id: WarehouseId,
    /// A full pass that would deactivate more than this share of the active rows asks first.
    pub brake_percent: i16,
    /// What its connector can write, as noted last.
    pub push_kinds: Vec<String>,
    /// How messages and calls to it are treated, as kept.
    pub kept_delivery: serde_json::Value,
}

impl ConnectionForWork {
    /// How messages and calls to it are treated. Read late, so that an account whose settings cannot
    /// be read stops nobody else's work.
    ///
    /// # Errors
    /// `Inconsistent`: they were written by something other than this version.
    pub fn delivery(&self) -> Result<DeliverySettings> {
        delivery(self.kept_delivery.clone())
    }
}

/// One account for the engine.
pub async fn for_work(tx: &mut Tx, id: ConnectionId) -> Result<ConnectionForWork> {
    let row = sqlx::query!(
        "select id, company_id, name, kind, base_url, settings, secrets, warehouse_id, brake_percent, push_kinds,
                delivery
         from connections where id = $1",
        id.0
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Error::NotFound { what: "connection" })?;
    Ok(ConnectionForWork {
        id: ConnectionId(row.id),
        company_id: CompanyId(row.company_id),
        name: row.name,
        kind: row.kind,
        base_url: row.base_url,
        settings: row.settings,
        secrets: row.secrets,
        warehouse_id: WarehouseId(row.warehouse_id),
        brake_percent: row.brake_percent,
        push_kinds: row.push_kinds,
        kept_delivery: row.delivery,
    })
}

/// An account for the dispatcher of messages.
#[derive(Debug, Clone)]
pub struct ConnectionForDelivery {
    /// The account.
    pub connection: ConnectionForWork,
    /// How messages to it are treated.
    pub delivery: DeliverySettings,
    /// The time of day at its site.
    pub site_time: NaiveTime,
}

/// One account of a company for the dispatcher of messages.
///
/// # Errors
/// `Inconsistent` when its delivery settings cannot be read.
pub async fn for_delivery(
    store: &Store,
    company: CompanyId,
    id: ConnectionId,
    now: DateTime<Utc>,
) -> Result<ConnectionForDelivery> {
    let mut tx = store.begin(Scope::Company(company)).await?;
    let connection = for_work(&mut tx, id).await?;
    let site_time = sqlx::query_scalar!(
        r#"select ($2::timestamptz at time zone w.time_zone)::time as "site_time!"
           from connections c
           join warehouses w on w.id = c.warehouse_id
           where c.id = $1"#,
        id.0,
        now,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(ConnectionForDelivery {
        delivery: connection.delivery()?,
        connection,
        site_time,
    })
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

/// Every account of every tenant, for the doctor.
pub async fn all_for_work(store: &Store) -> Result<Vec<ConnectionForWork>> {
    let mut tx = store.begin(Scope::System).await?;
    let ids = sqlx::query_scalar!("select id from connections order by id limit 1000")
        .fetch_all(tx.conn())
        .await?;
    let mut connections = Vec::with_capacity(ids.len());
    for id in ids {
        connections.push(for_work(&mut tx, ConnectionId(id)).await?);
    }
    Ok(connections)
}

/// Leaves the wish for a check.
pub async fn request_check(tx: &mut Tx, id: ConnectionId, at: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "update connections set check_requested_at = coalesce(check_requested_at, $2) where id = $1",
        id.0,
        at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes one wished-for check that nobody is at.
pub async fn claim_check(
    tx: &mut Tx,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
) -> Result<Option<ConnectionForWork>> {
    let id = sqlx::query_scalar!(
        "update connections set check_lease_until = $2
         where id = (
             select id from connections
             where check_requested_at is not null and (check_lease_until is null or check_lease_until < $1)
             order by check_requested_at
             limit 1
             for update skip locked
         )
         returning id",
        now,
        lease_until,
    )
    .fetch_optional(tx.conn())
    .await?;
    match id {
        Some(id) => for_work(tx, ConnectionId(id)).await.map(Some),
        None => Ok(None),
    }
}

/// How a call or check went.
#[derive(Debug, Clone)]
pub enum CallOutcome {
    /// It answered, after so many milliseconds.
    Ok(i32),
    /// It did not; a sentence that says what to do.
    Failed(String),
    /// Calls pause; a sentence that says until when.
    Paused(String),
}

/// Writes how the account is; `answers_check` clears the wish for a check. Returns whether the
/// health changed or a check was answered, so that screens are told.
pub async fn record_outcome(
    tx: &mut Tx,
    id: ConnectionId,
    outcome: &CallOutcome,
    answers_check: bool,
    at: DateTime<Utc>,
) -> Result<bool> {
    let (health, error, latency) = match outcome {
        CallOutcome::Ok(latency) => (Health::Healthy, None, Some(*latency)),
        CallOutcome::Failed(error) => (Health::Failing, Some(error.as_str()), None),
        CallOutcome::Paused(error) => (Health::Paused, Some(error.as_str()), None),
    };
    let changed = sqlx::query_scalar!(
        r#"update connections c
           set health = $2,
               last_ok_at = case when $2 = 'healthy' then $5 else c.last_ok_at end,
               last_latency_ms = coalesce($4, c.last_latency_ms),
               last_error = case when $2 = 'healthy' then c.last_error else $3 end,
               last_error_at = case when $2 = 'healthy' then c.last_error_at else $5 end,
               check_requested_at = case when $6 then null else c.check_requested_at end,
               check_lease_until = case when $6 then null else c.check_lease_until end
           from connections old
           where c.id = $1 and old.id = c.id
           returning (old.health <> $2 or ($6 and old.check_requested_at is not null)) as "changed!""#,
        id.0,
        health.as_str(),
        error,
        latency,
        at,
        answers_check,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(changed.unwrap_or(false))
}
