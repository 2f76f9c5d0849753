//! GS1 Digital Link addresses: `https://example.org/01/09506000134352/10/ABC?17=271231`.

use super::parse::whole;
use super::table::{Entry, find, is_digits};
use super::{Element, Gs1Error};
use crate::barcode::gtin14;
use crate::word;

type Found<'a> = (Entry, &'a str, String);

pub(super) fn is_link(text: &str) -> bool {
    after_scheme(text).is_some()
}

fn after_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    let known = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    known.then_some(rest)
}

pub(super) fn read(text: &str) -> Result<Vec<Element>, Gs1Error> {
    let odd =
        |byte: u8| !byte.is_ascii_alphanumeric() && !b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte);
    if text.bytes().any(odd) {
        return Err(Gs1Error::Link(word!(
            "it has a character that no address has"
        )));
    }
    let rest = after_scheme(text).unwrap_or(text);
    let rest = rest.split('#').next().unwrap_or_default();
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (host, path) = path
        .split_once('/')
        .ok_or(Gs1Error::Link(word!("it has no path")))?;
    if host.is_empty() {
        return Err(Gs1Error::Link(word!("it has no host")));
    }
    let mut elements = Vec::new();
    for (entry, ai, value) in path_entries(path)?.into_iter().chain(query_entries(query)?) {
        elements.push(whole(&entry, ai, &value)?);
    }
    Ok(elements)
}

/// The rightmost key and its qualifiers, in an order that the key allows.
fn path_entries(path: &str) -> Result<Vec<Found<'_>>, Gs1Error> {
    let mut found: Vec<Found<'_>> = Vec::new();
    let mut segments = path.rsplit('/');
    while let (Some(value), Some(ai)) = (segments.next(), segments.next()) {
        let Some(entry) = find(ai) else { break };
        found.push((entry, ai, decoded(value, false)?));
        if entry.link_orders().is_some() {
            break;
        }
    }
    found.reverse();
    let key = found
        .first_mut()
        .filter(|(entry, ..)| entry.link_orders().is_some());
    let Some((entry, ai, value)) = key else {
        return Err(Gs1Error::Link(word!("its path holds no GS1 key")));
    };
    // The spelling printed under the barcode may stand for the fourteen digits.
    if *ai == "01"
        && let Some(gtin) = gtin14(value)
    {
        *value = gtin;
    }
    let orders = entry.link_orders();
    let fits = |order: &str| {
        let mut order = order.split(',');
        found
            .iter()
            .skip(1)
            .all(|(_, ai, _)| order.any(|allowed| allowed == *ai))
    };
    if orders.into_iter().flatten().any(fits) {
        Ok(found)
    } else {
        Err(Gs1Error::Link(word!(
            "its path has entries that do not belong to the key, or in a wrong order"
        )))
    }
}

/// Numeric parameters are identifiers, others belong to the page.
fn query_entries(query: &str) -> Result<Vec<Found<'_>>, Gs1Error> {
    let mut found = Vec::new();
    for (ai, value) in query
        .split(['&', ';'])
        .filter_map(|part| part.split_once('='))
    {
        if ai.is_empty() || !is_digits(ai) {
            continue;
        }
        let entry = find(ai).ok_or_else(|| Gs1Error::unknown(ai))?;
        if !entry.is_link_attribute() {
            return Err(Gs1Error::Link(word!(
                "an entry may not stand after its question mark"
            )));
        }
        found.push((entry, ai, decoded(value, true)?));
    }
    Ok(found)
}

fn decoded(text: &str, plus_is_space: bool) -> Result<String, Gs1Error> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' if plus_is_space => b' ',
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                let byte = digit().zip(digit()).map(|(high, low)| high * 16 + low);
                let byte = byte.and_then(|byte| u8::try_from(byte).ok());
                byte.ok_or(Gs1Error::Link(word!(
                    "a % lacks its two hexadecimal digits"
                )))?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| Gs1Error::Link(word!("a value is no text")))
}
