//! The lines of a bill, changed in their place.

use super::MODEL;
use super::held::lines;
use super::wanted::Part;
use crate::odoo::push::Writing;
use crate::odoo::wire::{Row, number};
use crate::{Error, ErrorKind};
use serde_json::{Map, Value, json};

/// A line as it should be: the component, and what is written of it.
pub(super) struct Line {
    component: i64,
    values: Map<String, Value>,
}

impl From<&Part> for Line {
    fn from(part: &Part) -> Self {
        let mut values = Map::new();
        values.insert("product_qty".into(), number(part.quantity));
        // One that is changed would keep the unit it has.
        if let Some(uom) = part.uom.or(part.own_uom) {
            values.insert("product_uom_id".into(), json!(uom));
        }
        Self {
            component: part.component,
            values,
        }
    }
}

impl Line {
    /// One that was kept for putting it back.
    pub(super) fn kept(line: &Value) -> Option<Self> {
        let mut values = line.as_object()?.clone();
        Some(Self {
            component: values.remove("product_id")?.as_i64()?,
            values,
        })
    }

    /// Makes it.
    pub(super) fn made(&self) -> Value {
        let mut values = self.values.clone();
        values.insert("product_id".into(), json!(self.component));
        json!([0, 0, values])
    }
}

/// Gives a bill these values and lines in place of those that were read. When somebody else changes it at this moment,
/// all its lines are replaced.
pub(super) async fn write(
    writing: Writing<'_>,
    bill: i64,
    mut values: Value,
    there: &[Row],
    wanted: &[Line],
) -> Result<(), Error> {
    values["bom_line_ids"] = changed(there, wanted);
    let written = writing.orm.write(MODEL, &[bill], values.clone()).await;
    match written {
        Ok(()) => {
            let component = |row: &Row| row.link("product_id").map(|link| link.id);
            let now: Vec<Option<i64>> = lines(writing, bill).await?.iter().map(component).collect();
            if now
                .iter()
                .copied()
                .eq(wanted.iter().map(|line| Some(line.component)))
            {
                return Ok(());
            }
        }
        // A line is gone.
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let clear = std::iter::once(json!([5, 0, 0]));
    values["bom_line_ids"] = clear.chain(wanted.iter().map(Line::made)).collect();
    writing.orm.write(MODEL, &[bill], values).await
}

/// Commands that turn the lines that are there into these, in one transaction. A line whose component stays is changed
/// in its place: people tie operations and variants to it, and orders under way point to it. Lines stand in the order
/// of their ids, so behind the first new one all are new.
fn changed(there: &[Row], wanted: &[Line]) -> Value {
    let (mut commands, mut rest) = (Vec::new(), there);
    let away = |row: &Row| json!([2, row.id(), 0]);
    for line in wanted {
        let is_of = |row: &Row| {
            row.link("product_id")
                .is_some_and(|link| link.id == line.component)
        };
        let new = commands.last().is_some_and(|last: &Value| last[0] == 0);
        match rest.iter().position(is_of).filter(|_| !new) {
            Some(at) => {
                let (before, from) = rest.split_at(at);
                commands.extend(before.iter().map(away));
                commands.extend(from.first().map(|row| json!([1, row.id(), line.values])));
                rest = from.get(1..).unwrap_or_default();
            }
            None => commands.push(line.made()),
        }
    }
    // Before those that are made, so that `new` sees the last one of what is wanted.
    commands.splice(0..0, rest.iter().map(away));
    Value::Array(commands)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there(lines: &[(i64, i64)]) -> Vec<Row> {
        let row = |(id, product): &(i64, i64)| {
            let row = json!({ "id": id, "product_id": [product, "A product"] });
            Row(row.as_object().unwrap().clone())
        };
        lines.iter().map(row).collect()
    }

    fn commands(there: &[Row], components: &[i64]) -> Vec<(i64, i64)> {
        let line = |component: &i64| Line {
            component: *component,
            values: Map::new(),
        };
        let wanted: Vec<Line> = components.iter().map(line).collect();
        let commands = changed(there, &wanted);
        let told = |command: &Value| {
            let what = match command[0].as_i64().unwrap() {
                0 => &command[2]["product_id"],
                _ => &command[1],
            };
            (command[0].as_i64().unwrap(), what.as_i64().unwrap())
        };
        commands.as_array().unwrap().iter().map(told).collect()
    }

    #[test]
    fn lines_whose_component_stays_are_changed_and_the_others_made_or_taken_away() {
        let held = there(&[(1, 70), (2, 80), (3, 90)]);
        assert_eq!(commands(&held, &[70, 80, 90]), [(1, 1), (1, 2), (1, 3)]);
        assert_eq!(commands(&held, &[70, 90]), [(1, 1), (2, 2), (1, 3)]);
        assert_eq!(
            commands(&held, &[70, 60]),
            [(2, 2), (2, 3), (1, 1), (0, 60)]
        );
    }

    #[test]
    fn another_order_makes_lines_anew_from_the_first_that_moved_on() {
        let held = there(&[(1, 70), (2, 80)]);
        assert_eq!(commands(&held, &[80, 70]), [(2, 1), (1, 2), (0, 70)]);
        assert_eq!(
            commands(&held, &[60, 70, 80]),
            [(2, 1), (2, 2), (0, 60), (0, 70), (0, 80)]
        );
        assert_eq!(commands(&held, &[70, 70]), [(2, 2), (1, 1), (0, 70)]);
    }
}
