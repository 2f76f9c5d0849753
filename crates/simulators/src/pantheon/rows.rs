//! The vendor's rows, exactly as they travel.

use std::io::Write;

use chrono::NaiveDateTime;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;

use super::records::{Document, Item, Line, Partner};
use super::stock::OnHand;
use crate::spread::roll;

/// Width of `Naziv`: shorter titles arrive padded with spaces.
const TITLE_WIDTH: usize = 40;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ItemRow<'a> {
    ident: &'a str,
    naziv: String,
    aktivan: &'static str,
    dobavljac: &'a str,
    dob_sifra: &'a str,
    prim_klasif: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sek_klasif: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tezina: Option<Value>,
    #[serde(rename = "JM")]
    jm: String,
    opis: Option<&'a str>,
    barkodovi: Vec<BarcodeRow<'a>>,
    #[serde(rename = "adTimeChg")]
    changed: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct BarcodeRow<'a> {
    barkod: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PartnerRow<'a> {
    id_subjekta: u32,
    naziv_subjekta: String,
    naziv2_subjekta: &'a str,
    drzava: &'a str,
    grad: &'a str,
    adresa: &'a str,
    #[serde(rename = "PIB")]
    pib: &'a str,
    telefon1: &'a str,
    telefon2: &'a str,
    skladiste: &'static str,
    kupac: &'static str,
    dobavljac: &'static str,
    #[serde(rename = "adTimeChg", skip_serializing_if = "Option::is_none")]
    changed: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DocumentRow<'a> {
    broj_dokumenta: &'a str,
    tip_dokumenta: &'a str,
    datum_dokumenta: String,
    nas_objekat: &'a str,
    primalac1: &'a str,
    primalac2: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    posiljalac: Option<&'a str>,
    odgovorna_osoba: &'a str,
    status_dokumenta: &'a str,
    napomena: Option<&'a str>,
    objekti: Vec<LineRow<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct LineRow<'a> {
    poz: u32,
    ident: &'a str,
    naziv: &'a str,
    kolicina: Value,
    #[serde(rename = "JM")]
    jm: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct StockRow<'a> {
    ident: &'a str,
    objekti: Vec<ShelfRow<'a>>,
    #[serde(rename = "adTimeChg", skip_serializing_if = "Option::is_none")]
    changed: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ShelfRow<'a> {
    objekat: &'a str,
    zaliha: Value,
}

pub(crate) fn write_item(item: &Item, out: &mut Vec<u8>) {
    let barkodovi = item
        .barcodes
        .iter()
        .map(|barkod| BarcodeRow { barkod })
        .collect();
    let row = ItemRow {
        ident: &item.code,
        naziv: format!("{:<TITLE_WIDTH$}", item.title),
        aktivan: flag(item.active),
        dobavljac: &item.supplier,
        dob_sifra: &item.supplier_code,
        prim_klasif: item.class,
        sek_klasif: item.extra.map(|(class, _)| class),
        tezina: item.extra.map(|(_, weight)| number(weight)),
        jm: format!("{:<3}", item.unit),
        opis: item.description.as_deref(),
        barkodovi,
        changed: local_time(item.changed_at, &item.code),
    };
    write(&row, out);
}

pub(crate) fn write_partner(partner: &Partner, out: &mut Vec<u8>) {
    let row = PartnerRow {
        id_subjekta: partner.id,
        naziv_subjekta: format!("{:<30}", partner.name),
        naziv2_subjekta: "",
        drzava: partner.country,
        grad: partner.city,
        adresa: &partner.address,
        pib: &partner.tax_number,
        telefon1: &partner.phone,
        telefon2: "",
        skladiste: flag(partner.roles.warehouse),
        kupac: flag(partner.roles.customer),
        dobavljac: flag(partner.roles.supplier),
        changed: partner
            .shows_change
            .then(|| local_time(partner.changed_at, &partner.id.to_string())),
    };
    write(&row, out);
}

pub(crate) fn write_document(document: &Document, out: &mut Vec<u8>) {
    let row = DocumentRow {
        broj_dokumenta: &document.number,
        tip_dokumenta: document.doc_type,
        datum_dokumenta: document.on.to_string(),
        nas_objekat: &document.warehouse,
        primalac1: &document.recipient,
        primalac2: "",
        posiljalac: document.sender.as_deref(),
        odgovorna_osoba: document.person,
        status_dokumenta: document.status,
        napomena: document.note.as_deref(),
        objekti: document.lines.iter().map(line_row).collect(),
    };
    write(&row, out);
}

pub(crate) fn write_stock(stock: &OnHand<'_>, out: &mut Vec<u8>) {
    let objekti = stock
        .levels
        .iter()
        .map(|(objekat, zaliha)| ShelfRow {
            objekat,
            zaliha: number(*zaliha),
        })
        .collect();
    let row = StockRow {
        ident: &stock.item.code,
        objekti,
        changed: stock
            .shows_change
            .then(|| local_time(stock.changed_at, &stock.item.code)),
    };
    write(&row, out);
}

fn line_row(line: &Line) -> LineRow<'_> {
    // One line in seven sends its quantity as text, whatever its item.
    let as_text = roll(&format!("{}{}", line.code, line.position), 7) == 0;
    let kolicina = if as_text {
        Value::String(decimal_text(line.quantity))
    } else {
        number(line.quantity)
    };
    LineRow {
        poz: line.position,
        ident: &line.code,
        naziv: &line.title,
        kolicina,
        jm: line.unit,
    }
}

fn flag(set: bool) -> &'static str {
    if set { "T" } else { "F" }
}

/// Local time with a space or a `T`; which of them stays the same for a key.
fn local_time(at: NaiveDateTime, key: &str) -> String {
    let format = if roll(key, 4) == 0 {
        "%Y-%m-%dT%H:%M:%S"
    } else {
        "%Y-%m-%d %H:%M:%S"
    };
    at.format(format).to_string()
}

/// `4` is sent as `4.0`, as a float column prints it.
fn decimal_text(value: Decimal) -> String {
    let value = value.normalize();
    if value.scale() == 0 {
        format!("{value}.0")
    } else {
        value.to_string()
    }
}

fn number(value: Decimal) -> Value {
    let text = decimal_text(value);
    text.parse().map_or(Value::String(text), Value::Number)
}

fn write(row: &impl Serialize, out: &mut Vec<u8>) {
    if let Err(error) = serde_json::to_writer(&mut *out, row) {
        // Rows are plain structs of text and numbers, which always serialise.
        tracing::error!(%error, "a row could not be written");
        let _ = out.write_all(b"null");
    }
}
