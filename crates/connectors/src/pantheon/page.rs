//! Reads a page of rows: all at once when every row is well, one by one when some are not.

use super::wire::Envelope;
use crate::RefusedRow;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::fmt;

/// A refused row is kept as it came up to this size.
const PAYLOAD_CAP: usize = 64 * 1024;
/// Characters kept of one that is larger, and of a first row without a key.
const HEAD: usize = 2_000;

/// A row on the wire.
pub(super) trait Row<'a>: Deserialize<'a> {
    /// The vendor's name of the key.
    const KEY: &'static str;
    /// The key.
    fn key(&self) -> &str;
}

/// A row in our words.
pub(super) trait Record: PartialEq {
    /// What people call one.
    const NOUN: &'static str;
    /// What no two may share.
    fn key(&self) -> (&str, &str, Option<NaiveDate>);
    /// Last change upstream.
    fn changed_at(&self) -> Option<DateTime<Utc>>;
}

/// What was on a page.
#[derive(Debug, Default)]
pub(super) struct Read<T> {
    pub records: T,
    pub refused: Vec<RefusedRow>,
    /// Rows on the wire.
    pub rows: usize,
    /// Rows on the wire that a later one with the same key replaces.
    pub twins: usize,
    /// Key of the first row, to recognise a page that is served again.
    pub first_key: String,
    pub latest: Option<DateTime<Utc>>,
    pub latest_day: Option<NaiveDate>,
}

impl<T> Read<T> {
    pub fn map<U>(self, records: impl FnOnce(T) -> U) -> Read<U> {
        Read {
            records: records(self.records),
            refused: self.refused,
            rows: self.rows,
            twins: self.twins,
            first_key: self.first_key,
            latest: self.latest,
            latest_day: self.latest_day,
        }
    }
}

/// Why a page as a whole cannot be read.
#[derive(Debug)]
pub(super) struct Unreadable(String);

impl Unreadable {
    pub fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<serde_json::Error> for Unreadable {
    fn from(error: serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        if error.is_eof() {
            Self(format!("it breaks off at line {line}, column {column}"))
        } else {
            Self(format!("it is not what was expected ({error})"))
        }
    }
}

/// Reads a page and puts its rows into our words.
pub(super) fn read<'a, T: Row<'a>, M: Record>(
    text: &'a str,
    map: impl Fn(T) -> Result<M, String>,
) -> Result<Read<Vec<M>>, Unreadable> {
    let array = rows_of(text)?;
    let mut first_key = String::new();
    let mut mapped = Vec::new();
    let rows = match serde_json::from_str::<Vec<T>>(array) {
        Ok(rows) => {
            first_key = rows
                .first()
                .map(|row| row.key().to_owned())
                .unwrap_or_default();
            rows.into_iter().map(Ok).collect::<Vec<_>>()
        }
        Err(_) => one_by_one(array)?,
    };
    let count = rows.len();
    mapped.extend(rows.into_iter().map(|row| row.and_then(&map)));
    let mut page = collect(mapped, array)?;
    page.rows = count;
    if first_key.is_empty() && count > 0 {
        first_key = key_of_first::<T>(array);
    }
    page.first_key = first_key;
    Ok(page)
}

fn one_by_one<'a, T: Row<'a>>(array: &'a str) -> Result<Vec<Result<T, String>>, Unreadable> {
    let rows: Vec<&RawValue> = serde_json::from_str(array)?;
    let decode = |row: &'a RawValue| {
        serde_json::from_str(row.get()).map_err(|error| {
            let text = error.to_string();
            let why = text.split(" at line ").next().unwrap_or_default();
            format!("The row cannot be read: {why}.")
        })
    };
    Ok(rows.into_iter().map(decode).collect())
}

/// Parts accepted rows from refused ones; of rows with the same key the last one stays.
fn collect<M: Record>(
    mapped: Vec<Result<M, String>>,
    array: &str,
) -> Result<Read<Vec<M>>, Unreadable> {
    let mut refused: Vec<(usize, String)> = Vec::new();
    let mut kept: Vec<(usize, M)> = Vec::with_capacity(mapped.len());
    for (index, row) in mapped.into_iter().enumerate() {
        match row {
            Ok(record) => kept.push((index, record)),
            Err(reason) => refused.push((index, reason)),
        }
    }
    let superseded = superseded(&kept);
    refused.extend(superseded.iter().filter(|(_, differs)| **differs).map(|(index, _)| {
        let noun = M::NOUN;
        let reason = format!(
            "The {noun} came twice on one page with different contents; the later one was kept."
        );
        (*index, reason)
    }));
    let mut records = Vec::with_capacity(kept.len());
    records.extend(
        kept.into_iter()
            .filter_map(|(index, record)| (!superseded.contains_key(&index)).then_some(record)),
    );
    refused.sort_by_key(|(index, _)| *index);
    Ok(Read {
        latest: records.iter().filter_map(M::changed_at).max(),
        latest_day: records.iter().filter_map(|record| record.key().2).max(),
        records,
        refused: with_payloads(refused, array)?,
        rows: 0,
        twins: superseded.len(),
        first_key: String::new(),
    })
}

/// Rows that a later one with the same key replaces, and whether that one differs.
fn superseded<M: Record>(kept: &[(usize, M)]) -> HashMap<usize, bool> {
    let mut last: HashMap<_, &(usize, M)> = HashMap::with_capacity(kept.len());
    let mut superseded = HashMap::new();
    for row in kept {
        if let Some(earlier) = last.insert(row.1.key(), row) {
            superseded.insert(earlier.0, earlier.1 != row.1);
        }
    }
    superseded
}

fn with_payloads(
    refused: Vec<(usize, String)>,
    array: &str,
) -> Result<Vec<RefusedRow>, Unreadable> {
    if refused.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<&RawValue> = serde_json::from_str(array)?;
    let with_payload = |(index, reason): (usize, String)| {
        let raw = rows.get(index).map_or("null", |row| row.get());
        RefusedRow {
            external_key: key_in(raw),
            reason,
            payload: payload(raw),
        }
    };
    Ok(refused.into_iter().map(with_payload).collect())
}

fn key_of_first<'a, T: Row<'a>>(array: &str) -> String {
    let rows: Vec<&RawValue> = serde_json::from_str(array).unwrap_or_default();
    let raw = rows.first().map_or("", |row| row.get());
    match key_in(raw) {
        key if key.is_empty() => {
            format!("{} {}", T::KEY, raw.chars().take(HEAD).collect::<String>())
        }
        key => key,
    }
}

/// The key as far as a row without a readable shape has one.
fn key_in(raw: &str) -> String {
    const KEYS: [&str; 4] = ["Ident", "BrojDokumenta", "IdSubjekta", "Sifra"];
    let Ok(Value::Object(row)) = serde_json::from_str::<Value>(raw) else {
        return String::new();
    };
    let key = KEYS.iter().find_map(|key| row.get(*key));
    match key {
        Some(Value::String(key)) => key.replace('\0', "").trim().to_owned(),
        Some(Value::Number(key)) => key.to_string(),
        _ => String::new(),
    }
}

/// The row as it came, made fit for a `jsonb` column: without U+0000, numbers written with an
/// exponent as text, and only the beginning of a huge one.
fn payload(raw: &str) -> Value {
    if raw.len() > PAYLOAD_CAP {
        return Value::String(raw.chars().take(HEAD).collect());
    }
    let mut value = serde_json::from_str(raw).unwrap_or(Value::Null);
    make_storable(&mut value);
    value
}

fn make_storable(value: &mut Value) {
    match value {
        Value::String(text) if text.contains('\0') => *text = text.replace('\0', ""),
        Value::Number(number) if number.as_str().contains(['e', 'E']) => {
            *value = Value::String(number.to_string());
        }
        Value::Array(values) => values.iter_mut().for_each(make_storable),
        Value::Object(fields) if fields.keys().any(|name| name.contains('\0')) => {
            *value = Value::String("a row with an unusable field name".into());
        }
        Value::Object(fields) => fields.values_mut().for_each(make_storable),
        _ => {}
    }
}

/// The rows of an answer: a bare array, or one in a wrapper. An error object is never "no rows",
/// unless it says just that.
fn rows_of(text: &str) -> Result<&str, Unreadable> {
    let text = text.trim_start_matches('\u{feff}').trim();
    match text.as_bytes().first() {
        Some(b'[') => Ok(text),
        Some(b'{') => {
            let envelope: Envelope<'_> = serde_json::from_str(text)?;
            if envelope.says_no_data() {
                return Ok("[]");
            }
            if let Some(error) = envelope.error() {
                let why = format!("it is an error inside an accepted answer: {error}");
                return Err(Unreadable(why));
            }
            let data = envelope.data.map(RawValue::get);
            data.filter(|data| data.starts_with('['))
                .ok_or_else(|| Unreadable::new("it is an object without rows"))
        }
        Some(b'<') => Err(Unreadable::new(
            "it is a web page; check that base_url is the gateway's and that no proxy or firewall \
             answers in its place",
        )),
        Some(_) => Err(Unreadable::new("it is not JSON")),
        None => Err(Unreadable::new("it is empty")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_that_bring_no_rows_say_what_they_are() {
        let complaint = |text: &str| rows_of(text).unwrap_err().to_string();
        assert!(complaint("<html><body>Maintenance</body></html>").contains("web page"));
        assert!(complaint("").contains("empty"));
        assert!(complaint("Service down").contains("not JSON"));
        assert!(complaint(r#"{"status":0}"#).contains("without rows"));
        assert!(complaint(r#"{"data":null}"#).contains("without rows"));
        let error = complaint(r#"{"errorCode":5000,"message":"deadlock","data":[]}"#);
        assert!(
            error.contains("5000") && error.contains("deadlock"),
            "{error}"
        );
        assert!(complaint(r#"{"error":"boom"}"#).contains("boom"));
        assert!(complaint(r#"{"data":[1,"#).contains("breaks off"));
    }

    #[test]
    fn rows_are_found_bare_wrapped_and_behind_a_byte_order_mark() {
        assert_eq!(rows_of("\u{feff} [1] ").unwrap(), "[1]");
        assert_eq!(rows_of(r#"{"status":0,"data":[1]}"#).unwrap(), "[1]");
        assert_eq!(rows_of(r#"{"errorCode":0,"data":[1]}"#).unwrap(), "[1]");
        let empty = r#"{"errorCode":3011,"message":"No data found"}"#;
        assert_eq!(rows_of(empty).unwrap(), "[]");
    }

    #[test]
    fn payloads_can_be_stored() {
        let row = payload(r#"{"Ident":"a\u0000b","Kolicina":1e999999,"x":[0.10]}"#);
        assert_eq!(
            row.to_string(),
            r#"{"Ident":"ab","Kolicina":"1e+999999","x":[0.10]}"#
        );
        let huge = format!(r#"["{}"]"#, "x".repeat(PAYLOAD_CAP));
        assert_eq!(payload(&huge).as_str().unwrap().len(), HEAD);
    }
}
