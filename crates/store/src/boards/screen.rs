//! The shift board with teams and outlook.

use super::shift;
use crate::kpis::{Wanted, name_of, names, sums};
use crate::{Result, Scope, Store, Tx, forecast};
use chrono::{DateTime, Utc};
use domain::WarehouseId;
use domain::board::{ShiftView, TeamRow};
use domain::kpi::{By, Kpi};
use domain::user::Caller;

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
    Ok(ShiftView {
        board,
        teams,
        outlooks,
    })
}

async fn teams(tx: &mut Tx, wanted: &Wanted) -> Result<Vec<TeamRow>> {
    let by = Some(By::Team);
    let sums = sums(tx, &Wanted { by, ..*wanted }).await?;
    let names = names(tx, wanted.warehouse, By::Team).await?;
    let mut rows: Vec<TeamRow> = sums
        .parts
        .keys()
        .map(|(key, _)| TeamRow {
            name: name_of(By::Team, key, &names),
            lines: sums.count(key, Kpi::Lines),
            quantity: sums.get(key, Kpi::Quantity).numerator,
        })
        .filter(|row| row.lines != 0 || !row.quantity.is_zero())
        .collect();
    rows.sort_by(|one, other| (other.lines, &one.name).cmp(&(one.lines, &other.name)));
    Ok(rows)
}
