//! The catalogues hold every text that people read, and no page says one that is in none. The texts
//! are found by reading the sources, as a person would: `t!`, `tn!`, `word!` and `Message::plain`
//! mark them; sentences of `operations` and errors that the handheld shows are known by themselves.

use super::Language;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Where texts are looked for.
const SOURCES: [&str; 6] = [
    "app/src",
    "crates/domain/src",
    "crates/operations/src",
    "crates/store/src",
    "server/src",
    "frontend/floor",
];
/// What the handheld says; every other text is the office's alone.
const FLOOR: [&str; 25] = [
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
    "crates/domain/src/picking.rs",
    "crates/domain/src/quantity.rs",
    "crates/domain/src/gs1/error.rs",
    "crates/domain/src/gs1/linter.rs",
    "crates/domain/src/gs1/link.rs",
    "crates/domain/src/document/merge.rs",
    "crates/operations/src/floor",
    "crates/operations/src/taught_barcodes.rs",
    "crates/store/src/floor.rs",
    "server/src/rest/operations.rs",
    "frontend/floor/device.js",
];
/// Whose sentences reach a screen in English, and are recognised there.
const SENTENCES: [&str; 13] = [
    "crates/operations/src/",
    "crates/domain/src/why/explain.rs",
    "crates/domain/src/document/",
    "crates/domain/src/screen.rs",
    "crates/domain/src/webhook.rs",
    "crates/domain/src/schedule",
    "crates/domain/src/exception.rs",
    "crates/store/src/alerts.rs",
    "server/src/rest/operations.rs",
    "server/src/web/authenticator.rs",
    "server/src/auth/",
    "app/src/error.rs",
    "app/src/api/",
];
/// Whose errors reach a screen.
const ERRORS: [&str; 4] = [
    "crates/domain/src/picking.rs",
    "crates/domain/src/quantity.rs",
    "crates/domain/src/gs1/error.rs",
    "crates/domain/src/scanning",
];
/// Sentences that no person reads.
const UNREAD: [&str; 1] = ["This is a test."];
/// Pages whose every text has to be marked.
const PAGES: [&str; 8] = [
    "app/src/floor/",
    "app/src/boards/",
    "app/src/admin/",
    "app/src/ui/",
    "app/src/sign_in.rs",
    "app/src/password.rs",
    "app/src/home.rs",
    "app/src/scan.rs",
];
/// Names, keys and words for machines.
const NOT_WORDS: [&str; 9] = [
    "Crossdock",
    "Excel",
    "Europe/Belgrade",
    "Ctrl+{name}",
    "Enter",
    "Tab",
    "Esc",
    "too often",
    "a, button",
];

/// A text that people read: whether the handheld says it, and its other text where it is counted.
#[derive(Debug, Default)]
struct Said {
    on_floor: bool,
    other: Option<String>,
    at: BTreeSet<String>,
}

/// A string literal: its text, what stands before it, and its line.
struct Literal<'a> {
    text: String,
    before: &'a str,
    line: usize,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Every source with its path from the root; without tests and comments.
fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in SOURCES {
        walk(&root().join(folder), &mut found);
    }
    let root = root();
    let read = |path: PathBuf| {
        let name = path.strip_prefix(&root).unwrap();
        let name = name.to_str().unwrap().to_owned();
        (name, without_tests(&fs::read_to_string(&path).unwrap()))
    };
    let mut read: Vec<_> = found.into_iter().map(read).collect();
    read.retain(|(name, _)| {
        let own = [
            "app/src/words/mod.rs",
            "crates/domain/src/words.rs",
            "app/src/styleguide.rs",
        ];
        !name.contains("/tests") && !own.contains(&name.as_str())
    });
    read
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_source = path
            .extension()
            .is_some_and(|end| end == "rs" || end == "js");
        if path.is_dir() {
            walk(&path, found);
        } else if is_source {
            found.push(path);
        }
    }
}

/// Tests stand at the end of a file.
fn without_tests(source: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    let mut rest = source.lines().peekable();
    while let Some(line) = rest.next() {
        let is_test = line.starts_with("#[cfg(test)]") || line.starts_with("#[cfg(all(test");
        if is_test
            && rest
                .peek()
                .is_some_and(|next| next.starts_with("mod tests {") || next.starts_with("#["))
        {
            break;
        }
        let is_comment = line.trim_start().starts_with("//");
        lines.push(if is_comment { "" } else { line });
    }
    lines.join("\n")
}

/// The string literals of a source, in order; raw ones are for machines.
fn literals(source: &str) -> Vec<Literal<'_>> {
    let mut found = Vec::new();
    let bytes = source.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\'' => at += length_of_char(&source[at..]),
            b'"' => {
                let (text, length) = read_literal(&source[at..]);
                let before = &source[..at];
                let line = before.matches('\n').count() + 1;
                found.push(Literal { text, before, line });
                at += length;
            }
            _ => at += 1,
        }
    }
    found
}

/// A character literal such as `'"'`, or a lifetime.
fn length_of_char(rest: &str) -> usize {
    let mut letters = rest.chars().skip(1);
    match (letters.next(), letters.next()) {
        (Some('\\'), Some(escaped)) if letters.next() == Some('\'') => 3 + escaped.len_utf8(),
        (Some(letter), Some('\'')) => 2 + letter.len_utf8(),
        _ => 1,
    }
}

/// The text of the literal that begins here, and its length in the source.
fn read_literal(rest: &str) -> (String, usize) {
    let mut text = String::new();
    let mut letters = rest.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (text, at + 1),
            '\\' => match letters.next().map(|(_, escaped)| escaped) {
                Some('n') => text.push('\n'),
                // The literal goes on in the next line.
                Some('\n') => while letters.next_if(|(_, next)| next.is_whitespace()).is_some() {},
                Some('u') => {
                    let code: String = letters
                        .by_ref()
                        .map(|(_, c)| c)
                        .take_while(|c| *c != '}')
                        .collect();
                    let code = u32::from_str_radix(code.trim_start_matches('{'), 16).ok();
                    text.extend(code.and_then(char::from_u32));
                }
                Some(other) => text.push(other),
                None => break,
            },
            other => text.push(other),
        }
    }
    (text, rest.len())
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

fn gaps(text: &str) -> BTreeSet<String> {
    let parts = text.split('{').skip(1);
    let names = parts.filter_map(|part| Some(part.split_once('}')?.0));
    names.map(str::to_owned).collect()
}

/// Its own letters, without what goes into its gaps.
fn own(text: &str) -> String {
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

fn within(name: &str, places: &[&str]) -> bool {
    places.iter().any(|place| name.starts_with(place))
}

fn ends_with_call(before: &str, call: &str) -> bool {
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
fn said() -> BTreeMap<String, Said> {
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
            let audit = name.ends_with("audit_words.rs") && is_action(before);
            let sentence = within(&name, &SENTENCES) && is_sentence(literal);
            if !(marked || counted || error || audit || sentence) {
                continue;
            }
            let key = match audit {
                true => format!("{{who}} {}", literal.text.replace("{}", "{subject}")),
                false => key_of(&literal.text),
            };
            if !has_word(&key) {
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

fn catalogue(language: Language) -> BTreeMap<String, (bool, Value)> {
    let path = root().join(format!("app/src/words/{}.json", language.as_str()));
    let sheets: BTreeMap<String, BTreeMap<String, Value>> =
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let mut all = BTreeMap::new();
    for (sheet, entries) in sheets {
        for (key, value) in entries {
            let twice = all.insert(key.clone(), (sheet == "floor", value));
            assert!(
                twice.is_none(),
                "{}: {key:?} stands twice",
                language.as_str()
            );
        }
    }
    all
}

/// What is wrong with a translation.
fn wrong(language: Language, key: &str, said: &Said, value: &Value) -> Option<String> {
    let forms: Vec<(&str, Option<&Value>)> = match &said.other {
        None => vec![("", Some(value))],
        Some(_) => {
            let forms = language.forms().iter().map(|form| form.as_str());
            forms.map(|form| (form, value.get(form))).collect()
        }
    };
    forms.into_iter().find_map(|(form, value)| {
        let Some(words) = value.and_then(Value::as_str) else {
            return Some(format!("{key:?} lacks its text {form}"));
        };
        let differs = gaps(words) != gaps(key);
        let empty = words.trim().is_empty();
        (differs || empty).then(|| format!("{key:?} {form} has other gaps: {words:?}"))
    })
}

#[test]
fn every_text_is_in_every_catalogue_with_its_gaps_and_forms() {
    let said = said();
    assert!(said.len() > 1_000, "only {} texts were found", said.len());
    let mut problems = Vec::new();
    for language in Language::ALL
        .into_iter()
        .filter(|language| *language != Language::En)
    {
        let known = catalogue(language);
        let name = language.as_str();
        for (key, said) in &said {
            match known.get(key) {
                None => problems.push(format!("{name}: {key:?} is missing ({:?})", said.at)),
                Some((on_floor, _)) if *on_floor != said.on_floor => {
                    let sheet = if said.on_floor { "floor" } else { "office" };
                    problems.push(format!("{name}: {key:?} belongs to \"{sheet}\""));
                }
                Some((_, value)) => problems.extend(
                    wrong(language, key, said, value).map(|wrong| format!("{name}: {wrong}")),
                ),
            }
        }
        let unused = known.keys().filter(|key| !said.contains_key(*key));
        problems.extend(unused.map(|key| format!("{name}: nobody says {key:?}")));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_two_texts_of_a_count_have_the_same_gaps() {
    for (key, said) in said() {
        if let Some(other) = said.other {
            assert_eq!(gaps(&key), gaps(&other), "{key:?}");
        }
    }
}

/// Whether a literal looks like English that people read: a word with a capital, or words in a row.
fn reads(text: &str) -> bool {
    let own = own(text);
    let own = own.trim();
    let mut letters = own.chars();
    let first = letters
        .by_ref()
        .next()
        .is_some_and(|letter| letter.is_ascii_uppercase());
    let rest: String = letters.collect();
    let small = rest.chars().take_while(char::is_ascii_lowercase).count();
    let stops = rest
        .chars()
        .nth(small)
        .is_none_or(|next| !next.is_ascii_alphanumeric() && next != '-');
    let words: Vec<&str> = own.split(' ').collect();
    let is_word = |word: &&str| {
        word.chars()
            .all(|c| c.is_ascii_alphabetic() || ",;'’.".contains(c))
            && word.chars().any(char::is_alphabetic)
    };
    (first && small > 0 && stops) || (words.len() > 1 && words.iter().all(is_word))
}

#[test]
fn no_page_says_a_text_that_is_not_marked() {
    let mut bare = Vec::new();
    for (name, source) in sources() {
        if !within(&name, &PAGES) {
            continue;
        }
        let mut counted = false;
        for literal in literals(&source) {
            let before = literal.before;
            let second = std::mem::replace(&mut counted, ends_with_call(before, "tn!("));
            let marked = counted
                || second
                || ends_with_call(before, "t!(")
                || ends_with_call(before, "word!(")
                || ["reason =", "class=", "class("]
                    .iter()
                    .any(|call| before.trim_end().ends_with(call));
            if !marked && reads(&literal.text) && !NOT_WORDS.contains(&literal.text.as_str()) {
                bare.push(format!("{name}:{}: {:?}", literal.line, literal.text));
            }
        }
    }
    assert!(bare.is_empty(), "wrap these in t!(…):\n{}", bare.join("\n"));
}

#[test]
fn sentences_that_no_macro_marks_stand_where_they_are_said_to() {
    for (file, texts) in super::RECORDED {
        let source = fs::read_to_string(root().join(file)).unwrap();
        for text in texts {
            let own = own(text);
            let words = own.split(|letter: char| !letter.is_ascii_alphabetic());
            for word in words.filter(|word| word.len() > 2) {
                assert!(source.contains(word), "{file} does not say {text:?}");
            }
        }
    }
}
