//! Where the lots of a dispatch lie: a line takes goods from exactly the place it names, and leaves less than nothing
//! there if they lie on a shelf inside of it.

use crate::Error;
use crate::odoo::orm::Wanted;
use crate::odoo::push::Writing;
use crate::odoo::wire::Row;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const FIELDS: &[&str] = &[
    "lot_id",
    "location_id",
    "package_id",
    "owner_id",
    "quantity",
];

/// What Odoo tells stock of a lot apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    location: i64,
    package: Option<i64>,
    owner: Option<i64>,
}

impl Place {
    fn of(row: &Row) -> Option<Self> {
        let link = |field: &str| row.link(field).map(|link| link.id);
        Some(Self {
            location: link("location_id")?,
            package: link("package_id"),
            owner: link("owner_id"),
        })
    }

    /// What a line has to say to take from here.
    fn values(self) -> Map<String, Value> {
        let links = [
            ("location_id", Some(self.location)),
            ("package_id", self.package),
            ("owner_id", self.owner),
        ];
        let said = links
            .into_iter()
            .filter_map(|(field, id)| Some((field.to_owned(), json!(id?))));
        said.collect()
    }

    /// Loose goods of one's own are taken before what is packed, and that before what belongs to others.
    fn rank(self, from: i64) -> u8 {
        match self {
            Self { owner: Some(_), .. } => 4,
            Self {
                package: Some(_), ..
            } => 3,
            Self { location, .. } if location != from => 2,
            _ => 1,
        }
    }
}

/// Goods of one lot at one place.
struct Heap {
    lot: i64,
    place: Place,
    left: Decimal,
}

/// What lies of the lots, by the location inside of which it was looked for: first what Odoo reserved for this transfer.
#[derive(Default)]
pub(super) struct Lying(BTreeMap<i64, Vec<Heap>>);

impl Lying {
    /// What lies of these lots where the moves begin.
    pub(super) async fn read(
        writing: Writing<'_>,
        moves: &[&Row],
        lots: &[i64],
    ) -> Result<Self, Error> {
        let details: Vec<i64> = moves
            .iter()
            .flat_map(|row| row.ids("move_line_ids"))
            .collect();
        let domain = json!([["id", "in", details], ["lot_id", "in", lots]]);
        let reserved = Wanted::all("stock.move.line", domain, FIELDS);
        let reserved = writing.orm.read_all(reserved).await?;
        let of_lot = |row: &Row| Some((row.link("lot_id")?.id, Place::of(row)?));
        let reserved: BTreeSet<(i64, Place)> = reserved.iter().filter_map(of_lot).collect();
        let link = |row: &&Row| row.link("location_id").map(|location| location.id);
        let locations: BTreeSet<i64> = moves.iter().filter_map(link).collect();
        let mut lying = Self::default();
        for location in locations {
            let domain = json!([
                ["lot_id", "in", lots],
                ["location_id", "child_of", location],
                ["quantity", ">", 0]
            ]);
            let rows = Wanted::all("stock.quant", domain, FIELDS);
            let rows = writing.orm.read_all(rows).await?;
            let heap = |row: &Row| {
                let (lot, place) = of_lot(row)?;
                let left = row.number("quantity")?;
                Some(Heap { lot, place, left })
            };
            let mut heaps: Vec<Heap> = rows.iter().filter_map(heap).collect();
            heaps.sort_by_key(|heap| match reserved.contains(&(heap.lot, heap.place)) {
                true => 0,
                false => heap.place.rank(location),
            });
            lying.0.insert(location, heaps);
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
            taken.push((heap.place.values(), share));
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

    fn place(location: i64, package: Option<i64>, owner: Option<i64>) -> Place {
        Place {
            location,
            package,
            owner,
        }
    }

    #[test]
    fn goods_are_taken_from_where_they_lie_each_once() {
        let heap = |location: i64, left: i64| Heap {
            lot: 7,
            place: place(location, None, None),
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

    #[test]
    fn loose_goods_of_ones_own_come_first_and_those_of_others_last() {
        let mut places = [
            place(5, None, Some(3)),
            place(8, Some(1), None),
            place(8, None, None),
            place(5, None, None),
        ];
        places.sort_by_key(|place| place.rank(5));
        let expected = [
            place(5, None, None),
            place(8, None, None),
            place(8, Some(1), None),
            place(5, None, Some(3)),
        ];
        assert_eq!(places, expected);
    }
}
