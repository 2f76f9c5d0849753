//! `cut_offs`: times of a site's day until which dispatches have to be done, and the due times of
//! tasks that follow from them.

use crate::paging::after_id;
use crate::{Error, Result, Scope, Store, Tx};
use chrono::{DateTime, NaiveDateTime, NaiveTime, Utc};
use domain::cut_off::CutOff;
use domain::page::{Cursor, Page};
use domain::user::Caller;
use domain::{CompanyId, CutOffId, DocumentId, WarehouseId};

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
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = sqlx::query_as!(
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
    )
    .fetch_all(tx.conn())
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

/// Gives tasks of these documents that have no due time the first cut-off after their document arrived,
/// or, for a document dated on a later day, the first one of that day. What a lead said stays.
pub async fn plan(tx: &mut Tx, documents: &[i64]) -> Result<()> {
    sqlx::query!(
        "update tasks t set due_at = n.closes_at, cut_off_id = n.cut_off_id
         from documents d
         join warehouses w on w.id = d.warehouse_id
         cross join lateral next_cut_off(w.id, greatest(d.imported_at, d.dated_on::timestamp at time zone w.time_zone)) n
         where d.id = any($1) and t.document_id = d.id and t.warehouse_id = w.id
           and t.kind = 'pick' and t.state in ('open', 'claimed') and not t.due_is_own
           and (t.due_at is null
                or exists (select from cut_offs c where c.id = t.cut_off_id and c.warehouse_id <> t.warehouse_id))",
        documents,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Documents whose tasks follow the cut-offs of a site, by id.
pub async fn following(tx: &mut Tx, warehouse: WarehouseId) -> Result<Vec<i64>> {
    let documents = sqlx::query_scalar!(
        "select document_id from tasks
         where warehouse_id = $1 and kind = 'pick' and state in ('open', 'claimed') and not due_is_own
         order by document_id",
        warehouse.0,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(documents)
}

/// Plans the tasks of these documents anew after the cut-offs of their site changed, from now on; what is
/// late stays late. Returns the documents whose due time is another one, in site time.
pub async fn plan_again(
    tx: &mut Tx,
    documents: &[i64],
    now: DateTime<Utc>,
) -> Result<Vec<(DocumentId, Option<NaiveDateTime>)>> {
    let rows = sqlx::query!(
        r#"with planned as (
               select t.id, t.document_id, w.time_zone, n.cut_off_id, n.closes_at,
                      t.due_at is distinct from n.closes_at as moved
               from tasks t
               join documents d on d.id = t.document_id
               join warehouses w on w.id = t.warehouse_id
               left join lateral next_cut_off(
                   w.id, greatest(d.imported_at, d.dated_on::timestamp at time zone w.time_zone, $2::timestamptz)
               ) n on true
               where t.document_id = any($1) and t.kind = 'pick' and t.state in ('open', 'claimed')
                 and not t.due_is_own and (t.due_at is null or t.due_at > $2)
           ), written as (
               update tasks t set due_at = p.closes_at, cut_off_id = p.cut_off_id
               from planned p
               where t.id = p.id and (t.due_at, t.cut_off_id) is distinct from (p.closes_at, p.cut_off_id)
           )
           select document_id as "document_id!", closes_at at time zone time_zone as due
           from planned where moved
           order by document_id"#,
        documents,
        now,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (DocumentId(row.document_id), row.due))
        .collect())
}
