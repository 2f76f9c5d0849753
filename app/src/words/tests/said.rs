//! Which texts people read, and where: what macros mark, and sentences that are known by themselves.

use super::reading::{Literal, literals, sources};
use std::collections::{BTreeMap, BTreeSet};

/// What the handheld says; every other text is the office's alone.
const FLOOR: [&str; 27] = [
    "app/src/floor/",
    "app/src/live",
    "app/src/boards/shifts.rs",
    "app/src/boards/figures.rs",
    "app/src/scan.rs",
    "app/src/sound.rs",
    "app/src/error.rs",
    "app/src/site_time.rs",
    "app/src/words/picker.rs",
    "app/src/api/session.rs",
    "crates/domain/src/scanner_check.rs",
    "crates/domain/src/scanning",
    "crates/domain/src/shortage.rs",
    "crates/domain/src/put_away.rs",
    "crates/domain/src/picking",
    "crates/domain/src/quantity.rs",
    "crates/domain/src/gs1/error.rs",
    "crates/domain/src/gs1/linter.rs",
    "crates/domain/src/gs1/link.rs",
    "crates/domain/src/document/merge.rs",
    "crates/operations/src/floor",
    "crates/operations/src/photos.rs",
    "crates/operations/src/reports.rs",
    "crates/operations/src/taught_barcodes.rs",
    "crates/store/src/floor.rs",
    "server/src/rest/operations.rs",
    "frontend/floor/",
];
/// Whose sentences reach a screen in English, and are recognised there.
const SENTENCES: [&str; 14] = [
    "crates/connectors/src/http/status.rs",
    "crates/operations/src/",
    "crates/domain/src/why/",
    "crates/domain/src/document/",
    "crates/domain/src/screen.rs",
    "crates/domain/src/webhook.rs",
    "crates/domain/src/schedule",
    "crates/domain/src/exception.rs",
    "crates/store/src/alerts",
    "server/src/rest/operations.rs",
    "server/src/web/authenticator.rs",
    "server/src/auth/",
    "app/src/error.rs",
    "app/src/api/",
];
/// Whose errors reach a screen.
const ERRORS: [&str; 4] = [
    "crates/domain/src/picking",
    "crates/domain/src/quantity.rs",
    "crates/domain/src/gs1/error.rs",
    "crates/domain/src/scanning",
];
/// Texts whose only word is a unit of one letter.
const UNITS: [&str; 4] = [
    "{seconds} s",
    "{hours} h",
    "{days} d {hours} h",
    "{figure} / h",
];
/// Sentences that no person reads.
const UNREAD: [&str; 1] = ["This is a test."];
/// A text that people read: whether the handheld says it, and its other text where it is counted.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) on_floor: bool,
    pub(super) other: Option<String>,
    pub(super) at: BTreeSet<String>,
}

/// A text as a key: gaps by name, or by number where they have none, without how they are written.
fn key_of(text: &str) -> String {
    let mut key = String::new();
    let (mut rest, mut number) = (text, 0);
    while let Some((before, gap)) = rest.split_once('{') {
        key.push_str(before);
        let Some((name, after)) = gap.split_once('}') else {
            key.push('{');
            rest = gap;
            continue;
        };
        let name = name.split(':').next().unwrap_or_default();
        if name.is_empty() {
            number += 1;
            key.push_str(&format!("{{{number}}}"));
        } else {
            key.push_str(&format!("{{{name}}}"));
        }
        rest = after;
    }
    key + rest
}

pub(super) fn gaps(text: &str) -> BTreeSet<String> {
    let parts = text.split('{').skip(1);
    let names = parts.filter_map(|part| Some(part.split_once('}')?.0));
    names.map(str::to_owned).collect()
}

/// Its own letters, without what goes into its gaps.
pub(super) fn own(text: &str) -> String {
    let mut own = String::new();
    for (index, part) in text.split('{').enumerate() {
        let part = match index {
            0 => part,
            _ => part.split_once('}').map_or(part, |(_, after)| after),
        };
        own.push_str(part);
    }
    own
}

fn has_word(text: &str) -> bool {
    let own = own(text);
    let mut pairs = own.chars().zip(own.chars().skip(1));
    pairs.any(|(a, b)| a.is_ascii_alphabetic() && b.is_ascii_alphabetic())
}

pub(super) fn within(name: &str, places: &[&str]) -> bool {
    places.iter().any(|place| name.starts_with(place))
}

pub(super) fn ends_with_call(before: &str, call: &str) -> bool {
    let before = before.trim_end();
    before.strip_suffix(call).is_some_and(|rest| {
        !rest.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_')
    })
}

fn is_sentence(literal: &Literal<'_>) -> bool {
    let text = &literal.text;
    let begins =
        text.starts_with(|letter: char| letter.is_ascii_uppercase() || "{'\"".contains(letter));
    let statement = literal.before.rsplit(';').next().unwrap_or_default();
    let is_log = ["error!(", "warn!(", "info!(", "debug!("]
        .iter()
        .any(|log| statement.contains(log));
    let attribute = literal
        .before
        .rsplit("#[")
        .next()
        .is_some_and(|rest| !rest.contains(']'));
    let attribute = attribute && literal.before.contains("#[");
    let told = begins && text.ends_with('.') && text.contains(' ');
    let described = literal.before.trim_end().ends_with("description =");
    let is_read = !described && !UNREAD.contains(&text.as_str());
    told && is_read
        && !is_log
        && !attribute
        && has_word(text)
        && (text.contains('{') || text.starts_with(|c: char| c.is_ascii_uppercase()))
}

/// Every text that people read.
pub(super) fn said() -> BTreeMap<String, Said> {
    let mut said: BTreeMap<String, Said> = BTreeMap::new();
    for (name, source) in sources() {
        let literals = literals(&source);
        let mut counted = false;
        for (index, literal) in literals.iter().enumerate() {
            if std::mem::take(&mut counted) {
                continue;
            }
            let before = literal.before;
            let marked = ["t!(", "word!(", "Message::plain("]
                .iter()
                .any(|call| ends_with_call(before, call))
                || (name.ends_with(".js") && ends_with_call(before, "say("));
            counted = ends_with_call(before, "tn!(");
            let error = within(&name, &ERRORS) && before.trim_end().ends_with("#[error(");
            let audit = name.ends_with("audit_words/table.rs") && is_action(before);
            let sentence = within(&name, &SENTENCES) && is_sentence(literal);
            if !(marked || counted || error || audit || sentence) {
                continue;
            }
            let key = match audit {
                true => format!("{{who}} {}", literal.text.replace("{}", "{subject}")),
                false => key_of(&literal.text),
            };
            if !has_word(&key) && !UNITS.contains(&key.as_str()) {
                continue;
            }
            let known = said.entry(key).or_default();
            known.on_floor |= within(&name, &FLOOR);
            known.at.insert(format!("{name}:{}", literal.line));
            if counted {
                known.other = literals.get(index + 1).map(|other| other.text.clone());
            }
        }
    }
    said
}

/// Whether the second argument of `words(…)` follows.
fn is_action(before: &str) -> bool {
    let call = before.rsplit("words(").next().unwrap_or_default().trim();
    let name = call
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix("\","));
    name.is_some_and(|name| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
}
