//! Records are made, changed and deleted, under the rules of their models.

use super::database::{Database, Record};
use super::fault::Refusal;
use super::rules::{require, rules};
use super::schema::{Field, Kind};
use super::{external, stock};
use serde_json::{Map, Value, json};

/// Makes a record; returns its id.
pub(crate) fn create(
    database: &mut Database,
    model: &str,
    values: &Value,
    context: &Map<String, Value>,
) -> Result<i64, Refusal> {
    let stored = database.stored(model);
    let (values, commands) = convert(database, model, values)?;
    if stored == "stock.quant" {
        return stock::count(database, values, context);
    }
    let mut record = defaults(stored);
    record.extend(values);
    require(database, model, &record)?;
    rules(database, stored, None, &record)?;
    let id = match stored {
        "product.product" => create_product(database, record),
        "product.template" => create_template(database, record),
        "stock.move.line" => create_line(database, record),
        _ => database.insert(stored, record),
    };
    follow(database, stored, id, commands, context)?;
    Ok(id)
}

/// Changes a record.
pub(crate) fn write(
    database: &mut Database,
    model: &str,
    id: i64,
    values: &Value,
) -> Result<(), Refusal> {
    let stored = database.stored(model);
    if database.get(stored, id).is_none() {
        return Err(Refusal::missing(model, id));
    }
    let (mut values, commands) = convert(database, model, values)?;
    rules(database, stored, Some(id), &values)?;
    stock::before_write(database, stored, id, &mut values)?;
    if stored == "product.product" {
        let stock = match database.major {
            18.. => values.get("is_storable").map(|kept| *kept == json!(true)),
            _ => values.get("type").map(|kind| *kind == json!("product")),
        };
        // Lots are told apart of what has a stock.
        if stock == Some(false) {
            values.insert("tracking".into(), json!("none"));
        }
        share_with_template(database, id, &values);
    }
    if !values.is_empty() || commands.is_empty() {
        database.set(stored, id, values);
    }
    follow(database, stored, id, commands, &Map::new())
}

/// Deletes a record and the lines that are nothing without it.
pub(crate) fn unlink(database: &mut Database, model: &str, id: i64) -> Result<(), Refusal> {
    let stored = database.stored(model);
    match stored {
        "stock.quant" => {
            return Err(Refusal::access(
                "Quants are auto-deleted when appropriate. If you must manually delete them, \
                 please ask a stock manager to do it.",
            ));
        }
        "stock.move.line" if database.text(stored, id, "state") == "done" => {
            return Err(Refusal::user(
                "You can not delete product moves if the picking is done. You can only correct \
                 the done quantities.",
            ));
        }
        "product.product" if is_used(database, id) => {
            return Err(Refusal::validation(
                "The operation cannot be completed: another model requires the record being \
                 deleted. If possible, archive it instead.",
            ));
        }
        "mrp.bom" => {
            for line in database.pointing("mrp.bom.line", "bom_id", id) {
                database.remove("mrp.bom.line", line);
            }
        }
        _ => {}
    }
    match database.remove(stored, id) {
        true => {
            external::forget(database, model, id);
            Ok(())
        }
        false => Err(Refusal::missing(model, id)),
    }
}

fn is_used(database: &Database, product: i64) -> bool {
    ["stock.move", "stock.quant", "mrp.bom.line", "mrp.bom"]
        .iter()
        .any(|model| !database.pointing(model, "product_id", product).is_empty())
}

/// Commands to lines, by the field they came in.
type Commands = Vec<(Field, Vec<Value>)>;

/// Values under the names they are kept by, checked by their kind; lines apart.
fn convert(
    database: &Database,
    model: &str,
    values: &Value,
) -> Result<(Record, Commands), Refusal> {
    let values = values
        .as_object()
        .ok_or_else(|| Refusal::type_error("values must be a dictionary"))?;
    let (mut record, mut commands) = (Record::new(), Commands::new());
    for (name, value) in values {
        let field = database.field(model, name)?;
        if let Kind::One2many(..) = field.kind {
            let list = value.as_array().cloned().unwrap_or_default();
            commands.push((field, list));
            continue;
        }
        let value = checked(database, model, name, &field, value)?;
        record.insert(field.stored.to_owned(), value);
    }
    Ok((record, commands))
}

fn checked(
    database: &Database,
    model: &str,
    name: &str,
    field: &Field,
    value: &Value,
) -> Result<Value, Refusal> {
    let blamed = database.model(model).map_or(model, |model| model.blamed.1);
    let empty = matches!(value, Value::Null | Value::Bool(false));
    match field.kind {
        Kind::Boolean => Ok(json!(!empty && *value != json!(0))),
        _ if empty => Ok(json!(false)),
        Kind::Float | Kind::Quantity => value
            .as_f64()
            .map(|number| json!(database.kept(field.kind, number)))
            .ok_or_else(|| Refusal::value(format!("could not convert string to float: {value}"))),
        Kind::Selection(words) => match value.as_str() {
            Some(word) if words.contains(&word) => Ok(value.clone()),
            _ => Err(Refusal::value(format!(
                "Wrong value for {blamed}.{name}: '{}'",
                value.as_str().unwrap_or_default()
            ))),
        },
        Kind::Many2one(other) => match value.as_i64() {
            Some(id) if database.get(other, id).is_some() => Ok(value.clone()),
            Some(id) => Err(Refusal::missing(database.public(other), id)),
            None => Err(Refusal::value(format!(
                "Wrong value for {blamed}.{name}: {value}"
            ))),
        },
        _ => Ok(value.clone()),
    }
}

fn defaults(stored: &str) -> Record {
    let value = match stored {
        "product.product" | "product.template" => json!({
            "active": true, "type": "consu", "tracking": "none", "list_price": 1.0,
            "standard_price": 0.0, "uom_id": 1, "categ_id": 1
        }),
        "mrp.bom" => json!({
            "active": true, "type": "normal", "product_qty": 1.0, "product_uom_id": 1,
            "company_id": 1
        }),
        "mrp.bom.line" => json!({ "product_qty": 1.0, "product_uom_id": 1, "sequence": 1 }),
        "stock.move.line" => json!({ "quantity": 0.0, "picked": false, "state": "assigned" }),
        "stock.picking" => json!({ "state": "draft", "company_id": 1, "name": "/" }),
        "stock.move" => json!({ "state": "draft", "company_id": 1, "product_uom": 1 }),
        "res.partner" => json!({ "active": true }),
        _ => json!({}),
    };
    value.as_object().cloned().unwrap_or_default()
}

fn create_product(database: &mut Database, mut record: Record) -> i64 {
    if record
        .get("product_tmpl_id")
        .and_then(Value::as_i64)
        .is_none()
    {
        let template = database.insert("product.template", record.clone());
        record.insert("product_tmpl_id".into(), json!(template));
    }
    database.insert("product.product", record)
}

fn create_template(database: &mut Database, record: Record) -> i64 {
    let template = database.insert("product.template", record.clone());
    let mut variant = record;
    variant.insert("product_tmpl_id".into(), json!(template));
    database.insert("product.product", variant);
    template
}

fn share_with_template(database: &mut Database, product: i64, values: &Record) {
    if let Some(template) = database.link("product.product", product, "product_tmpl_id") {
        database.set("product.template", template, values.clone());
    }
}

/// A line of a move has what the move has, where it does not say otherwise.
fn create_line(database: &mut Database, mut record: Record) -> i64 {
    let of = record.get("move_id").and_then(Value::as_i64);
    if let Some(of) = of {
        for (field, from) in [
            ("picking_id", "picking_id"),
            ("product_uom_id", "product_uom"),
            ("location_id", "location_id"),
            ("location_dest_id", "location_dest_id"),
            ("state", "state"),
        ] {
            let missing = record.get(field).is_none_or(|value| *value == json!(false));
            if missing || field == "state" {
                record.insert(field.into(), database.value("stock.move", of, from));
            }
        }
    }
    if database.major <= 16 {
        // Before 17 what is done is what is picked.
        record.insert("picked".into(), json!(true));
    }
    database.insert("stock.move.line", record)
}

/// Carries out commands to lines: made, changed, deleted, cleared.
fn follow(
    database: &mut Database,
    stored: &'static str,
    id: i64,
    commands: Commands,
    context: &Map<String, Value>,
) -> Result<(), Refusal> {
    for (field, list) in commands {
        let Kind::One2many(other, back) = field.kind else {
            continue;
        };
        let public = database.public(other);
        for command in list {
            let target = command[1].as_i64().unwrap_or_default();
            match command[0].as_i64() {
                Some(0) => {
                    let mut values = command[2].clone();
                    values[back] = json!(id);
                    if stored == "stock.picking" {
                        inherit(database, id, &mut values);
                    }
                    create(database, public, &values, context)?;
                }
                Some(1) => write(database, public, target, &command[2])?,
                Some(2 | 3) => unlink(database, public, target)?,
                Some(5) => {
                    for line in database.pointing(other, back, id) {
                        unlink(database, public, line)?;
                    }
                }
                _ => {
                    return Err(Refusal::value(format!(
                        "Wrong value for {stored}.{}: {command}",
                        field.stored
                    )));
                }
            }
        }
    }
    Ok(())
}

/// A move of a transfer goes where the transfer goes.
fn inherit(database: &Database, transfer: i64, values: &mut Value) {
    for field in ["location_id", "location_dest_id"] {
        if values.get(field).is_none()
            && let Some(place) = database.link("stock.picking", transfer, field)
        {
            values[field] = json!(place);
        }
    }
}
