//! What is written to the lines of a transfer, lots included.

use super::transfer::Transfer;
use crate::Error;
use crate::odoo::orm::Wanted;
use crate::odoo::push::lots::{Lots, Named};
use crate::odoo::push::products::tracked;
use crate::odoo::push::{Writing, rejected};
use crate::odoo::wire::{Row, number};
use chrono::NaiveDate;
use domain::document::DocumentKind;
use domain::push::{DocumentResult, LineResult};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};

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
    let places = Places::read(writing, transfer, result, &found).await?;
    let commands = found.iter().map(|(line, row)| {
        Ok::<_, Error>(json!([
            1,
            row.id(),
            places.values(writing, transfer, line, row)?
        ]))
    });
    Ok((commands.collect::<Result<_, Error>>()?, places.warnings))
}

/// The lots of the lines, in Odoo's ids.
struct Places {
    lots: Lots,
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
            tracked: HashMap::new(),
            details: HashMap::new(),
            warnings: Vec::new(),
        };
        places.read_details(writing, lines).await?;
        let with_lots: Vec<_> = lines
            .iter()
            .filter(|(line, _)| !line.lots.is_empty())
            .collect();
        if with_lots.is_empty() {
            return Ok(places);
        }
        let product = |row: &Row| row.link("product_id").map_or(0, |product| product.id);
        let ids: Vec<i64> = with_lots.iter().map(|(_, row)| product(row)).collect();
        let by_lot = tracked(writing, &ids).await?;
        let mut named: BTreeMap<Named, Option<NaiveDate>> = BTreeMap::new();
        for (line, row) in with_lots {
            let tracked = by_lot.contains(&product(row));
            places.tracked.insert(line.key.clone(), tracked);
            if !tracked {
                places.warnings.push(format!(
                    "Odoo does not keep lots of {}: they were left out.",
                    line.item_code
                ));
                continue;
            }
            for lot in &line.lots {
                named.insert(name(row, &lot.name), lot.expires_on);
            }
        }
        let wanted: Vec<Named> = named.keys().cloned().collect();
        places.lots = Lots::find(writing, &wanted).await?;
        if result.kind == DocumentKind::Receipt {
            places.lots.make(writing, &named, transfer.company).await?;
        }
        Ok(places)
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
        let wanted = Wanted::all("stock.move.line", domain, &DETAIL_FIELDS);
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
        &self,
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

    /// The detailed lines are replaced by one per lot, and one for what carries none.
    fn by_lot(
        &self,
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
        let mut rest = line.done.value();
        for lot in &line.lots {
            let id = self.lots.get(&name(row, &lot.name)).map_err(|_| {
                rejected(format!(
                    "Odoo has no lot {} of {}. Nothing was written to {}: check the lot.",
                    lot.name, line.item_code, transfer.name
                ))
            })?;
            let amount = lot.quantity.value();
            rest -= amount;
            commands.push(detail(writing, transfer, row, amount, Some(id)));
        }
        if rest.is_sign_negative() && !rest.is_zero() {
            return Err(rejected(format!(
                "The lots of line {} (item {}) are more than what was done.",
                line.key, line.item_code
            )));
        }
        if !rest.is_zero() {
            commands.push(detail(writing, transfer, row, rest, None));
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

/// A detailed line of a move. Its fields were renamed in 17.
fn detail(
    writing: Writing<'_>,
    transfer: &Transfer,
    row: &Row,
    amount: Decimal,
    lot: Option<i64>,
) -> Value {
    let link = |field: &str| row.link(field).map(|link| link.id);
    let mut values = json!({
        "picking_id": transfer.id,
        "product_id": link("product_id"),
        "product_uom_id": link("product_uom"),
        "location_id": link("location_id"),
        "location_dest_id": link("location_dest_id"),
    });
    match writing.major {
        0..=16 => values["qty_done"] = number(amount),
        _ => {
            values["quantity"] = number(amount);
            values["picked"] = json!(true);
        }
    }
    if let Some(lot) = lot {
        values["lot_id"] = json!(lot);
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
