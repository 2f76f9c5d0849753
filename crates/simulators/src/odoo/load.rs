//! `load`: rows of text with external ids, all of them or none.

use super::database::{Database, Record};
use super::records;
use super::schema::Kind;
use serde_json::{Map, Value, json};

/// Makes or changes one record per row; messages instead of ids when a row is refused.
pub(crate) fn load(database: &mut Database, model: &str, fields: &Value, data: &Value) -> Value {
    let fields: Vec<&str> = fields
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let rows = data.as_array().cloned().unwrap_or_default();
    let mut messages = Vec::new();
    let mut read = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        read.push(read_row(
            database,
            model,
            &fields,
            row,
            index,
            &mut messages,
        ));
    }
    let mut ids = Vec::new();
    for (index, (xid, values)) in read.into_iter().enumerate() {
        match keep(database, model, &xid, &values) {
            Ok(id) => ids.push(id),
            Err(message) => messages.push(json!({
                "rows": { "from": index, "to": index },
                "record": index,
                "type": "error",
                "message": message,
            })),
        }
    }
    if messages.is_empty() {
        return json!({ "ids": ids, "messages": [], "nextrow": 0 });
    }
    database.roll_back();
    json!({ "ids": false, "messages": messages, "nextrow": 0 })
}

fn read_row(
    database: &Database,
    model: &str,
    fields: &[&str],
    row: &Value,
    index: usize,
    messages: &mut Vec<Value>,
) -> (String, Map<String, Value>) {
    let (mut xid, mut values) = (String::new(), Map::new());
    for (at, name) in fields.iter().enumerate() {
        let cell = row[at].as_str().unwrap_or_default();
        if *name == "id" {
            xid = cell.to_owned();
            continue;
        }
        let Ok(field) = database.field(model, name) else {
            messages.push(json!({
                "rows": { "from": index, "to": index }, "type": "error", "record": index,
                "message": format!("Invalid field '{name}' in '{model}'"),
            }));
            continue;
        };
        let value = match field.kind {
            _ if cell.is_empty() => json!(false),
            Kind::Boolean => json!(matches!(cell, "1" | "true" | "True" | "yes")),
            Kind::Float => match cell.parse::<f64>() {
                Ok(number) => json!(number),
                Err(_) => {
                    messages.push(json!({
                        "rows": { "from": index, "to": index },
                        "type": "error",
                        "record": index,
                        "field": name,
                        "message": format!(
                            "'{cell}' does not seem to be a number for field '{}'",
                            field.label
                        ),
                        "field_name": field.label,
                    }));
                    continue;
                }
            },
            _ => json!(cell),
        };
        values.insert((*name).to_owned(), value);
    }
    (xid, values)
}

fn keep(
    database: &mut Database,
    model: &str,
    xid: &str,
    values: &Map<String, Value>,
) -> Result<i64, String> {
    let (module, name) = xid.split_once('.').unwrap_or(("__import__", xid));
    let values = Value::Object(values.clone());
    let known = database
        .rows("ir.model.data")
        .find(|(_, row)| {
            row.get("module") == Some(&json!(module)) && row.get("name") == Some(&json!(name))
        })
        .and_then(|(_, row)| row.get("res_id")?.as_i64());
    if let Some(id) = known {
        return records::write(database, model, id, &values)
            .map(|()| id)
            .map_err(|refusal| refusal.message);
    }
    let id = records::create(database, model, &values, &Map::new())
        .map_err(|refusal| as_loaded(&refusal.message))?;
    if !name.is_empty() {
        let record = json!({
            "module": module, "name": name, "model": model, "res_id": id, "noupdate": false
        });
        let record: Record = record.as_object().cloned().unwrap_or_default();
        database.insert("ir.model.data", record);
    }
    Ok(id)
}

/// A missing value is told without its wrapping and without the model.
fn as_loaded(message: &str) -> String {
    let bare = message.strip_prefix("The operation cannot be completed: ");
    match bare.filter(|bare| bare.starts_with("Missing required value")) {
        None => message.to_owned(),
        Some(bare) => bare
            .lines()
            .map(|line| match line.starts_with("Model: ") {
                true => "Model: Unknown\n".to_owned(),
                false => format!("{line}\n"),
            })
            .collect(),
    }
}
