//! Transfers are made ready, reserved, given up and validated; what is missing waits in a backorder.

use super::super::database::Database;
use super::super::fault::Refusal;
use super::super::places;
use super::moves::{open_moves, picked, reserve, set_move_state, split};
use super::quants::shift;
use super::{DUST, record};
use serde_json::{Map, Value, json};

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
        let wanted = not_to_backorder
            .and_then(Value::as_array)
            .is_some_and(|ids| ids.contains(&json!(id)));
        let kind = database.link("stock.picking", id, "picking_type_id");
        let manner = database.text(
            "stock.picking.type",
            kind.unwrap_or_default(),
            "create_backorder",
        );
        let cancelled = manner == "never" || wanted && manner != "always";
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
