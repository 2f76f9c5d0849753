//! Where the lots of a dispatch lie: a line takes goods from exactly the place it names, and leaves less than nothing
//! there if they lie on a shelf inside of it.

use crate::Error;
use crate::odoo::orm::Wanted;
use crate::odoo::push::Writing;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const MODEL: &str = "stock.quant";
const FIELDS: &[&str] = &[
    "lot_id",
    "location_id",
    "package_id",
    "owner_id",
    "quantity",
];

/// Goods of one lot at one place.
struct Heap {
    lot: i64,
    /// What a line has to say to take from here.
    place: Map<String, Value>,
    left: Decimal,
}

/// What lies of the lots, by the location inside of which it was looked for.
#[derive(Default)]
pub(super) struct Lying(BTreeMap<i64, Vec<Heap>>);

impl Lying {
    /// What lies of these lots inside of these locations.
    pub(super) async fn read(
        writing: Writing<'_>,
        locations: &BTreeSet<i64>,
        lots: &[i64],
    ) -> Result<Self, Error> {
        let mut lying = Self::default();
        for location in locations {
            let domain = json!([
                ["lot_id", "in", lots],
                ["location_id", "child_of", location],
                ["quantity", ">", 0]
            ]);
            let rows = Wanted::all(MODEL, domain, FIELDS);
            for row in writing.orm.read_all(rows).await? {
                let places = ["location_id", "package_id", "owner_id"];
                let place = places
                    .into_iter()
                    .filter_map(|field| Some((field.to_owned(), json!(row.link(field)?.id))));
                let heap = Heap {
                    lot: row.link("lot_id").map_or(0, |lot| lot.id),
                    place: place.collect(),
                    left: row.number("quantity").unwrap_or_default(),
                };
                lying.0.entry(*location).or_default().push(heap);
            }
        }
        Ok(lying)
    }

    /// Takes so much of a lot: from which places how much. What lies nowhere is left to Odoo, at the last of
    /// these places, else at the location itself.
    pub(super) fn take(
        &mut self,
        location: i64,
        lot: i64,
        amount: Decimal,
    ) -> Vec<(Map<String, Value>, Decimal)> {
        let (mut left, mut taken) = (amount, Vec::<(Map<String, Value>, Decimal)>::new());
        let heaps = self.0.entry(location).or_default().iter_mut();
        for heap in heaps.filter(|heap| heap.lot == lot) {
            let share = left.min(heap.left);
            if share <= Decimal::ZERO {
                continue;
            }
            heap.left -= share;
            left -= share;
            taken.push((heap.place.clone(), share));
        }
        match taken.last_mut() {
            Some((_, last)) => *last += left,
            None => taken.push((Map::new(), left)),
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goods_are_taken_from_where_they_lie_each_once() {
        let heap = |location: i64, left: i64| Heap {
            lot: 7,
            place: Map::from_iter([("location_id".to_owned(), json!(location))]),
            left: left.into(),
        };
        let mut lying = Lying(BTreeMap::from([(5, vec![heap(8, 2), heap(9, 3)])]));
        let mut take = |lot: i64, amount: i64| {
            let taken = lying.take(5, lot, amount.into());
            let told = |(place, amount): (Map<String, Value>, Decimal)| {
                let place = place.get("location_id").and_then(Value::as_i64);
                (place, amount.to_string())
            };
            taken.into_iter().map(told).collect::<Vec<_>>()
        };
        assert_eq!(take(7, 3), [(Some(8), "2".into()), (Some(9), "1".into())]);
        assert_eq!(take(7, 4), [(Some(9), "4".into())], "two lie there");
        assert_eq!(take(7, 1), [(None, "1".into())]);
        assert_eq!(take(6, 1), [(None, "1".into())]);
    }
}
