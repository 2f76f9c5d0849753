//! The shift board with teams and outlook.

use super::shift;
use crate::kpis::{Wanted, name_of, names, sums, whole};
use crate::{Result, Scope, Store, Tx, forecast};
use chrono::{DateTime, Utc};
use domain::WarehouseId;
use domain::board::{ShiftLines, ShiftView, TeamRow};
use domain::kpi::{By, Kpi};
use domain::task::Priority;
use domain::user::Caller;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The shift board of one of the caller's sites, as a screen shows it.
pub async fn shift_screen(
    store: &Store,
    caller: &Caller,
    warehouse: WarehouseId,
    now: DateTime<Utc>,
) -> Result<ShiftView> {
    let board = shift(store, caller, warehouse, now).await?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let teams = teams(&mut tx, &Wanted::day(warehouse, board.day)).await?;
    let outlooks = forecast::outlooks(&mut tx, warehouse, now).await?;
    let urgent = urgent(&mut tx, warehouse).await?;
    Ok(ShiftView {
        board,
        teams,
        outlooks,
        urgent,
    })
}

async fn urgent(tx: &mut Tx, warehouse: WarehouseId) -> Result<i64> {
    let tasks = sqlx::query_scalar!(
        r#"select count(*) as "tasks!" from tasks
           where warehouse_id = $1 and state in ('open', 'claimed') and priority = $2"#,
        warehouse.0,
        Priority::Urgent.rank(),
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(tasks)
}

/// Teams of the day by lines, each with its lines by shift.
async fn teams(tx: &mut Tx, wanted: &Wanted) -> Result<Vec<TeamRow>> {
    let (by, split) = (Some(By::Team), Some(By::Shift));
    let wanted = Wanted {
        by,
        split,
        ..*wanted
    };
    let sums = sums(tx, &wanted).await?;
    let teams = names(tx, wanted.warehouse, By::Team).await?;
    let shifts = names(tx, wanted.warehouse, By::Shift).await?;
    let mut rows: BTreeMap<&str, TeamRow> = BTreeMap::new();
    for ((team, shift), figures) in &sums.parts {
        let of = |kpi: Kpi| figures.get(&kpi).copied().unwrap_or_default().numerator;
        let lines = whole(of(Kpi::Lines));
        let row = rows.entry(team).or_insert_with(|| TeamRow {
            name: name_of(By::Team, team, &teams),
            lines: 0,
            quantity: Decimal::ZERO,
            shifts: Vec::new(),
        });
        row.lines += lines;
        row.quantity += of(Kpi::Quantity);
        if lines != 0 {
            let shift = name_of(By::Shift, shift, &shifts);
            row.shifts.push(ShiftLines { shift, lines });
        }
    }
    let rows = rows.into_values();
    let mut rows: Vec<TeamRow> = rows
        .filter(|row| row.lines != 0 || !row.quantity.is_zero())
        .collect();
    for row in &mut rows {
        row.shifts.sort_by(|one, other| one.shift.cmp(&other.shift));
    }
    rows.sort_by(|one, other| (other.lines, &one.name).cmp(&(one.lines, &other.name)));
    Ok(rows)
}
