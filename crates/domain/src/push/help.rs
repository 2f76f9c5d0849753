//! What the fields of a command hold and mean, for whoever edits one by hand. It is read from the schema
//! of the command's type, so names, kinds and meanings are those of the code.

use super::payload::instant;
use crate::outbox::words;
use crate::word;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

words! {
    /// What a field holds.
    FieldKind {
        /// Words.
        Text = "text",
        /// A number, as such or in quotes.
        Number = "number",
        /// A day.
        Date = "date",
        /// A day and a time.
        Instant = "instant",
        /// Yes or no.
        Truth = "truth",
        /// Several of the same.
        List = "list",
        /// Fields of its own.
        Group = "group",
    }
}

impl FieldKind {
    /// How it is written, in words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Text => word!("text"),
            Self::Number => word!("a number"),
            Self::Date => word!("a date, YYYY-MM-DD"),
            Self::Instant => word!("a time, YYYY-MM-DDThh:mm:ssZ"),
            Self::Truth => word!("true or false"),
            Self::List => word!("a list"),
            Self::Group => word!("a group of fields"),
        }
    }

    fn fits(self, value: &Value) -> bool {
        let text = value.as_str();
        match self {
            Self::Text => text.is_some(),
            Self::Number => {
                value.is_number() || text.is_some_and(|text| text.parse::<Decimal>().is_ok())
            }
            Self::Date => text.is_some_and(|text| text.parse::<NaiveDate>().is_ok()),
            Self::Instant => text.is_some_and(|text| instant(text).is_some()),
            Self::Truth => value.is_boolean(),
            Self::List => value.is_array(),
            Self::Group => value.is_object(),
        }
    }
}

/// One field of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldHelp {
    /// Its name after those of the fields that it stands in: `lines[].quantity`.
    pub path: String,
    /// What it holds.
    pub kind: FieldKind,
    /// It cannot be left out.
    pub required: bool,
    /// One sentence.
    pub meaning: String,
}

/// The fields of a kind of command, those of a list or group after it.
#[cfg(feature = "schema")]
pub fn fields(kind: super::PushKind) -> Vec<FieldHelp> {
    use super::PushKind;
    let mut settings = schemars::generate::SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    let generator = settings.into_generator();
    let schema = match kind {
        PushKind::DocumentResult => generator.into_root_schema_for::<super::DocumentResult>(),
        PushKind::Recipe => generator.into_root_schema_for::<super::Recipe>(),
        PushKind::Bom => generator.into_root_schema_for::<super::Bom>(),
        PushKind::Stock => generator.into_root_schema_for::<super::StockCount>(),
        PushKind::Product => generator.into_root_schema_for::<super::Product>(),
        PushKind::ProcessOrder => generator.into_root_schema_for::<super::ProcessOrder>(),
    };
    let mut found = Vec::new();
    collect("", &schema.to_value(), &mut found);
    found
}

#[cfg(feature = "schema")]
fn collect(before: &str, schema: &Value, found: &mut Vec<FieldHelp>) {
    let required = schema["required"].as_array();
    let fields = schema["properties"].as_object();
    for (name, field) in fields.into_iter().flatten() {
        let (path, own) = (format!("{before}{name}"), plain(field));
        let kind = kind_of(own);
        let meaning = field["description"].as_str().unwrap_or_default();
        found.push(FieldHelp {
            path: path.clone(),
            kind,
            required: required.is_some_and(|all| all.iter().any(|one| one == name)),
            meaning: meaning.replace('\n', " "),
        });
        match kind {
            FieldKind::List => collect(&format!("{path}[]."), plain(&own["items"]), found),
            FieldKind::Group => collect(&format!("{path}."), own, found),
            _ => {}
        }
    }
}

/// Without "or null".
#[cfg(feature = "schema")]
fn plain(field: &Value) -> &Value {
    let either = field["anyOf"].as_array();
    let own = either.and_then(|all| all.iter().find(|one| one["type"] != "null"));
    own.unwrap_or(field)
}

#[cfg(feature = "schema")]
fn kind_of(field: &Value) -> FieldKind {
    let types = &field["type"];
    let is = |name: &str| {
        types == name
            || types
                .as_array()
                .is_some_and(|all| all.iter().any(|one| one == name))
    };
    match field["format"].as_str() {
        Some("date") => FieldKind::Date,
        Some("date-time") => FieldKind::Instant,
        Some("decimal") => FieldKind::Number,
        _ if is("array") => FieldKind::List,
        _ if is("object") => FieldKind::Group,
        _ if is("boolean") => FieldKind::Truth,
        _ => FieldKind::Text,
    }
}

/// The first field that is missing or holds something else, by its whole name, such as
/// `lines[2].quantity`, with what it should hold.
pub fn misfit(fields: &[FieldHelp], payload: &Value) -> Option<(String, FieldKind)> {
    fields.iter().find_map(|field| {
        let steps: Vec<&str> = field.path.split('.').collect();
        let wrong = wrong(&steps, payload, String::new(), field)?;
        Some((wrong, field.kind))
    })
}

/// The name of the field where it is wrong; what it stands in has been looked at before.
fn wrong(steps: &[&str], value: &Value, before: String, field: &FieldHelp) -> Option<String> {
    let (step, rest) = steps.split_first()?;
    let name = step.trim_end_matches("[]");
    let here = match before.as_str() {
        "" => name.to_owned(),
        _ => format!("{before}.{name}"),
    };
    let inner = value.as_object()?.get(name).unwrap_or(&Value::Null);
    if rest.is_empty() {
        let fits = match inner {
            Value::Null => !field.required,
            given => field.kind.fits(given),
        };
        return (!fits).then_some(here);
    }
    match inner {
        Value::Array(all) => all
            .iter()
            .enumerate()
            .find_map(|(at, one)| wrong(rest, one, format!("{here}[{at}]"), field)),
        one => wrong(rest, one, here, field),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn field(path: &str, kind: FieldKind, required: bool) -> FieldHelp {
        FieldHelp {
            path: path.to_owned(),
            kind,
            required,
            meaning: String::new(),
        }
    }

    #[test]
    fn the_field_that_is_missing_or_holds_something_else_is_named() {
        let fields = [
            field("code", FieldKind::Text, true),
            field("lines", FieldKind::List, true),
            field("lines[].quantity", FieldKind::Number, true),
            field("lines[].due_on", FieldKind::Date, false),
            field("price", FieldKind::Group, false),
            field("price.amount", FieldKind::Number, true),
        ];
        let named = |payload: Value| misfit(&fields, &payload).map(|(name, _)| name);
        let line = json!({ "quantity": "2.5" });
        assert_eq!(
            named(json!({ "code": "A", "lines": [line, { "quantity": 3 }] })),
            None
        );
        assert_eq!(named(json!({ "lines": [] })).as_deref(), Some("code"));
        let wrong = json!({ "code": "A", "lines": [line, { "quantity": "many" }] });
        assert_eq!(
            misfit(&fields, &wrong),
            Some(("lines[1].quantity".to_owned(), FieldKind::Number))
        );
        let wrong = json!({ "code": "A", "lines": [{ "quantity": 1, "due_on": "tomorrow" }] });
        assert_eq!(named(wrong).as_deref(), Some("lines[0].due_on"));
        let wrong = json!({ "code": "A", "lines": [], "price": {} });
        assert_eq!(named(wrong).as_deref(), Some("price.amount"));
        let without = json!({ "code": "A", "lines": [], "price": null });
        assert_eq!(named(without), None);
    }
}
