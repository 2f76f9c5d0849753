//! Which identifiers need or exclude one another (GS1 General Specifications, 4.13 and 4.14).

use super::table::find;
use super::{Element, Gs1Error};

pub(super) fn check(elements: &[Element]) -> Result<(), Gs1Error> {
    for element in elements {
        let Some(entry) = find(&element.ai) else {
            continue;
        };
        if let Some(other) = excluded(elements, element, entry.ex) {
            return Err(Gs1Error::Exclusive {
                ai: element.ai.clone(),
                other: other.ai.clone(),
            });
        }
        let demands = entry.req.split('&').filter(|demand| !demand.is_empty());
        if let Some(demand) = demands.into_iter().find(|demand| !is_met(elements, demand)) {
            return Err(Gs1Error::Missing {
                ai: element.ai.clone(),
                needs: in_words(demand),
            });
        }
    }
    check_signature(elements)
}

/// An identifier does not exclude itself, even where a pattern fits it.
fn excluded<'a>(elements: &'a [Element], element: &Element, ex: &str) -> Option<&'a Element> {
    let fits = |other: &&Element| ex.split(',').any(|pattern| matches(pattern, &other.ai));
    elements
        .iter()
        .filter(|other| other.ai != element.ai)
        .find(fits)
}

/// "01+21,02": 01 with 21, or 02.
fn is_met(elements: &[Element], demand: &str) -> bool {
    let has = |pattern: &str| elements.iter().any(|element| matches(pattern, &element.ai));
    demand.split(',').any(|group| group.split('+').all(has))
}

/// "31nn" fits 3100 to 3199.
fn matches(pattern: &str, ai: &str) -> bool {
    let fits = |(wanted, digit): (u8, u8)| wanted == digit || wanted == b'n';
    pattern.len() == ai.len() && pattern.bytes().zip(ai.bytes()).all(fits)
}

fn in_words(demand: &str) -> String {
    demand.replace(',', ", or ").replace('+', " with ")
}

/// A digital signature signs one thing: keys that may have a serial part have one beside it.
fn check_signature(elements: &[Element]) -> Result<(), Gs1Error> {
    let has = |ai: &str| elements.iter().find(|element| element.ai == ai);
    if has("8030").is_none() {
        return Ok(());
    }
    for (ai, without_serial) in [("253", 13), ("255", 13), ("8003", 14)] {
        if has(ai).is_some_and(|element| element.value.len() == without_serial) {
            return Err(Gs1Error::Missing {
                ai: "8030".to_owned(),
                needs: format!("a serial number in {ai}"),
            });
        }
    }
    Ok(())
}
