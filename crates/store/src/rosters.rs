//! `roster_entries`: who works when, where it differs from the team's usual shift.

use crate::{Error, Result, Scope, Store, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use domain::roster::{RosterDay, RosterRow, RosterWeek};
use domain::user::Caller;
use domain::{CompanyId, ShiftId, UserId, WarehouseId};

/// The week of one of the caller's sites that holds a day (this week without one), at most 200
/// people.
pub async fn week(
    store: &Store,
    caller: &Caller,
    warehouse: WarehouseId,
    day: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> Result<RosterWeek> {
    if !caller.sees_warehouse(warehouse) {
        return Err(Error::NotFound { what: "warehouse" });
    }
    let mut tx = store.begin(Scope::from(caller)).await?;
    let dates = sqlx::query!(
        r#"select d.today as "today!",
                  date_trunc('week', coalesce($3::date, d.today))::date as "monday!"
           from warehouses w
           cross join lateral (select ($2::timestamptz at time zone w.time_zone)::date as today) d
           where w.id = $1"#,
        warehouse.0,
        now,
        day,
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Error::NotFound { what: "warehouse" })?;
    Ok(RosterWeek {
        warehouse_id: warehouse,
        monday: dates.monday,
        today: dates.today,
        people: people(&mut tx, warehouse, dates.monday).await?,
    })
}

async fn people(tx: &mut Tx, warehouse: WarehouseId, monday: NaiveDate) -> Result<Vec<RosterRow>> {
    let rows = sqlx::query!(
        r#"select u.id, u.name, m.name as "team_name?",
                  array(select coalesce(shift_on(u.id, $1, $2::date + n), 0)
                        from generate_series(0, 6) n order by n) as "shifts!",
                  array(select exists (select from roster_entries r
                                       where r.user_id = u.id and r.warehouse_id = $1 and r.on_date = $2::date + n)
                        from generate_series(0, 6) n order by n) as "decided!"
           from user_warehouses x
           join users u on u.id = x.user_id and u.role = 'worker' and u.disabled_at is null
           left join teams m on m.id = u.team_id
           where x.warehouse_id = $1
           order by m.name nulls last, u.name, u.id
           limit 200"#,
        warehouse.0,
        monday,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| RosterRow {
            user_id: UserId(row.id),
            name: row.name,
            team_name: row.team_name,
            days: row
                .shifts
                .into_iter()
                .zip(row.decided)
                .map(|(shift, decided)| RosterDay {
                    shift_id: (shift != 0).then_some(ShiftId(shift)),
                    decided,
                })
                .collect(),
        })
        .collect())
}

/// Decides a person's day: a shift, or none.
#[expect(clippy::too_many_arguments, reason = "the columns of one row")]
pub async fn put(
    tx: &mut Tx,
    company: CompanyId,
    warehouse: WarehouseId,
    user: UserId,
    on: NaiveDate,
    shift: Option<ShiftId>,
    by: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into roster_entries (company_id, warehouse_id, user_id, on_date, shift_id, set_by, set_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (user_id, warehouse_id, on_date) do update
         set shift_id = excluded.shift_id, set_by = excluded.set_by, set_at = excluded.set_at",
        company.0,
        warehouse.0,
        user.0,
        on,
        shift.map(|id| id.0),
        by,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Makes a person's day usual again.
pub async fn clear(tx: &mut Tx, warehouse: WarehouseId, user: UserId, on: NaiveDate) -> Result<()> {
    sqlx::query!(
        "delete from roster_entries where user_id = $1 and warehouse_id = $2 and on_date = $3",
        user.0,
        warehouse.0,
        on,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
