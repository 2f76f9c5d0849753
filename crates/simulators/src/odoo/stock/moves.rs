//! Moves and their detailed lines.

use super::super::database::{Database, Record, round};
use super::super::fault::Refusal;
use super::{DUST, record};
use serde_json::json;

/// Turns what is written to a move into its lines.
pub(crate) fn before_write(
    database: &mut Database,
    stored: &str,
    id: i64,
    values: &mut Record,
) -> Result<(), Refusal> {
    if stored != "stock.move" {
        return Ok(());
    }
    if let Some(quantity) = values.remove("quantity") {
        if database.text("stock.move", id, "state") == "done" {
            let held = database.number("stock.move", id, "quantity");
            if (held - quantity.as_f64().unwrap_or_default()).abs() < DUST {
                return Ok(());
            }
            return Err(Refusal::user(
                "You cannot change a cancelled or done stock move, create a new line instead.",
            ));
        }
        let lines = database.pointing("stock.move.line", "move_id", id);
        if database.major <= 16 && lines.len() > 1 {
            return Err(Refusal::user(
                "Cannot set the done quantity from this stock move, work directly with the move lines.",
            ));
        }
        spread(database, id, quantity.as_f64().unwrap_or_default());
    }
    let picked = match values.remove("picked") {
        Some(picked) => Some(picked),
        // Before 17 what is done is what is picked.
        None if database.major <= 16 => Some(json!(true)),
        None => None,
    };
    if let Some(picked) = picked {
        for line in database.pointing("stock.move.line", "move_id", id) {
            database.set_one("stock.move.line", line, "picked", picked.clone());
        }
    }
    Ok(())
}

/// Brings the lines of a move to this sum: the last ones give first.
fn spread(database: &mut Database, of: i64, wanted: f64) {
    let mut left = wanted;
    let mut last = None;
    for line in database.pointing("stock.move.line", "move_id", of) {
        let held = database.number("stock.move.line", line, "quantity");
        let take = held.min(left);
        if take < DUST {
            database.remove("stock.move.line", line);
            continue;
        }
        database.set_one("stock.move.line", line, "quantity", json!(round(take)));
        left = round(left - take);
        last = Some((line, take));
    }
    match last {
        _ if left < DUST => {}
        Some((line, held)) => {
            database.set_one(
                "stock.move.line",
                line,
                "quantity",
                json!(round(held + left)),
            );
        }
        None => {
            reserve(database, of, left);
        }
    }
}

/// A line for this much of a move.
pub(crate) fn reserve(database: &mut Database, of: i64, quantity: f64) -> i64 {
    let value = |field: &str| database.value("stock.move", of, field);
    let line = json!({
        "move_id": of, "picking_id": value("picking_id"), "product_id": value("product_id"),
        "product_uom_id": value("product_uom"), "quantity": round(quantity), "picked": false,
        "lot_id": false, "state": value("state"), "location_id": value("location_id"),
        "location_dest_id": value("location_dest_id"),
    });
    database.insert("stock.move.line", record(line))
}

pub(super) fn set_move_state(database: &mut Database, of: i64, state: &str) {
    database.set_one("stock.move", of, "state", json!(state));
    for line in database.pointing("stock.move.line", "move_id", of) {
        database.set_one("stock.move.line", line, "state", json!(state));
    }
}

pub(super) fn open_moves(database: &Database, transfer: i64) -> Vec<i64> {
    let mut moves = database.pointing("stock.move", "picking_id", transfer);
    moves.retain(|id| {
        let state = database.text("stock.move", *id, "state");
        !matches!(&*state, "done" | "cancel")
    });
    moves
}

/// What of a move is picked.
pub(super) fn picked(database: &Database, of: i64) -> f64 {
    match database.flag("stock.move", of, "picked") {
        true => database.number("stock.move", of, "quantity"),
        false => 0.0,
    }
}

/// A move of its own for what is left.
pub(super) fn split(database: &mut Database, of: i64, left: f64) -> i64 {
    let mut record = database.get("stock.move", of).cloned().unwrap_or_default();
    for field in ["create_date", "write_date"] {
        record.remove(field);
    }
    record.insert("product_uom_qty".into(), json!(round(left)));
    database.insert("stock.move", record)
}
