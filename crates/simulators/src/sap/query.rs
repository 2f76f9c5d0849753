//! Addresses of OData: paths with keys, and the query options the services understand.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};

/// What is asked for behind the service.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Target {
    /// The entity set, or `$batch`; empty for the service itself.
    pub set: String,
    /// Names and values; the name is empty for a key of one field.
    pub key: Option<HashMap<String, String>>,
}

impl Target {
    /// Reads `A_Product('X')` or `MaterialBOM(BillOfMaterial='1',Plant='2')`, encoded.
    pub fn parse(path: &str) -> Option<Self> {
        let path = decode(path.trim_matches('/'))?;
        let Some((set, rest)) = path.split_once('(') else {
            return Some(Self {
                set: path,
                key: None,
            });
        };
        let mut key = HashMap::new();
        for field in split(rest.strip_suffix(')')?, ",") {
            let (name, value) = match field.trim().starts_with('\'') {
                true => ("", field),
                false => field.split_once('=')?,
            };
            key.insert(name.trim().to_owned(), unquote(value)?);
        }
        Some(Self {
            set: set.to_owned(),
            key: Some(key),
        })
    }

    pub fn field(&self, name: &str) -> Option<&str> {
        self.key.as_ref()?.get(name).map(String::as_str)
    }
}

/// Query options by name.
#[derive(Debug, Default)]
pub(crate) struct Options(HashMap<String, String>);

impl Options {
    pub fn parse(query: &str) -> Self {
        let pairs = query.split('&').filter_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            Some((decode(name)?, decode(&value.replace('+', " "))?))
        });
        Self(pairs.collect())
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub fn number(&self, name: &str) -> Option<usize> {
        self.get(name)?.parse().ok()
    }
}

/// A field's value as filters compare it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd)]
pub(crate) enum Cell {
    Text(String),
    Time(DateTime<Utc>),
}

/// One comparison; a filter is several, all of which must hold.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Condition {
    field: String,
    operator: String,
    value: Cell,
}

/// Reads a filter; none when it is more than comparisons joined by `and`.
pub(crate) fn filter(text: &str) -> Option<Vec<Condition>> {
    split(text, " and ").into_iter().map(condition).collect()
}

fn condition(text: &str) -> Option<Condition> {
    let mut words = text.trim().splitn(3, ' ');
    let (field, operator, value) = (words.next()?, words.next()?, words.next()?);
    matches!(operator, "eq" | "ne" | "gt" | "ge" | "lt" | "le").then_some(())?;
    let value = value.trim();
    let literal = ["datetimeoffset", "datetime"]
        .iter()
        .find_map(|kind| value.strip_prefix(kind))
        .filter(|rest| rest.starts_with('\''));
    let value = match literal {
        Some(quoted) => Cell::Time(time(&unquote(quoted)?)?),
        None if value.starts_with('\'') => Cell::Text(unquote(value)?),
        None => Cell::Time(time(value)?),
    };
    Some(Condition {
        field: field.to_owned(),
        operator: operator.to_owned(),
        value,
    })
}

fn time(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc());
    }
    let whole = if text.contains('T') {
        text.to_owned()
    } else {
        format!("{text}T00:00:00")
    };
    let time = NaiveDateTime::parse_from_str(&whole, "%Y-%m-%dT%H:%M:%S").ok()?;
    Some(time.and_utc())
}

impl Condition {
    /// Whether it holds; none when there is no such field to filter by.
    pub fn holds(&self, cell: impl Fn(&str) -> Option<Cell>) -> Option<bool> {
        let order = cell(&self.field)?.partial_cmp(&self.value)?;
        Some(match &*self.operator {
            "eq" => order.is_eq(),
            "ne" => order.is_ne(),
            "gt" => order.is_gt(),
            "ge" => order.is_ge(),
            "lt" => order.is_lt(),
            _ => order.is_le(),
        })
    }
}

/// Splits outside of quotes.
fn split<'a>(text: &'a str, by: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let (mut start, mut quoted) = (0, false);
    for (at, character) in text.char_indices() {
        if character == '\'' {
            quoted = !quoted;
        } else if !quoted && at >= start && text[at..].starts_with(by) {
            parts.push(&text[start..at]);
            start = at + by.len();
        }
    }
    parts.push(&text[start..]);
    parts
}

fn unquote(text: &str) -> Option<String> {
    let inner = text.trim().strip_prefix('\'')?.strip_suffix('\'')?;
    Some(inner.replace("''", "'"))
}

/// Percent-decodes.
pub(crate) fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next()?, rest.next()?];
        let digits = std::str::from_utf8(&digits).ok()?.to_owned();
        bytes.push(u8::from_str_radix(&digits, 16).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_filters_are_read_whatever_stands_between_the_quotes() {
        let target =
            Target::parse("MaterialBOM(Material='O''X%2C%20and%20(1)',Version='')").unwrap();
        assert_eq!(target.field("Material"), Some("O'X, and (1)"));
        assert_eq!(target.field("Version"), Some(""));
        assert_eq!(
            Target::parse("A_Product('X')").unwrap().field(""),
            Some("X")
        );
        let read = filter(
            "A eq 'x and y' and T ge datetimeoffset'2026-01-01T00:00:00Z' and D lt 2026-02-01",
        );
        let read = read.unwrap();
        assert_eq!(read.len(), 3);
        let cell = |name: &str| match name {
            "A" => Some(Cell::Text("x and y".into())),
            _ => time("2026-01-01").map(Cell::Time),
        };
        assert!(read.iter().all(|one| one.holds(cell) == Some(true)));
        assert_eq!(filter("substringof('x',A)"), None);
    }
}
