//! Invoices of the order lines: sales become dispatches, cancellations returned goods.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::cycle::Cycle;
use super::documents::{Documents, Names, blank, in_unit};
use super::partners::shop;
use super::records::Document;
use crate::sources::{self, OrderLine};
use crate::spread::roll;

/// December is dealt out evenly over this many days: every one of them has work for the floor.
const DAYS: usize = 40;
/// More than the invoice numbers of December span.
const NUMBERS_A_TURN: u32 = 20_000;

struct Invoice {
    number: String,
    on: NaiveDate,
    customer: Option<u32>,
    country: String,
    lines: Vec<OrderLine>,
}

/// December 2010 on the days up to today: goods only, quantities positive.
pub(crate) fn december(names: &Names<'_>) -> io::Result<Documents> {
    let invoices = grouped(sources::december()?.into_iter().map(Ok))?;
    let cycle = Cycle::ending(names.today, DAYS);
    let mut documents = Documents::default();
    for (place, invoice) in invoices.iter().enumerate() {
        let (on, turn) = cycle.date(place % DAYS);
        let digits = invoice.digits() + turn % 50 * NUMBERS_A_TURN;
        let document = goods(invoice, on, digits, names);
        if document.lines.is_empty() {
            continue;
        }
        let returned = invoice.is_return();
        let list = if returned {
            &mut documents.receipts
        } else {
            &mut documents.dispatches
        };
        list.push(document);
    }
    Ok(documents)
}

/// All invoices with all lines as they are; the last day becomes today.
pub(crate) fn full_year(path: &Path, names: &Names<'_>) -> io::Result<Vec<Document>> {
    let invoices = grouped(sources::full_year(path)?)?;
    let last = invoices
        .iter()
        .map(|invoice| invoice.on)
        .max()
        .unwrap_or(names.today);
    let as_it_is = |invoice: &Invoice| {
        let doc_type = match invoice.number.as_bytes().first() {
            Some(b'C') => "200R",
            Some(b'A') => "209T",
            _ => invoice.sale_type(),
        };
        let on = invoice.on + (names.today - last);
        let mut document = header(invoice, doc_type, on, invoice.digits(), names);
        for line in &invoice.lines {
            let (code, title, unit) = named(line, names);
            document.push(code, title, Decimal::from(line.quantity), unit);
        }
        document
    };
    Ok(invoices.iter().map(as_it_is).collect())
}

impl Invoice {
    fn is_return(&self) -> bool {
        self.number.starts_with('C')
    }

    fn sale_type(&self) -> &'static str {
        if self.country == "United Kingdom" {
            "20ET"
        } else {
            "20CT"
        }
    }

    fn digits(&self) -> u32 {
        self.number
            .trim_start_matches(char::is_alphabetic)
            .parse()
            .unwrap_or(0)
    }
}

/// Groups the lines by invoice, in file order; an invoice is dated by its first line.
fn grouped(lines: impl Iterator<Item = io::Result<OrderLine>>) -> io::Result<Vec<Invoice>> {
    let mut invoices: Vec<Invoice> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for line in lines {
        let line = line?;
        if let Some(place) = places.get(&line.invoice) {
            invoices[*place].lines.push(line);
            continue;
        }
        places.insert(line.invoice.clone(), invoices.len());
        invoices.push(Invoice {
            number: line.invoice.clone(),
            on: line
                .on()
                .ok_or_else(|| io::Error::other("order line without a date"))?,
            customer: line.customer(),
            country: line.country.clone(),
            lines: vec![line],
        });
    }
    Ok(invoices)
}

/// The lines that move goods, in the direction of the document.
fn goods(invoice: &Invoice, on: NaiveDate, digits: u32, names: &Names<'_>) -> Document {
    let (doc_type, sign) = if invoice.is_return() {
        ("20B1", -1)
    } else {
        (invoice.sale_type(), 1)
    };
    let mut document = header(invoice, doc_type, on, digits, names);
    if invoice.is_return() {
        document.sender = Some(document.recipient.clone());
        document.recipient = document.warehouse.clone();
    }
    for line in invoice
        .lines
        .iter()
        .filter(|line| line.quantity * sign > 0 && !line.title.is_empty())
    {
        let (code, title, unit) = named(line, names);
        document.push(code, title, in_unit(line.quantity * sign, unit), unit);
    }
    if !document.lines.is_empty() && !invoice.is_return() {
        tape(&mut document, invoice, names);
    }
    document
}

/// One order in six is taped: a line with a leading-zero code and a split quantity.
fn tape(document: &mut Document, invoice: &Invoice, names: &Names<'_>) {
    if roll(&format!("packing {}", invoice.number), 6) == 0
        && let Some(tape) = names.items.get("00003")
    {
        let halves = 1 + i64::from(invoice.customer.unwrap_or(0) % 9);
        document.push(
            tape.code.clone(),
            tape.title.clone(),
            in_unit(halves, tape.unit),
            tape.unit,
        );
    }
}

fn header(
    invoice: &Invoice,
    doc_type: &'static str,
    on: NaiveDate,
    digits: u32,
    names: &Names<'_>,
) -> Document {
    let mut document = blank(doc_type, on, digits, &invoice.number, names);
    document.recipient = invoice
        .customer
        .and_then(|customer| names.partners.get(&customer))
        .map_or_else(
            || shop(&invoice.number).into(),
            |partner| partner.name.clone(),
        );
    document
}

/// The line's code in upper case, with the catalogue's title and unit where it is known.
fn named(line: &OrderLine, names: &Names<'_>) -> (Arc<str>, Arc<str>, &'static str) {
    let code = line.code.to_uppercase();
    match names.items.get(code.as_str()) {
        Some(item) => (item.code.clone(), item.title.clone(), item.unit),
        None => (code.into(), line.title.trim().into(), "KOM"),
    }
}
