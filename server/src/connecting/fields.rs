//! The form of a kind of system, made from the JSON Schema of its settings.

use super::{lists, treatment};
use connectors::registry::ConnectorKind;
use domain::connection::ConnectionDetail;
use domain::connection_form::{ConnectionForm, FieldKind, FormChoice, FormField, Misfit, NAME};
use domain::word;
use serde_json::{Map, Number, Value};
use std::collections::BTreeMap;

/// What a secret's field says below it.
const SEALED: &str = word!("Kept sealed; never shown again.");
/// Settings of every system that says where it is; they are asked for first.
const ADDRESS: &str = "base_url";

/// The form, filled in where there is a connection.
pub(super) fn form(kind: &ConnectorKind, present: Option<&ConnectionDetail>) -> ConnectionForm {
    let schema = kind.settings_schema();
    let settings = present.map(|detail| &detail.settings);
    let known = schema["properties"].as_object().into_iter().flatten();
    let mut fields: Vec<FormField> = known
        .map(|(name, setting)| field(&schema, name, setting, settings))
        .collect();
    fields.extend(kind.secrets.iter().map(|name| secret(name, present)));
    fields.push(name_field(present));
    fields.sort_by_key(rank);
    fields.extend(treatment::fields(kind, present));
    ConnectionForm {
        kind: kind.kind.to_owned(),
        label: kind.label.to_owned(),
        fields,
    }
}

fn rank(field: &FormField) -> u8 {
    match (field.name.as_str(), &field.kind) {
        (NAME, _) => 0,
        (ADDRESS, _) => 1,
        (_, FieldKind::Secret { .. }) => 3,
        _ if field.required => 2,
        _ => 4,
    }
}

fn name_field(present: Option<&ConnectionDetail>) -> FormField {
    FormField {
        name: NAME.to_owned(),
        label: word!("Name").to_owned(),
        help: word!("As colleagues read it.").to_owned(),
        kind: FieldKind::Text,
        required: true,
        default: None,
        value: present.map(|detail| detail.connection.name.clone()),
        folded: false,
    }
}

fn secret(name: &str, present: Option<&ConnectionDetail>) -> FormField {
    let set = present.is_some_and(|detail| detail.secrets_set.iter().any(|known| known == name));
    let label = match name {
        "api_key" => word!("API key"),
        _ => word!("Password"),
    };
    FormField {
        name: name.to_owned(),
        label: label.to_owned(),
        help: SEALED.to_owned(),
        kind: FieldKind::Secret { set },
        required: true,
        default: None,
        value: None,
        folded: false,
    }
}

fn field(schema: &Value, name: &str, setting: &Value, settings: Option<&Value>) -> FormField {
    let mut required = schema["required"].as_array().into_iter().flatten();
    let label = setting["title"].as_str().unwrap_or(name);
    FormField {
        name: name.to_owned(),
        label: label.to_owned(),
        help: help(label, &setting["description"]),
        kind: kind_of(schema, setting),
        required: required.any(|needed| needed == name),
        default: text_of(&setting["default"]),
        value: settings.and_then(|settings| text_of(&settings[name])),
        folded: false,
    }
}

/// A description as one line, without marks for code; nothing where the label says it all.
pub(super) fn help(label: &str, description: &Value) -> String {
    let words = description.as_str().unwrap_or_default().split_whitespace();
    let text = words.collect::<Vec<_>>().join(" ").replace('`', "");
    match text.trim_end_matches('.') == label {
        true => String::new(),
        false => text,
    }
}

/// A setting as the text of its field.
pub(super) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Array(all) => Some(lists::text_of(all)).filter(|text| !text.is_empty()),
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        other => Some(other.to_string()),
    }
}

/// What a schema says, also where it stands elsewhere in it.
pub(super) fn resolved<'a>(schema: &'a Value, of: &'a Value) -> &'a Value {
    let elsewhere = of["$ref"].as_str();
    let elsewhere = elsewhere.and_then(|path| schema.pointer(path.trim_start_matches('#')));
    elsewhere.unwrap_or(of)
}

/// What a setting takes.
pub(super) fn kind_of(schema: &Value, setting: &Value) -> FieldKind {
    let choices = choices(resolved(schema, setting));
    let is = |kind: &str| match &setting["type"] {
        Value::Array(kinds) => kinds.iter().any(|known| known == kind),
        known => known == kind,
    };
    if !choices.is_empty() {
        FieldKind::Choice(choices)
    } else if setting["format"] == "date" {
        FieldKind::Day
    } else if is("boolean") {
        FieldKind::Boolean
    } else if is("integer") || is("number") {
        FieldKind::Number {
            least: text_of(&setting["minimum"]),
            most: text_of(&setting["maximum"]),
        }
    } else if is("array") {
        lists::kind_of(resolved(schema, &setting["items"]), &setting["maxItems"])
    } else {
        FieldKind::Text
    }
}

/// The words of an enumeration, whether it is listed or each word is described: then that is what people read.
fn choices(of: &Value) -> Vec<FormChoice> {
    let alone = of["const"].as_str().into_iter();
    let listed = of["enum"].as_array().into_iter().flatten();
    let described = help("", &of["description"]);
    let choice = |word: &str| FormChoice {
        word: word.to_owned(),
        label: match described.trim_end_matches('.') {
            "" => word.to_owned(),
            text => text.to_owned(),
        },
    };
    let mut all: Vec<FormChoice> = alone.map(choice).collect();
    all.extend(listed.filter_map(Value::as_str).map(|word| FormChoice {
        word: word.to_owned(),
        label: word.to_owned(),
    }));
    for one in of["oneOf"].as_array().into_iter().flatten() {
        all.extend(choices(one));
    }
    all
}

/// The settings that were entered, as they are written in a file; the name among them, what is folded not.
///
/// # Errors
/// The first field that is missing or cannot be read.
pub(super) fn settings(
    form: &ConnectionForm,
    values: &BTreeMap<String, String>,
) -> Result<Map<String, Value>, Misfit> {
    let unknown = |name: &&String| form.fields.iter().all(|field| field.name != **name);
    if let Some(name) = values.keys().find(unknown) {
        return Err(Misfit::at(name, word!("There is no such setting.")));
    }
    let mut settings = Map::new();
    for field in form.fields.iter().filter(|field| !field.folded) {
        let text = values.get(&field.name).map_or("", String::as_str);
        let is_secret = matches!(field.kind, FieldKind::Secret { .. });
        // A password may begin with a space.
        let text = if is_secret { text } else { text.trim() };
        if !text.is_empty() {
            settings.insert(field.name.clone(), value(field, text)?);
        } else if field.lacks(Some(text)) {
            return Err(Misfit::at(&field.name, word!("This is needed.")));
        }
    }
    Ok(settings)
}

/// What a text that was entered stands for.
pub(super) fn value(field: &FormField, text: &str) -> Result<Value, Misfit> {
    match &field.kind {
        FieldKind::Number { least, most } => {
            let (least, most) = (least.as_deref(), most.as_deref());
            let refused = |sentence: String| Misfit::at(&field.name, sentence);
            number(text, least, most)
                .map(Value::Number)
                .map_err(refused)
        }
        FieldKind::Boolean => match text.parse() {
            Ok(yes) => Ok(Value::Bool(yes)),
            Err(_) => Err(Misfit::at(&field.name, word!("Choose one."))),
        },
        FieldKind::Choice(choices) if choices.iter().all(|choice| choice.word != text) => {
            Err(Misfit::at(&field.name, word!("Choose one.")))
        }
        FieldKind::Numbers { most } => {
            lists::numbers(text, *most).map_err(|sentence| Misfit::at(&field.name, sentence))
        }
        FieldKind::Windows { most } => {
            lists::windows(text, *most).map_err(|sentence| Misfit::at(&field.name, sentence))
        }
        _ => Ok(Value::String(text.to_owned())),
    }
}

fn number(text: &str, least: Option<&str>, most: Option<&str>) -> Result<Number, String> {
    let read = text
        .parse::<f64>()
        .ok()
        .zip(serde_json::from_str(text).ok());
    let Some((size, number)) = read else {
        return Err(word!("Enter a number.").to_owned());
    };
    let bound = |limit: Option<&str>| limit.and_then(|limit| limit.parse::<f64>().ok());
    let low = bound(least).is_some_and(|least| size < least);
    let high = bound(most).is_some_and(|most| size > most);
    match (low || high, least, most) {
        (true, Some(least), Some(most)) => Err(format!(
            word!("Allowed is {least} to {most}."),
            least = least,
            most = most
        )),
        (true, Some(least), None) => {
            Err(format!(word!("Allowed is {least} or more."), least = least))
        }
        (true, ..) => Err(word!("Enter a number.").to_owned()),
        (false, ..) => Ok(number),
    }
}

#[cfg(test)]
mod tests;
