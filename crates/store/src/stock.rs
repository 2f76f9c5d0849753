//! `item_stock`: what the ERP says is on hand.

mod list;

pub use list::list;
pub(crate) use list::of_item;

use crate::sync_seen::Unseen;
use crate::{Result, Tx};
use chrono::{DateTime, Utc};
use domain::{CompanyId, ConnectionId, SyncRunId, WarehouseId};
use rust_decimal::Decimal;
use std::collections::HashMap;

/// Stored levels of an item: by compared warehouse name, the amount and our site.
pub type StoredLevels = HashMap<String, (Decimal, Option<i64>)>;

/// The stored levels of some items of an account.
pub async fn of_items(
    tx: &mut Tx,
    connection: ConnectionId,
    codes: &[String],
) -> Result<HashMap<String, StoredLevels>> {
    let rows = sqlx::query!(
        r#"select s.item_code as "item_code!", s.warehouse_key as "warehouse_key!", s.quantity as "quantity!", s.warehouse_id
           from unnest($2::text[]) as c (code)
           cross join lateral (
               select * from item_stock x where x.connection_id = $1 and x.item_code = c.code offset 0
           ) s"#,
        connection.0,
        codes,
    )
    .fetch_all(tx.conn())
    .await?;
    let mut stored: HashMap<String, StoredLevels> = HashMap::with_capacity(codes.len());
    for row in rows {
        let levels = stored.entry(row.item_code).or_default();
        levels.insert(row.warehouse_key, (row.quantity, row.warehouse_id));
    }
    Ok(stored)
}

/// A level to write.
#[derive(Debug, Clone)]
pub struct NewLevel<'a> {
    /// Item.
    pub item_code: &'a str,
    /// Compared form of the display name.
    pub warehouse_key: String,
    /// Display name upstream.
    pub warehouse_name: &'a str,
    /// Our site, once the name is mapped.
    pub warehouse_id: Option<WarehouseId>,
    /// On hand.
    pub quantity: Decimal,
}

/// Writes levels that are new or differ. Item and warehouse must be unique among them.
pub async fn write(
    tx: &mut Tx,
    company: CompanyId,
    connection: ConnectionId,
    run: SyncRunId,
    levels: &[NewLevel<'_>],
    at: DateTime<Utc>,
) -> Result<()> {
    if levels.is_empty() {
        return Ok(());
    }
    let codes: Vec<String> = levels
        .iter()
        .map(|level| level.item_code.to_owned())
        .collect();
    let keys: Vec<String> = levels
        .iter()
        .map(|level| level.warehouse_key.clone())
        .collect();
    let names: Vec<String> = levels
        .iter()
        .map(|level| level.warehouse_name.to_owned())
        .collect();
    let sites: Vec<Option<i64>> = levels
        .iter()
        .map(|level| level.warehouse_id.map(|id| id.0))
        .collect();
    let quantities: Vec<Decimal> = levels.iter().map(|level| level.quantity).collect();
    sqlx::query!(
        "insert into item_stock as t (company_id, connection_id, item_code, warehouse_key, warehouse_name,
                                      warehouse_id, quantity, as_of, run_id)
         select $1, $2, l.item_code, l.warehouse_key, l.warehouse_name, l.warehouse_id, l.quantity, $3, $4
         from unnest($5::text[], $6::text[], $7::text[], $8::bigint[], $9::numeric[])
             as l (item_code, warehouse_key, warehouse_name, warehouse_id, quantity)
         on conflict (connection_id, item_code, warehouse_key) do update
         set warehouse_name = excluded.warehouse_name, warehouse_id = excluded.warehouse_id,
             as_of = case when t.quantity = excluded.quantity then t.as_of else excluded.as_of end,
             quantity = excluded.quantity, run_id = excluded.run_id",
        company.0,
        connection.0,
        at,
        run.0,
        &codes,
        &keys,
        &names,
        &sites as &[Option<i64>],
        &quantities,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes levels away that the upstream does not name any more: pairs of item and compared name.
pub async fn remove(
    tx: &mut Tx,
    connection: ConnectionId,
    gone: &[(String, String)],
) -> Result<()> {
    if gone.is_empty() {
        return Ok(());
    }
    let (codes, keys): (Vec<String>, Vec<String>) = gone.iter().cloned().unzip();
    sqlx::query!(
        "delete from item_stock s
         using unnest($2::text[], $3::text[]) as g (item_code, warehouse_key)
         where s.connection_id = $1 and s.item_code = g.item_code and s.warehouse_key = g.warehouse_key",
        connection.0,
        &codes,
        &keys,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Gives the stock under an upstream site name to a site (or to none); returns how many items.
pub async fn set_warehouse_of_key(
    tx: &mut Tx,
    connection: ConnectionId,
    key: &str,
    warehouse: Option<WarehouseId>,
) -> Result<i64> {
    let done = sqlx::query!(
        "update item_stock set warehouse_id = $3
         where connection_id = $1 and warehouse_key = $2 and warehouse_id is distinct from $3",
        connection.0,
        key,
        warehouse.map(|id| id.0),
    )
    .execute(tx.conn())
    .await?;
    Ok(i64::try_from(done.rows_affected()).unwrap_or(i64::MAX))
}

/// Items of an account with stock, and how many of them a pass did not meet.
pub async fn count_unseen(tx: &mut Tx, connection: ConnectionId, run: SyncRunId) -> Result<Unseen> {
    let row = sqlx::query!(
        r#"with seen as materialized (select distinct unnest(keys) as key from sync_seen where run_id = $2),
                held as materialized (select distinct item_code from item_stock where connection_id = $1)
           select count(*) as "active!", count(*) filter (where s.key is null) as "unseen!"
           from held h
           full join seen s on s.key = h.item_code
           where h.item_code is not null"#,
        connection.0,
        run.0,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Unseen {
        active: row.active,
        unseen: row.unseen,
    })
}

/// Forgets the stock of items that a complete pass did not meet; returns of how many.
pub async fn remove_unseen(tx: &mut Tx, connection: ConnectionId, run: SyncRunId) -> Result<i64> {
    let count = sqlx::query_scalar!(
        r#"with seen as materialized (select distinct unnest(keys) as key from sync_seen where run_id = $2),
                held as materialized (select distinct item_code from item_stock where connection_id = $1),
                unseen as materialized (
                    select h.item_code from held h full join seen s on s.key = h.item_code
                    where s.key is null
                ), gone as (
                    delete from item_stock t using unseen u
                    where t.connection_id = $1 and t.item_code = u.item_code
                    returning t.item_code
                )
           select count(distinct item_code) as "count!" from gone"#,
        connection.0,
        run.0,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(count)
}
