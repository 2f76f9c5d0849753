//! `cut_offs`: times of a site's day until which dispatches have to be done.

use crate::paging::after_id;
use crate::{Error, Result, Store, Tx};
use chrono::NaiveTime;
use domain::cut_off::CutOff;
use domain::page::{Cursor, Page};
use domain::user::Caller;
use domain::{CompanyId, CutOffId, WarehouseId};

struct CutOffRow {
    id: i64,
    warehouse_id: i64,
    name: String,
    closes: NaiveTime,
    days: Vec<i16>,
}

impl From<CutOffRow> for CutOff {
    fn from(row: CutOffRow) -> Self {
        Self {
            id: Some(CutOffId(row.id)),
            warehouse_id: WarehouseId(row.warehouse_id),
            name: row.name,
            closes: row.closes,
            days: row.days,
        }
    }
}

/// The cut-offs of the caller's sites, by site and time; at most 1,000.
pub async fn list(tx: &mut Tx, caller: &Caller) -> Result<Vec<CutOff>> {
    let rows = sqlx::query_as!(
        CutOffRow,
        "select id, warehouse_id, name, closes, days
         from cut_offs
         where company_id = $1 and warehouse_id = any($2)
         order by warehouse_id, closes, name
         limit 1000",
        caller.company_id.0,
        &caller.warehouse_ids(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(CutOff::from).collect())
}

/// The same as pages, in the order they were set up.
pub async fn page(
    store: &Store,
    caller: &Caller,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<CutOff>> {
    let mut reading = store.read(caller).await?;
    let rows = reading
        .all(sqlx::query_as!(
            CutOffRow,
            "select id, warehouse_id, name, closes, days
             from cut_offs
             where company_id = $1 and warehouse_id = any($2) and id > $3
             order by id
             limit $4",
            caller.company_id.0,
            &caller.warehouse_ids(),
            after_id(cursor)?,
            limit + 1,
        ))
        .await?;
    Ok(Page::cut(rows, limit, |row| row.id.to_string()).map(CutOff::from))
}

/// Adds a cut-off, or changes the one of that identity.
pub async fn save(tx: &mut Tx, company: CompanyId, cut_off: &CutOff) -> Result<CutOffId> {
    let id = match cut_off.id {
        Some(id) => {
            sqlx::query_scalar!(
                "update cut_offs set name = $3, closes = $4, days = $5
                 where id = $1 and warehouse_id = $2 returning id",
                id.0,
                cut_off.warehouse_id.0,
                cut_off.name.trim(),
                cut_off.closes,
                &cut_off.days,
            )
            .fetch_optional(tx.conn())
            .await?
        }
        None => Some(
            sqlx::query_scalar!(
                "insert into cut_offs (company_id, warehouse_id, name, closes, days)
                 values ($1, $2, $3, $4, $5) returning id",
                company.0,
                cut_off.warehouse_id.0,
                cut_off.name.trim(),
                cut_off.closes,
                &cut_off.days,
            )
            .fetch_one(tx.conn())
            .await?,
        ),
    };
    id.map(CutOffId).ok_or(Error::NotFound { what: "cut-off" })
}

/// Removes a cut-off. Tasks that were late by it stay late.
pub async fn remove(tx: &mut Tx, company: CompanyId, id: CutOffId) -> Result<()> {
    sqlx::query!(
        "delete from cut_offs where id = $1 and company_id = $2",
        id.0,
        company.0,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
