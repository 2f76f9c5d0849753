//! `connections`, `sync_cursors`.

mod change;
mod cursors;
mod health;
mod read;
mod through;

use crate::{Error, Result, Scope, Store, Tx};
use chrono::{DateTime, NaiveTime, Utc};
use domain::delivery::DeliverySettings;
use domain::{CompanyId, ConnectionId, WarehouseId};

pub use change::{
    KeptSecrets, KeptSettings, NewConnection, change, create, find_by_name, for_change,
    is_test_system, of_kind, set_brake, set_delivery, set_push_kinds, set_secrets, set_settings,
    site_by_name,
};
pub use cursors::{cursor, move_cursor};
pub use health::{CallOutcome, claim_check, record_outcome, request_check, silent, took_messages};
pub use read::{check_visible, get, list, page};
pub(crate) use through::undelivered;

/// Delivery settings as kept.
pub(crate) fn delivery(kept: serde_json::Value) -> Result<DeliverySettings> {
    serde_json::from_value(kept).map_err(|error| Error::Inconsistent {
        table: "connections",
        column: "delivery",
        value: error.to_string(),
    })
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
