//! Documents: invoices as dispatches, cancellations and purchases as receipts.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use chrono::{Datelike, Duration, NaiveDate};
use rust_decimal::Decimal;

use super::partners::shop;
use super::records::{Document, Item, Partner};
use crate::sources::{self, OrderLine};
use crate::spread::{pick, roll};

const PERSONS: [&str; 5] = ["A. A.", "J. V.", "M. P.", "N. K.", "S. R."];

/// Last purchase day of AdventureWorks that belongs to its regular series.
const LAST_PURCHASE: Option<NaiveDate> = NaiveDate::from_ymd_opt(2025, 8, 2);
const PURCHASE_DAYS: i64 = 21;

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

/// December 2010 with its last day as today: sales, returns, and three weeks of purchases.
pub(crate) fn demo(names: &Names<'_>) -> io::Result<Documents> {
    let mut documents = Documents::default();
    for invoice in invoices(sources::december()?.into_iter().map(Ok), names.today)? {
        let returned = invoice.number.starts_with('C');
        let document = goods_only(&invoice, returned, names);
        if !document.lines.is_empty() {
            let list = if returned {
                &mut documents.receipts
            } else {
                &mut documents.dispatches
            };
            list.push(document);
        }
    }
    documents.receipts.extend(purchases(names)?);
    Ok(documents)
}

/// Every invoice of the full year as a dispatch, line by line as it is.
pub(crate) fn full_year(
    lines: impl Iterator<Item = io::Result<OrderLine>>,
    names: &Names<'_>,
) -> io::Result<Documents> {
    let dispatches = invoices(lines, names.today)?
        .iter()
        .map(|invoice| {
            let doc_type = match invoice.number.as_bytes().first() {
                Some(b'C') => "200R",
                Some(b'A') => "209T",
                _ => sale_type(invoice),
            };
            let mut document = header(invoice, doc_type, names);
            for line in &invoice.lines {
                let (code, title, unit) = named(line, names);
                document.push(code, title, Decimal::from(line.quantity), unit);
            }
            document
        })
        .collect();
    Ok(Documents {
        dispatches,
        receipts: Vec::new(),
    })
}

/// The spelling a clerk chose for the warehouse of this document.
pub(crate) fn warehouse_name(key: &str, main: &str) -> Arc<str> {
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

struct Invoice {
    number: String,
    on: NaiveDate,
    customer: Option<u32>,
    country: String,
    lines: Vec<OrderLine>,
}

/// Groups the lines by invoice and moves all dates so that the last one is today.
fn invoices(
    lines: impl Iterator<Item = io::Result<OrderLine>>,
    today: NaiveDate,
) -> io::Result<Vec<Invoice>> {
    let mut invoices: Vec<Invoice> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for line in lines {
        let line = line?;
        let place = match places.get(&line.invoice) {
            Some(place) => *place,
            None => {
                let on = line
                    .on()
                    .ok_or_else(|| io::Error::other("order line without a date"))?;
                places.insert(line.invoice.clone(), invoices.len());
                invoices.push(Invoice {
                    number: line.invoice.clone(),
                    on,
                    customer: line.customer(),
                    country: line.country.clone(),
                    lines: Vec::new(),
                });
                invoices.len() - 1
            }
        };
        invoices[place].lines.push(line);
    }
    let last = invoices
        .iter()
        .map(|invoice| invoice.on)
        .max()
        .unwrap_or(today);
    for invoice in &mut invoices {
        invoice.on += today - last;
    }
    Ok(invoices)
}

/// A document of the demo: lines that move goods, quantities positive.
fn goods_only(invoice: &Invoice, returned: bool, names: &Names<'_>) -> Document {
    let mut document = header(
        invoice,
        if returned { "20B1" } else { sale_type(invoice) },
        names,
    );
    if returned {
        document.sender = Some(document.recipient.clone());
        document.recipient = document.warehouse.clone();
    }
    for line in &invoice.lines {
        let quantity = if returned {
            -line.quantity
        } else {
            line.quantity
        };
        if quantity > 0 && !line.title.is_empty() {
            let (code, title, unit) = named(line, names);
            document.push(code, title, in_unit(quantity, unit), unit);
        }
    }
    let key = &invoice.number;
    if !document.lines.is_empty() && !returned && roll(&format!("packing {key}"), 6) == 0 {
        // Larger orders are taped: a line with a leading-zero code and a split quantity.
        let metres = Decimal::new(5 * (1 + i64::from(invoice.customer.unwrap_or(0) % 9)), 1);
        if let Some(tape) = names.items.get("00003") {
            document.push(tape.code.clone(), tape.title.clone(), metres, tape.unit);
        }
    }
    document
}

fn purchases(names: &Names<'_>) -> io::Result<Vec<Document>> {
    let products: HashMap<u32, (String, String)> = sources::products()?
        .into_iter()
        .map(|(id, name, code)| (id, (name, code)))
        .collect();
    let last = LAST_PURCHASE.unwrap_or(names.today);
    let first = last - Duration::days(PURCHASE_DAYS);
    Ok(sources::purchases()?
        .iter()
        .filter(|order| order.on > first && order.on <= last)
        .map(|order| {
            let on = order.on + (names.today - last);
            let key = format!("purchase {}", order.id);
            let number = format!("{:02}-20B0-{:06}", on.year() % 100, order.id);
            let mut document = blank(number, "20B0", on, &key, names);
            document.sender = names
                .partners
                .get(&order.vendor)
                .map(|vendor| vendor.name.clone());
            document.recipient = document.warehouse.clone();
            for line in &order.lines {
                let (code, title, unit) = purchased(line.product, &products, names);
                document.push(code, title, in_unit(line.quantity, unit), unit);
            }
            document
        })
        .filter(|document| !document.lines.is_empty())
        .collect())
}

/// Most products stand for one of our items; some keep a code the catalogue does not have, some
/// are items that are no longer listed.
fn purchased(
    product: u32,
    products: &HashMap<u32, (String, String)>,
    names: &Names<'_>,
) -> (Arc<str>, Arc<str>, &'static str) {
    let key = format!("product {product}");
    if product.is_multiple_of(12)
        && let Some((name, code)) = products.get(&product)
    {
        return (code.as_str().into(), name.to_uppercase().into(), "KOM");
    }
    let shelf = if product.is_multiple_of(17) && !names.delisted.is_empty() {
        names.delisted
    } else {
        names.listed
    };
    pick(&key, shelf).map_or_else(
        || (key.as_str().into(), key.as_str().into(), "KOM"),
        |item| (item.code.clone(), item.title.clone(), item.unit),
    )
}

fn header(invoice: &Invoice, doc_type: &'static str, names: &Names<'_>) -> Document {
    let digits = invoice
        .number
        .trim_start_matches(|letter: char| !letter.is_ascii_digit());
    let number = format!("{:02}-{doc_type}-{digits}", invoice.on.year() % 100);
    let mut document = blank(number, doc_type, invoice.on, &invoice.number, names);
    document.recipient = invoice
        .customer
        .and_then(|customer| names.partners.get(&customer))
        .map_or_else(
            || shop(&invoice.number).into(),
            |partner| partner.name.clone(),
        );
    document
}

fn blank(
    number: String,
    doc_type: &'static str,
    on: NaiveDate,
    key: &str,
    names: &Names<'_>,
) -> Document {
    Document {
        number: number.into(),
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

fn sale_type(invoice: &Invoice) -> &'static str {
    if invoice.country == "United Kingdom" {
        "20ET"
    } else {
        "20CT"
    }
}

/// The line's code in upper case, with the catalogue's title and unit where it is known.
fn named(line: &OrderLine, names: &Names<'_>) -> (Arc<str>, Arc<str>, &'static str) {
    let code = line.code.to_uppercase();
    match names.items.get(code.as_str()) {
        Some(item) => (item.code.clone(), item.title.clone(), item.unit),
        None => (code.into(), line.title.trim().into(), "KOM"),
    }
}

/// Metres and kilograms are sold by halves, everything else by the piece.
fn in_unit(quantity: i64, unit: &str) -> Decimal {
    if matches!(unit, "M" | "KG") {
        Decimal::new(quantity * 5, 1)
    } else {
        Decimal::from(quantity)
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
