//! Packs the GS1 Syntax Dictionary into the table that `domain::gs1` looks things up in: one line per
//! entry, fields by `;`, checks as letters. An unknown check or a broken line fails the build.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

include!("src/gs1/linter_letters.rs");

const DICTIONARY: &str = "../../data/gs1/gs1-syntax-dictionary.txt";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={DICTIONARY}");
    println!("cargo::rerun-if-changed=src/gs1/linter_letters.rs");
    let dictionary = fs::read_to_string(DICTIONARY)?;
    let mut table = String::new();
    for (index, line) in dictionary.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let packed = pack(line).map_err(|problem| {
            io::Error::other(format!("{DICTIONARY}, line {}: {problem}", index + 1))
        })?;
        table.push_str(&packed);
    }
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("gs1_table.txt"), table)
}

/// `ais;flags;components;req;ex;dlpkey;title`, see `domain::gs1::table`.
fn pack(line: &str) -> Result<String, String> {
    let (entry, title) = line.split_once('#').unwrap_or((line, ""));
    let mut words = entry.split_whitespace().peekable();
    let ais = words.next().ok_or("no application identifier")?;
    let is_flags = |word: &&str| word.chars().all(|letter| matches!(letter, '*' | '?'));
    let flags = words.next_if(|word| is_flags(word)).unwrap_or_default();
    let mut components = Vec::new();
    let (mut req, mut ex, mut key) = (Vec::new(), Vec::new(), String::new());
    for word in words {
        match word.split_once('=') {
            Some(("req", groups)) => req.push(groups),
            Some(("ex", patterns)) => ex.push(patterns),
            Some(("dlpkey", order)) => key = format!("!{order}"),
            None if word == "dlpkey" => key = "!".to_owned(),
            None => components.push(component(word)?),
            Some(_) => return Err(format!("unknown attribute {word}")),
        }
    }
    let mut packed = String::new();
    let (req, ex, title) = (req.join("&"), ex.join(","), title.trim());
    let components = components.join(" ");
    writeln!(
        packed,
        "{ais};{flags};{components};{req};{ex};{key};{title}"
    )
    .map_err(|error| error.to_string())?;
    Ok(packed)
}

/// `[N..6],yymmdd` becomes `[N-6f`: optional, type, longest length (`-` when shorter ones are
/// allowed), checks.
fn component(word: &str) -> Result<String, String> {
    let mut parts = word.split(',');
    let format = parts.next().unwrap_or_default();
    let optional = if format.starts_with('[') { "[" } else { "" };
    let format = format.trim_matches(['[', ']']);
    let mut packed = format!("{optional}{}", format.replace("..", "-"));
    for name in parts {
        let letter = LINTER_LETTERS.iter().find(|(known, _)| *known == name);
        let (_, letter) = letter.ok_or_else(|| format!("unknown check {name}"))?;
        packed.push(char::from(*letter));
    }
    Ok(packed)
}
