//! The fields of an answer and their types, as words.

use serde_json::{Value, json};

const TIME: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?Z$";

/// The JSON Schema of an object with exactly these fields, from the word of each one's type.
fn shape(fields: &[(&str, &str)]) -> Value {
    let typed = |word: &str| match word.strip_suffix(" or null") {
        Some(word) => json!([word, "null"]),
        None => json!([word]),
    };
    let of = |word: &str| match word {
        "uuid" => {
            json!({ "type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" })
        }
        "uuid or null" => {
            json!({ "type": ["string", "null"], "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" })
        }
        "time" => json!({ "type": "string", "pattern": TIME }),
        "time or null" => json!({ "type": ["string", "null"], "pattern": TIME }),
        "null" => json!({ "type": "null" }),
        word => json!({ "type": typed(word) }),
    };
    let properties: serde_json::Map<String, Value> = fields
        .iter()
        .map(|(name, word)| ((*name).to_owned(), of(word)))
        .collect();
    let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    json!({ "type": "object", "properties": properties, "required": names, "additionalProperties": false })
}

/// Fails unless the value has exactly these fields of these types.
pub fn assert_shape(value: &Value, fields: &[(&str, &str)]) {
    let validator = jsonschema::validator_for(&shape(fields)).unwrap();
    let faults: Vec<String> = validator
        .iter_errors(value)
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{faults:?} in {value}");
}

/// The type words with those of some fields replaced by what they have to be here.
pub fn with<'a, const N: usize>(
    fields: [(&'a str, &'a str); N],
    here: &[(&str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let word = |(name, word): (&'a str, &'a str)| {
        let other = here.iter().find(|(field, _)| *field == name);
        (name, other.map_or(word, |(_, word)| *word))
    };
    fields.into_iter().map(word).collect()
}
