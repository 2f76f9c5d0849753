//! Levels as people and programs see them.

use crate::{Error, Result, Store, Tx};
use domain::page::{Cursor, Page};
use domain::stock::{ItemStock, StockFilter, StockRow};
use domain::user::Caller;
use domain::{ConnectionId, ItemId, WarehouseId};

/// Between the parts of a cursor.
const SEPARATOR: char = '\u{1f}';

/// What is on hand of an item: at the caller's sites and at names that are none of our sites.
pub(crate) async fn of_item(
    tx: &mut Tx,
    caller: &Caller,
    connection: ConnectionId,
    code: &str,
) -> Result<Vec<ItemStock>> {
    let rows = sqlx::query!(
        r#"select s.warehouse_name, w.code as "warehouse_code?", s.quantity, s.as_of,
                  (s.warehouse_id is null and not exists (
                      select from mappings m
                      where m.connection_id = s.connection_id and m.kind = 'warehouse' and m.key = s.warehouse_key
                        and m.answered_at is not null)) as "unanswered!"
           from item_stock s
           left join warehouses w on w.id = s.warehouse_id
           where s.company_id = $1 and s.connection_id = $2 and s.item_code = $3
             and (s.warehouse_id is null or s.warehouse_id = any($4))
           order by s.warehouse_id is null, s.warehouse_name
           limit 200"#,
        caller.company_id.0,
        connection.0,
        code,
        &caller.warehouse_ids(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ItemStock {
            warehouse_name: row.warehouse_name,
            warehouse_code: row.warehouse_code,
            unanswered: row.unanswered,
            quantity: row.quantity.normalize(),
            as_of: row.as_of,
        })
        .collect())
}

/// Levels at the caller's sites and at names that are none of our sites, by account, item and name:
/// the order of the primary key, so that a page costs the same wherever it begins.
pub async fn list(
    store: &Store,
    caller: &Caller,
    filter: &StockFilter,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<StockRow>> {
    let after = Place::read(cursor)?;
    let mut reading = store.read(caller).await?;
    let rows = reading.all(sqlx::query!(
        r#"select c.id as "connection_id!", s.item_code as "item_code!", s.warehouse_key as "warehouse_key!",
                  s.warehouse_name as "warehouse_name!", s.warehouse_id, w.code as "warehouse_code?",
                  i.id as "item_id?", i.name as "item_name?", i.uom as "uom?", s.quantity as "quantity!",
                  s.as_of as "as_of!"
           from connections c
           cross join lateral (
               select x.item_code, x.warehouse_key, x.warehouse_name, x.warehouse_id, x.quantity, x.as_of
               from item_stock x
               where x.connection_id = c.id
                 and (x.item_code, x.warehouse_key) > (case when c.id = $2 then $3::text else '' end,
                                                       case when c.id = $2 then $4::text else '' end)
                 and (x.warehouse_id is null or x.warehouse_id = any($5))
                 and ($6::bigint is null or x.warehouse_id = $6)
                 and ($7::text is null or x.item_code = $7)
               order by x.item_code, x.warehouse_key
               limit $9
           ) s
           left join items i on i.company_id = c.company_id and i.code = s.item_code
           left join warehouses w on w.id = s.warehouse_id
           where c.company_id = $1 and c.id >= $2 and ($8::bigint is null or c.id = $8)
           order by c.id, s.item_code, s.warehouse_key
           limit $9"#,
        caller.company_id.0,
        after.connection,
        after.item,
        after.warehouse,
        &caller.warehouse_ids(),
        filter.warehouse.map(|id| id.0),
        filter.item_code.as_deref(),
        filter.connection_id.map(|id| id.0),
        limit + 1,
    )).await?;
    let page = Page::cut(rows, limit, |row| {
        let (item, warehouse) = (&row.item_code, &row.warehouse_key);
        format!(
            "{}{SEPARATOR}{item}{SEPARATOR}{warehouse}",
            row.connection_id
        )
    });
    Ok(page.map(|row| StockRow {
        connection_id: ConnectionId(row.connection_id),
        item_code: row.item_code,
        item_id: row.item_id.map(ItemId),
        item_name: row.item_name,
        uom: row.uom,
        warehouse_name: row.warehouse_name,
        warehouse_id: row.warehouse_id.map(WarehouseId),
        warehouse_code: row.warehouse_code,
        quantity: row.quantity.normalize(),
        as_of: row.as_of,
    }))
}

/// The level a page goes on after.
#[derive(Default)]
struct Place {
    connection: i64,
    item: String,
    warehouse: String,
}

impl Place {
    fn read(cursor: Option<&Cursor>) -> Result<Self> {
        let Some(Cursor(text)) = cursor else {
            return Ok(Self::default());
        };
        let mut parts = text.splitn(3, SEPARATOR);
        let mut part = || parts.next().ok_or(Error::BadCursor);
        Ok(Self {
            connection: part()?.parse().map_err(|_| Error::BadCursor)?,
            item: part()?.to_owned(),
            warehouse: part()?.to_owned(),
        })
    }
}
