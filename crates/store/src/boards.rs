//! The figures of a site's day. This is their only definition: TV, admin and API read it.

use crate::{Error, Result, Scope, Store, Tx, shifts};
use chrono::{DateTime, NaiveDate, Utc};
use domain::board::{BoardFigures, HourRow, LeaderRow, ShiftBoard};
use domain::user::Caller;
use domain::{UserId, WarehouseId};

struct Day {
    warehouse: String,
    time_zone: String,
    offset_minutes: i32,
    day: NaiveDate,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

/// The shift board of one of the caller's sites at an instant.
pub async fn shift(
    store: &Store,
    caller: &Caller,
    warehouse: WarehouseId,
    now: DateTime<Utc>,
) -> Result<ShiftBoard> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let day = day(&mut tx, caller, warehouse, now).await?;
    let shifts = shifts::of_day(&mut tx, warehouse, now).await?;
    let figures = figures(&mut tx, warehouse, &day).await?;
    let leaderboard = leaderboard(&mut tx, warehouse, &day).await?;
    let hours = hours(&mut tx, warehouse, &day).await?;
    Ok(ShiftBoard {
        warehouse_id: warehouse,
        warehouse: day.warehouse,
        time_zone: day.time_zone,
        utc_offset_minutes: day.offset_minutes,
        as_of: now,
        day: day.day,
        shifts,
        figures,
        leaderboard,
        hours,
    })
}

async fn day(
    tx: &mut Tx,
    caller: &Caller,
    warehouse: WarehouseId,
    now: DateTime<Utc>,
) -> Result<Day> {
    if !caller.sees_warehouse(warehouse) {
        return Err(Error::NotFound { what: "warehouse" });
    }
    let row = sqlx::query!(
        r#"select w.name, w.time_zone, d.day as "day!",
                  (extract(epoch from ($2::timestamptz at time zone w.time_zone) - ($2::timestamptz at time zone 'UTC')) / 60)::int as "offset_minutes!",
                  d.day::timestamp at time zone w.time_zone as "from!",
                  (d.day + 1)::timestamp at time zone w.time_zone as "to!"
           from warehouses w
           cross join lateral (select ($2::timestamptz at time zone w.time_zone)::date as day) d
           where w.id = $1"#,
        warehouse.0,
        now,
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Error::NotFound { what: "warehouse" })?;
    Ok(Day {
        warehouse: row.name,
        time_zone: row.time_zone,
        offset_minutes: row.offset_minutes,
        day: row.day,
        from: row.from,
        to: row.to,
    })
}

async fn figures(tx: &mut Tx, warehouse: WarehouseId, day: &Day) -> Result<BoardFigures> {
    let row = sqlx::query!(
        r#"with picked as (
               select line_id, sum(quantity) as quantity
               from operations
               where warehouse_id = $1 and recorded_at >= $2 and recorded_at < $3
                 and accepted and kind in ('pick', 'undo')
               group by line_id
           ), covered as (
               select count(*) filter (where l.exists_in_wms) as wms, count(*) as erp
               from documents d
               join document_lines l on l.document_id = d.id and l.removed_at is null
               where d.company_id = (select company_id from warehouses where id = $1)
                 and d.kind = 'dispatch' and d.dated_on > $4::date - 7 and d.dated_on <= $4::date
           )
           select (select count(*) from picked where quantity > 0) as "lines_picked!",
                  (select coalesce(sum(quantity), 0) from picked) as "quantity_picked!",
                  (select count(*) from documents
                   where warehouse_id = $1 and kind = 'dispatch' and status in ('new', 'in_progress') and lines_wms > 0) as "open!",
                  (select count(*) from documents
                   where warehouse_id = $1 and kind = 'dispatch' and finished_at is not null
                     and finished_at >= $2 and finished_at < $3 and status = 'partial') as "partial!",
                  (select count(*) from documents
                   where warehouse_id = $1 and kind = 'dispatch' and finished_at is not null
                     and finished_at >= $2 and finished_at < $3 and status = 'done') as "done!",
                  (select wms from covered) as "wms!",
                  (select erp from covered) as "erp!""#,
        warehouse.0,
        day.from,
        day.to,
        day.day,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(BoardFigures {
        lines_picked: row.lines_picked,
        quantity_picked: row.quantity_picked.normalize(),
        documents_open: row.open,
        documents_partial: row.partial,
        documents_done: row.done,
        coverage_lines_wms: row.wms,
        coverage_lines_erp: row.erp,
    })
}

async fn leaderboard(tx: &mut Tx, warehouse: WarehouseId, day: &Day) -> Result<Vec<LeaderRow>> {
    let rows = sqlx::query!(
        r#"with picked as (
               select credited_user_id, line_id, sum(quantity) as quantity
               from operations
               where warehouse_id = $1 and recorded_at >= $2 and recorded_at < $3
                 and accepted and kind in ('pick', 'undo')
               group by credited_user_id, line_id
           )
           select u.id, u.name, t.name as "team?",
                  count(*) filter (where p.quantity > 0) as "lines!",
                  sum(p.quantity) as "quantity!"
           from picked p
           join users u on u.id = p.credited_user_id
           left join teams t on t.id = u.team_id
           group by u.id, u.name, t.name
           having sum(p.quantity) > 0
           order by 4 desc, 5 desc, u.name
           limit 10"#,
        warehouse.0,
        day.from,
        day.to,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| LeaderRow {
            user_id: UserId(row.id),
            name: row.name,
            team: row.team,
            lines: row.lines,
            quantity: row.quantity.normalize(),
        })
        .collect())
}

async fn hours(tx: &mut Tx, warehouse: WarehouseId, day: &Day) -> Result<Vec<HourRow>> {
    let rows = sqlx::query!(
        r#"select extract(hour from recorded_at at time zone $4)::int as "hour!",
                  count(distinct line_id) as "lines!"
           from operations
           where warehouse_id = $1 and recorded_at >= $2 and recorded_at < $3
             and accepted and kind = 'pick'
           group by 1
           order by 1"#,
        warehouse.0,
        day.from,
        day.to,
        day.time_zone,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| HourRow {
            hour: row.hour,
            lines: row.lines,
        })
        .collect())
}
