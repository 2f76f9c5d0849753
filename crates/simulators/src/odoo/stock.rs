//! What moves: counts are applied, transfers are validated, quants follow.

use super::database::{Database, Record, float, lot_of, round};
use super::fault::Refusal;
use super::places;
use serde_json::{Map, Value, json};

const DUST: f64 = 0.000_000_5;

/// Enters a count in inventory mode: a quant that is there is taken, not doubled.
pub(crate) fn count(
    database: &mut Database,
    mut values: Record,
    context: &Map<String, Value>,
) -> Result<i64, Refusal> {
    let product = values.get("product_id").and_then(Value::as_i64);
    let location = values.get("location_id").and_then(Value::as_i64);
    let (Some(product), Some(location)) = (product, location) else {
        return Err(Refusal::validation(
            "The operation cannot be completed: a quant needs its product and its location.",
        ));
    };
    let kept = match database.major {
        18.. => database.flag("product.product", product, "is_storable"),
        _ => database.text("product.product", product, "type") == "product",
    };
    if !kept {
        return Err(Refusal::user(
            "Quants cannot be created for consumables or services.",
        ));
    }
    values.entry("quantity").or_insert_with(|| json!(0.0));
    values.insert("company_id".into(), json!(1));
    if context.get("inventory_mode") != Some(&json!(true)) {
        return Ok(database.insert("stock.quant", values));
    }
    let counted = float(&values, "inventory_quantity");
    let lot = lot_of(&values);
    let id = match quant(database, product, location, lot) {
        Some(id) => id,
        None => {
            values.insert("quantity".into(), json!(0.0));
            database.insert("stock.quant", values)
        }
    };
    let held = database.number("stock.quant", id, "quantity");
    let entered = Record::from_iter([
        ("inventory_quantity".to_owned(), json!(counted)),
        (
            "inventory_diff_quantity".to_owned(),
            json!(round(counted - held)),
        ),
        ("inventory_quantity_set".to_owned(), json!(true)),
    ]);
    database.set("stock.quant", id, entered);
    Ok(id)
}

/// Applies counts; one whose quantity changed since is answered with a question.
pub(crate) fn apply(
    database: &mut Database,
    quants: &[i64],
    context: &Map<String, Value>,
) -> Result<Value, Refusal> {
    let outdated = |id: &&i64| {
        let number = |field: &str| database.number("stock.quant", **id, field);
        let expected = number("inventory_quantity") - number("inventory_diff_quantity");
        database.flag("stock.quant", **id, "inventory_quantity_set")
            && (expected - number("quantity")).abs() > DUST
    };
    if quants.iter().any(|id| outdated(&id)) {
        return Ok(json!({
            "name": "Conflict in Inventory Adjustment",
            "type": "ir.actions.act_window",
            "view_mode": "form",
            "res_model": "stock.inventory.conflict",
            "target": "new",
        }));
    }
    let name = context.get("inventory_name").and_then(Value::as_str);
    for id in quants {
        if database.flag("stock.quant", *id, "inventory_quantity_set") {
            apply_one(database, *id, name);
        }
    }
    Ok(Value::Null)
}

fn apply_one(database: &mut Database, id: i64, name: Option<&str>) {
    let Some(quant) = database.get("stock.quant", id).cloned() else {
        return;
    };
    let delta = round(float(&quant, "inventory_quantity") - float(&quant, "quantity"));
    let here = quant.get("location_id").cloned().unwrap_or_default();
    let loss = json!(places::LOSS);
    let (from, to) = match delta > 0.0 {
        true => (loss, here),
        false => (here, loss),
    };
    let name = name.unwrap_or(match delta.abs() < DUST {
        true => "Product Quantity Confirmed",
        false => "Product Quantity Updated",
    });
    let product = quant.get("product_id").cloned().unwrap_or_default();
    let of = json!({
        "inventory_name": name, "reference": name, "state": "done", "is_inventory": true,
        "product_id": product, "product_uom_qty": delta.abs(), "product_uom": 1,
        "location_id": from, "location_dest_id": to, "company_id": 1, "picking_id": false,
    });
    let of = database.insert("stock.move", record(of));
    let line = json!({
        "move_id": of, "picking_id": false, "product_id": product, "product_uom_id": 1,
        "quantity": delta.abs(), "picked": true, "state": "done",
        "lot_id": quant.get("lot_id").cloned().unwrap_or(json!(false)),
        "location_id": from, "location_dest_id": to,
    });
    let line = database.insert("stock.move.line", record(line));
    shift(database, line);
    let cleared = Record::from_iter([
        ("inventory_quantity".to_owned(), json!(0.0)),
        ("inventory_diff_quantity".to_owned(), json!(0.0)),
        ("inventory_quantity_set".to_owned(), json!(false)),
    ]);
    database.set("stock.quant", id, cleared);
}

/// Takes what a done line says from where it was to where it went.
fn shift(database: &mut Database, line: i64) {
    let Some(line) = database.get("stock.move.line", line).cloned() else {
        return;
    };
    let id = |field: &str| line.get(field).and_then(Value::as_i64).unwrap_or_default();
    let quantity = float(&line, "quantity");
    let lot = lot_of(&line);
    for (location, delta) in [
        (id("location_id"), -quantity),
        (id("location_dest_id"), quantity),
    ] {
        add(database, id("product_id"), location, lot, delta);
    }
}

/// Changes what lies somewhere.
pub(crate) fn add(
    database: &mut Database,
    product: i64,
    location: i64,
    lot: Option<i64>,
    delta: f64,
) {
    match quant(database, product, location, lot) {
        Some(id) => {
            let held = database.number("stock.quant", id, "quantity");
            database.set_one("stock.quant", id, "quantity", json!(round(held + delta)));
        }
        None => {
            let quant = json!({
                "product_id": product, "location_id": location,
                "lot_id": lot.map_or(json!(false), |lot| json!(lot)),
                "quantity": round(delta), "inventory_quantity": 0.0,
                "inventory_diff_quantity": 0.0, "inventory_quantity_set": false, "company_id": 1,
            });
            database.insert("stock.quant", record(quant));
        }
    }
}

fn quant(database: &Database, product: i64, location: i64, lot: Option<i64>) -> Option<i64> {
    database
        .rows("stock.quant")
        .find(|(_, quant)| {
            quant.get("product_id").and_then(Value::as_i64) == Some(product)
                && quant.get("location_id").and_then(Value::as_i64) == Some(location)
                && lot_of(quant) == lot
        })
        .map(|(id, _)| id)
}

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

/// Makes a transfer ready.
pub(crate) fn confirm(database: &mut Database, transfers: &[i64]) -> Result<Value, Refusal> {
    for id in transfers {
        set_state(database, *id, "confirmed");
    }
    Ok(json!(true))
}

/// Reserves what a transfer wants.
pub(crate) fn assign(database: &mut Database, transfers: &[i64]) -> Result<Value, Refusal> {
    for id in transfers {
        for of in open_moves(database, *id) {
            let wanted = database.number("stock.move", of, "product_uom_qty");
            let held = database.number("stock.move", of, "quantity");
            if wanted - held > DUST {
                reserve(database, of, wanted - held);
            }
        }
        set_state(database, *id, "assigned");
    }
    Ok(json!(true))
}

/// Gives a transfer up.
pub(crate) fn cancel(database: &mut Database, transfers: &[i64]) -> Result<Value, Refusal> {
    for id in transfers {
        if database.text("stock.picking", *id, "state") == "done" {
            return Err(Refusal::user(
                "You cannot cancel a stock move that has been set to 'Done'. Create a return in \
                 order to reverse the moves which took place.",
            ));
        }
        set_state(database, *id, "cancel");
    }
    Ok(json!(true))
}

fn set_state(database: &mut Database, transfer: i64, state: &str) {
    for of in open_moves(database, transfer) {
        set_move_state(database, of, state);
    }
    database.set_one("stock.picking", transfer, "state", json!(state));
}

fn set_move_state(database: &mut Database, of: i64, state: &str) {
    database.set_one("stock.move", of, "state", json!(state));
    for line in database.pointing("stock.move.line", "move_id", of) {
        database.set_one("stock.move.line", line, "state", json!(state));
    }
}

fn open_moves(database: &Database, transfer: i64) -> Vec<i64> {
    let mut moves = database.pointing("stock.move", "picking_id", transfer);
    moves.retain(|id| {
        let state = database.text("stock.move", *id, "state");
        !matches!(&*state, "done" | "cancel")
    });
    moves
}

/// Validates transfers, or asks about what is missing.
pub(crate) fn validate(
    database: &mut Database,
    transfers: &[i64],
    context: &Map<String, Value>,
) -> Result<Value, Refusal> {
    let open: Vec<i64> = transfers
        .iter()
        .copied()
        .filter(|id| database.text("stock.picking", *id, "state") != "done")
        .collect();
    for id in &open {
        check(database, *id)?;
        pick_all_unless_some(database, *id);
    }
    let short = open.iter().any(|id| is_short(database, *id));
    if short && context.get("skip_backorder") != Some(&json!(true)) {
        return Ok(json!({
            "name": "Create Backorder?",
            "type": "ir.actions.act_window",
            "view_mode": "form",
            "res_model": "stock.backorder.confirmation",
            "target": "new",
            "context": { "button_validate_picking_ids": open },
        }));
    }
    let not_to_backorder = context.get("picking_ids_not_to_backorder");
    for id in open {
        let cancelled = not_to_backorder
            .and_then(Value::as_array)
            .is_some_and(|ids| ids.contains(&json!(id)));
        finish(database, id, cancelled);
    }
    Ok(json!(true))
}

/// The answer to the question about what is missing.
pub(crate) fn answer_backorder(
    database: &mut Database,
    context: &Map<String, Value>,
    backorder: bool,
) -> Result<Value, Refusal> {
    let ids = context.get("button_validate_picking_ids");
    let ids: Vec<i64> = ids
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_i64)
        .collect();
    let mut context = context.clone();
    context.insert("skip_backorder".into(), json!(true));
    if !backorder {
        context.insert("picking_ids_not_to_backorder".into(), json!(ids));
    }
    validate(database, &ids, &context)
}

fn check(database: &Database, transfer: i64) -> Result<(), Refusal> {
    if database.text("stock.picking", transfer, "state") == "cancel" {
        return Err(Refusal::user("You cannot validate a cancelled transfer."));
    }
    let moves = open_moves(database, transfer);
    let anything = moves
        .iter()
        .any(|id| database.number("stock.move", *id, "quantity") > DUST);
    if !anything {
        return Err(Refusal::user(
            "You cannot validate a transfer if no quantities are reserved. To force the transfer, \
             encode quantities.",
        ));
    }
    let lines = database.pointing("stock.move.line", "picking_id", transfer);
    let mut without: Vec<String> = lines
        .into_iter()
        .filter(|line| database.flag("stock.move.line", *line, "picked"))
        .filter_map(|line| {
            let product = database.link("stock.move.line", line, "product_id")?;
            let tracked = database.text("product.product", product, "tracking") != "none";
            let lot = database.link("stock.move.line", line, "lot_id");
            (tracked && lot.is_none())
                .then(|| database.display_name("product.product", product, true))
        })
        .collect();
    without.dedup();
    match without.is_empty() {
        true => Ok(()),
        false => Err(Refusal::user(format!(
            "You need to supply a Lot/Serial number for products {}.",
            without.join(", ")
        ))),
    }
}

fn pick_all_unless_some(database: &mut Database, transfer: i64) {
    let moves = open_moves(database, transfer);
    if moves
        .iter()
        .any(|id| database.flag("stock.move", *id, "picked"))
    {
        return;
    }
    for of in moves {
        for line in database.pointing("stock.move.line", "move_id", of) {
            database.set_one("stock.move.line", line, "picked", json!(true));
        }
    }
}

/// What of a move is picked.
fn picked(database: &Database, of: i64) -> f64 {
    match database.flag("stock.move", of, "picked") {
        true => database.number("stock.move", of, "quantity"),
        false => 0.0,
    }
}

fn is_short(database: &Database, transfer: i64) -> bool {
    open_moves(database, transfer).into_iter().any(|of| {
        let wanted = database.number("stock.move", of, "product_uom_qty");
        wanted - picked(database, of) > DUST
    })
}

/// Does what was picked; the rest waits in a backorder or is cancelled.
fn finish(database: &mut Database, transfer: i64, cancelled: bool) {
    let mut rest = Vec::new();
    for of in open_moves(database, transfer) {
        let (wanted, done) = (
            database.number("stock.move", of, "product_uom_qty"),
            picked(database, of),
        );
        if done < DUST {
            rest.push(of);
            continue;
        }
        if wanted - done > DUST {
            rest.push(split(database, of, wanted - done));
            database.set_one("stock.move", of, "product_uom_qty", json!(done));
        }
        for line in database.pointing("stock.move.line", "move_id", of) {
            shift(database, line);
        }
        set_move_state(database, of, "done");
    }
    let values = json!({ "state": "done", "date_done": database.now });
    database.set("stock.picking", transfer, record(values));
    if rest.is_empty() {
        return;
    }
    match cancelled {
        true => rest
            .into_iter()
            .for_each(|of| set_move_state(database, of, "cancel")),
        false => backorder(database, transfer, &rest),
    }
}

/// A move of its own for what is left.
fn split(database: &mut Database, of: i64, left: f64) -> i64 {
    let mut record = database.get("stock.move", of).cloned().unwrap_or_default();
    for field in ["create_date", "write_date"] {
        record.remove(field);
    }
    record.insert("product_uom_qty".into(), json!(round(left)));
    database.insert("stock.move", record)
}

fn backorder(database: &mut Database, transfer: i64, rest: &[i64]) {
    let mut copy = database
        .get("stock.picking", transfer)
        .cloned()
        .unwrap_or_default();
    for field in ["create_date", "write_date", "date_done"] {
        copy.remove(field);
    }
    let kind = copy.get("picking_type_id").and_then(Value::as_i64);
    let name = places::next_name(database, kind.unwrap_or_default());
    copy.insert("name".into(), json!(name));
    copy.insert("state".into(), json!("assigned"));
    copy.insert("backorder_id".into(), json!(transfer));
    let id = database.insert("stock.picking", copy);
    for of in rest {
        let values = json!({ "picking_id": id, "reference": name, "state": "assigned" });
        database.set("stock.move", *of, record(values));
        for line in database.pointing("stock.move.line", "move_id", *of) {
            database.remove("stock.move.line", line);
        }
        let wanted = database.number("stock.move", *of, "product_uom_qty");
        reserve(database, *of, wanted);
    }
}

/// An object as a record.
pub(crate) fn record(value: Value) -> Record {
    value.as_object().cloned().unwrap_or_default()
}
