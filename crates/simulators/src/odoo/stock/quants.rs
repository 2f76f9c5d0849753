//! What lies where: counts are applied, done lines are booked.

use super::super::database::{Database, Record, float, lot_of, round};
use super::super::fault::Refusal;
use super::super::places;
use super::{DUST, record};
use serde_json::{Map, Value, json};

/// Enters a count in inventory mode: a quant that is there is taken, not doubled.
pub(crate) fn count(
    database: &mut Database,
    mut values: Record,
    context: &Map<String, Value>,
) -> Result<i64, Refusal> {
    let heap = Heap::of(&values);
    if heap.product == 0 || heap.location == 0 {
        return Err(Refusal::validation(
            "The operation cannot be completed: a quant needs its product and its location.",
        ));
    }
    let kept = match database.major {
        18.. => database.flag("product.product", heap.product, "is_storable"),
        _ => database.text("product.product", heap.product, "type") == "product",
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
    let id = match quant(database, &heap) {
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
    let name = match database.major {
        // Whoever counted stands behind it there.
        17 | 18 => format!("{name} (Crossdock)"),
        _ => name.to_owned(),
    };
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
pub(super) fn shift(database: &mut Database, line: i64) {
    let Some(line) = database.get("stock.move.line", line).cloned() else {
        return;
    };
    let id = |field: &str| line.get(field).and_then(Value::as_i64).unwrap_or_default();
    let quantity = float(&line, "quantity");
    let from = Heap::of(&line);
    let to = Heap {
        location: id("location_dest_id"),
        package: None,
        ..from
    };
    shift_heap(database, &from, -quantity);
    shift_heap(database, &to, quantity);
}

/// Changes what lies somewhere.
pub(crate) fn add(
    database: &mut Database,
    product: i64,
    location: i64,
    lot: Option<i64>,
    delta: f64,
) {
    let heap = Heap {
        product,
        location,
        lot,
        package: None,
        owner: None,
    };
    shift_heap(database, &heap, delta);
}

fn shift_heap(database: &mut Database, heap: &Heap, delta: f64) {
    match quant(database, heap) {
        Some(id) => {
            let held = database.number("stock.quant", id, "quantity");
            database.set_one("stock.quant", id, "quantity", json!(round(held + delta)));
        }
        None => {
            let link = |id: Option<i64>| id.map_or(json!(false), |id| json!(id));
            let quant = json!({
                "product_id": heap.product, "location_id": heap.location, "lot_id": link(heap.lot),
                "package_id": link(heap.package), "owner_id": link(heap.owner),
                "quantity": round(delta), "inventory_quantity": 0.0,
                "inventory_diff_quantity": 0.0, "inventory_quantity_set": false, "company_id": 1,
            });
            database.insert("stock.quant", record(quant));
        }
    }
}

/// What Odoo tells stock apart by.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Heap {
    product: i64,
    location: i64,
    lot: Option<i64>,
    package: Option<i64>,
    owner: Option<i64>,
}

impl Heap {
    fn of(record: &Record) -> Self {
        let id = |field: &str| record.get(field).and_then(Value::as_i64);
        Self {
            product: id("product_id").unwrap_or_default(),
            location: id("location_id").unwrap_or_default(),
            lot: lot_of(record),
            package: id("package_id"),
            owner: id("owner_id"),
        }
    }
}

fn quant(database: &Database, heap: &Heap) -> Option<i64> {
    let mut rows = database.rows("stock.quant");
    let (id, _) = rows.find(|(_, quant)| Heap::of(quant) == *heap)?;
    Some(id)
}
