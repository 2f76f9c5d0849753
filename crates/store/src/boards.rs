//! The figures of a site's day, as TV, office and API show them; see [`crate::kpis`].

mod connections;
mod quality;
mod screen;
mod throughput;

pub use connections::connections;
pub use quality::quality;
pub use screen::shift_screen;
pub use throughput::throughput;

use crate::kpis::{Wanted, sums, whole};
use crate::{Error, Result, Scope, Store, Tx, screens, shifts};
use chrono::{DateTime, NaiveDate, Utc};
use domain::board::{BoardFigures, BoardSite, HourRow, LeaderRow, ShiftBoard};
use domain::document::DocumentKind;
use domain::kpi::{By, Kpi, Span};
use domain::screen::Naming;
use domain::user::Caller;
use domain::{UserId, WarehouseId};
use rust_decimal::Decimal;

/// Rows of a leaderboard.
const MOST_LEADERS: usize = 10;

struct Day {
    warehouse: String,
    time_zone: String,
    offset_minutes: i32,
    day: NaiveDate,
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
    let wanted = Wanted::day(warehouse, day.day);
    let figures = figures(&mut tx, &wanted, &day).await?;
    let naming = screens::naming(&mut tx, caller).await?;
    let leaderboard = leaderboard(&mut tx, &wanted, naming).await?;
    let hours = hours(&mut tx, &wanted).await?;
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

/// Where and when a board is read, if the caller may.
async fn site(
    tx: &mut Tx,
    caller: &Caller,
    warehouse: WarehouseId,
    now: DateTime<Utc>,
) -> Result<BoardSite> {
    let day = day(tx, caller, warehouse, now).await?;
    Ok(BoardSite {
        warehouse_id: warehouse,
        warehouse: day.warehouse,
        utc_offset_minutes: day.offset_minutes,
        as_of: now,
        day: day.day,
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
                  (extract(epoch from ($2::timestamptz at time zone w.time_zone) - ($2::timestamptz at time zone 'UTC')) / 60)::int as "offset_minutes!"
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
    })
}

/// Lines, quantity and coverage of all kinds of documents; documents of dispatches.
async fn figures(tx: &mut Tx, wanted: &Wanted, day: &Day) -> Result<BoardFigures> {
    let by = Some(By::Kind);
    let today = sums(tx, &Wanted { by, ..*wanted }).await?;
    let week = Wanted {
        span: Span::ending(day.day, 7),
        ..*wanted
    };
    let week = sums(tx, &week).await?.whole;
    let kinds = [DocumentKind::Dispatch, DocumentKind::Receipt].map(DocumentKind::as_str);
    let dispatch = DocumentKind::Dispatch.as_str();
    let partial = today.count(dispatch, Kpi::PartialRatio);
    let coverage = week.get(&Kpi::Coverage).copied().unwrap_or_default();
    Ok(BoardFigures {
        lines_picked: kinds.map(|kind| today.count(kind, Kpi::Lines)).iter().sum(),
        quantity_picked: kinds
            .map(|kind| today.get(kind, Kpi::Quantity).numerator)
            .iter()
            .sum::<Decimal>()
            .normalize(),
        documents_open: open_documents(tx, wanted.warehouse).await?,
        documents_partial: partial,
        documents_done: today.count(dispatch, Kpi::Documents) - partial,
        coverage_lines_wms: whole(coverage.numerator),
        coverage_lines_erp: whole(coverage.denominator.unwrap_or_default()),
    })
}

/// What is left is a state, not a sum.
async fn open_documents(tx: &mut Tx, warehouse: WarehouseId) -> Result<i64> {
    let open = sqlx::query_scalar!(
        r#"select count(*) as "open!" from documents
           where warehouse_id = $1 and kind = 'dispatch' and status in ('new', 'in_progress') and lines_wms > 0"#,
        warehouse.0,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(open)
}

/// Who did most, best first, at most ten.
async fn leaderboard(tx: &mut Tx, wanted: &Wanted, naming: Naming) -> Result<Vec<LeaderRow>> {
    let by = Some(By::Worker);
    let sums = sums(tx, &Wanted { by, ..*wanted }).await?;
    let people = people(tx, sums.parts.keys().map(|(key, _)| key.as_str())).await?;
    let mut rows: Vec<LeaderRow> = people
        .into_iter()
        .map(|(user_id, name, team)| {
            let key = user_id.to_string();
            LeaderRow {
                user_id: (naming != Naming::Hidden).then_some(user_id),
                name,
                team,
                lines: sums.count(&key, Kpi::Lines),
                quantity: sums.get(&key, Kpi::Quantity).numerator,
            }
        })
        .filter(|row| row.quantity > Decimal::ZERO)
        .collect();
    rows.sort_by(|one, other| {
        let more = (other.lines, other.quantity).cmp(&(one.lines, one.quantity));
        more.then_with(|| one.name.cmp(&other.name))
    });
    rows.truncate(MOST_LEADERS);
    for (row, place) in rows.iter_mut().zip(1..) {
        row.name = naming.shown(&row.name, place);
    }
    Ok(rows)
}

async fn people(
    tx: &mut Tx,
    keys: impl Iterator<Item = &str>,
) -> Result<Vec<(UserId, String, Option<String>)>> {
    let ids: Vec<i64> = keys.filter_map(|key| key.parse().ok()).collect();
    let rows = sqlx::query!(
        r#"select u.id, u.name, t.name as "team?"
           from users u left join teams t on t.id = u.team_id
           where u.id = any($1)"#,
        &ids,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (UserId(row.id), row.name, row.team))
        .collect())
}

async fn hours(tx: &mut Tx, wanted: &Wanted) -> Result<Vec<HourRow>> {
    let by = Some(By::Hour);
    let sums = sums(tx, &Wanted { by, ..*wanted }).await?;
    let mut hours: Vec<HourRow> = sums
        .parts
        .keys()
        .filter_map(|(key, _)| {
            let lines = sums.count(key, Kpi::Lines);
            let hour = key.parse().ok()?;
            (lines != 0).then_some(HourRow { hour, lines })
        })
        .collect();
    hours.sort_by_key(|row| row.hour);
    Ok(hours)
}
