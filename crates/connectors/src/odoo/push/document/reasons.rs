//! Why less was done than asked for, at the end of a transfer's notes.

use crate::odoo::mark::REASON;
use crate::odoo::wire::without_tags;
use domain::push::{DocumentResult, LineResult};

/// From this version on notes are formatted text.
const FIRST_FORMATTED: u32 = 15;

/// The notes with the reasons that are not in them yet; none when nothing is added. A backorder
/// inherits the notes, so that each reason names its transfer.
pub(super) fn with_reasons(
    major: u32,
    notes: Option<&str>,
    result: &DocumentResult,
) -> Option<String> {
    let formatted = major >= FIRST_FORMATTED;
    let notes = notes.unwrap_or_default();
    let there = match formatted {
        true => without_tags(notes),
        false => in_one_line(notes),
    };
    let reasons = result.lines.iter().filter_map(|line| reason(result, line));
    let added: Vec<String> = reasons.filter(|text| !there.contains(text)).collect();
    if added.is_empty() {
        return None;
    }
    // Notes that are emptied in Odoo keep a paragraph without text.
    let kept = !there.is_empty() || notes.contains("<img");
    let before = kept.then(|| notes.to_owned());
    Some(match formatted {
        true => {
            let added = added.iter().map(|text| format!("<p>{}</p>", escaped(text)));
            before.into_iter().chain(added).collect()
        }
        false => {
            let all: Vec<String> = before.into_iter().chain(added).collect();
            all.join("\n")
        }
    })
}

fn reason(result: &DocumentResult, line: &LineResult) -> Option<String> {
    let reason = line.reason.as_deref().map(in_one_line)?;
    let reason = reason.trim_end_matches('.');
    let missing = line.requested - line.done.value();
    if reason.is_empty() || missing.is_zero() || missing.is_sign_negative() {
        return None;
    }
    Some(in_one_line(&format!(
        "{REASON}{}: {}, {} {} missing: {reason}.",
        result.number,
        line.item_code,
        missing.normalize(),
        line.uom
    )))
}

/// With single spaces between words, as what is read back is compared.
fn in_one_line(text: &str) -> String {
    let words = text.split(|letter: char| letter.is_whitespace() || letter.is_control());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::document::DocumentKind;

    fn short(reasons: &[Option<&str>]) -> DocumentResult {
        let lines = reasons
            .iter()
            .enumerate()
            .map(|(place, reason)| LineResult {
                key: place.to_string(),
                item_code: "REC-1".into(),
                uom: "kg".into(),
                requested: 2.into(),
                done: "0.50".parse().unwrap(),
                reason: reason.map(str::to_owned),
                lots: Vec::new(),
            });
        DocumentResult {
            kind: DocumentKind::Dispatch,
            number: "WH/OUT/7".into(),
            doc_type: "outgoing".into(),
            dated_on: "2026-11-21".parse().unwrap(),
            finished_at: "2026-11-21T10:00:00Z".parse().unwrap(),
            partial: true,
            lines: lines.collect(),
        }
    }

    #[test]
    fn a_reason_is_escaped_and_added_once() {
        let result = short(&[Some("Damaged (<b>\nwet & torn)"), None]);
        let once = with_reasons(19, Some("<p>Ring twice</p>"), &result).unwrap();
        assert_eq!(
            once,
            "<p>Ring twice</p><p>Crossdock, WH/OUT/7: REC-1, 1.5 kg missing: \
             Damaged (&lt;b&gt; wet &amp; torn).</p>"
        );
        assert_eq!(with_reasons(19, Some(&once), &result), None);
    }

    #[test]
    fn notes_that_are_plain_text_stay_plain_text() {
        let result = short(&[Some("2 < 3.")]);
        let once = with_reasons(14, Some("5 < 6"), &result).unwrap();
        assert_eq!(
            once,
            "5 < 6\nCrossdock, WH/OUT/7: REC-1, 1.5 kg missing: 2 < 3."
        );
        assert_eq!(with_reasons(14, Some(&once), &result), None);
    }

    #[test]
    fn without_a_reason_or_with_everything_done_nothing_is_added() {
        assert_eq!(with_reasons(19, None, &short(&[None, Some(" ")])), None);
        let mut all = short(&[Some("Damaged")]);
        all.lines[0].done = "2".parse().unwrap();
        assert_eq!(with_reasons(19, Some("<p><br></p>"), &all), None);
        let photo = with_reasons(19, Some("<p><img src=\"x\"></p>"), &short(&[Some("Wet")]));
        assert!(
            photo
                .unwrap()
                .starts_with("<p><img src=\"x\"></p><p>Crossdock")
        );
        let emptied = with_reasons(19, Some("<p><br></p>"), &short(&[Some("Damaged")]));
        assert!(emptied.unwrap().starts_with("<p>Crossdock"));
    }
}
