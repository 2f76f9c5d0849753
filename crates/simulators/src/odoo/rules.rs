//! The rules of the models, which refuse what is made or changed against them.

use super::database::{Database, Record};
use super::external;
use super::fault::Refusal;
use serde_json::{Value, json};

/// The text of a missing value.
fn missing_value(label: &str, name: &str, of: &str) -> String {
    format!(
        "Missing required value for the field '{label}' ({name}).\nModel: {of}\n- create/update: \
         a mandatory field is not set\n- delete: another model requires the record being deleted, \
         you can archive it instead\n"
    )
}

/// Refuses a record without what it must have.
pub(super) fn require(database: &Database, model: &str, record: &Record) -> Result<(), Refusal> {
    let Some(known) = database.model(model) else {
        return Ok(());
    };
    for (name, field) in known.fields.iter().filter(|(_, field)| field.required) {
        let value = record.get(field.stored);
        let empty = value.is_none_or(|value| matches!(value, Value::Null | Value::Bool(false)))
            || value == Some(&json!(""));
        if empty {
            let (label, blamed) = known.blamed;
            let what = missing_value(field.label, name, &format!("'{label}' ({blamed})"));
            return Err(Refusal::validation(format!(
                "The operation cannot be completed: {what}"
            )));
        }
    }
    Ok(())
}

/// Refuses what the model's own rules forbid.
pub(super) fn rules(
    database: &Database,
    stored: &str,
    id: Option<i64>,
    record: &Record,
) -> Result<(), Refusal> {
    let text = |field: &str| record.get(field).and_then(Value::as_str);
    match stored {
        "product.product" | "product.template" => {
            let Some(barcode) = text("barcode") else {
                return Ok(());
            };
            let taken = database.rows("product.product").any(|(other, row)| {
                Some(other) != id && row.get("barcode").and_then(Value::as_str) == Some(barcode)
            });
            match taken {
                false => Ok(()),
                true => Err(Refusal::validation(format!(
                    "Barcode(s) already assigned:\n\n- Barcode \"{barcode}\" already assigned to \
                     product(s)"
                ))),
            }
        }
        "stock.lot" if id.is_none() => {
            let key = |row: &Record| {
                ["name", "product_id", "company_id"].map(|field| row.get(field).cloned())
            };
            let taken = database
                .rows(stored)
                .any(|(_, row)| key(row) == key(record));
            match taken {
                false => Ok(()),
                true => Err(duplicate_lot(database, record)),
            }
        }
        "ir.model.data" => external::check(database, id, record),
        "mrp.bom" | "mrp.bom.line" => {
            let quantity = record.get("product_qty").and_then(Value::as_f64);
            match quantity {
                Some(quantity) if quantity <= 0.0 && stored == "mrp.bom" => {
                    Err(Refusal::validation(
                        "The operation cannot be completed: The quantity to produce must be \
                         positive!",
                    ))
                }
                _ if stored == "mrp.bom" => same_company(database, id, record),
                _ => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// A bill is of its product's company, where that has one.
fn same_company(database: &Database, id: Option<i64>, values: &Record) -> Result<(), Refusal> {
    let link = |field: &str| match values.get(field) {
        Some(value) => value.as_i64(),
        None => database.link("mrp.bom", id?, field),
    };
    let of =
        link("product_tmpl_id").and_then(|of| database.link("product.template", of, "company_id"));
    match of.is_none() || of == link("company_id") {
        true => Ok(()),
        false => Err(Refusal::user(
            "Incompatible companies on records:\n- The bill of material belongs to one company and \
             its product (product_tmpl_id) belongs to another company.",
        )),
    }
}

fn duplicate_lot(database: &Database, record: &Record) -> Refusal {
    let product = record.get("product_id").and_then(Value::as_i64);
    let product = database.display_name("product.product", product.unwrap_or_default(), true);
    let name = record.get("name").and_then(Value::as_str);
    Refusal::validation(format!(
        "The combination of lot/serial number and product must be unique within a company \
         including when no company is defined.\nThe following combinations contain duplicates:\n \
         - Product: {product}, Lot/Serial Number: {}",
        name.unwrap_or_default()
    ))
}
