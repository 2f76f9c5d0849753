//! Our reference inside fields of Odoo that hold other things too.

use std::borrow::Cow;

/// What our references begin with in Odoo.
const PREFIX: &str = "crossdock:";

/// How our reference is written in Odoo.
pub(super) fn mark(reference: &str) -> String {
    format!("{PREFIX}{reference}")
}

/// The text with our reference at its end, and without those of before.
pub(super) fn marked(text: Option<&str>, reference: &str) -> String {
    match unmarked(text) {
        Some(rest) => format!("{rest} {}", mark(reference)),
        None => mark(reference),
    }
}

/// The text without our references.
pub(super) fn unmarked(text: Option<&str>) -> Option<String> {
    let words = text?.split_whitespace().filter_map(without_marks);
    let words: Vec<Cow<'_, str>> = words.collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// A word without our references; Odoo joins what several transfers come from with commas.
fn without_marks(word: &str) -> Option<Cow<'_, str>> {
    if !word.contains(PREFIX) {
        return Some(Cow::Borrowed(word));
    }
    let parts = word.split(',');
    let parts: Vec<&str> = parts
        .filter(|part| !part.is_empty() && !part.starts_with(PREFIX))
        .collect();
    (!parts.is_empty()).then(|| Cow::Owned(parts.join(",")))
}

/// Whether the text holds exactly this reference.
pub(super) fn is_marked(text: Option<&str>, reference: &str) -> bool {
    let mark = mark(reference);
    let parts = |text: &str| text.split([',', ' ', '\n', '\t']).any(|part| part == mark);
    text.is_some_and(parts)
}

/// How the reasons begin that we add to the notes of a transfer.
pub(super) const REASON: &str = "Crossdock, ";

/// Notes, formatted or plain, without our reasons: a transfer that is split off another one inherits its notes.
pub(super) fn without_reasons(notes: &str) -> String {
    let begins = format!("<p>{REASON}");
    let (mut kept, mut rest) = (String::new(), notes);
    while let Some((before, ours)) = rest.split_once(&begins) {
        kept.push_str(before);
        rest = ours.split_once("</p>").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    let lines = kept.lines().filter(|line| !line.starts_with(REASON));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_reasons_are_no_part_of_what_is_noted() {
        for (notes, expected) in [
            (
                "<p>Ring twice</p><p>Crossdock, WH/OUT/7: A, 1 kg missing: Wet.</p><p>Crossdock, WH/OUT/7: B, 2 kg missing: Torn.</p>",
                "<p>Ring twice</p>",
            ),
            (
                "Ring twice\nCrossdock, WH/OUT/7: A, 1 kg missing: 2 < 3.",
                "Ring twice",
            ),
            ("<p>As Crossdock, said</p>", "<p>As Crossdock, said</p>"),
        ] {
            assert_eq!(without_reasons(notes), expected);
        }
    }

    #[test]
    fn a_reference_replaces_the_one_before_and_leaves_the_rest() {
        let first = marked(Some("S00042"), "a-1");
        assert_eq!(first, "S00042 crossdock:a-1");
        assert!(is_marked(Some(&first), "a-1"));
        assert!(!is_marked(Some(&first), "a-11"));
        assert_eq!(marked(Some(&first), "a-2"), "S00042 crossdock:a-2");
        assert_eq!(unmarked(Some(&first)).as_deref(), Some("S00042"));
        assert_eq!(marked(None, "a-1"), "crossdock:a-1");
        let merged = "S00042 crossdock:a-1,S00043";
        assert!(is_marked(Some(merged), "a-1"));
        assert_eq!(unmarked(Some(merged)).as_deref(), Some("S00042 S00043"));
        assert_eq!(marked(Some("S1, S2,S3"), "a-1"), "S1, S2,S3 crossdock:a-1");
        assert_eq!(unmarked(Some("crossdock:a-1")), None);
    }
}
