//! What is written to the lines of a transfer, lots included.

use super::lying::Lying;
use super::transfer::Transfer;
use crate::Error;
use crate::odoo::orm::Wanted;
use crate::odoo::push::lots::{Lots, Named};
use crate::odoo::push::precision::Precision;
use crate::odoo::push::products::by_id;
use crate::odoo::push::{Writing, rejected};
use crate::odoo::wire::{Row, number};
use chrono::NaiveDate;
use domain::document::DocumentKind;
use domain::push::{DocumentResult, LineResult};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};

const DETAIL: &str = "stock.move.line";
/// The amount that is reserved on a detailed line was renamed in 16.
const DETAIL_FIELDS: [&str; 3] = ["move_id", "reserved_uom_qty", "product_uom_qty"];

/// One command per line that is in the transfer, and what has to be told about it.
pub(super) async fn commands(
    writing: Writing<'_>,
    transfer: &Transfer,
    moves: &[Row],
    result: &DocumentResult,
) -> Result<(Vec<Value>, Vec<String>), Error> {
    let open = |row: &&Row| !matches!(row.text("state").as_deref(), Some("done" | "cancel"));
    let by_key: HashMap<String, &Row> = moves
        .iter()
        .filter(open)
        .map(|row| (row.id().to_string(), row))
        .collect();
    let mut found = Vec::with_capacity(result.lines.len());
    for line in &result.lines {
        match by_key.get(&line.key) {
            Some(row) => found.push((line, *row)),
            None if line.done.is_zero() => {}
            None => {
                return Err(rejected(format!(
                    "Line {} (item {}) is not in {} any more, and {} of it are done. Nothing was \
                     written: add it to the transfer in Odoo, or discard this message.",
                    line.key, line.item_code, transfer.name, line.done
                )));
            }
        }
    }
    let mut places = Places::read(writing, transfer, result, &found).await?;
    let mut commands = Vec::with_capacity(found.len());
    for (line, row) in &found {
        let values = places.values(writing, transfer, line, row)?;
        commands.push(json!([1, row.id(), values]));
    }
    Ok((commands, places.warnings))
}

/// The lots of the lines, in Odoo's ids.
struct Places {
    lots: Lots,
    /// Where those of a dispatch lie.
    lying: Lying,
    /// Moves in the unit that their product is kept in.
    plain: BTreeSet<i64>,
    /// Where Odoo puts the goods of a receipt away, by move.
    put_away: HashMap<i64, i64>,
    /// How finely Odoo keeps what is done.
    precision: Precision,
    /// Products whose stock is told apart by lot.
    tracked: HashMap<String, bool>,
    /// Id and reserved amount of the detailed lines of a move, where what was done goes to them.
    details: HashMap<i64, Vec<(i64, Decimal)>>,
    warnings: Vec<String>,
}

/// From this version on a move spreads what was done of it over its detailed lines; before, Odoo refuses that
/// for moves that have several.
const FIRST_THAT_SPREADS: u32 = 17;

impl Places {
    async fn read(
        writing: Writing<'_>,
        transfer: &Transfer,
        result: &DocumentResult,
        lines: &[(&LineResult, &Row)],
    ) -> Result<Self, Error> {
        let mut places = Self {
            lots: Lots::default(),
            lying: Lying::default(),
            plain: BTreeSet::new(),
            put_away: HashMap::new(),
            precision: Precision::default(),
            tracked: HashMap::new(),
            details: HashMap::new(),
            warnings: Vec::new(),
        };
        places.read_details(writing, lines).await?;
        let done: Vec<_> = lines
            .iter()
            .filter(|(line, _)| !line.done.is_zero())
            .collect();
        let product = |row: &Row| row.link("product_id").map_or(0, |product| product.id);
        let ids: BTreeSet<i64> = done.iter().map(|(_, row)| product(row)).collect();
        let products = by_id(writing, &ids).await?;
        let is_tracked = |row: &Row| {
            products
                .get(&product(row))
                .is_some_and(|known| known.tracked)
        };
        let mut named: BTreeMap<Named, Option<NaiveDate>> = BTreeMap::new();
        let mut with_lots = Vec::new();
        for (line, row) in done {
            let tracked = is_tracked(row);
            if line.lots.is_empty() {
                if tracked
                    && !row.ids("move_line_ids").is_empty()
                    && result.kind == DocumentKind::Dispatch
                {
                    places.warnings.push(format!(
                        "The floor noted no lot of {}: those that Odoo had reserved stand in {}.",
                        line.item_code, transfer.name
                    ));
                }
                continue;
            }
            places.tracked.insert(line.key.clone(), tracked);
            if !tracked {
                places.warnings.push(format!(
                    "Odoo does not keep lots of {}: they were left out.",
                    line.item_code
                ));
                continue;
            }
            with_lots.push(*row);
            for lot in &line.lots {
                named.insert(name(row, &lot.name), lot.expires_on);
            }
        }
        if with_lots.is_empty() {
            return Ok(places);
        }
        let wanted: Vec<Named> = named.keys().cloned().collect();
        places.lots = Lots::find(writing, &wanted, transfer.company).await?;
        match result.kind {
            DocumentKind::Receipt => {
                places.lots.make(writing, &named, transfer.company).await?;
                places.read_put_away(writing, &with_lots).await?;
            }
            DocumentKind::Dispatch => {
                // What lies is told in the product's unit.
                let own = |row: &&&Row| {
                    let unit = row.link("product_uom").map(|unit| unit.id);
                    let known = products.get(&product(row));
                    let own = known.and_then(|known| known.uom.as_ref().map(|own| own.id));
                    unit == own
                };
                let moves: Vec<&Row> = with_lots.iter().filter(own).copied().collect();
                places.plain = moves.iter().map(|row| row.id()).collect();
                places.lying = Lying::read(writing, &moves, &places.lots.ids()).await?;
            }
        }
        places.precision = Precision::of(writing, DETAIL, amount(writing.major)).await?;
        for (line, _) in lines {
            let lots = line.lots.iter().map(|lot| lot.quantity.value());
            for quantity in lots.chain(std::iter::once(line.done.value())) {
                places.precision.check(writing, quantity).await?;
            }
        }
        Ok(places)
    }

    /// Odoo decides where goods are put away when it makes the detailed lines, and not when others do.
    async fn read_put_away(&mut self, writing: Writing<'_>, moves: &[&Row]) -> Result<(), Error> {
        let details: Vec<i64> = moves
            .iter()
            .flat_map(|row| row.ids("move_line_ids"))
            .collect();
        let domain = json!([["id", "in", details]]);
        let fields = ["move_id", "location_dest_id"];
        for row in writing
            .orm
            .read_all(Wanted::all(DETAIL, domain, &fields))
            .await?
        {
            if let (Some(of), Some(to)) = (row.link("move_id"), row.link("location_dest_id")) {
                self.put_away.entry(of.id).or_insert(to.id);
            }
        }
        Ok(())
    }

    async fn read_details(
        &mut self,
        writing: Writing<'_>,
        lines: &[(&LineResult, &Row)],
    ) -> Result<(), Error> {
        let details = lines.iter().map(|(_, row)| row.ids("move_line_ids"));
        let several: Vec<i64> = details.filter(|ids| ids.len() > 1).flatten().collect();
        if writing.major >= FIRST_THAT_SPREADS || several.is_empty() {
            return Ok(());
        }
        let domain = json!([["id", "in", several]]);
        let wanted = Wanted::all(DETAIL, domain, &DETAIL_FIELDS);
        for row in writing.orm.read_all(wanted).await? {
            let reserved = row.number("reserved_uom_qty");
            let reserved = reserved.or_else(|| row.number("product_uom_qty"));
            if let Some(of) = row.link("move_id") {
                let details = self.details.entry(of.id).or_default();
                details.push((row.id(), reserved.unwrap_or_default()));
            }
        }
        Ok(())
    }

    /// What is written to a line.
    fn values(
        &mut self,
        writing: Writing<'_>,
        transfer: &Transfer,
        line: &LineResult,
        row: &Row,
    ) -> Result<Value, Error> {
        let done = line.done.value();
        let new = row.0.contains_key("quantity");
        let by_lot = self.tracked.get(&line.key).copied().unwrap_or(false);
        if by_lot && !line.done.is_zero() {
            return self.by_lot(writing, transfer, line, row);
        }
        Ok(match (new, line.done.is_zero()) {
            // What is not picked is left for the backorder, reserved as it is.
            (true, true) => json!({ "picked": false }),
            (true, false) => json!({ "quantity": number(done), "picked": true }),
            (false, _) => match self.details.get(&row.id()) {
                Some(details) => spread(details, done),
                None => json!({ "quantity_done": number(done) }),
            },
        })
    }

    /// The detailed lines are replaced by those of each lot, one for each place it lies at, and one for what carries
    /// none. Of amounts that are finer than Odoo keeps, what is rounded off one goes to the next: together they are
    /// what was done.
    fn by_lot(
        &mut self,
        writing: Writing<'_>,
        transfer: &Transfer,
        line: &LineResult,
        row: &Row,
    ) -> Result<Value, Error> {
        let mut commands: Vec<Value> = row
            .ids("move_line_ids")
            .into_iter()
            .map(|id| json!([2, id, 0]))
            .collect();
        let (mut rest, mut told) = (line.done.value(), Decimal::ZERO);
        let link = |field: &str| row.link(field).map(|link| link.id);
        let from = link("location_id").unwrap_or_default();
        let mut values = Map::new();
        if let Some(to) = self.put_away.get(&row.id()) {
            values.insert("location_dest_id".into(), json!(to));
        }
        for lot in &line.lots {
            let id = self.lots.get(&name(row, &lot.name)).map_err(|_| {
                rejected(format!(
                    "Odoo has no lot {} of {}. Nothing was written to {}: check the lot.",
                    lot.name, line.item_code, transfer.name
                ))
            })?;
            rest -= lot.quantity.value();
            let amount = self.precision.round(line.done.value() - rest) - told;
            told += amount;
            values.insert("lot_id".into(), json!(id));
            let taken = match self.plain.contains(&row.id()) {
                true => self.lying.take(from, id, amount),
                false => vec![(Map::new(), amount)],
            };
            for (place, amount) in taken {
                let values = values.clone().into_iter().chain(place);
                commands.push(detail(writing, transfer, row, amount, values.collect()));
            }
        }
        if rest.is_sign_negative() && !rest.is_zero() {
            return Err(rejected(format!(
                "The lots of line {} (item {}) are more than what was done.",
                line.key, line.item_code
            )));
        }
        let rest = self.precision.round(line.done.value()) - told;
        if !rest.is_zero() {
            values.remove("lot_id");
            commands.push(detail(writing, transfer, row, rest, values));
        }
        Ok(json!({ "move_line_ids": commands }))
    }
}

/// What was done, over the detailed lines in their order: each as much as is reserved on it, the last one the
/// rest.
fn spread(details: &[(i64, Decimal)], done: Decimal) -> Value {
    let mut left = done;
    let last = details.len().saturating_sub(1);
    let commands = details.iter().enumerate().map(|(at, (id, reserved))| {
        let share = if at == last {
            left
        } else {
            left.min(*reserved)
        };
        left -= share;
        json!([1, id, { "qty_done": number(share) }])
    });
    json!({ "move_line_ids": commands.collect::<Value>() })
}

fn name(row: &Row, lot: &str) -> Named {
    Named {
        product: row.link("product_id").map_or(0, |product| product.id),
        name: lot.trim().to_owned(),
    }
}

/// How the amount of a detailed line is called.
fn amount(major: u32) -> &'static str {
    match major {
        0..=16 => "qty_done",
        _ => "quantity",
    }
}

/// A detailed line of a move, with what it has of its own.
fn detail(
    writing: Writing<'_>,
    transfer: &Transfer,
    row: &Row,
    done: Decimal,
    own: Map<String, Value>,
) -> Value {
    let link = |field: &str| row.link(field).map(|link| link.id);
    let mut values = json!({
        "picking_id": transfer.id,
        "product_id": link("product_id"),
        "product_uom_id": link("product_uom"),
        "location_id": link("location_id"),
        "location_dest_id": link("location_dest_id"),
    });
    values[amount(writing.major)] = number(done);
    if writing.major >= FIRST_THAT_SPREADS {
        values["picked"] = json!(true);
    }
    for (field, value) in own {
        values[field] = value;
    }
    json!([0, 0, values])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_spread_over_what_is_reserved_and_the_last_line_takes_the_rest() {
        let details: Vec<(i64, Decimal)> = vec![(1, 2.into()), (2, 3.into()), (3, 1.into())];
        let shares = |done: i64| {
            let values = spread(&details, done.into());
            let commands = values["move_line_ids"].as_array().unwrap().iter();
            let share = |command: &Value| command[2]["qty_done"].as_i64().unwrap();
            commands.map(share).collect::<Vec<i64>>()
        };
        assert_eq!(shares(1), [1, 0, 0]);
        assert_eq!(shares(4), [2, 2, 0]);
        assert_eq!(shares(9), [2, 3, 4]);
    }
}
