//! The accounts of the caller's sites.

use super::cursors::cursor;
use super::through::undelivered;
use crate::error::word;
use crate::paging::after_id;
use crate::{Error, Result, Scope, Store, Tx, schedules, sync_runs};
use chrono::{DateTime, Utc};
use domain::connection::{ConnectionDetail, ConnectionSummary, EntityStatus, Health, Undelivered};
use domain::page::{Cursor, Page};
use domain::sync::Entity;
use domain::user::Caller;
use domain::{ConnectionId, WarehouseId};

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

impl ConnectionRow {
    fn summary(&self, undelivered: Option<Undelivered>) -> Result<ConnectionSummary> {
        let called: Health = word("connections", "health", &self.health)?;
        Ok(ConnectionSummary {
            id: ConnectionId(self.id),
            name: self.name.clone(),
            kind: self.kind.clone(),
            base_url: self.base_url.clone(),
            warehouse_id: WarehouseId(self.warehouse_id),
            health: called.with(undelivered.as_ref()),
            last_ok_at: self.last_ok_at,
            last_error: self.last_error.clone(),
            last_error_at: self.last_error_at,
            last_latency_ms: self.last_latency_ms,
            check_pending: self.check_pending,
            undelivered,
            test_system: self.delivery["test_system"].as_bool() == Some(true),
        })
    }
}

/// The rows with what does not get through to them.
async fn summaries(
    tx: &mut Tx,
    caller: &Caller,
    rows: &[ConnectionRow],
) -> Result<Vec<ConnectionSummary>> {
    let ids: Vec<ConnectionId> = rows.iter().map(|row| ConnectionId(row.id)).collect();
    let mut known = undelivered(tx, caller.company_id, &ids).await?;
    rows.iter()
        .map(|row| row.summary(known.remove(&ConnectionId(row.id))))
        .collect()
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
         order by natural_order(name), name, id
         limit 200",
        caller.company_id.0,
        &caller.warehouse_ids(),
        id.map(|id| id.0),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// The accounts of the caller's sites, by name, numbers in it by their value; at most 200.
pub async fn list(store: &Store, caller: &Caller) -> Result<Vec<ConnectionSummary>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = select(&mut tx, caller, None).await?;
    summaries(&mut tx, caller, &rows).await
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
    let page = Page::cut(rows, limit, |row| row.id.to_string());
    Ok(Page {
        rows: summaries(&mut tx, caller, &page.rows).await?,
        next: page.next,
    })
}

/// One account with its entities and schedules. Settings of delivery that cannot be read hide nothing
/// else of it, so that they can be set again.
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
    let mut known = undelivered(&mut tx, caller.company_id, &[id]).await?;
    Ok(ConnectionDetail {
        connection: row.summary(known.remove(&id))?,
        settings: row.settings,
        secrets_set: row.secret_names,
        brake_percent: row.brake_percent,
        push_kinds: kinds.collect::<Result<_>>()?,
        delivery: serde_json::from_value(row.delivery).map_err(|error| error.to_string()),
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
