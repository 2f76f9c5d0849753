//! Trading parties: contacts, known by their id, which never changes.

use super::{Page, Reading, each};
use crate::odoo::orm::Wanted;
use crate::odoo::wire::Row;
use crate::{Error, Records};
use domain::partner::PartnerRecord;
use rust_decimal::Decimal;
use serde_json::json;
use std::collections::HashSet;

const MODEL: &str = "res.partner";
/// Ranks exist with the invoicing app, `mobile` up to Odoo 18.
const FIELDS: &[&str] = &[
    "display_name",
    "name",
    "ref",
    "vat",
    "street",
    "street2",
    "city",
    "country_id",
    "phone",
    "mobile",
    "supplier_rank",
    "customer_rank",
    "write_date",
];

pub(super) async fn page(reading: &Reading<'_>) -> Result<Page, Error> {
    let domain = serde_json::Value::Array(reading.own_company());
    let (rows, last) = reading.next_rows(MODEL, domain, FIELDS, json!({})).await?;
    let sites = own_addresses(reading).await?;
    let map = |row: &Row| partner(row, &sites);
    let (partners, refused) = each(&rows, |partner: &PartnerRecord| &partner.code, map);
    Ok(Page {
        records: Records::Partners(partners),
        ended: Vec::new(),
        refused,
        rows: rows.len(),
        last,
    })
}

/// Ids of the contacts that stand for warehouses of ours.
async fn own_addresses(reading: &Reading<'_>) -> Result<HashSet<i64>, Error> {
    let wanted = Wanted::all("stock.warehouse", json!([]), &["partner_id"]);
    let warehouses = reading.orm.search_read(&wanted).await?;
    let links = warehouses.iter().filter_map(|row| row.link("partner_id"));
    Ok(links.map(|partner| partner.id).collect())
}

fn partner(row: &Row, sites: &HashSet<i64>) -> Result<PartnerRecord, String> {
    let name = row
        .text("display_name")
        .or_else(|| row.text("name"))
        .ok_or("The contact has no name: enter one in Odoo.")?;
    let street = [row.text("street"), row.text("street2")];
    let street: Vec<String> = street.into_iter().flatten().collect();
    let phones = [row.text("phone"), row.text("mobile")];
    let mut phones = phones.into_iter().flatten();
    let ranked = |field: &str| row.number(field).is_some_and(|rank| rank > Decimal::ZERO);
    Ok(PartnerRecord {
        code: row.id().to_string(),
        name,
        name2: None,
        tax_id: row.text("vat"),
        address: (!street.is_empty()).then(|| street.join(", ")),
        city: row.text("city"),
        country: row.link("country_id").map(|country| country.name),
        phone: phones.next(),
        phone2: phones.next(),
        is_supplier: ranked("supplier_rank"),
        is_customer: ranked("customer_rank"),
        is_warehouse: sites.contains(&row.id()),
        changed_at: row.instant("write_date"),
    })
}
