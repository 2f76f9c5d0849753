//! `roster_entries`: who works when, where it differs from the team's usual shift.

use crate::paging::after_id;
use crate::{Error, Result, Scope, Store, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use domain::page::{Cursor, Page};
use domain::roster::{RosterDay, RosterRow, RosterWeek};
use domain::user::Caller;
use domain::{CompanyId, ShiftId, UserId, WarehouseId};

struct PersonRow {
    id: i64,
    name: String,
    team_name: Option<String>,
    shifts: Vec<i64>,
    decided: Vec<bool>,
}

impl From<PersonRow> for RosterRow {
    fn from(row: PersonRow) -> Self {
        let days = row.shifts.into_iter().zip(row.decided);
        Self {
            user_id: UserId(row.id),
            name: row.name,
            team_name: row.team_name,
            days: days
                .map(|(shift, decided)| RosterDay {
                    shift_id: (shift != 0).then_some(ShiftId(shift)),
                    decided,
                })
                .collect(),
        }
    }
}

/// The workers of a site ($1) with their week from a Monday ($2).
macro_rules! select_people {
    ($rest:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            PersonRow,
            r#"select u.id, u.name, m.name as "team_name?",
                      array(select coalesce(shift_on(u.id, $1, $2::date + n), 0)
                            from generate_series(0, 6) n order by n) as "shifts!",
                      array(select exists (select from roster_entries r
                                           where r.user_id = u.id and r.warehouse_id = $1 and r.on_date = $2::date + n)
                            from generate_series(0, 6) n order by n) as "decided!"
               from user_warehouses x
               join users u on u.id = x.user_id and u.role = 'worker' and u.disabled_at is null and x.warehouse_id = $1
               left join teams m on m.id = u.team_id "# + $rest
            $(, $argument)*
        )
    };
}

/// The week of one of the caller's sites that holds a day (this week without one), at most 200
/// people by team and name.
pub async fn week(
    store: &Store,
    caller: &Caller,
    warehouse: WarehouseId,
    day: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> Result<RosterWeek> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let mut week = dates(&mut tx, caller, warehouse, day, now).await?;
    let rows = select_people!(
        "order by m.name nulls last, u.name, u.id
         limit 200",
        warehouse.0,
        week.monday,
    )
    .fetch_all(tx.conn())
    .await?;
    week.people = rows.into_iter().map(RosterRow::from).collect();
    Ok(week)
}

/// The same week, its people as pages in the order of their identity; and where the next begins.
pub async fn page(
    store: &Store,
    caller: &Caller,
    (warehouse, day): (WarehouseId, Option<NaiveDate>),
    cursor: Option<&Cursor>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<(RosterWeek, Option<Cursor>)> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let mut week = dates(&mut tx, caller, warehouse, day, now).await?;
    let rows = select_people!(
        "where u.id > $3
         order by u.id
         limit $4",
        warehouse.0,
        week.monday,
        after_id(cursor)?,
        limit + 1,
    )
    .fetch_all(tx.conn())
    .await?;
    let page = Page::cut(rows, limit, |row| row.id.to_string());
    week.people = page.rows.into_iter().map(RosterRow::from).collect();
    Ok((week, page.next))
}

/// The week without its people.
async fn dates(
    tx: &mut Tx,
    caller: &Caller,
    warehouse: WarehouseId,
    day: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> Result<RosterWeek> {
    let what = "warehouse";
    if !caller.sees_warehouse(warehouse) {
        return Err(Error::NotFound { what });
    }
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
    .ok_or(Error::NotFound { what })?;
    Ok(RosterWeek {
        warehouse_id: warehouse,
        monday: dates.monday,
        today: dates.today,
        people: Vec::new(),
    })
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
