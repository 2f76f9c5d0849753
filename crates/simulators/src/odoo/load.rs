//! `load`: rows of text with external ids, all of them or none.

use super::database::Database;
use super::fault::Refusal;
use super::methods::allowed;
use super::schema::{Field, Kind};
use super::{external, records};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// What is wrong with a cell, without its place.
type Complaint = Map<String, Value>;

/// Makes or changes a record for each row; messages instead of ids when one is refused. Rows that hold nothing but
/// lines belong to the record above them. What the user may not do is a message like any other.
pub(crate) fn load(
    database: &mut Database,
    denied: &BTreeSet<(String, String)>,
    model: &str,
    fields: &Value,
    data: &Value,
) -> Value {
    let fields: Vec<&str> = fields
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let data = data.as_array().cloned().unwrap_or_default();
    let mut messages = Vec::new();
    let mut read = Vec::new();
    for (number, (from, rows)) in spans(database, model, &fields, &data)
        .into_iter()
        .enumerate()
    {
        let place = json!({
            "rows": { "from": from, "to": from + rows.len() - 1 },
            "record": number,
            "type": "error",
        });
        let mut complaints = Vec::new();
        let (xid, values) = read_record(database, model, &fields, rows, &mut complaints);
        let complaints = complaints.into_iter();
        messages.extend(complaints.map(|complaint| placed(&place, complaint)));
        read.push((place, xid, values));
    }
    let mut ids = Vec::new();
    for (place, xid, values) in read {
        match keep(database, denied, model, &xid, values) {
            Ok(id) => ids.push(id),
            Err(message) => messages.push(placed(&place, told(message))),
        }
    }
    if messages.is_empty() {
        return json!({ "ids": ids, "messages": [], "nextrow": 0 });
    }
    database.roll_back();
    refused(messages)
}

/// What is answered when others hold the records: the exception does not get out of `load`.
pub(crate) fn locked() -> Value {
    let place = json!({ "rows": { "from": 0, "to": 0 }, "record": 0, "type": "error" });
    refused(vec![placed(&place, told(Refusal::serialization().message))])
}

fn refused(messages: Vec<Value>) -> Value {
    json!({ "ids": false, "messages": messages, "nextrow": 0 })
}

fn told(message: String) -> Complaint {
    Complaint::from_iter([("message".to_owned(), json!(message))])
}

fn placed(place: &Value, complaint: Complaint) -> Value {
    let mut message = place.as_object().cloned().unwrap_or_default();
    message.extend(complaint);
    Value::Object(message)
}

/// The rows of each record, with the number of the first.
fn spans<'d>(
    database: &Database,
    model: &str,
    fields: &[&str],
    data: &'d [Value],
) -> Vec<(usize, &'d [Value])> {
    let mut spans = Vec::new();
    let mut from = 0;
    while from < data.len() {
        let more = data[from + 1..]
            .iter()
            .take_while(|row| is_only_lines(database, model, fields, row))
            .count();
        spans.push((from, &data[from..=from + more]));
        from += more + 1;
    }
    spans
}

fn is_only_lines(database: &Database, model: &str, fields: &[&str], row: &Value) -> bool {
    let is_line = |path: &str| {
        let name = path.split('/').next().unwrap_or_default();
        let field = database.field(model, name);
        field.is_ok_and(|field| matches!(field.kind, Kind::One2many(..)))
    };
    let filled: Vec<&str> = fields
        .iter()
        .enumerate()
        .filter(|(at, _)| !text(&row[*at]).is_empty())
        .map(|(_, path)| *path)
        .collect();
    !filled.is_empty() && filled.into_iter().all(is_line)
}

fn text(cell: &Value) -> &str {
    cell.as_str().unwrap_or_default()
}

/// The external id and the values of one record, its lines as commands.
fn read_record(
    database: &Database,
    model: &str,
    fields: &[&str],
    rows: &[Value],
    complaints: &mut Vec<Complaint>,
) -> (String, Map<String, Value>) {
    let (mut xid, mut values) = (String::new(), Map::new());
    for (at, path) in fields.iter().enumerate() {
        let cell = rows.first().map_or("", |row| text(&row[at]));
        if *path == "id" {
            xid = cell.to_owned();
            continue;
        }
        let (name, inner) = path.split_once('/').unwrap_or((*path, ""));
        let Ok(field) = database.field(model, name) else {
            complaints.push(told(format!("Invalid field '{name}' in '{model}'")));
            continue;
        };
        if let Kind::One2many(other, _) = field.kind {
            if !values.contains_key(name) {
                let of = database.public(other);
                let lines = read_lines(database, of, name, fields, rows, complaints);
                values.insert(name.to_owned(), Value::Array(lines));
            }
            continue;
        }
        match read_cell(database, name, inner, &field, cell) {
            Ok(value) => {
                values.insert(name.to_owned(), value);
            }
            Err(complaint) => complaints.push(complaint),
        }
    }
    (xid, values)
}

/// Commands that make the lines of a record: whoever has lines already has them beside the new ones.
fn read_lines(
    database: &Database,
    of: &str,
    name: &str,
    fields: &[&str],
    rows: &[Value],
    complaints: &mut Vec<Complaint>,
) -> Vec<Value> {
    let columns: Vec<(usize, &str)> = fields
        .iter()
        .enumerate()
        .filter_map(|(at, path)| {
            let (first, inner) = path.split_once('/')?;
            (first == name).then_some((at, inner))
        })
        .collect();
    let inner: Vec<&str> = columns.iter().map(|(_, inner)| *inner).collect();
    let mut commands = Vec::new();
    for row in rows {
        let cells: Vec<Value> = columns.iter().map(|(at, _)| row[*at].clone()).collect();
        if cells.iter().all(|cell| text(cell).is_empty()) {
            continue;
        }
        let line = [Value::Array(cells)];
        let (_, values) = read_record(database, of, &inner, &line, complaints);
        commands.push(json!([0, 0, Value::Object(values)]));
    }
    commands
}

/// A cell as the value of its field; `inner` is what is behind the field's name in its column.
fn read_cell(
    database: &Database,
    name: &str,
    inner: &str,
    field: &Field,
    cell: &str,
) -> Result<Value, Complaint> {
    let label = field.label;
    let complain = |message: String| {
        let mut complaint = told(message);
        complaint.insert("field".into(), json!(name));
        complaint.insert("field_name".into(), json!(label));
        complaint
    };
    match (field.kind, inner) {
        _ if cell.is_empty() => Ok(json!(false)),
        (Kind::Many2one(other), ".id") => match cell.parse::<i64>() {
            Ok(id) if database.get(other, id).is_some() => Ok(json!(id)),
            _ => Err(complain(format!(
                "No matching record found for database id '{cell}' in field '{label}'"
            ))),
        },
        (Kind::Boolean, _) => Ok(json!(matches!(cell, "1" | "true" | "True" | "yes"))),
        (Kind::Float | Kind::Quantity, _) => cell
            .parse::<f64>()
            .map(|number| json!(database.kept(field.kind, number)))
            .map_err(|_| {
                complain(format!(
                    "'{cell}' does not seem to be a number for field '{label}'"
                ))
            }),
        _ => Ok(json!(cell)),
    }
}

fn keep(
    database: &mut Database,
    denied: &BTreeSet<(String, String)>,
    model: &str,
    xid: &str,
    values: Map<String, Value>,
) -> Result<i64, String> {
    let (module, name) = xid.split_once('.').unwrap_or(("__import__", xid));
    let values = Value::Object(values);
    if let Some(held) = external::find(database, module, name) {
        if held.model != model {
            return Err(format!(
                "For external id {module}.{name} when trying to create/update a record of model \
                 {model} found record of different model {} ({})",
                held.model, held.id
            ));
        }
        if database.get(database.stored(model), held.record).is_some() {
            allowed(denied, model, "write").map_err(|refusal| caught(database.major, &refusal))?;
            return records::write(database, model, held.record, &values)
                .map(|()| held.record)
                .map_err(|refusal| refusal.message);
        }
        external::remove(database, &held);
    }
    allowed(denied, model, "create").map_err(|refusal| caught(database.major, &refusal))?;
    let id = records::create(database, model, &values, &Map::new())
        .map_err(|refusal| as_loaded(&refusal.message))?;
    if !name.is_empty() {
        external::insert(database, module, name, model, id);
    }
    Ok(id)
}

/// Before 16 what the user may not do is told with the name of its exception.
fn caught(major: u32, refusal: &Refusal) -> String {
    let Refusal { name, message, .. } = refusal;
    match major {
        ..=15 => format!("Unknown error during import: <class '{name}'>: {message}"),
        _ => message.clone(),
    }
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
