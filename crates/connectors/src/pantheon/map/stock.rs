//! What is on hand.

use super::super::page::{Record, Row};
use super::super::wire::{LevelRow, StockRow};
use super::{LONGEST_KEY, changed_at, key, quantity, short};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::Quantity;
use domain::stock::{RefusedLevel, StockLevel, StockRecord};

/// What is on hand of an item. A bad amount is refused alone: the other warehouses' are no worse
/// for it.
pub(in super::super) fn stock(row: StockRow<'_>, zone: Tz) -> Result<StockRecord, String> {
    let item_code = key(&row.ident, "stock row", "item code")?;
    let mut levels = Vec::with_capacity(row.objekti.0.len());
    let mut refused = Vec::new();
    for level in &row.objekti.0 {
        match stock_level(level) {
            Ok(level) => levels.push(level),
            Err(why) => refused.push(RefusedLevel {
                warehouse: level.objekat.to_string(),
                reason: format!("Item {item_code} {why}."),
            }),
        }
    }
    Ok(StockRecord {
        item_code,
        levels,
        refused,
        changed_at: changed_at(&row.ad_time_chg, zone)?,
    })
}

/// The reason goes on after "Item 00013".
fn stock_level(row: &LevelRow<'_>) -> Result<StockLevel, String> {
    let warehouse = short(&row.objekat).filter(|name| !name.is_empty());
    let Some(warehouse) = warehouse else {
        return Err(format!(
            "has stock in a warehouse whose name is empty or longer than {LONGEST_KEY} characters"
        ));
    };
    let amount = quantity(&row.zaliha).map_err(|why| format!("in {warehouse} {why}"))?;
    let quantity = Quantity::new(amount).map_err(|why| {
        format!("has {amount} on hand in {warehouse}: {why}; correct it in the ERP")
    })?;
    Ok(StockLevel {
        warehouse,
        quantity,
    })
}

impl<'a> Row<'a> for StockRow<'a> {
    const KEY: &'static str = "Ident";
    fn key(&self) -> &str {
        &self.ident
    }
}

impl Record for StockRecord {
    const NOUN: &'static str = "item's stock";
    fn key(&self) -> (&str, &str, Option<NaiveDate>) {
        (&self.item_code, "", None)
    }
    fn changed_at(&self) -> Option<DateTime<Utc>> {
        self.changed_at
    }
}
