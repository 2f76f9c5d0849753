//! The form of a connection: what the settings of a kind of system are called and what they take, and what
//! somebody entered. It is made on the server from the kind's JSON Schema; screens only draw it.

use crate::WarehouseId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Name of the field that holds a connection's own name.
pub const NAME: &str = "name";

/// The fields of one kind of system, in the order in which they are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionForm {
    /// Which connector (`pantheon`).
    pub kind: String,
    /// What people call it.
    pub label: String,
    /// What is asked.
    pub fields: Vec<FormField>,
}

impl ConnectionForm {
    /// The names of the fields that were left empty although they are needed, in the form's order.
    pub fn lacking(&self, values: &BTreeMap<String, String>) -> Vec<String> {
        let fields = self.fields.iter();
        let lacking =
            fields.filter(|field| field.lacks(values.get(&field.name).map(String::as_str)));
        lacking.map(|field| field.name.clone()).collect()
    }

    /// What is sent of these texts: those of the form's own fields, of the folded ones only those that were changed, so
    /// that what a colleague changed of them meanwhile stays.
    pub fn sent(&self, values: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let sent = self.fields.iter().filter_map(|field| {
            let text = values.get(&field.name)?;
            let shown = field.value.as_deref().unwrap_or_default();
            let counts = !field.folded || shown != text.trim();
            counts.then(|| (field.name.clone(), text.clone()))
        });
        sent.collect()
    }
}

/// One setting or secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormField {
    /// The stable word among the settings.
    pub name: String,
    /// What people read, in English.
    pub label: String,
    /// How to fill it in, in English; may be empty.
    pub help: String,
    /// What it takes.
    pub kind: FieldKind,
    /// Whether it cannot be left empty.
    pub required: bool,
    /// What counts when it is left empty.
    pub default: Option<String>,
    /// What it is now; never of a secret.
    pub value: Option<String>,
    /// It is rarely changed, and stands in a part of the form that is folded at first.
    pub folded: bool,
}

impl FormField {
    /// Whether what was entered leaves it empty although it is needed; a secret that is set may stay so.
    pub fn lacks(&self, entered: Option<&str>) -> bool {
        let text = entered.unwrap_or_default();
        let empty = match self.kind {
            // A password may be of spaces.
            FieldKind::Secret { set } => text.is_empty() && !set,
            _ => text.trim().is_empty(),
        };
        self.required && empty
    }
}

/// A word that a setting can be, and what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormChoice {
    /// The word among the settings.
    pub word: String,
    /// What people read, in English.
    pub label: String,
}

/// What a field takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Any text.
    Text,
    /// A number between these, both included.
    Number {
        /// The least that is allowed.
        least: Option<String>,
        /// The most that is allowed.
        most: Option<String>,
    },
    /// `true` or `false`.
    Boolean,
    /// A day, as `2026-12-31`.
    Day,
    /// One of these words.
    Choice(Vec<FormChoice>),
    /// Whole numbers with commas between them.
    Numbers {
        /// How many there may be.
        most: Option<usize>,
    },
    /// Times between which something rests every day, as [`written_windows`] writes them.
    Windows {
        /// How many there may be.
        most: Option<usize>,
    },
    /// A text that is kept sealed and never shown again.
    Secret {
        /// Whether there is one; an empty field keeps it.
        set: bool,
    },
}

/// Begins and ends of daily times as the text of a field: `22:00-23:30, 04:00-05:00`.
pub fn written_windows<'a>(windows: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let windows = windows.into_iter();
    let texts: Vec<String> = windows
        .map(|(from, until)| format!("{from}-{until}"))
        .collect();
    texts.join(", ")
}

/// The same taken apart again; a time that was not entered is empty.
pub fn read_windows(text: &str) -> Vec<(String, String)> {
    let windows = text.split(',').filter(|window| !window.trim().is_empty());
    let ends = windows.map(|window| {
        let (from, until) = window.split_once('-').unwrap_or((window, ""));
        (from.trim().to_owned(), until.trim().to_owned())
    });
    ends.collect()
}

/// What people call a setting or secret, and what it takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldWords {
    /// What people read, in English.
    pub label: String,
    /// What it takes; a choice with what each of its words is called.
    pub kind: FieldKind,
}

/// What somebody entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnteredConnection {
    /// Which connector.
    pub kind: String,
    /// The site of a new connection; the only one of the caller's when it is left out.
    pub warehouse_id: Option<WarehouseId>,
    /// Texts by the names of the fields; an empty one is left out. What is folded stays as it is where its text is
    /// missing.
    pub values: BTreeMap<String, String>,
}

/// Why a connection cannot be kept as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Misfit {
    /// The setting or secret that is to blame, where it is one.
    pub field: Option<String>,
    /// What is wrong and what to do, in English.
    pub sentence: String,
}

impl Misfit {
    /// Of this field.
    pub fn at(field: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self {
            field: Some(field.into()),
            sentence: sentence.into(),
        }
    }

    /// Of no field in particular.
    pub fn whole(sentence: impl Into<String>) -> Self {
        Self {
            field: None,
            sentence: sentence.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, kind: FieldKind, required: bool) -> FormField {
        FormField {
            name: name.to_owned(),
            label: name.to_owned(),
            help: String::new(),
            kind,
            required,
            default: None,
            value: None,
            folded: false,
        }
    }

    #[test]
    fn windows_are_read_as_they_were_written_also_those_that_lack_a_time() {
        let windows = [("22:00", "23:30"), ("", "05:00"), ("06:00", "")];
        let text = written_windows(windows);
        assert_eq!(text, "22:00-23:30, -05:00, 06:00-");
        let owned = windows.map(|(from, until)| (from.to_owned(), until.to_owned()));
        assert_eq!(read_windows(&text), owned);
        assert!(read_windows(" ").is_empty());
        assert_eq!(read_windows("7"), [("7".to_owned(), String::new())]);
    }

    #[test]
    fn of_the_folded_fields_those_are_sent_that_were_changed_or_emptied() {
        let folded = |name: &str, value: Option<&str>| FormField {
            folded: true,
            value: value.map(str::to_owned),
            ..field(name, FieldKind::Text, false)
        };
        let form = ConnectionForm {
            kind: "odoo".to_owned(),
            label: "Odoo".to_owned(),
            fields: vec![
                FormField {
                    value: Some("Odoo".to_owned()),
                    ..field("name", FieldKind::Text, true)
                },
                folded("kept", Some("7")),
                folded("emptied", Some("7")),
                folded("changed", Some("7")),
                folded("filled", None),
                folded("untouched", None),
            ],
        };
        let entered = [
            ("name", "Odoo"),
            ("kept", "7"),
            ("emptied", ""),
            ("changed", "8"),
            ("filled", "9"),
            ("of_another_kind", "1"),
        ];
        let entered = entered.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let sent = form.sent(&BTreeMap::from(entered));
        let names: Vec<&String> = sent.keys().collect();
        assert_eq!(names, ["changed", "emptied", "filled", "name"]);
        assert_eq!(sent["emptied"], "");
    }

    #[test]
    fn all_that_is_needed_and_empty_is_told_at_once_in_the_order_of_the_form() {
        let form = ConnectionForm {
            kind: "odoo".to_owned(),
            label: "Odoo".to_owned(),
            fields: vec![
                field("name", FieldKind::Text, true),
                field("base_url", FieldKind::Text, true),
                field("port", FieldKind::Text, false),
                field("api_key", FieldKind::Secret { set: false }, true),
                field("kept", FieldKind::Secret { set: true }, true),
            ],
        };
        let entered = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter();
            let values = pairs.map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
            form.lacking(&values.collect())
        };
        assert_eq!(entered(&[]), ["name", "base_url", "api_key"]);
        let spaces = [("name", " "), ("base_url", "http://x"), ("api_key", " ")];
        assert_eq!(entered(&spaces), ["name"]);
    }
}
