//! `shifts`.

use crate::paging::after_id;
use crate::{Error, Result, Store, Tx};
use chrono::{DateTime, NaiveTime, Utc};
use domain::page::{Cursor, Page};
use domain::roster::ShiftPlan;
use domain::shift::ShiftDay;
use domain::user::Caller;
use domain::{CompanyId, ShiftId, UserId, WarehouseId};

/// The shifts of the site's day that contains an instant.
pub async fn of_day(
    tx: &mut Tx,
    warehouse: WarehouseId,
    now: DateTime<Utc>,
) -> Result<Vec<ShiftDay>> {
    let shifts = of_day_by_id(tx, warehouse, now).await?;
    Ok(shifts.into_iter().map(|(_, day)| day).collect())
}

/// The same with their identities, at most 100, as instants: the day's own offset from UTC applies to each time,
/// also on the days the clocks change.
pub async fn of_day_by_id(
    tx: &mut Tx,
    warehouse: WarehouseId,
    now: DateTime<Utc>,
) -> Result<Vec<(ShiftId, ShiftDay)>> {
    let rows = sqlx::query!(
        r#"select s.id, s.name,
                  (d.day + s.starts) at time zone w.time_zone as "starts_at!",
                  (d.day + s.ends) at time zone w.time_zone as "ends_at!",
                  (d.day + s.break_starts) at time zone w.time_zone as break_starts_at,
                  (d.day + s.break_ends) at time zone w.time_zone as break_ends_at
           from shifts s
           join warehouses w on w.id = s.warehouse_id
           cross join lateral (select ($2::timestamptz at time zone w.time_zone)::date as day) d
           where s.warehouse_id = $1
           order by s.starts, s.name
           limit 100"#,
        warehouse.0,
        now,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let day = ShiftDay {
                name: row.name,
                starts_at: row.starts_at,
                ends_at: row.ends_at,
                break_starts_at: row.break_starts_at,
                break_ends_at: row.break_ends_at,
            };
            (ShiftId(row.id), day)
        })
        .collect())
}

/// Which of the site's shifts a person has on its day that contains an instant: as the roster says, else
/// as usual for the person's team.
pub async fn of_person(
    tx: &mut Tx,
    warehouse: WarehouseId,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<Option<ShiftId>> {
    let found = sqlx::query_scalar!(
        "select shift_on($2, w.id, ($3::timestamptz at time zone w.time_zone)::date)
         from warehouses w
         where w.id = $1",
        warehouse.0,
        user.0,
        now,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(found.flatten().map(ShiftId))
}

struct ShiftRow {
    id: i64,
    warehouse_id: i64,
    name: String,
    starts: NaiveTime,
    ends: NaiveTime,
    break_starts: Option<NaiveTime>,
    break_ends: Option<NaiveTime>,
}

impl From<ShiftRow> for ShiftPlan {
    fn from(row: ShiftRow) -> Self {
        Self {
            id: Some(ShiftId(row.id)),
            warehouse_id: WarehouseId(row.warehouse_id),
            name: row.name,
            starts: row.starts,
            ends: row.ends,
            pause: row.break_starts.zip(row.break_ends),
        }
    }
}

/// The shifts of the caller's sites as they are every day, by site and start; at most 200.
pub async fn list(tx: &mut Tx, caller: &Caller) -> Result<Vec<ShiftPlan>> {
    let rows = sqlx::query_as!(
        ShiftRow,
        "select id, warehouse_id, name, starts, ends, break_starts, break_ends
         from shifts
         where company_id = $1 and warehouse_id = any($2)
         order by warehouse_id, starts, name
         limit 200",
        caller.company_id.0,
        &caller.warehouse_ids(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(ShiftPlan::from).collect())
}

/// The same as pages, in the order they were set up.
pub async fn page(
    store: &Store,
    caller: &Caller,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<ShiftPlan>> {
    let mut reading = store.read(caller).await?;
    let rows = reading
        .all(sqlx::query_as!(
            ShiftRow,
            "select id, warehouse_id, name, starts, ends, break_starts, break_ends
             from shifts
             where company_id = $1 and warehouse_id = any($2) and id > $3
             order by id
             limit $4",
            caller.company_id.0,
            &caller.warehouse_ids(),
            after_id(cursor)?,
            limit + 1,
        ))
        .await?;
    Ok(Page::cut(rows, limit, |row| row.id.to_string()).map(ShiftPlan::from))
}

/// Adds a shift, or changes the one of that identity.
pub async fn save(tx: &mut Tx, company: CompanyId, shift: &ShiftPlan) -> Result<ShiftId> {
    let pause = shift.pause;
    let id = match shift.id {
        Some(id) => {
            sqlx::query_scalar!(
                "update shifts set name = $3, starts = $4, ends = $5, break_starts = $6, break_ends = $7
                 where id = $1 and warehouse_id = $2 returning id",
                id.0,
                shift.warehouse_id.0,
                shift.name.trim(),
                shift.starts,
                shift.ends,
                pause.map(|pause| pause.0),
                pause.map(|pause| pause.1),
            )
            .fetch_optional(tx.conn())
            .await?
        }
        None => Some(
            sqlx::query_scalar!(
                "insert into shifts (company_id, warehouse_id, name, starts, ends, break_starts, break_ends)
                 values ($1, $2, $3, $4, $5, $6, $7) returning id",
                company.0,
                shift.warehouse_id.0,
                shift.name.trim(),
                shift.starts,
                shift.ends,
                pause.map(|pause| pause.0),
                pause.map(|pause| pause.1),
            )
            .fetch_one(tx.conn())
            .await?,
        ),
    };
    id.map(ShiftId).ok_or(Error::NotFound { what: "shift" })
}

/// Whether a site has shifts.
pub async fn any(tx: &mut Tx, warehouse: WarehouseId) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from shifts where warehouse_id = $1) as "any!""#,
        warehouse.0
    )
    .fetch_one(tx.conn())
    .await?)
}

/// Adds a shift; one of that name stays as it is. A break is start and end, in site time.
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
         on conflict (warehouse_id, name) do nothing",
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
