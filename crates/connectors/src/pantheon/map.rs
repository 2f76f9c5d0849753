//! From the vendor's rows to our records. Pure.

mod stock;

pub(super) use stock::stock;

use super::page::{Record, Row};
use super::time;
use super::value::Text;
use super::wire::{DocumentRow, ItemRow, LineRow, PartnerRow};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::document::{DocumentKind, DocumentRecord, LineRecord};
use domain::item::ItemRecord;
use domain::partner::PartnerRecord;
use rust_decimal::Decimal;
use std::collections::HashSet;
use std::str::FromStr;

/// The largest believable quantity: above it, a barcode was scanned into the quantity field.
const LARGEST: i64 = 999_999_999;
/// Decimals kept; what is beyond comes from the vendor's floating point.
const DECIMALS: u32 = 4;

/// Longest key: what is longer is no code, and would not fit into an index.
const LONGEST_KEY: usize = 100;

/// A catalogue row.
pub(super) fn item(row: ItemRow<'_>, zone: Tz) -> Result<ItemRecord, String> {
    let code = key(&row.ident, "item", "code")?;
    let name = row.naziv.given().ok_or("The item has no name.")?;
    let mut barcodes: Vec<String> = Vec::with_capacity(row.barkodovi.0.len());
    for barcode in &row.barkodovi.0 {
        if barcode.barkod.is_empty() {
            continue;
        }
        let barcode = key(&barcode.barkod, "item", "barcode")?;
        if !barcodes.contains(&barcode) {
            barcodes.push(barcode);
        }
    }
    Ok(ItemRecord {
        code,
        name,
        uom: row.jm.to_string(),
        supplier: row.dobavljac.given(),
        supplier_code: row.dob_sifra.given(),
        class: row.prim_klasif.given(),
        description: row.opis.given(),
        active: flag(&row.aktivan, true, "active")?,
        barcodes,
        packs: Vec::new(),
        changed_at: changed_at(&row.ad_time_chg, zone)?,
    })
}

/// A partner row.
pub(super) fn partner(row: PartnerRow<'_>, zone: Tz) -> Result<PartnerRecord, String> {
    let phones = [row.telefon1.given(), row.telefon2.given()];
    let mut phones = phones.into_iter().flatten();
    Ok(PartnerRecord {
        code: key(&row.id_subjekta, "partner", "code")?,
        name: row
            .naziv_subjekta
            .given()
            .ok_or("The partner has no name.")?,
        name2: row.naziv2_subjekta.given(),
        tax_id: row.pib.given(),
        address: row.adresa.given(),
        city: row.grad.given(),
        country: row.drzava.given(),
        phone: phones.next(),
        phone2: phones.next(),
        is_supplier: flag(&row.dobavljac, false, "supplier")?,
        is_customer: flag(&row.kupac, false, "customer")?,
        is_warehouse: flag(&row.skladiste, false, "warehouse")?,
        changed_at: changed_at(&row.ad_time_chg, zone)?,
    })
}

/// A dispatch or a receipt with its lines. One bad line refuses the document: half of it would be
/// worked on as if it were all.
pub(super) fn document(row: DocumentRow<'_>, kind: DocumentKind) -> Result<DocumentRecord, String> {
    let number = key(&row.broj_dokumenta, "document", "number")?;
    let doc_type = key(&row.tip_dokumenta, "document", "type")?;
    let date = &*row.datum_dokumenta;
    if date.is_empty() {
        return Err("The document has no date.".into());
    }
    let dated_on = time::day(date).ok_or_else(|| not_a("document date", date, "date"))?;
    let (recipient, sender) = (row.primalac1.given(), row.posiljalac.given());
    let partner_name = match kind {
        DocumentKind::Dispatch => recipient.clone(),
        DocumentKind::Receipt => sender.clone().or_else(|| recipient.clone()),
    };
    Ok(DocumentRecord {
        kind,
        number,
        doc_type,
        dated_on,
        warehouse_name: row.nas_objekat.to_string(),
        partner_name,
        partner2_name: row.primalac2.given(),
        recipient_name: recipient,
        sender_name: sender,
        responsible: row.odgovorna_osoba.given(),
        erp_status: row.status_dokumenta.given(),
        note: row.napomena.given(),
        lines: lines(&row.objekti.0)?,
    })
}

fn lines(rows: &[LineRow<'_>]) -> Result<Vec<LineRecord>, String> {
    let mut keys = HashSet::with_capacity(rows.len());
    rows.iter()
        .enumerate()
        .map(|(index, row)| line(index + 1, row, &mut keys))
        .collect()
}

fn line(
    running: usize,
    row: &LineRow<'_>,
    keys: &mut HashSet<String>,
) -> Result<LineRecord, String> {
    let key = unique(line_key(running, &row.poz), keys);
    if row.ident.is_empty() {
        return Err(format!("Line {key} has no item code."));
    }
    let item_code = short(&row.ident).ok_or_else(|| {
        format!("Line {key} has an item code of more than {LONGEST_KEY} characters.")
    })?;
    let requested =
        quantity(&row.kolicina).map_err(|why| format!("Line {key} (item {item_code}) {why}."))?;
    Ok(LineRecord {
        key,
        item_code,
        item_name: row.naziv.to_string(),
        uom: row.jm.to_string(),
        requested,
    })
}

/// The vendor's position, else the running number. `1.0` is `1`: gateways print whole numbers of
/// float columns either way.
fn line_key(running: usize, position: &Text<'_>) -> String {
    match position.given() {
        None => running.to_string(),
        Some(text) if text.len() > LONGEST_KEY => running.to_string(),
        Some(text) => match text.strip_suffix(".0") {
            Some(whole) => whole.to_owned(),
            None => text,
        },
    }
}

/// The key, or the key with `#2`, `#3` … when the document uses it again.
fn unique(key: String, keys: &mut HashSet<String>) -> String {
    if keys.insert(key.clone()) {
        return key;
    }
    let mut time = 2_usize;
    loop {
        let next = format!("{key}#{time}");
        if keys.insert(next.clone()) {
            return next;
        }
        time += 1;
    }
}

/// A signed quantity. The reason goes on after "Line 3 (item 00013)".
fn quantity(text: &str) -> Result<Decimal, String> {
    if text.is_empty() {
        return Err("has no quantity".into());
    }
    let absurd =
        || format!("has the quantity {text}, which is beyond 999,999,999 and cannot be right");
    let Some(number) = decimal(text) else {
        return match text
            .trim_start_matches('-')
            .bytes()
            .all(|byte| byte.is_ascii_digit())
        {
            true => Err(absurd()),
            false => Err(format!(
                "has the quantity \"{text}\", which is not a number"
            )),
        };
    };
    if number.abs() > Decimal::from(LARGEST) {
        return Err(absurd());
    }
    Ok(number.round_dp(DECIMALS).normalize())
}

/// A decimal from its digits: never through floating point. A single comma is a decimal comma.
fn decimal(text: &str) -> Option<Decimal> {
    if text.contains(['e', 'E']) {
        return Decimal::from_scientific(text).ok();
    }
    match text.split_once(',') {
        Some((whole, part)) if !text.contains('.') && !part.contains(',') => {
            Decimal::from_str(&format!("{whole}.{part}")).ok()
        }
        _ => Decimal::from_str(text).ok(),
    }
}

/// What a row is known by.
fn key(text: &Text<'_>, noun: &str, name: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err(format!("The {noun} has no {name}."));
    }
    short(text)
        .ok_or_else(|| format!("The {noun} has a {name} of more than {LONGEST_KEY} characters."))
}

fn short(text: &str) -> Option<String> {
    (text.len() <= LONGEST_KEY || text.chars().count() <= LONGEST_KEY).then(|| text.to_owned())
}

fn flag(text: &str, otherwise: bool, name: &str) -> Result<bool, String> {
    match text {
        "T" | "t" | "1" => Ok(true),
        "F" | "f" | "0" => Ok(false),
        "" => Ok(otherwise),
        other => Err(format!("The {name} flag \"{other}\" is neither T nor F.")),
    }
}

fn changed_at(text: &str, zone: Tz) -> Result<Option<DateTime<Utc>>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    match time::instant(text, zone) {
        Some(at) => Ok(Some(at)),
        None => Err(not_a("change time", text, "date and time")),
    }
}

fn not_a(name: &str, text: &str, wanted: &str) -> String {
    format!("The {name} \"{text}\" is not a {wanted}.")
}

impl<'a> Row<'a> for ItemRow<'a> {
    const KEY: &'static str = "Ident";
    fn key(&self) -> &str {
        &self.ident
    }
}

impl<'a> Row<'a> for PartnerRow<'a> {
    const KEY: &'static str = "IdSubjekta";
    fn key(&self) -> &str {
        &self.id_subjekta
    }
}

impl<'a> Row<'a> for DocumentRow<'a> {
    const KEY: &'static str = "BrojDokumenta";
    fn key(&self) -> &str {
        &self.broj_dokumenta
    }
}

impl Record for ItemRecord {
    const NOUN: &'static str = "item";
    fn key(&self) -> (&str, &str, Option<NaiveDate>) {
        (&self.code, "", None)
    }
    fn changed_at(&self) -> Option<DateTime<Utc>> {
        self.changed_at
    }
}

impl Record for PartnerRecord {
    const NOUN: &'static str = "partner";
    fn key(&self) -> (&str, &str, Option<NaiveDate>) {
        (&self.code, "", None)
    }
    fn changed_at(&self) -> Option<DateTime<Utc>> {
        self.changed_at
    }
}

impl Record for DocumentRecord {
    const NOUN: &'static str = "document";
    fn key(&self) -> (&str, &str, Option<NaiveDate>) {
        (&self.number, &self.doc_type, Some(self.dated_on))
    }
    fn changed_at(&self) -> Option<DateTime<Utc>> {
        None
    }
}

#[cfg(test)]
mod tests;
