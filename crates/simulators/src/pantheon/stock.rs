//! Stock on hand: derived from the item, so that it needs no storage and starts the same every
//! time; what moved since is kept beside it.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDateTime;
use rust_decimal::Decimal;

use super::filter::{Column, Value};
use super::records::Item;
use super::rows;
use super::shelf::Record;
use crate::spread::roll;

/// Where most of it is.
pub(crate) const MAIN: &str = "VELEPRODAJA";

const WAREHOUSES: [(&str, u64); 3] = [(MAIN, 900), ("Maloprodaja 2", 60), ("MP 3 Bar", 40)];

/// What moved since the start, by item code.
#[derive(Default)]
pub(crate) struct Moves(HashMap<Arc<str>, Moved>);

struct Moved {
    at: NaiveDateTime,
    /// Warehouse display name and quantity; none when the warehouse holds the item no more.
    levels: Vec<(Arc<str>, Option<Decimal>)>,
}

impl Moves {
    /// Sets what a warehouse holds of an item; `None` takes the warehouse off its row.
    pub fn set(
        &mut self,
        code: Arc<str>,
        warehouse: &str,
        quantity: Option<Decimal>,
        at: NaiveDateTime,
    ) {
        let moved = self.0.entry(code).or_insert_with(|| Moved {
            at,
            levels: Vec::new(),
        });
        moved.at = at;
        moved.levels.retain(|(name, _)| &**name != warehouse);
        moved.levels.push((warehouse.into(), quantity));
    }
}

/// An item's row of stock.
pub(crate) struct OnHand<'a> {
    pub item: &'a Item,
    pub levels: Vec<(&'a str, Decimal)>,
    pub changed_at: NaiveDateTime,
    /// Whether the row shows its change time.
    pub shows_change: bool,
}

impl<'a> OnHand<'a> {
    pub fn of(item: &'a Item, moves: &'a Moves, shows_change: bool) -> Self {
        let moved = moves.0.get(&item.code);
        let moved_levels = moved.map_or(&[][..], |moved| &moved.levels);
        let untouched = by_warehouse(item)
            .filter(|(name, _)| !moved_levels.iter().any(|(moved, _)| **moved == **name));
        let mut levels: Vec<(&str, Decimal)> = untouched.collect();
        levels.extend(
            moved_levels
                .iter()
                .filter_map(|(name, quantity)| Some((&**name, (*quantity)?))),
        );
        Self {
            item,
            levels,
            changed_at: moved.map_or(item.changed_at, |moved| moved.at.max(item.changed_at)),
            shows_change,
        }
    }
}

impl Record for OnHand<'_> {
    type Key = Arc<str>;

    fn key(&self) -> Arc<str> {
        self.item.code.clone()
    }

    fn write(&self, out: &mut Vec<u8>) {
        rows::write_stock(self, out);
    }

    fn value(&self, column: Column) -> Value<'_> {
        match column {
            Column::Changed => Value::Time(self.changed_at),
            Column::Stock => Value::Number(self.levels.iter().map(|(_, quantity)| quantity).sum()),
            _ => Value::Text(&self.item.code),
        }
    }
}

/// Warehouse display name and quantity at the start; units that can be split have half steps.
fn by_warehouse(item: &Item) -> impl Iterator<Item = (&'static str, Decimal)> {
    let halves = u64::from(matches!(item.unit, "M" | "KG"));
    WAREHOUSES.iter().map(move |(name, most)| {
        let steps = roll(&format!("{name}{}", item.code), *most * (1 + halves));
        (*name, Decimal::from(steps) / Decimal::from(1 + halves))
    })
}
