//! What a scanner does, told from what it typed: for whoever sets one up.

use crate::gs1::{self, ElementString};
use crate::scan::{BURST_GAP_MS, is_separator_key};
use crate::word;
use crate::words::Message;

/// One thing the page heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stroke {
    /// The browser's name of the key, or the text an input method inserted.
    pub key: String,
    /// Ctrl or Meta was held.
    pub command: bool,
    /// It came as text, not as a key.
    pub inserted: bool,
    /// When, milliseconds of any steady clock.
    pub at: u64,
}

/// What a scan shows about its scanner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    /// The code as it was put together, control characters as their signs.
    pub code: String,
    /// How it came, in facts: what is asked, and the answer.
    pub facts: Vec<(&'static str, String)>,
    /// What it says: identifier, name and value of a label's entries.
    pub entries: Vec<(String, String)>,
    /// Why a label is not accepted.
    pub problem: Option<String>,
    /// What to change.
    pub advice: Vec<Message>,
}

/// Looks at a code and what was heard of it.
pub fn examine(code: &str, heard: &[Stroke]) -> Findings {
    let way = Way::of(heard);
    let label = gs1::is_label(code).then(|| ElementString::read(code));
    let (entries, problem) = match &label {
        Some(Ok(label)) => (entries(label), None),
        Some(Err(error)) => (Vec::new(), Some(error.to_string())),
        None => (Vec::new(), None),
    };
    Findings {
        code: printable(code),
        facts: facts(code, &way),
        entries,
        problem,
        advice: advice(
            code,
            &way,
            label.as_ref().and_then(|label| label.as_ref().ok()),
        ),
    }
}

/// Control characters as the signs that stand for them.
pub fn printable(code: &str) -> String {
    let sign = |letter: char| match u32::from(letter) {
        control @ 0..=0x1f => char::from_u32(0x2400 + control).unwrap_or(letter),
        _ => letter,
    };
    code.chars().map(sign).collect()
}

fn entries(label: &ElementString) -> Vec<(String, String)> {
    let entry = |element: &gs1::Element| {
        let name = format!("({}) {}", element.ai, element.title());
        (name, element.value.clone())
    };
    label.elements().iter().map(entry).collect()
}

/// How a code came.
struct Way {
    inserted: bool,
    suffix: Option<&'static str>,
    slowest: u64,
    separator: Option<String>,
}

impl Way {
    fn of(heard: &[Stroke]) -> Self {
        let ends = |key: &str| heard.last().is_some_and(|last| last.key.ends_with(key));
        let suffix = [
            ("Enter", "Enter"),
            ("\n", "Enter"),
            ("Tab", "Tab"),
            ("\t", "Tab"),
        ];
        let mut suffix = suffix.into_iter().filter(|(key, _)| ends(key));
        let typed = |stroke: &&Stroke| stroke.inserted || stroke.key.chars().count() == 1;
        let times: Vec<u64> = heard.iter().filter(typed).map(|stroke| stroke.at).collect();
        let gaps = times.iter().zip(times.iter().skip(1));
        let separator = heard
            .iter()
            .find(|stroke| is_separator_key(&stroke.key, stroke.command));
        Self {
            inserted: heard.iter().any(|stroke| stroke.inserted),
            suffix: suffix.next().map(|(_, name)| name),
            slowest: gaps.map(|(a, b)| b.saturating_sub(*a)).max().unwrap_or(0),
            separator: separator.map(separator_name),
        }
    }
}

fn separator_name(stroke: &Stroke) -> String {
    match stroke.key.as_str() {
        "]" => "Ctrl+]".to_owned(),
        "F8" | "Alt" => stroke.key.clone(),
        _ => "GS".to_owned(),
    }
}

fn facts(code: &str, way: &Way) -> Vec<(&'static str, String)> {
    let symbology = gs1::symbology(code).map(|(identifier, name)| format!("{name} ({identifier})"));
    let separators = code.matches([gs1::GS, '\u{241d}']).count();
    let separator = match (&way.separator, separators) {
        (_, 0) => word!("none").to_owned(),
        (Some(key), count) => format!("{count} ({key})"),
        (None, count) => count.to_string(),
    };
    let output = if way.inserted {
        word!("text, by an input method")
    } else {
        word!("keys")
    };
    let mut facts = vec![
        (word!("Characters"), code.chars().count().to_string()),
        (word!("Sent as"), output.to_owned()),
        (
            word!("Ends with"),
            way.suffix.unwrap_or(word!("nothing")).to_owned(),
        ),
    ];
    facts
        .extend((!way.inserted).then(|| (word!("Slowest character, ms"), way.slowest.to_string())));
    facts.push((word!("Separators (GS)"), separator));
    facts.push((
        word!("Kind of barcode"),
        symbology.unwrap_or_else(|| word!("not said").to_owned()),
    ));
    facts
}

fn advice(code: &str, way: &Way, label: Option<&ElementString>) -> Vec<Message> {
    let mut advice = Vec::new();
    match way.suffix {
        Some("Enter") => {}
        Some(_) => advice.push(Message::plain(
            "It ends with Tab. Enter is safer: set the suffix to Enter.",
        )),
        None => advice.push(Message::plain(
            "It sends nothing after a code, so each scan waits a moment. Set the suffix to Enter.",
        )),
    }
    if way.slowest > BURST_GAP_MS && way.suffix.is_none() {
        advice.push(Message::plain(
            "It types too slowly to be told from a person. Set the delay between characters to 0.",
        ));
    }
    if way.inserted {
        advice.push(Message::plain(
            "It inserts text. That works; keystroke output is quicker.",
        ));
    }
    if let Some(label) = label {
        advice.extend(label_advice(code, label));
    }
    advice
}

fn label_advice(code: &str, label: &ElementString) -> Vec<Message> {
    let mut advice = Vec::new();
    if let Some(ai) = label.may_run_together() {
        let text = word!(
            "({ai}) looks as if more entries follow it, and no separator came. Let the scanner send FNC1 as GS (ASCII 29)."
        );
        advice.push(Message::plain(text).with("ai", ai));
    }
    if gs1::symbology(code).is_none() && !code.starts_with('(') {
        advice.push(Message::plain("It does not say the kind of barcode. Switch on the symbology identifier (AIM ID, ]C1), so that labels are never taken for plain codes."));
    }
    advice
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(code: &str, gap: u64, suffix: &str) -> Vec<Stroke> {
        let mut at = 1_000;
        let mut stroke = |key: &str, command: bool| {
            at += gap;
            Stroke {
                key: key.to_owned(),
                command,
                inserted: false,
                at,
            }
        };
        let mut strokes: Vec<Stroke> = code
            .chars()
            .map(|letter| match letter {
                gs1::GS => stroke("]", true),
                letter => stroke(&letter.to_string(), false),
            })
            .collect();
        strokes.extend((!suffix.is_empty()).then(|| stroke(suffix, false)));
        strokes
    }

    fn told(code: &str, heard: &[Stroke]) -> String {
        let findings = examine(code, heard);
        let advice = findings.advice.iter().map(ToString::to_string);
        advice.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_scanner_that_is_set_up_well_gets_no_advice() {
        let code = "]C101040063813339311727123110L-7\u{1d}21S1";
        let findings = examine(code, &typed(code, 8, "Enter"));
        assert_eq!(findings.advice, []);
        assert_eq!(
            findings.entries[2],
            ("(10) BATCH/LOT".to_owned(), "L-7".to_owned())
        );
        let fact = |name: &str| {
            findings
                .facts
                .iter()
                .find(|(known, _)| *known == name)
                .unwrap()
                .1
                .clone()
        };
        assert_eq!(fact("Ends with"), "Enter");
        assert_eq!(fact("Separators (GS)"), "1 (Ctrl+])");
        assert_eq!(fact("Kind of barcode"), "GS1-128 (]C1)");
        assert_eq!(fact("Slowest character, ms"), "8");
        assert!(findings.code.contains('\u{241d}'));
    }

    #[test]
    fn what_is_not_as_it_should_be_is_named_with_its_cure() {
        let ean = "4006381333931";
        assert!(told(ean, &typed(ean, 8, "")).contains("suffix to Enter"));
        assert!(told(ean, &typed(ean, 8, "Tab")).contains("Enter is safer"));
        assert!(told(ean, &typed(ean, 90, "")).contains("delay between characters"));
        assert!(!told(ean, &typed(ean, 90, "Enter")).contains("delay"));
        let inserted = [Stroke {
            key: format!("{ean}\n"),
            command: false,
            inserted: true,
            at: 1,
        }];
        assert!(told(ean, &inserted).contains("keystroke output"));
        let run_together = "010400638133393110L7X17271231";
        let words = told(run_together, &typed(run_together, 8, "Enter"));
        assert!(
            words.contains("FNC1 as GS") && words.contains("AIM ID"),
            "{words}"
        );
    }

    #[test]
    fn a_label_that_is_not_accepted_says_why() {
        let code = "]C1010400638133393117133231";
        let findings = examine(code, &typed(code, 8, "Enter"));
        assert!(findings.problem.unwrap().contains("(17)"));
    }
}
