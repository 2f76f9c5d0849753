//! `warehouses`.

use crate::paging::after_id;
use crate::{Result, Store, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use domain::company::Warehouse;
use domain::page::{Cursor, Page};
use domain::user::Caller;
use domain::{CompanyId, DocumentId, WarehouseId};

struct WarehouseRow {
    id: i64,
    code: String,
    name: String,
    time_zone: String,
}

impl From<WarehouseRow> for Warehouse {
    fn from(row: WarehouseRow) -> Self {
        Self {
            id: WarehouseId(row.id),
            code: row.code,
            name: row.name,
            time_zone: row.time_zone,
        }
    }
}

/// Sites shown at once where all of them are offered for choice.
const CHOICES: i64 = 500;

/// The sites the caller may see, by name; at most 500.
pub async fn list(store: &Store, caller: &Caller) -> Result<Vec<Warehouse>> {
    let mut reading = store.read(caller).await?;
    let rows = reading
        .all(sqlx::query_as!(
            WarehouseRow,
            "select id, code, name, time_zone from warehouses
             where company_id = $1 and id = any($2)
             order by name, id
             limit $3",
            caller.company_id.0,
            &caller.warehouse_ids(),
            CHOICES,
        ))
        .await?;
    Ok(rows.into_iter().map(Warehouse::from).collect())
}

/// The same as pages, in the order they were set up.
pub async fn page(
    store: &Store,
    caller: &Caller,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<Warehouse>> {
    let mut reading = store.read(caller).await?;
    let rows = reading
        .all(sqlx::query_as!(
            WarehouseRow,
            "select id, code, name, time_zone from warehouses
             where company_id = $1 and id = any($2) and id > $3
             order by id
             limit $4",
            caller.company_id.0,
            &caller.warehouse_ids(),
            after_id(cursor)?,
            limit + 1,
        ))
        .await?;
    Ok(Page::cut(rows, limit, |row| row.id.to_string()).map(Warehouse::from))
}

/// The site of that code.
pub async fn find_by_code(
    tx: &mut Tx,
    company: CompanyId,
    code: &str,
) -> Result<Option<WarehouseId>> {
    let id = sqlx::query_scalar!(
        "select id from warehouses where company_id = $1 and code = $2",
        company.0,
        code
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(WarehouseId))
}

/// Adds a site.
pub async fn create(
    tx: &mut Tx,
    company: CompanyId,
    code: &str,
    name: &str,
    time_zone: &str,
) -> Result<WarehouseId> {
    let id = sqlx::query_scalar!(
        "insert into warehouses (company_id, code, name, time_zone) values ($1, $2, $3, $4) returning id",
        company.0,
        code,
        name,
        time_zone,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(WarehouseId(id))
}

/// An instant on the clock of the site that a document belongs to, with its day where that is another
/// than today's; UTC for a document without a site.
pub async fn clock(
    tx: &mut Tx,
    document: DocumentId,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<String> {
    let text = sqlx::query_scalar!(
        r#"select to_char(l.at, case when l.at::date = l.today then 'HH24:MI'
                                     else 'FMDD Mon YYYY, HH24:MI' end) as "text!"
           from documents d
           left join warehouses w on w.id = d.warehouse_id
           cross join lateral (
               select $2::timestamptz at time zone coalesce(w.time_zone, 'UTC') as at,
                      ($3::timestamptz at time zone coalesce(w.time_zone, 'UTC'))::date as today) l
           where d.id = $1"#,
        document.0,
        at,
        now,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(text)
}

/// The day it is at a site.
pub async fn day(tx: &mut Tx, id: WarehouseId, at: DateTime<Utc>) -> Result<NaiveDate> {
    let day = sqlx::query_scalar!(
        r#"select ($2 at time zone time_zone)::date as "day!" from warehouses where id = $1"#,
        id.0,
        at,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(day)
}
