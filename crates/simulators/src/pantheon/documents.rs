//! Documents: what the sources have in common when they become dispatches and receipts.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::records::{Document, Item, Partner};
use super::{invoices, purchases};
use crate::spread::{pick, roll};

const PERSONS: [&str; 5] = ["A. A.", "J. V.", "M. P.", "N. K.", "S. R."];

/// What documents take from the rest of the data.
pub(crate) struct Names<'a> {
    pub items: HashMap<&'a str, &'a Item>,
    pub listed: &'a [Item],
    pub delisted: &'a [Item],
    pub partners: HashMap<u32, &'a Partner>,
    pub main_warehouse: &'a str,
    pub today: NaiveDate,
}

/// Dispatches and receipts.
#[derive(Default)]
pub(crate) struct Documents {
    pub dispatches: Vec<Document>,
    pub receipts: Vec<Document>,
}

/// Sales and returns of December 2010 on the last forty days, purchases on the last three weeks.
pub(crate) fn demo(names: &Names<'_>) -> io::Result<Documents> {
    let mut documents = invoices::december(names)?;
    documents.receipts.extend(purchases::recent(names)?);
    Ok(documents)
}

/// Every invoice of the full year as a dispatch, line by line as it is.
pub(crate) fn full_year(path: &Path, names: &Names<'_>) -> io::Result<Documents> {
    let dispatches = invoices::full_year(path, names)?;
    Ok(Documents {
        dispatches,
        receipts: Vec::new(),
    })
}

/// A document without lines; `key` decides what the source does not say.
pub(crate) fn blank(
    doc_type: &'static str,
    on: NaiveDate,
    digits: u32,
    key: &str,
    names: &Names<'_>,
) -> Document {
    Document {
        number: format!(
            "{:02}-{doc_type}-{:06}",
            on.year() % 100,
            digits % 1_000_000
        )
        .into(),
        doc_type,
        on,
        warehouse: warehouse_name(key, names.main_warehouse),
        recipient: "".into(),
        sender: None,
        person: pick(key, &PERSONS).copied().unwrap_or(""),
        status: if roll(&format!("status {key}"), 10) == 0 {
            "N"
        } else {
            "F"
        },
        note: (roll(&format!("note {key}"), 25) == 0).then(|| "HITNO".to_owned()),
        lines: Vec::new(),
    }
}

/// Metres and kilograms are sold by halves, everything else by the piece.
pub(crate) fn in_unit(quantity: i64, unit: &str) -> Decimal {
    if matches!(unit, "M" | "KG") {
        Decimal::new(quantity * 5, 1)
    } else {
        Decimal::from(quantity)
    }
}

/// The spelling a clerk chose for the warehouse of this document.
fn warehouse_name(key: &str, main: &str) -> Arc<str> {
    match roll(&format!("warehouse {key}"), 100) {
        0..55 => main.into(),
        55..65 => capitalised(main).into(),
        65..70 => format!("{main}   ").into(),
        70..74 => format!("{}.", main.get(..main.len().min(8)).unwrap_or(main)).into(),
        74..84 => "Maloprodaja 2".into(),
        84..87 => "MALOPR. 2".into(),
        87..96 => "MP 3 Bar".into(),
        _ => "MP3 BAR".into(),
    }
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| {
        first
            .to_uppercase()
            .chain(letters.flat_map(char::to_lowercase))
            .collect()
    })
}
