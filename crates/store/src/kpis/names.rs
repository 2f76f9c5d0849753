//! What the parts of figures are called.

use crate::{Result, Tx};
use chrono::NaiveDate;
use domain::WarehouseId;
use domain::kpi::By;
use std::collections::HashMap;

/// What belongs to no shift, team or person.
const NOBODY: &str = "0";

/// The names of shifts, teams or people of a site, by key; empty for what needs none.
pub(crate) async fn names(
    tx: &mut Tx,
    warehouse: WarehouseId,
    by: By,
) -> Result<HashMap<String, String>> {
    let table = match by {
        By::Shift | By::Team | By::Worker => by.as_str(),
        _ => return Ok(HashMap::new()),
    };
    let rows = sqlx::query!(
        r#"select id::text as "key!", name as "name!" from shifts where $2 = 'shift' and warehouse_id = $1
           union all
           select id::text, name from teams where $2 = 'team' and warehouse_id = $1
           union all
           select u.id::text, u.name from users u
           where $2 = 'worker' and u.company_id = (select company_id from warehouses where id = $1)"#,
        warehouse.0,
        table,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.key, row.name)).collect())
}

/// What people read for a key.
pub(crate) fn name_of(by: By, key: &str, names: &HashMap<String, String>) -> String {
    let missing = || match by {
        By::Shift if key == NOBODY => "No shift".to_owned(),
        By::Team if key == NOBODY => "No team".to_owned(),
        By::Worker if key == NOBODY => "Nobody".to_owned(),
        By::Shift => "Former shift".to_owned(),
        By::Team => "Former team".to_owned(),
        By::Worker => "Former worker".to_owned(),
        By::Hour => format!("{key}:00"),
        By::Week => week(key),
        By::Day | By::Month | By::Kind => key.to_owned(),
    };
    names.get(key).cloned().unwrap_or_else(missing)
}

/// For example `2026-W47`.
fn week(key: &str) -> String {
    key.parse::<NaiveDate>()
        .map_or_else(|_| key.to_owned(), |day| day.format("%G-W%V").to_string())
}
