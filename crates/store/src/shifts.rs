//! `shifts`.

use crate::{Result, Tx};
use chrono::{DateTime, NaiveTime, Utc};
use domain::shift::ShiftDay;
use domain::{CompanyId, WarehouseId};

/// The shifts of the site's day that contains an instant, as instants: the day's own offset from
/// UTC applies to each time, also on the days the clocks change.
pub async fn of_day(
    tx: &mut Tx,
    warehouse: WarehouseId,
    now: DateTime<Utc>,
) -> Result<Vec<ShiftDay>> {
    let rows = sqlx::query!(
        r#"select s.name,
                  (d.day + s.starts) at time zone w.time_zone as "starts_at!",
                  (d.day + s.ends) at time zone w.time_zone as "ends_at!",
                  (d.day + s.break_starts) at time zone w.time_zone as break_starts_at,
                  (d.day + s.break_ends) at time zone w.time_zone as break_ends_at
           from shifts s
           join warehouses w on w.id = s.warehouse_id
           cross join lateral (select ($2::timestamptz at time zone w.time_zone)::date as day) d
           where s.warehouse_id = $1
           order by s.starts, s.name"#,
        warehouse.0,
        now,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ShiftDay {
            name: row.name,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            break_starts_at: row.break_starts_at,
            break_ends_at: row.break_ends_at,
        })
        .collect())
}

/// Adds or changes a shift; a break is start and end, in site time.
pub async fn put(
    tx: &mut Tx,
    company: CompanyId,
    warehouse: WarehouseId,
    name: &str,
    hours: (NaiveTime, NaiveTime),
    pause: Option<(NaiveTime, NaiveTime)>,
) -> Result<()> {
    sqlx::query!(
        "insert into shifts (company_id, warehouse_id, name, starts, ends, break_starts, break_ends)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (warehouse_id, name) do update
         set starts = excluded.starts, ends = excluded.ends, break_starts = excluded.break_starts,
             break_ends = excluded.break_ends",
        company.0,
        warehouse.0,
        name,
        hours.0,
        hours.1,
        pause.map(|pause| pause.0),
        pause.map(|pause| pause.1),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
