//! External ids: our names for records of Odoo, of which its database keeps each once.
//!
//! Who may make a record may make it together with its name. To read names, and to give one to a record that is there
//! already, the account needs rights to `ir.model.data` that users of the warehouse rarely have; without them that is
//! left out, and records are known by what they are.

use super::{Writing, rejected};
use crate::odoo::answer::unreadable;
use crate::odoo::client::Ask;
use crate::odoo::orm::Wanted;
use crate::{Error, ErrorKind};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Where Odoo keeps external ids.
pub(in crate::odoo) const MODEL: &str = "ir.model.data";
/// The first part of ours.
const MODULE: &str = "crossdock";

/// Our name for a record of a model, whether it is there or not.
#[derive(Debug)]
pub(super) struct ExternalId {
    model: &'static str,
    /// The second part.
    name: String,
}

/// An external id that Odoo holds, and the record it belongs to.
struct Held {
    id: i64,
    record: i64,
}

impl ExternalId {
    /// The name that these words make; other words make another one.
    pub fn new(model: &'static str, kind: &str, words: &[&str]) -> Self {
        let words: Vec<String> = words.iter().map(|word| escaped(word)).collect();
        let name = format!("{kind}_{}", words.join("__"));
        Self { model, name }
    }

    /// The record that has the name; none, too, where the account may not read names.
    pub async fn find(&self, writing: Writing<'_>) -> Result<Option<i64>, Error> {
        match self.held(writing).await {
            Ok(held) => Ok(held.map(|held| held.record).filter(|id| *id > 0)),
            Err(error) if error.kind() == ErrorKind::Forbidden => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Gives the name to a record that is there; what stands in the way of that stands in the way of nothing else.
    pub async fn give(&self, writing: Writing<'_>, record: i64) -> Result<(), Error> {
        let given = match self.held(writing).await {
            Ok(Some(held)) if held.record == record => return Ok(()),
            Ok(Some(held)) => {
                let moved = json!({ "res_id": record });
                writing.orm.write(MODEL, &[held.id], moved).await
            }
            Ok(None) => self.make(writing, record).await,
            Err(error) => Err(error),
        };
        match given {
            // The account may not, or somebody else was first.
            Err(error) if matches!(error.kind(), ErrorKind::Forbidden | ErrorKind::Rejected) => {
                Ok(())
            }
            given => given,
        }
    }

    /// Makes a record and its name in one transaction of Odoo's, whatever the account may do with names; returns its
    /// id. A record that has the name already is changed, and its lines come beside those it has. `what` tells people
    /// what was refused.
    pub async fn load(
        &self,
        writing: Writing<'_>,
        what: &str,
        fields: &[&str],
        rows: &[Vec<String>],
    ) -> Result<i64, Error> {
        let mut columns = vec!["id"];
        columns.extend(fields);
        let mut data: Vec<Vec<String>> = Vec::with_capacity(rows.len());
        for row in rows {
            let name = match data.is_empty() {
                true => format!("{MODULE}.{}", self.name),
                false => String::new(),
            };
            data.push(std::iter::once(name).chain(row.iter().cloned()).collect());
        }
        let ask = Ask {
            model: self.model,
            method: "load",
            ids: None,
            args: vec![("fields", json!(columns)), ("data", json!(data))],
            context: Value::Null,
            reads: false,
        };
        read_loaded(&writing.orm.ask(ask).await?, what)
    }

    async fn held(&self, writing: Writing<'_>) -> Result<Option<Held>, Error> {
        let domain = json!([
            ["module", "=", MODULE],
            ["name", "=", self.name],
            ["model", "=", self.model]
        ]);
        let wanted = Wanted {
            limit: Some(1),
            ..Wanted::all(MODEL, domain, &["res_id"])
        };
        let rows = writing.orm.search_read(&wanted).await?;
        Ok(rows.first().map(|row| Held {
            id: row.id(),
            record: row.0.get("res_id").and_then(Value::as_i64).unwrap_or(0),
        }))
    }

    async fn make(&self, writing: Writing<'_>, record: i64) -> Result<(), Error> {
        let values = json!({
            "module": MODULE,
            "name": self.name,
            "model": self.model,
            "res_id": record,
        });
        let made = writing.orm.create(MODEL, vec![values], Value::Null).await;
        made.map(drop)
    }
}

fn read_loaded(answer: &Value, what: &str) -> Result<i64, Error> {
    if let Some(id) = answer["ids"].get(0).and_then(Value::as_i64) {
        return Ok(id);
    }
    let messages = answer["messages"].as_array().cloned().unwrap_or_default();
    let messages: Vec<&str> = messages
        .iter()
        .filter_map(|message| message["message"].as_str())
        .map(str::trim)
        .collect();
    if messages.is_empty() {
        return Err(unreadable("push", "it names no record"));
    }
    Err(refusal(what, &messages.join(" ").replace('\n', " ")))
}

/// What PostgreSQL says when others hold the records.
const PASSING: [&str; 4] = [
    "could not serialize access",
    "deadlock detected",
    "could not obtain lock",
    "due to lock timeout",
];

/// What says that the account may not: the exception's name before 16, its words from then on.
const FORBIDDEN: [&str; 3] = [
    "odoo.exceptions.AccessError",
    "ou are not allowed to ",
    " access to:",
];

/// A refusal from its text, which is all that is told of one inside `load`; what is told in another language than ours
/// is a refusal like any other.
fn refusal(what: &str, words: &str) -> Error {
    let says = |parts: &[&str]| parts.iter().any(|part| words.contains(*part));
    let bare = words.trim_end_matches('.');
    if says(&PASSING) {
        let message = format!(
            "Odoo could not get hold of the records for {what}, because others work on them: \
             \"{bare}\". It is tried again later."
        );
        return Error::new(ErrorKind::RateLimited, "push", message).about_one_record();
    }
    if says(&FORBIDDEN) {
        let message = format!(
            "Odoo does not let the account write {what}: \"{bare}\". Give the user the rights named \
             in the connection's check."
        );
        return Error::new(ErrorKind::Forbidden, "push", message);
    }
    rejected(format!("Odoo refused {what}: {words}"))
}

/// Letters and digits as they are, everything else as its number: external ids allow little more.
fn escaped(word: &str) -> String {
    let mut name = String::with_capacity(word.len());
    for byte in word.bytes() {
        if byte.is_ascii_alphanumeric() {
            name.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(name, "_{byte:02x}");
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(words: &[&str]) -> String {
        ExternalId::new("product.product", "product", words).name
    }

    #[test]
    fn what_load_refuses_is_told_apart_by_its_words() {
        for (message, expected) in [
            (
                "could not serialize access due to concurrent update\n",
                ErrorKind::RateLimited,
            ),
            (
                "deadlock detected\nDETAIL:  Process 71 waits for ShareLock on transaction 9.\n",
                ErrorKind::RateLimited,
            ),
            (
                "could not obtain lock on row in relation \"mrp_bom\"\n",
                ErrorKind::RateLimited,
            ),
            (
                "Unknown error during import: <class 'odoo.exceptions.AccessError'>: Nije dozvoljeno.",
                ErrorKind::Forbidden,
            ),
            (
                "You are not allowed to create 'Bill of Material' (mrp.bom) records.\n\nContact your \
                 administrator to request access if necessary.",
                ErrorKind::Forbidden,
            ),
            (
                "Sorry, Ana (id=7) doesn't have 'write' access to:\n- BoM (mrp.bom: 4)",
                ErrorKind::Forbidden,
            ),
            (
                "The quantity to produce must be positive!",
                ErrorKind::Rejected,
            ),
        ] {
            let answer = json!({ "ids": false, "messages": [{ "message": message }] });
            let error = read_loaded(&answer, "the bill").unwrap_err();
            assert_eq!(error.kind(), expected, "{error}");
            let first = message.split_whitespace().next().unwrap();
            assert!(error.to_string().contains(first), "{error}");
        }
    }

    #[test]
    fn external_names_are_allowed_and_differ() {
        assert_eq!(name(&["REC-1"]), "product_REC_2d1");
        assert_ne!(name(&["A.1"]), name(&["A-1"]));
        assert_ne!(name(&["A_2d1"]), name(&["A-1"]));
        assert_ne!(name(&["A", "1"]), name(&["A__1"]));
        assert_ne!(name(&["A", "B/1"]), name(&["A/B", "1"]));
        let odd = name(&["ŽUT 5%"]);
        assert!(
            odd.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        );
    }
}
