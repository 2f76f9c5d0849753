//! The details of an entry: what was before and after, and what else it says.

use super::plain;
use serde_json::{Map, Value};

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What; empty when the whole subject.
    pub what: String,
    /// How it was; empty for nothing.
    pub before: String,
    /// How it is; empty for nothing.
    pub after: String,
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.what.is_empty() {
            write!(f, "{}: ", self.what)?;
        }
        let or_nothing = |text: &str| if text.is_empty() { "nothing" } else { text }.to_owned();
        write!(
            f,
            "{} → {}",
            or_nothing(&self.before),
            or_nothing(&self.after)
        )
    }
}

/// What changed, as far as the entry says.
pub fn changes(details: &Value) -> Vec<Change> {
    let (before, after) = (details.get("before"), details.get("after"));
    if before.is_none() && after.is_none() {
        return Vec::new();
    }
    let none = Map::new();
    let fields = |value: Option<&Value>| value.and_then(Value::as_object).cloned();
    match (fields(before), fields(after)) {
        (None, None) => vec![Change {
            what: String::new(),
            before: text(before.unwrap_or(&Value::Null)),
            after: text(after.unwrap_or(&Value::Null)),
        }],
        (old, new) => {
            let (old, new) = (old.unwrap_or_else(|| none.clone()), new.unwrap_or(none));
            let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
            names.sort();
            names.dedup();
            let value = |fields: &Map<String, Value>, name: &String| {
                fields.get(name).map(text).unwrap_or_default()
            };
            names
                .into_iter()
                .map(|name| Change {
                    what: plain(name),
                    before: value(&old, name),
                    after: value(&new, name),
                })
                .filter(|change| change.before != change.after)
                .collect()
        }
    }
}

/// What else the entry says: a name and a text each, without our own numbers.
pub fn facts(details: &Value) -> Vec<(String, String)> {
    let fields = details.as_object().into_iter().flatten();
    fields
        .filter(|(name, _)| !matches!(name.as_str(), "before" | "after") && !name.ends_with("_id"))
        .map(|(name, value)| (plain(name), text(value)))
        .filter(|(_, text)| !text.is_empty())
        .collect()
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(values) => values.iter().map(text).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| format!("{} {}", plain(name), text(value)))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_change_of_one_value_says_from_what_to_what() {
        let told = changes(&json!({ "before": 10, "after": null }));
        assert_eq!(told[0].to_string(), "10 → nothing");
    }
}
