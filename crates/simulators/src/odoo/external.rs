//! External ids: each is there once, and gone with its record.

use super::database::{Database, Record};
use super::fault::Refusal;
use serde_json::{Value, json};

const MODEL: &str = "ir.model.data";

/// An external id, and the record it belongs to.
pub(crate) struct Held {
    pub id: i64,
    pub model: String,
    pub record: i64,
}

/// The external id of this name.
pub(crate) fn find(database: &Database, module: &str, name: &str) -> Option<Held> {
    let key = [json!(module), json!(name)];
    let mut rows = database.rows(MODEL);
    let (id, row) = rows.find(|(_, row)| key_of(row) == key)?;
    let model = row.get("model").and_then(Value::as_str)?;
    Some(Held {
        id,
        model: model.to_owned(),
        record: row.get("res_id").and_then(Value::as_i64)?,
    })
}

/// Names a record.
pub(crate) fn insert(database: &mut Database, module: &str, name: &str, model: &str, record: i64) {
    let values = json!({
        "module": module, "name": name, "model": model, "res_id": record, "noupdate": false
    });
    let values: Record = values.as_object().cloned().unwrap_or_default();
    database.insert(MODEL, values);
}

/// Takes an external id away.
pub(crate) fn remove(database: &mut Database, held: &Held) {
    database.remove(MODEL, held.id);
}

/// Takes the external ids of a record away that is deleted.
pub(crate) fn forget(database: &mut Database, model: &str, record: i64) {
    let of_record = |row: &Record| {
        row.get("model") == Some(&json!(model)) && row.get("res_id") == Some(&json!(record))
    };
    let ids: Vec<i64> = database
        .rows(MODEL)
        .filter(|(_, row)| of_record(row))
        .map(|(id, _)| id)
        .collect();
    for id in ids {
        database.remove(MODEL, id);
    }
}

/// What is written to an external id may not make a second of its name.
pub(crate) fn check(database: &Database, id: Option<i64>, values: &Record) -> Result<(), Refusal> {
    let mut row = id
        .and_then(|id| database.get(MODEL, id))
        .cloned()
        .unwrap_or_default();
    row.extend(values.clone());
    let key = key_of(&row);
    let taken = database
        .rows(MODEL)
        .any(|(other, row)| Some(other) != id && key_of(row) == key);
    match taken {
        false => Ok(()),
        true => {
            let [module, name] = key.map(|part| part.as_str().unwrap_or_default().to_owned());
            Err(Refusal::validation(format!(
                "The operation cannot be completed: duplicate key value violates unique \
                 constraint \"ir_model_data_module_name_uniq_index\"\nDETAIL:  Key (module, \
                 name)=({module}, {name}) already exists.\n"
            )))
        }
    }
}

fn key_of(row: &Record) -> [Value; 2] {
    ["module", "name"].map(|field| row.get(field).cloned().unwrap_or_default())
}
