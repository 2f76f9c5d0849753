//! The shapes of OData answers, version 2 and 4: lists, entities, numbers, dates, literals.

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde_json::Value;
use std::str::FromStr;

/// Which version of OData a service speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// `d`, numbers as text, `/Date(…)/`.
    V2,
    /// `value`, plain numbers, ISO dates.
    V4,
}

/// A page of a list.
#[derive(Debug, Default, PartialEq)]
pub(super) struct List {
    pub rows: Vec<Value>,
    /// Where the server says the next page is.
    pub next: Option<String>,
}

/// Reads a list of either version; the reason it cannot be read is a part of a sentence.
pub(super) fn list(body: &[u8]) -> Result<List, String> {
    let mut answer = json(body)?;
    if let Some(rows) = answer.get_mut("value").map(Value::take) {
        let next = text(&answer, "@odata.nextLink");
        return rows_of(rows, next);
    }
    let Some(mut data) = answer.get_mut("d").map(Value::take) else {
        return Err("it holds neither 'd' nor 'value'".into());
    };
    if data.is_array() {
        return rows_of(data, None);
    }
    let next = text(&data, "__next");
    match data.get_mut("results").map(Value::take) {
        Some(rows) => rows_of(rows, next),
        None => Err("it holds no list".into()),
    }
}

fn rows_of(rows: Value, next: Option<String>) -> Result<List, String> {
    match rows {
        Value::Array(rows) => Ok(List { rows, next }),
        _ => Err("its list is no list".into()),
    }
}

/// Reads one entity of either version.
pub(super) fn entity(body: &[u8]) -> Result<Value, String> {
    let mut answer = json(body)?;
    let entity = answer.get_mut("d").map(Value::take).unwrap_or(answer);
    match entity {
        Value::Object(_) => Ok(entity),
        _ => Err("it holds no record".into()),
    }
}

fn json(body: &[u8]) -> Result<Value, String> {
    let trimmed = body.trim_ascii_start();
    match trimmed.first() {
        None => return Err("it is empty".into()),
        Some(b'<') => {
            return Err(
                "it is a web page or XML; check that base_url is SAP's and that no proxy \
                        answers in its place"
                    .into(),
            );
        }
        Some(_) => {}
    }
    serde_json::from_slice(trimmed).map_err(|error| match error.is_eof() {
        true => format!("it breaks off at line {}", error.line()),
        false => format!("it is not what was expected ({error})"),
    })
}

/// A field that holds text, trimmed; none when it is absent, null or empty.
pub(super) fn text(row: &Value, name: &str) -> Option<String> {
    let text = row.get(name)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A field that is true or false; version 2 also writes `X` and nothing.
pub(super) fn flag(row: &Value, name: &str) -> bool {
    match row.get(name) {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => matches!(text.trim(), "X" | "true"),
        _ => false,
    }
}

/// A number, as text (version 2) or as it is (version 4); never through floating point.
pub(super) fn decimal(row: &Value, name: &str) -> Option<Decimal> {
    match row.get(name)? {
        Value::String(text) => Decimal::from_str(text.trim()).ok(),
        Value::Number(number) => Decimal::from_str(&number.to_string()).ok(),
        _ => None,
    }
}

/// The rows of an expanded list of either version; none when it was not expanded.
pub(super) fn expanded<'a>(row: &'a Value, name: &str) -> &'a [Value] {
    let list = row.get(name);
    let list = list.and_then(|list| list.get("results").or(Some(list)));
    list.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The version of a record, to be shown again when it is changed: `If-Match`, without which some services refuse a
/// change. Any version where none was told.
pub(super) fn version(row: &Value) -> String {
    let metadata = row.get("__metadata");
    metadata
        .and_then(|metadata| text(metadata, "etag"))
        .or_else(|| text(row, "@odata.etag"))
        .unwrap_or_else(|| "*".to_owned())
}

/// An instant, as `/Date(ms+offset)/` or in ISO 8601. The offset of the former is for display: the
/// milliseconds are UTC.
pub(super) fn instant(row: &Value, name: &str) -> Option<DateTime<Utc>> {
    let text = row.get(name)?.as_str()?.trim();
    if let Some(inner) = text
        .strip_prefix("/Date(")
        .and_then(|text| text.strip_suffix(")/"))
    {
        let end = inner
            .char_indices()
            .skip(1)
            .find(|(_, character)| matches!(character, '+' | '-'))
            .map_or(inner.len(), |(at, _)| at);
        return DateTime::from_timestamp_millis(inner[..end].parse().ok()?);
    }
    if let Ok(day) = NaiveDate::from_str(text) {
        return Some(day.and_time(NaiveTime::MIN).and_utc());
    }
    DateTime::parse_from_rfc3339(text)
        .ok()
        .map(|instant| instant.to_utc())
}

/// A day as version 2 writes it.
pub(super) fn day(day: NaiveDate) -> String {
    let midnight = day.and_time(NaiveTime::MIN).and_utc();
    format!("/Date({})/", midnight.timestamp_millis())
}

/// A condition "at or after this instant".
pub(super) fn since(field: &str, instant: DateTime<Utc>, version: Version) -> String {
    let written = instant.to_rfc3339_opts(SecondsFormat::Secs, true);
    match version {
        Version::V2 => format!("{field} ge datetimeoffset'{written}'"),
        Version::V4 => format!("{field} ge {written}"),
    }
}

/// A condition "on or after this day", one day early: the day is the server's, whose zone is not
/// known.
pub(super) fn since_day(field: &str, instant: DateTime<Utc>, version: Version) -> String {
    let day = (instant - TimeDelta::days(1)).date_naive();
    match version {
        Version::V2 => format!("{field} ge datetime'{day}T00:00:00'"),
        Version::V4 => format!("{field} ge {day}"),
    }
}

/// A text as it stands in keys and filters.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Percent-encodes all but what is safe everywhere.
pub(super) fn encode(text: &str) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => {
                // Writing into a string does not fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// A query from names, which are written as they are, and values, which are encoded.
pub(super) fn query(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    pairs.join("&")
}

/// A key of several fields, encoded for a path.
pub(super) fn key(fields: &[(&str, &str)]) -> String {
    let fields: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(&literal(value))))
        .collect();
    format!("({})", fields.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_of_both_versions_are_read_with_their_next_page() {
        let v2 =
            json!({"d": {"results": [{"Product": "A"}], "__next": "https://h/x?$skiptoken=2"}});
        let page = list(v2.to_string().as_bytes()).unwrap();
        assert_eq!(page.rows.len(), 1);
        assert_eq!(page.next.as_deref(), Some("https://h/x?$skiptoken=2"));
        let bare = list(br#"{"d":[{"Product":"A"},{"Product":"B"}]}"#).unwrap();
        assert_eq!((bare.rows.len(), bare.next), (2, None));
        let v4 = list(br#"{"value":[],"@odata.nextLink":"Product?$skiptoken=2"}"#).unwrap();
        assert_eq!(v4.next.as_deref(), Some("Product?$skiptoken=2"));
    }

    #[test]
    fn answers_that_are_no_lists_say_what_they_are() {
        for (body, part) in [
            ("", "empty"),
            ("<html>", "web page"),
            (r#"{"d":{"results":[{"#, "breaks off"),
            (r#"{"error":{}}"#, "neither"),
            (r#"{"d":{"results":{}}}"#, "no list"),
        ] {
            let why = list(body.as_bytes()).unwrap_err();
            assert!(why.contains(part), "{body}: {why}");
        }
    }

    #[test]
    fn numbers_keep_their_digits_in_both_versions() {
        let row: Value =
            serde_json::from_str(r#"{"a":"10.000","b":0.1000000000000000055}"#).unwrap();
        assert_eq!(decimal(&row, "a").unwrap().to_string(), "10.000");
        let b = decimal(&row, "b").unwrap().to_string();
        assert_eq!(b, "0.1000000000000000055");
        assert_eq!(decimal(&json!({"a": "ten"}), "a"), None);
    }

    #[test]
    fn instants_are_read_in_every_form() {
        let row = json!({
            "a": "/Date(1767225600000)/", "b": "/Date(1767225600000+0120)/", "c": "/Date(-1000)/",
            "d": "2026-01-01T00:00:00Z", "e": "2026-01-01", "f": null, "g": "soon"
        });
        let expected = "2026-01-01T00:00:00Z".parse().ok();
        for name in ["a", "b", "d", "e"] {
            assert_eq!(instant(&row, name), expected, "{name}");
        }
        assert_eq!(instant(&row, "c").unwrap().timestamp(), -1);
        assert_eq!((instant(&row, "f"), instant(&row, "g")), (None, None));
        let start = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        assert_eq!(day(start), "/Date(1767225600000)/");
    }

    #[test]
    fn literals_cannot_leave_their_quotes() {
        assert_eq!(literal("O'Brien"), "'O''Brien'");
        assert_eq!(
            key(&[("A", "x'y"), ("B", "")]),
            "(A=%27x%27%27y%27,B=%27%27)"
        );
        assert_eq!(
            query(&[("$filter", "A eq 'b c'")]),
            "$filter=A%20eq%20%27b%20c%27"
        );
    }
}
