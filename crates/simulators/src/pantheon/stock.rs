//! Stock on hand: derived from the item, so that it needs no storage and is always the same.

use rust_decimal::Decimal;

use super::records::Item;
use crate::spread::roll;

const WAREHOUSES: [(&str, u64); 3] = [
    ("VELEPRODAJA", 900),
    ("Maloprodaja 2", 60),
    ("MP 3 Bar", 40),
];

/// Warehouse display name and quantity; units that can be split have half steps.
pub(crate) fn by_warehouse(item: &Item) -> impl Iterator<Item = (&'static str, Decimal)> {
    let halves = u64::from(matches!(item.unit, "M" | "KG"));
    WAREHOUSES.iter().map(move |(name, most)| {
        let steps = roll(&format!("{name}{}", item.code), *most * (1 + halves));
        (*name, Decimal::from(steps) / Decimal::from(1 + halves))
    })
}

pub(crate) fn total(item: &Item) -> Decimal {
    by_warehouse(item).map(|(_, quantity)| quantity).sum()
}
