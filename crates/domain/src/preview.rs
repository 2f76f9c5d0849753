//! What a dry run would do.

use crate::SyncRunId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::str::FromStr;

/// Fields of one row that are kept; more are counted.
const KEPT_FIELDS: usize = 40;
/// Inside a row's object: how it is told in one line.
const SUMMARY: &str = "summary";

/// What would happen to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PreviewKind {
    /// It would be new here.
    Created,
    /// Some fields would change.
    Changed,
    /// It would be marked inactive, because a full pass did not meet it.
    Deactivated,
}

impl PreviewKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Created, Self::Changed, Self::Deactivated];

    /// The stable word used in the database and the URL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Deactivated => "deactivated",
        }
    }
}

impl FromStr for PreviewKind {
    type Err = crate::document::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| crate::document::UnknownWord(text.to_owned()))
    }
}

/// Where a finished dry run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PreviewState {
    /// Nobody decided yet.
    Open,
    /// A real run was asked for.
    Applied,
    /// Thrown away.
    Discarded,
}

impl PreviewState {
    /// The stable word used in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Applied => "applied",
            Self::Discarded => "discarded",
        }
    }
}

impl FromStr for PreviewState {
    type Err = crate::document::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Open, Self::Applied, Self::Discarded]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| crate::document::UnknownWord(text.to_owned()))
    }
}

/// What became of a finished dry run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PreviewOutcome {
    /// Where it stands.
    pub state: PreviewState,
    /// Who applied or discarded it.
    pub decided_by: Option<String>,
    /// When that was.
    pub decided_at: Option<DateTime<Utc>>,
    /// The real run.
    pub applied_run_id: Option<SyncRunId>,
}

/// One field of a row; none is "not there".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldChange {
    /// Its name.
    pub field: String,
    /// As it is here.
    pub old: Option<String>,
    /// As it would be.
    pub new: Option<String>,
}

/// A row a dry run would touch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PreviewRow {
    /// What would happen.
    pub kind: PreviewKind,
    /// The upstream's key.
    pub external_key: String,
    /// Name a person knows it by.
    pub label: String,
    /// Field by field.
    pub changes: Vec<FieldChange>,
    /// Further changed fields that were not kept.
    pub left_out: i32,
}

/// Which rows of a preview.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewFilter {
    /// Of one kind.
    pub kind: Option<PreviewKind>,
    /// In key or name.
    pub q: Option<String>,
}

/// The fields in which two states of a row differ, in the order of their names, and how many more
/// there are than are kept. Objects inside a row (a document's lines) are compared field by field
/// when both states have them, and told by their summary when one has not.
pub fn compare(before: Option<&Value>, after: Option<&Value>) -> (Vec<FieldChange>, i32) {
    let empty = Map::new();
    let of = |row: Option<&'_ Value>| row.and_then(Value::as_object).cloned();
    let (before, after) = (of(before), of(after));
    let mut changes = Vec::new();
    differences(
        "",
        Names::Fields,
        before.as_ref().unwrap_or(&empty),
        after.as_ref().unwrap_or(&empty),
        &mut changes,
    );
    let left_out = changes.len().saturating_sub(KEPT_FIELDS);
    changes.truncate(KEPT_FIELDS);
    (changes, i32::try_from(left_out).unwrap_or(i32::MAX))
}

/// What the names of an object are: fields of ours, or keys of the upstream, which stay as they are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    Fields,
    Keys,
}

impl Names {
    /// What the names inside are.
    fn inside(self) -> Self {
        match self {
            Self::Fields => Self::Keys,
            Self::Keys => Self::Fields,
        }
    }
}

fn differences(
    prefix: &str,
    names: Names,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    changes: &mut Vec<FieldChange>,
) {
    let all: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for name in all.into_iter().filter(|name| *name != SUMMARY) {
        let (old, new) = (before.get(name), after.get(name));
        let field = named(prefix, names, name);
        let inside = |row: Option<&'_ Value>| row.and_then(Value::as_object).cloned();
        match (inside(old), inside(new)) {
            (Some(old), Some(new)) => differences(&field, names.inside(), &old, &new, changes),
            // Every line of a row that comes or goes is told by itself.
            (Some(gone), None) if !gone.contains_key(SUMMARY) => {
                for (key, row) in &gone {
                    push(named(&field, names.inside(), key), Some(row), None, changes);
                }
            }
            (None, Some(new)) if !new.contains_key(SUMMARY) => {
                for (key, row) in &new {
                    push(named(&field, names.inside(), key), None, Some(row), changes);
                }
            }
            _ => push(field, old, new, changes),
        }
    }
}

fn push(field: String, old: Option<&Value>, new: Option<&Value>, changes: &mut Vec<FieldChange>) {
    let (old, new) = (old.and_then(told), new.and_then(told));
    if old != new {
        changes.push(FieldChange { field, old, new });
    }
}

/// `supplier_code` reads "Supplier code", `lines` with key 10 "Lines 10".
fn named(prefix: &str, names: Names, name: &str) -> String {
    let words = match names {
        Names::Fields => name.replace('_', " "),
        Names::Keys => name.to_owned(),
    };
    if !prefix.is_empty() {
        return format!("{prefix} {words}");
    }
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => words,
    }
}

fn told(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Bool(true) => Some("yes".to_owned()),
        Value::Bool(false) => Some("no".to_owned()),
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(text.clone()),
        Value::Object(row) => row.get(SUMMARY).and_then(told),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn compared(before: Value, after: Value) -> Vec<(String, Option<String>, Option<String>)> {
        compare(Some(&before), Some(&after))
            .0
            .into_iter()
            .map(|change| (change.field, change.old, change.new))
            .collect()
    }

    fn change(
        field: &str,
        old: Option<&str>,
        new: Option<&str>,
    ) -> (String, Option<String>, Option<String>) {
        (
            field.to_owned(),
            old.map(str::to_owned),
            new.map(str::to_owned),
        )
    }

    #[test]
    fn only_what_differs_is_told_and_nothing_equals_nothing() {
        let before = json!({ "name": "CUP", "supplier_code": null, "active": true, "class": "" });
        let after = json!({ "name": "MUG", "supplier_code": "7", "active": false, "class": null });
        assert_eq!(
            compared(before.clone(), after),
            [
                change("Active", Some("yes"), Some("no")),
                change("Name", Some("CUP"), Some("MUG")),
                change("Supplier code", None, Some("7")),
            ]
        );
        assert_eq!(compared(before.clone(), before), []);
    }

    #[test]
    fn lines_are_compared_by_key_and_told_by_summary_when_added_or_removed() {
        let line = |requested: i64| json!({ "requested": requested, "summary": format!("A × {requested}") });
        let before = json!({ "lines": { "1": line(5), "2": line(7) } });
        let after = json!({ "lines": { "1": line(6), "3": line(1) } });
        assert_eq!(
            compared(before, after),
            [
                change("Lines 1 requested", Some("5"), Some("6")),
                change("Lines 2", Some("A × 7"), None),
                change("Lines 3", None, Some("A × 1")),
            ]
        );
    }

    #[test]
    fn keys_of_the_upstream_keep_their_spelling_and_what_goes_is_told_piece_by_piece() {
        let level =
            |quantity: i64| json!({ "quantity": quantity, "summary": quantity.to_string() });
        let before = json!({ "stock": { "VELE_TEST": level(5), "MP_3": level(1) } });
        let after = json!({ "stock": { "VELE_TEST": level(7) } });
        assert_eq!(
            compared(before.clone(), after),
            [
                change("Stock MP_3", Some("1"), None),
                change("Stock VELE_TEST quantity", Some("5"), Some("7")),
            ]
        );
        assert_eq!(
            compared(before, json!({})),
            [
                change("Stock MP_3", Some("1"), None),
                change("Stock VELE_TEST", Some("5"), None),
            ]
        );
    }

    #[test]
    fn a_new_row_lists_its_fields_and_long_lists_are_cut_and_counted() {
        let lines: Map<String, Value> = (0..60)
            .map(|key| (key.to_string(), json!({ "summary": "A" })))
            .collect();
        let (changes, left_out) = compare(None, Some(&json!({ "lines": lines, "note": null })));
        assert_eq!((changes.len(), left_out), (40, 20));
        assert_eq!(changes[0].new.as_deref(), Some("A"));
    }
}
