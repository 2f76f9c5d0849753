//! Reading the sources as a person would: their texts, without tests and comments.

use std::fs;
use std::path::{Path, PathBuf};

/// Where texts are looked for.
const SOURCES: [&str; 7] = [
    "app/src",
    "crates/connectors/src/http",
    "crates/domain/src",
    "crates/operations/src",
    "crates/store/src",
    "server/src",
    "frontend/floor",
];
/// A string literal: its text, what stands before it, and its line.
pub(super) struct Literal<'a> {
    pub(super) text: String,
    pub(super) before: &'a str,
    pub(super) line: usize,
}

/// The folder of the whole project.
pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Every source with its path from the root; without tests and comments.
pub(super) fn sources() -> Vec<(String, String)> {
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
pub(super) fn literals(source: &str) -> Vec<Literal<'_>> {
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
