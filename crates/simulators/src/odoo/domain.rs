//! Which records a domain expression means.

use super::database::Database;
use super::fault::Refusal;
use super::schema::Kind;
use serde_json::{Value, json};
use std::cmp::Ordering;

/// Ids of a model's records that the domain means, in the order of their ids.
pub(crate) fn search(
    database: &Database,
    model: &str,
    domain: &Value,
    archived_too: bool,
) -> Result<Vec<i64>, Refusal> {
    let terms = domain
        .as_array()
        .ok_or_else(|| Refusal::value(format!("Domain() invalid item in domain: {domain}")))?;
    check(database, model, terms)?;
    let stored = database.stored(model);
    let has_active = database.field(model, "active").is_ok();
    let names_active = terms.iter().any(|term| term[0] == "active");
    let active_only = has_active && !archived_too && !names_active;
    let mut found = Vec::new();
    for id in database.ids(stored) {
        let hidden = active_only && database.value(stored, id, "active") == json!(false);
        if !hidden && all(database, model, id, terms)? {
            found.push(id);
        }
    }
    Ok(found)
}

/// Names of fields and the form of values, so that an empty table refuses them too.
fn check(database: &Database, model: &str, terms: &[Value]) -> Result<(), Refusal> {
    for term in terms {
        if term.is_string() {
            continue;
        }
        let (path, _, value) = parts(term)?;
        let mut model = model.to_owned();
        let mut kind = Kind::Integer;
        for name in path.split('.') {
            kind = database.field(&model, name)?.kind;
            if let Kind::Many2one(next) | Kind::One2many(next, _) = kind {
                model = database.public(next).to_owned();
            }
        }
        if let (Kind::Datetime, Some(text)) = (kind, value.as_str()) {
            check_time(text)?;
        }
    }
    Ok(())
}

fn check_time(text: &str) -> Result<(), Refusal> {
    let after_day = text.get(10..).unwrap_or_default();
    if after_day.contains(['Z', '+', '-']) {
        return Err(Refusal::value(format!(
            "expecting only datetimes with no timezone: '{text}'"
        )));
    }
    Ok(())
}

/// Terms beside each other are all meant; `&`, `|` and `!` stand before what they join.
fn all(database: &Database, model: &str, id: i64, terms: &[Value]) -> Result<bool, Refusal> {
    let mut rest = terms;
    let mut every = true;
    while !rest.is_empty() {
        every &= one(database, model, id, &mut rest)?;
    }
    Ok(every)
}

fn one(database: &Database, model: &str, id: i64, rest: &mut &[Value]) -> Result<bool, Refusal> {
    let Some((term, tail)) = rest.split_first() else {
        return Err(Refusal::value("Domain() is not complete"));
    };
    *rest = tail;
    match term.as_str() {
        Some("!") => Ok(!one(database, model, id, rest)?),
        Some(operator @ ("&" | "|")) => {
            let left = one(database, model, id, rest)?;
            let right = one(database, model, id, rest)?;
            Ok(match operator {
                "&" => left && right,
                _ => left || right,
            })
        }
        Some(other) => Err(Refusal::value(format!(
            "Domain() invalid item in domain: '{other}'"
        ))),
        None => {
            let (path, operator, value) = parts(term)?;
            leaf(database, model, id, path, operator, value)
        }
    }
}

fn parts(term: &Value) -> Result<(&str, &str, &Value), Refusal> {
    match term.as_array().map(Vec::as_slice) {
        Some([Value::String(path), Value::String(operator), value]) => Ok((path, operator, value)),
        _ => Err(Refusal::value(format!(
            "Domain() invalid item in domain: {term}"
        ))),
    }
}

fn leaf(
    database: &Database,
    model: &str,
    id: i64,
    path: &str,
    operator: &str,
    value: &Value,
) -> Result<bool, Refusal> {
    let stored = database.stored(model);
    let (name, deeper) = match path.split_once('.') {
        Some((name, deeper)) => (name, Some(deeper)),
        None => (path, None),
    };
    let field = database.field(model, name)?;
    let held = database.value(stored, id, field.stored);
    let (Some(deeper), Kind::Many2one(next) | Kind::One2many(next, _)) = (deeper, field.kind)
    else {
        return compare(database, field.kind, &held, operator, value);
    };
    let public = database.public(next);
    let targets: Vec<i64> = match &held {
        Value::Array(ids) => ids.iter().filter_map(Value::as_i64).collect(),
        id => id.as_i64().into_iter().collect(),
    };
    for target in targets {
        if leaf(database, public, target, deeper, operator, value)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn compare(
    database: &Database,
    kind: Kind,
    held: &Value,
    operator: &str,
    value: &Value,
) -> Result<bool, Refusal> {
    let like = |whole: bool| {
        let shown = shown(database, kind, held).to_lowercase();
        let wanted = value.as_str().unwrap_or_default().to_lowercase();
        match whole {
            true => fits(&wanted, &shown),
            false => shown.contains(wanted.trim_matches('%')),
        }
    };
    let ordered =
        |wanted: &[Ordering]| order(held, value).is_some_and(|ordering| wanted.contains(&ordering));
    Ok(match operator {
        "=" | "==" => equal(database, kind, held, value),
        "!=" | "<>" => !equal(database, kind, held, value),
        ">" => ordered(&[Ordering::Greater]),
        ">=" => ordered(&[Ordering::Greater, Ordering::Equal]),
        "<" => ordered(&[Ordering::Less]),
        "<=" => ordered(&[Ordering::Less, Ordering::Equal]),
        "in" | "not in" => {
            let mut values = value.as_array().into_iter().flatten();
            let inside = values.any(|value| equal(database, kind, held, value));
            inside == (operator == "in")
        }
        "like" | "ilike" => like(false),
        "not like" | "not ilike" => !like(false),
        "=like" | "=ilike" => like(true),
        "child_of" => {
            let path = held
                .as_i64()
                .map(|id| database.text("stock.location", id, "parent_path"));
            let wanted = value.as_i64().unwrap_or_default().to_string();
            path.is_some_and(|path| path.split('/').any(|id| id == wanted))
        }
        other => {
            return Err(Refusal::value(format!(
                "Invalid operator '{other}' in domain term"
            )));
        }
    })
}

/// Whether a text is as a pattern says: `%` stands for anything, `_` for one letter.
fn fits(pattern: &str, text: &str) -> bool {
    let mut wanted = pattern.chars();
    match wanted.next() {
        None => text.is_empty(),
        Some('%') => {
            let places = text.char_indices().map(|(at, _)| at);
            let mut places = places.chain(std::iter::once(text.len()));
            places.any(|at| {
                text.get(at..)
                    .is_some_and(|rest| fits(wanted.as_str(), rest))
            })
        }
        Some(letter) => {
            let mut letters = text.chars();
            let same = letters
                .next()
                .is_some_and(|found| letter == '_' || found == letter);
            same && fits(wanted.as_str(), letters.as_str())
        }
    }
}

fn equal(database: &Database, kind: Kind, held: &Value, value: &Value) -> bool {
    let nothing = |value: &Value| match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        _ => false,
    };
    match (held, value) {
        (held, value) if nothing(value) => nothing(held),
        (Value::Array(ids), value) => ids.contains(value),
        (Value::Number(held), Value::Number(value)) => held.as_f64() == value.as_f64(),
        (Value::Number(_), Value::String(name)) => shown(database, kind, held) == *name,
        (held, value) => held == value,
    }
}

fn shown(database: &Database, kind: Kind, held: &Value) -> String {
    match (kind, held) {
        (Kind::Many2one(other), Value::Number(id)) => {
            database.display_name(other, id.as_i64().unwrap_or_default(), true)
        }
        (_, Value::String(text)) => text.clone(),
        (_, Value::Bool(false)) => String::new(),
        (_, other) => other.to_string(),
    }
}

/// Texts by their letters, which fits times written like Odoo's; numbers by size.
fn order(held: &Value, value: &Value) -> Option<Ordering> {
    match (held, value) {
        (Value::String(held), Value::String(value)) => {
            Some(held.as_str().cmp(value.replace('T', " ").as_str()))
        }
        (Value::Number(held), Value::Number(value)) => held.as_f64()?.partial_cmp(&value.as_f64()?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::odoo::database::Record;

    fn database() -> Database {
        let mut database = Database::new(19);
        database.begin("2026-11-21 09:00:00".into());
        for (id, name, active) in [(1, "Nut", true), (2, "Bolt", true), (3, "Old", false)] {
            let record = json!({ "name": name, "default_code": name, "active": active });
            let record: Record = record.as_object().cloned().unwrap();
            database.put("product.product", id, record);
        }
        database
    }

    fn found(domain: Value) -> Vec<i64> {
        search(&database(), "product.product", &domain, false).unwrap()
    }

    #[test]
    fn terms_are_joined_as_they_are_written() {
        assert_eq!(found(json!([])), [1, 2]);
        assert_eq!(found(json!([["id", ">", 1]])), [2]);
        assert_eq!(
            found(json!(["|", ["name", "=", "Nut"], ["name", "=", "Bolt"]])),
            [1, 2]
        );
        assert_eq!(
            found(json!(["!", ["name", "=", "Nut"], ["id", "in", [1, 2]]])),
            [2]
        );
        assert_eq!(found(json!([["name", "ilike", "OL"]])), [2]);
        assert_eq!(found(json!([["name", "=like", "N%"]])), [1]);
        assert_eq!(found(json!([["name", "=like", "_olt"]])), [2]);
        assert_eq!(found(json!([["name", "=like", "ut"]])), [] as [i64; 0]);
        assert_eq!(found(json!([["barcode", "=", false]])), [1, 2]);
        assert_eq!(found(json!([["active", "=", false]])), [3]);
    }

    #[test]
    fn unknown_fields_and_zoned_times_are_refused() {
        let refused = |domain: Value| {
            search(&database(), "product.product", &domain, false)
                .unwrap_err()
                .message
        };
        assert_eq!(
            refused(json!([["nope", "=", 1]])),
            "Invalid field 'nope' in 'product.product'"
        );
        assert!(refused(json!([["write_date", ">", "2026-11-21T00:00:00Z"]])).contains("timezone"));
    }
}
