//! The filter language of the data methods: a map of column to operator and value.

use std::cmp::Ordering;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use rust_decimal::Decimal;
use serde_json::{Map, Value as Json};

use super::shelf::Record;
use super::wire::{Method, Refusal};

/// What can be filtered by, whatever the method calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    Changed,
    Code,
    Name,
    Date,
    DocumentType,
    Status,
    Number,
    Stock,
}

/// A record's value in a column.
pub(crate) enum Value<'a> {
    Text(&'a str),
    Time(NaiveDateTime),
    Number(Decimal),
}

#[derive(Debug)]
enum Operand {
    Text(String),
    Time(NaiveDateTime),
    Number(Decimal),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    AtLeast,
    AtMost,
    In,
    Between,
}

#[derive(Debug)]
struct Condition {
    column: Column,
    operator: Operator,
    operands: Vec<Operand>,
}

/// Conditions that must all hold.
#[derive(Debug, Default)]
pub(crate) struct Filter(Vec<Condition>);

impl Filter {
    /// Reads the `filters` member of a request. Empty objects and halves are refused, as the
    /// vendor does.
    pub fn parse(method: Method, filters: Option<&Map<String, Json>>) -> Result<Self, Refusal> {
        let Some(filters) = filters else {
            return Ok(Self::default());
        };
        if filters.is_empty() {
            return Err(Refusal::half_filter());
        }
        filters
            .iter()
            .map(|(name, condition)| Condition::parse(method, name, condition))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn passes(&self, record: &impl Record) -> bool {
        self.0
            .iter()
            .all(|condition| condition.holds(&record.value(condition.column)))
    }

    /// Whether the request names codes, which reaches rows that lists leave out.
    pub fn names_codes(&self) -> bool {
        self.0.iter().any(|condition| {
            condition.column == Column::Code
                && matches!(condition.operator, Operator::Equal | Operator::In)
        })
    }
}

impl Condition {
    fn parse(method: Method, name: &str, condition: &Json) -> Result<Self, Refusal> {
        let column = column(method, name).ok_or_else(|| Refusal::unknown_column(name))?;
        let operator = condition.get("operator").and_then(Json::as_str);
        let value = condition.get("value").filter(|value| !value.is_null());
        let (Some(operator), Some(value)) = (operator, value) else {
            return Err(Refusal::half_filter());
        };
        let operator = Operator::parse(operator)?;
        let operands: Option<Vec<Operand>> = match (operator, value) {
            (Operator::In | Operator::Between, Json::Array(values)) => {
                values.iter().map(|value| operand(column, value)).collect()
            }
            (Operator::In | Operator::Between, _) => None,
            (_, value) => operand(column, value).map(|operand| vec![operand]),
        };
        let operands = operands.ok_or_else(|| Refusal::bad_value(name))?;
        if operator == Operator::Between && operands.len() != 2 {
            return Err(Refusal::bad_value(name));
        }
        Ok(Self {
            column,
            operator,
            operands,
        })
    }

    fn holds(&self, value: &Value<'_>) -> bool {
        let order = |index: usize| {
            self.operands
                .get(index)
                .and_then(|operand| compare(value, operand))
        };
        match self.operator {
            Operator::Equal => order(0) == Some(Ordering::Equal),
            Operator::NotEqual => order(0) != Some(Ordering::Equal),
            Operator::Greater => order(0) == Some(Ordering::Greater),
            Operator::Less => order(0) == Some(Ordering::Less),
            Operator::AtLeast => order(0).is_some_and(Ordering::is_ge),
            Operator::AtMost => order(0).is_some_and(Ordering::is_le),
            Operator::In => {
                (0..self.operands.len()).any(|index| order(index) == Some(Ordering::Equal))
            }
            Operator::Between => {
                order(0).is_some_and(Ordering::is_ge) && order(1).is_some_and(Ordering::is_le)
            }
        }
    }
}

impl Operator {
    fn parse(text: &str) -> Result<Self, Refusal> {
        Ok(match text.to_ascii_lowercase().as_str() {
            "=" => Self::Equal,
            "!=" | "<>" => Self::NotEqual,
            ">" => Self::Greater,
            "<" => Self::Less,
            ">=" => Self::AtLeast,
            "<=" => Self::AtMost,
            "in" => Self::In,
            "between" => Self::Between,
            _ => return Err(Refusal::unknown_operator(text)),
        })
    }
}

fn column(method: Method, name: &str) -> Option<Column> {
    let known: &[(&str, Column)] = match method {
        Method::Items => &[("adTimeChg", Column::Changed), ("acIdent", Column::Code)],
        Method::Partners => &[
            ("c.adTimeChg", Column::Changed),
            ("c.acSubject", Column::Name),
        ],
        Method::Dispatches | Method::Receipts => &[
            ("m.adDate", Column::Date),
            ("m.acDocType", Column::DocumentType),
            ("m.acVerifyStatus", Column::Status),
            ("m.acKey", Column::Number),
        ],
        Method::Stock => &[
            ("c.acIdent", Column::Code),
            ("c.anStock", Column::Stock),
            ("c.adTimeChg", Column::Changed),
        ],
    };
    known
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, column)| *column)
}

fn operand(column: Column, value: &Json) -> Option<Operand> {
    let text = match value {
        Json::String(text) => text.trim().to_owned(),
        Json::Number(number) => number.to_string(),
        _ => return None,
    };
    match column {
        Column::Changed => time(&text).map(Operand::Time),
        // Documents are kept by day: a time of day in the request is ignored.
        Column::Date => time(&text).map(|at| Operand::Time(at.date().and_time(NaiveTime::MIN))),
        Column::Stock => text.parse().ok().map(Operand::Number),
        _ => Some(Operand::Text(text.to_uppercase())),
    }
}

/// Local time with a space or a `T`, with or without fractions, or a bare date.
fn time(text: &str) -> Option<NaiveDateTime> {
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .or_else(|| Some(text.parse::<NaiveDate>().ok()?.and_time(NaiveTime::MIN)))
}

fn compare(value: &Value<'_>, operand: &Operand) -> Option<Ordering> {
    match (value, operand) {
        (Value::Text(value), Operand::Text(operand)) => {
            Some(value.trim_end().to_uppercase().as_str().cmp(operand))
        }
        (Value::Time(value), Operand::Time(operand)) => Some(value.cmp(operand)),
        (Value::Number(value), Operand::Number(operand)) => Some(value.cmp(operand)),
        _ => None,
    }
}
