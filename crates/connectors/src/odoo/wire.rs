//! How Odoo writes values: `false` for nothing, pairs for links, times without a zone.

use chrono::{DateTime, NaiveDateTime, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Number, Value};
use std::str::FromStr;

/// Odoo's times on the wire: UTC, whole seconds.
const TIME: &str = "%Y-%m-%d %H:%M:%S";
/// Decimals kept; what is beyond comes from Odoo's floating point.
const DECIMALS: u32 = 4;

/// A record as Odoo sends it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row(pub Map<String, Value>);

/// Another record: its id and the name it is shown by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub id: i64,
    pub name: String,
}

impl Row {
    /// The record's id; 0 when it has none, which no record of Odoo has.
    pub fn id(&self) -> i64 {
        self.0.get("id").and_then(Value::as_i64).unwrap_or_default()
    }

    /// A text that is not empty, trimmed.
    pub fn text(&self, field: &str) -> Option<String> {
        let text = self.0.get(field)?.as_str()?.replace('\0', "");
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// A yes or no; absent is no.
    pub fn flag(&self, field: &str) -> bool {
        self.0.get(field).and_then(Value::as_bool).unwrap_or(false)
    }

    /// The record a field points to.
    pub fn link(&self, field: &str) -> Option<Link> {
        link(self.0.get(field)?)
    }

    /// The ids of a field that points to many.
    pub fn ids(&self, field: &str) -> Vec<i64> {
        let many = self.0.get(field).and_then(Value::as_array);
        many.into_iter()
            .flatten()
            .filter_map(Value::as_i64)
            .collect()
    }

    /// A number, rounded to what we keep.
    pub fn number(&self, field: &str) -> Option<Decimal> {
        decimal(self.0.get(field)?)
    }

    /// A time.
    pub fn instant(&self, field: &str) -> Option<DateTime<Utc>> {
        instant(self.0.get(field)?.as_str()?)
    }
}

fn link(value: &Value) -> Option<Link> {
    match value {
        Value::Array(pair) => Some(Link {
            id: pair.first()?.as_i64()?,
            name: pair.get(1).and_then(Value::as_str)?.trim().to_owned(),
        }),
        Value::Number(id) => Some(Link {
            id: id.as_i64()?,
            name: String::new(),
        }),
        _ => None,
    }
}

/// A decimal from its digits: never through floating point.
pub(super) fn decimal(value: &Value) -> Option<Decimal> {
    let Value::Number(number) = value else {
        return None;
    };
    let text = number.to_string();
    let exact = match text.contains(['e', 'E']) {
        true => Decimal::from_scientific(&text).ok()?,
        false => Decimal::from_str(&text).ok()?,
    };
    Some(exact.round_dp(DECIMALS).normalize())
}

/// A decimal as a JSON number with the same digits.
pub(super) fn number(value: Decimal) -> Value {
    let text = value.normalize().to_string();
    Number::from_str(&text).map_or(Value::String(text), Value::Number)
}

/// A time as Odoo writes it.
pub(super) fn instant(text: &str) -> Option<DateTime<Utc>> {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    NaiveDateTime::parse_from_str(whole, TIME)
        .ok()
        .map(|time| time.and_utc())
}

/// A time for Odoo to compare with.
pub(super) fn time(at: DateTime<Utc>) -> Value {
    Value::String(at.format(TIME).to_string())
}

/// Formatted text as words with single spaces between them.
pub(super) fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut inside = false;
    for letter in html.chars() {
        match letter {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                text.push(' ');
            }
            other if !inside => text.push(other),
            _ => {}
        }
    }
    let text = text
        .replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row(value: Value) -> Row {
        match value {
            Value::Object(fields) => Row(fields),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn false_is_nothing_whatever_the_type() {
        let row = row(json!({ "id": 7, "name": false, "uom_id": false }));
        assert_eq!(row.id(), 7);
        assert_eq!(row.text("name"), None);
        assert_eq!(row.link("uom_id"), None);
        assert_eq!(row.number("name"), None);
    }

    #[test]
    fn numbers_keep_their_digits() {
        let row: Row = row(serde_json::from_str(
            r#"{"a": 12.3456789, "b": 1e-05, "c": 0.30000000000000004, "d": 100.0}"#,
        )
        .unwrap());
        let text = |field: &str| row.number(field).unwrap().to_string();
        assert_eq!(text("a"), "12.3457");
        assert_eq!(text("b"), "0");
        assert_eq!(text("c"), "0.3");
        assert_eq!(text("d"), "100");
        assert_eq!(number("10.50".parse().unwrap()).to_string(), "10.5");
    }

    #[test]
    fn formatted_notes_become_plain_text() {
        let note = "<p>Ring <b>twice</b> &amp; wait</p>";
        assert_eq!(without_tags(note), "Ring twice & wait");
        assert_eq!(without_tags("<p>  </p>"), "");
    }

    #[test]
    fn times_are_utc_with_or_without_fractions() {
        let at = instant("2026-11-21 01:07:53.120000").unwrap();
        assert_eq!(at.to_rfc3339(), "2026-11-21T01:07:53+00:00");
        assert_eq!(time(at), json!("2026-11-21 01:07:53"));
        assert_eq!(instant("tomorrow"), None);
    }
}
