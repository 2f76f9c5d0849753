//! `locations` and `stock_moves`: where goods lie. What lies somewhere is the sum of what came and left.

use crate::{Result, Store, Tx};
use chrono::{DateTime, Utc};
use domain::location::{Location, LocationPlan, LocationStock, MOST, location_key};
use domain::user::Caller;
use domain::{CompanyId, ItemId, LineId, OperationId, UserId, WarehouseId};
use rust_decimal::Decimal;

/// Locations of a site of the caller's that goods may be put on, in walking order.
pub async fn list(
    store: &Store,
    caller: &Caller,
    site: WarehouseId,
    now: DateTime<Utc>,
) -> Result<Vec<Location>> {
    read(store, caller, Some(site), None, now).await
}

/// The locations that answer to a code at the caller's sites, at most one at each.
pub async fn named(
    store: &Store,
    caller: &Caller,
    site: Option<WarehouseId>,
    code: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Location>> {
    read(store, caller, site, Some(location_key(code)), now).await
}

async fn read(
    store: &Store,
    caller: &Caller,
    site: Option<WarehouseId>,
    key: Option<String>,
    now: DateTime<Utc>,
) -> Result<Vec<Location>> {
    let mut reading = store.read(caller).await?;
    let rows = reading.all(sqlx::query!(
        r#"select c.code, c.zone, coalesce(s.items, 0) as "items!", coalesce(s.quantity, 0) as "quantity!",
                  (select f.full_at from locations_found_full($5) f where f.location_id = c.id) as full_since
           from locations c
           left join lateral (
               select count(*) as items, sum(held.quantity) as quantity
               from (
                   select sum(m.quantity) as quantity from stock_moves m
                   where m.location_id = c.id group by m.item_id having sum(m.quantity) > 0
               ) held
           ) s on true
           where c.company_id = $1 and c.warehouse_id = any($3) and c.active
             and ($2::bigint is null or c.warehouse_id = $2) and ($6::text is null or c.key = $6)
           order by c.position, c.id
           limit $4"#,
        caller.company_id.0,
        site.map(|site| site.0),
        &caller.warehouse_ids(),
        i64::try_from(MOST).unwrap_or(i64::MAX),
        now,
        key,
    )).await?;
    let location = rows.into_iter().map(|row| Location {
        code: row.code,
        zone: row.zone,
        items: row.items,
        quantity: row.quantity.normalize(),
        full_since: row.full_since,
    });
    Ok(location.collect())
}

/// Makes these the locations of a site, in this order. Those not named take no goods any more; what
/// lies there stays on record.
pub async fn replace(
    tx: &mut Tx,
    company: CompanyId,
    site: WarehouseId,
    plans: &[LocationPlan],
    at: DateTime<Utc>,
) -> Result<()> {
    let codes: Vec<String> = plans
        .iter()
        .map(|plan| plan.code.trim().to_owned())
        .collect();
    let zones: Vec<String> = plans
        .iter()
        .map(|plan| plan.zone.trim().to_owned())
        .collect();
    let keys: Vec<String> = codes.iter().map(|code| location_key(code)).collect();
    sqlx::query!(
        "insert into locations as t (company_id, warehouse_id, code, zone, position, created_at)
         select $1, $2, p.code, p.zone, p.place::int, $5
         from unnest($3::text[], $4::text[]) with ordinality as p (code, zone, place)
         on conflict (warehouse_id, key) do update
         set code = excluded.code, zone = excluded.zone, position = excluded.position, active = true
         where (t.code, t.zone, t.position, t.active)
               is distinct from (excluded.code, excluded.zone, excluded.position, true)",
        company.0,
        site.0,
        &codes,
        &zones,
        at,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "update locations set active = false
         where company_id = $1 and warehouse_id = $2 and active and key <> all($3)",
        company.0,
        site.0,
        &keys,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The location of a scanned code, and its code as on the label.
pub async fn find(tx: &mut Tx, site: WarehouseId, scanned: &str) -> Result<Option<(i64, String)>> {
    let row = sqlx::query!(
        "select id, code from locations where warehouse_id = $1 and key = $2 and active",
        site.0,
        location_key(scanned),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| (row.id, row.code)))
}

/// Remembers that somebody who puts goods elsewhere found a location full.
pub async fn note_full(
    tx: &mut Tx,
    site: WarehouseId,
    code: &str,
    put_away: OperationId,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update locations set full_at = $3, full_id = $4
         where warehouse_id = $1 and key = $2 and (full_at is null or full_at < $3)",
        site.0,
        location_key(code),
        at,
        put_away.0,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Forgets what a put-away that is taken back said about the room elsewhere.
pub async fn forget_full(tx: &mut Tx, put_away: OperationId, site: WarehouseId) -> Result<()> {
    sqlx::query!(
        "update locations set full_at = null, full_id = null where warehouse_id = $1 and full_id = $2",
        site.0,
        put_away.0,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Where an item lies at the caller's sites.
pub async fn of_item(tx: &mut Tx, caller: &Caller, item: ItemId) -> Result<Vec<LocationStock>> {
    let rows = sqlx::query!(
        r#"select w.code as warehouse, c.code, sum(m.quantity) as "quantity!"
           from stock_moves m
           join locations c on c.id = m.location_id
           join warehouses w on w.id = m.warehouse_id
           where m.company_id = $1 and m.item_id = $2 and m.warehouse_id = any($3)
           group by c.id, w.id
           having sum(m.quantity) <> 0
           order by w.code, c.position, c.id
           limit 50"#,
        caller.company_id.0,
        item.0,
        &caller.warehouse_ids(),
    )
    .fetch_all(tx.conn())
    .await?;
    let stock = rows.into_iter().map(|row| LocationStock {
        warehouse_code: row.warehouse,
        location: row.code,
        quantity: row.quantity.normalize(),
    });
    Ok(stock.collect())
}

/// Goods of a line that come to a location by an act.
#[derive(Debug, Clone, Copy)]
pub struct Arrival {
    /// The act, stored already.
    pub operation: OperationId,
    /// What line they are of.
    pub line: LineId,
    /// Where they come to.
    pub location: i64,
    /// How much.
    pub quantity: Decimal,
    /// Who brought them.
    pub user: UserId,
}

/// Writes that goods came to a location.
pub async fn arrive(tx: &mut Tx, arrival: Arrival, at: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "insert into stock_moves (company_id, warehouse_id, item_id, location_id, quantity, kind, operation_id, user_id,
                                  moved_at)
         select l.company_id, c.warehouse_id, l.item_id, c.id, $3, 'put_away', $4, $5, $6
         from document_lines l
         join locations c on c.id = $2
         where l.id = $1 and l.item_id is not null",
        arrival.line.0,
        arrival.location,
        arrival.quantity,
        arrival.operation.0,
        arrival.user.0,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Writes that picked goods left the location the line was shown with.
pub async fn leave(
    tx: &mut Tx,
    line: LineId,
    location: &str,
    quantity: Decimal,
    (operation, user): (OperationId, UserId),
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into stock_moves (company_id, warehouse_id, item_id, location_id, quantity, kind, operation_id, user_id,
                                  moved_at)
         select l.company_id, c.warehouse_id, l.item_id, c.id, -$3::numeric, 'pick', $4, $5, $6
         from document_lines l
         join documents d on d.id = l.document_id
         join locations c on c.warehouse_id = d.warehouse_id and c.key = $2
         where l.id = $1 and l.item_id is not null",
        line.0,
        location_key(location),
        quantity,
        operation.0,
        user.0,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes the movements of an act back, by movements of another.
pub async fn reverse(
    tx: &mut Tx,
    undone: OperationId,
    (operation, user): (OperationId, UserId),
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into stock_moves (company_id, warehouse_id, item_id, location_id, quantity, kind, operation_id, user_id,
                                  moved_at)
         select company_id, warehouse_id, item_id, location_id, -quantity, 'undo', $2, $3, $4
         from stock_moves where operation_id = $1",
        undone.0,
        operation.0,
        user.0,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
