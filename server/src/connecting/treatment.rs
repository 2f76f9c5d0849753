//! The folded part of the form: how failures are tried again, where calls and messages have their limits, and
//! when the system rests. It is drawn from the schema of a whole connection, like the rest.

use super::fields::{help, kind_of, resolved, text_of, value};
use connectors::Capability;
use connectors::registry::{self, ConnectorKind};
use domain::connection::ConnectionDetail;
use domain::connection_form::{ConnectionForm, FormField, Misfit};
use domain::delivery::{DeliverySettings, RetryStrategy};
use domain::word;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A setting by its place in the schema; whether it counts for systems that are only read too.
type Asked = (&'static str, bool);

/// What is asked for, in this order. The other settings of the treatment have a dialog of their own.
const ASKED: [Asked; 11] = [
    ("retry_policy.strategy", false),
    ("retry_policy.max_attempts", false),
    ("retry_policy.initial_delay_seconds", false),
    ("retry_policy.base", false),
    ("retry_policy.delays_seconds", false),
    ("retry_policy.max_delay_seconds", false),
    ("retry_policy.jitter_percent", false),
    ("features.batch_size", false),
    ("features.circuit_breaker_failures", true),
    ("features.circuit_breaker_pause_seconds", true),
    ("maintenance", false),
];

/// The fields of a kind of system, filled in with what differs from the defaults.
pub(super) fn fields(kind: &ConnectorKind, present: Option<&ConnectionDetail>) -> Vec<FormField> {
    let schema = registry::connection_schema();
    let kept = kept(present);
    let mut capabilities = kind.capabilities.iter();
    let writes = capabilities.any(|one| matches!(one, Capability::Push(_)));
    let asked = ASKED.iter().filter(|(_, always)| writes || *always);
    asked
        .filter_map(|(name, _)| field(&schema, name, &kept))
        .collect()
}

fn field(schema: &Value, name: &str, kept: &Map<String, Value>) -> Option<FormField> {
    let setting = described(schema, name)?;
    let label = setting["title"].as_str().unwrap_or(name);
    let default = text_of(&setting["default"]);
    let now = at(kept, name).and_then(text_of);
    Some(FormField {
        name: name.to_owned(),
        label: label.to_owned(),
        help: help(label, &setting["description"]),
        kind: kind_of(schema, setting),
        required: false,
        value: now.filter(|now| default.as_ref() != Some(now)),
        default,
        folded: true,
    })
}

/// What the schema says of a setting.
fn described<'a>(schema: &'a Value, name: &str) -> Option<&'a Value> {
    name.split('.').try_fold(schema, |above, name| {
        resolved(schema, above).get("properties")?.get(name)
    })
}

/// How the account is treated now; nothing of a new one, and of one whose settings cannot be read.
fn kept(present: Option<&ConnectionDetail>) -> Map<String, Value> {
    let settings = present.and_then(|detail| detail.delivery.as_ref().ok());
    written(settings)
}

fn written(settings: Option<&DeliverySettings>) -> Map<String, Value> {
    match settings.map(serde_json::to_value) {
        Some(Ok(Value::Object(written))) => written,
        _ => Map::new(),
    }
}

fn at<'a>(settings: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    match name.split_once('.') {
        Some((part, name)) => settings.get(part)?.get(name),
        None => settings.get(name),
    }
}

/// The parts of the treatment that were changed in the form, each as a whole and with what else it holds. What is
/// as by default stays unwritten, and what nobody touched as it is: a field that was emptied comes as an empty text,
/// one that is missing says nothing.
///
/// # Errors
/// The first field that cannot be read.
pub(super) fn changed(
    form: &ConnectionForm,
    values: &BTreeMap<String, String>,
    present: Option<&ConnectionDetail>,
) -> Result<Map<String, Value>, Misfit> {
    let kept = kept(present);
    let mut changed = Map::new();
    for field in form.fields.iter().filter(|field| field.folded) {
        let Some(text) = values.get(&field.name).map(|text| text.trim()) else {
            continue;
        };
        let usual = text.is_empty() || field.default.as_deref() == Some(text);
        let same = match &field.value {
            Some(now) => now == text,
            None => usual,
        };
        if !same {
            let entered = match usual {
                true => None,
                false => Some(read(field, text)?),
            };
            put(&mut changed, &kept, &field.name, entered);
        }
    }
    list_waits(&mut changed);
    Ok(changed)
}

/// Where waits become those listed and none are, as under a strategy that needs no list, they are the usual ones, which
/// the empty field shows.
fn list_waits(changed: &mut Map<String, Value>) {
    let policy = changed.get_mut("retry_policy");
    let Some(policy) = policy.and_then(Value::as_object_mut) else {
        return;
    };
    let strategy = policy.get("strategy").and_then(Value::as_str);
    let listed = strategy.is_none_or(|word| word == RetryStrategy::Custom.as_str());
    let none = policy.get("delays_seconds").and_then(Value::as_array);
    if listed && none.is_some_and(Vec::is_empty) {
        policy.remove("delays_seconds");
    }
}

/// Numbers of a treatment are whole.
fn read(field: &FormField, text: &str) -> Result<Value, Misfit> {
    match value(field, text)? {
        Value::Number(number) if !number.is_u64() => {
            Err(Misfit::at(&field.name, word!("Enter a whole number.")))
        }
        read => Ok(read),
    }
}

/// Writes a setting into its part, which begins as it is kept; none makes it as by default.
fn put(
    changed: &mut Map<String, Value>,
    kept: &Map<String, Value>,
    name: &str,
    entered: Option<Value>,
) {
    let Some((part, name)) = name.split_once('.') else {
        let usual = || written(Some(&DeliverySettings::default())).remove(name);
        if let Some(entered) = entered.or_else(usual) {
            changed.insert(name.to_owned(), entered);
        }
        return;
    };
    let whole = changed.entry(part).or_insert_with(|| {
        let kept = kept.get(part).cloned();
        kept.unwrap_or_else(|| Value::Object(Map::new()))
    });
    let Some(whole) = whole.as_object_mut() else {
        return;
    };
    match entered {
        Some(entered) => drop(whole.insert(name.to_owned(), entered)),
        None => drop(whole.remove(name)),
    }
}

#[cfg(test)]
mod tests;
