//! From the spellings of a label to its entries.

use super::symbology::{Carrier, carrier};
use super::table::{Entry, find, is_digits, starting};
use super::{Element, GS, Gs1Error, link};
use crate::barcode::gtin14;

/// How GS is shown where control characters are not: "symbol for group separator".
const GS_SYMBOL: char = '\u{241d}';

/// Reads any spelling.
pub(super) fn read(text: &str) -> Result<Vec<Element>, Gs1Error> {
    let text = text.trim_matches(['\r', '\n', '\t']);
    let (identifier, carrier, text) = carrier(text);
    let data = text.replace(GS_SYMBOL, "\u{1d}");
    if let Some(foreign) = data.chars().find(|found| !found.is_ascii()) {
        return Err(Gs1Error::Foreign(foreign));
    }
    if let Some(gtin) = plain_gtin(carrier, &data) {
        return gtin.map(|element| vec![element]);
    }
    if let Some(data) = data.strip_prefix('^') {
        raw(data, '^')
    } else if data.starts_with('(') {
        bracketed(&data)
    } else if link::is_link(&data) {
        link::read(&data)
    } else if carrier == Carrier::Other {
        let symbology = identifier.to_owned();
        Err(Gs1Error::NotGs1 { symbology })
    } else {
        raw(data.strip_prefix(GS).unwrap_or(&data), GS)
    }
}

/// Whether a scan claims to be a GS1 label, sound or not: by its symbology, by GS1's separators or
/// brackets, or because it starts with a sound trade item or logistic unit and goes on.
pub fn is_label(text: &str) -> bool {
    let (_, carrier, data) = carrier(text);
    let keyed = |ai: &str, length: usize| {
        let key = data.strip_prefix(ai).and_then(|data| data.get(..length));
        key.is_some_and(|key| find(ai).is_some_and(|entry| whole(&entry, ai, key).is_ok()))
    };
    match carrier {
        Carrier::Gs1 => true,
        Carrier::Gtin | Carrier::Ean13 => false,
        Carrier::Unknown | Carrier::Other if link::is_link(data) => link::read(data).is_ok(),
        Carrier::Other => false,
        Carrier::Unknown => {
            let marked = data.contains([GS, GS_SYMBOL]);
            let bracketed = data.strip_prefix('(').and_then(|data| data.get(..2));
            let caret = data.strip_prefix('^').and_then(|data| data.get(..2));
            marked
                || bracketed.or(caret).is_some_and(is_digits)
                || keyed("01", 14)
                || keyed("02", 14)
                || keyed("00", 18)
        }
    }
}

/// A barcode that is nothing but a GTIN: its symbology says so, or its length does.
fn plain_gtin(carrier: Carrier, data: &str) -> Option<Result<Element, Gs1Error>> {
    let digits = match carrier {
        // An add-on of two or five digits may follow.
        Carrier::Ean13 => data.get(..13).unwrap_or(data),
        Carrier::Gtin => data,
        Carrier::Unknown if is_digits(data) && matches!(data.len(), 8 | 12 | 13 | 14) => data,
        Carrier::Unknown | Carrier::Gs1 | Carrier::Other => return None,
    };
    let gtin = gtin14(digits).ok_or_else(|| Gs1Error::value("01", "has a wrong check digit"));
    Some(gtin.map(|value| Element {
        ai: "01".to_owned(),
        value,
    }))
}

/// Data without its leading FNC1; `separator` stands for those inside.
pub(super) fn raw(data: &str, separator: char) -> Result<Vec<Element>, Gs1Error> {
    if data.is_empty() {
        return Err(Gs1Error::Empty);
    }
    let mut elements = Vec::new();
    let mut rest = data;
    while !rest.is_empty() {
        let (entry, ai, after) = starting(rest).ok_or_else(|| Gs1Error::unknown(rest))?;
        let field = after.split(separator).next().unwrap_or_default();
        let used = entry.check(ai, field)?;
        let (value, after) = after.split_at_checked(used).unwrap_or((after, ""));
        elements.push(element(ai, value));
        rest = match after.strip_prefix(separator) {
            // Also superfluous after values of predefined length, and at the end.
            Some(rest) => rest,
            None if after.is_empty() || entry.is_predefined() => after,
            None => {
                let ai = ai.to_owned();
                return Err(Gs1Error::NoSeparator { ai, most: used });
            }
        };
    }
    Ok(elements)
}

/// The form that people read: (01)09506000134352(10)AB\(C.
fn bracketed(data: &str) -> Result<Vec<Element>, Gs1Error> {
    let mut elements = Vec::new();
    let mut rest = data;
    while !rest.is_empty() {
        let inside = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'));
        let (ai, after) = inside.ok_or(Gs1Error::Brackets)?;
        let entry = find(ai).ok_or_else(|| Gs1Error::unknown(ai))?;
        let end = value_end(after);
        let (value, after) = after.split_at_checked(end).unwrap_or((after, ""));
        elements.push(whole(&entry, ai, &value.replace("\\(", "("))?);
        rest = after;
    }
    Ok(elements)
}

/// Where the next bracket opens that is not escaped.
fn value_end(data: &str) -> usize {
    let open = |(at, _): &(usize, &str)| !data.get(..*at).unwrap_or_default().ends_with('\\');
    data.match_indices('(')
        .find(open)
        .map_or(data.len(), |(at, _)| at)
}

/// An entry whose end is known.
pub(super) fn whole(entry: &Entry, ai: &str, value: &str) -> Result<Element, Gs1Error> {
    let used = entry.check(ai, value)?;
    if used < value.len() {
        return Err(Gs1Error::TooLong {
            ai: ai.to_owned(),
            most: used,
        });
    }
    Ok(element(ai, value))
}

fn element(ai: &str, value: &str) -> Element {
    Element {
        ai: ai.to_owned(),
        value: value.to_owned(),
    }
}
