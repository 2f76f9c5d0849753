//! The catalogue: variants of products, known by their internal reference.

use super::{Page, Reading, each};
use crate::odoo::orm::{Orm, Wanted};
use crate::odoo::wire::Row;
use crate::{Error, Records};
use domain::item::ItemRecord;
use serde_json::{Value, json};

const MODEL: &str = "product.product";
const FIELDS: &[&str] = &[
    "display_name",
    "name",
    "default_code",
    "barcode",
    "active",
    "uom_id",
    "categ_id",
    "write_date",
];
/// Longest code: what is longer is no code, and would not fit into an index.
const LONGEST_CODE: usize = 100;

/// Products that are things: services are not stocked, nor are combinations, which are made of things.
pub(super) fn domain(reading: &Reading<'_>) -> Value {
    let mut terms = vec![json!(["type", "not in", ["service", "combo"]])];
    terms.extend(reading.own_company());
    Value::Array(terms)
}

/// Archived ones too, and titles without the code in front.
fn context() -> Value {
    json!({ "active_test": false, "display_default_code": false })
}

pub(super) async fn page(reading: &Reading<'_>) -> Result<Page, Error> {
    let (rows, last) = reading
        .next_rows(MODEL, domain(reading), FIELDS, context())
        .await?;
    let (items, refused) = each(&rows, |item: &ItemRecord| &item.code, item);
    Ok(Page {
        records: Records::Items(items),
        ended: Vec::new(),
        refused,
        rows: rows.len(),
        last,
    })
}

/// The product of exactly this internal reference; an active one before an archived one.
pub(in crate::odoo) async fn find(orm: Orm<'_>, code: &str) -> Result<Option<ItemRecord>, Error> {
    let wanted = Wanted {
        order: "active desc, id",
        limit: Some(1),
        context: context(),
        ..Wanted::all(MODEL, json!([["default_code", "=", code]]), FIELDS)
    };
    let rows = orm.search_read(&wanted).await?;
    Ok(rows.first().and_then(|row| item(row).ok()))
}

fn item(row: &Row) -> Result<ItemRecord, String> {
    let name = row
        .text("display_name")
        .or_else(|| row.text("name"))
        .ok_or("The product has no name.")?;
    let code = row.text("default_code").ok_or_else(|| {
        format!("The product \"{name}\" has no internal reference: enter one in Odoo.")
    })?;
    if code.chars().count() > LONGEST_CODE {
        return Err(format!(
            "The internal reference of \"{name}\" has more than {LONGEST_CODE} characters."
        ));
    }
    let uom = row.link("uom_id").map(|uom| uom.name);
    Ok(ItemRecord {
        code,
        name,
        uom: uom.unwrap_or_default(),
        supplier: None,
        supplier_code: None,
        class: row.link("categ_id").map(|category| category.name),
        description: None,
        active: row.0.get("active").is_none() || row.flag("active"),
        barcodes: row.text("barcode").into_iter().collect(),
        packs: Vec::new(),
        changed_at: row.instant("write_date"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: Value) -> Result<ItemRecord, String> {
        item(&Row(value.as_object().cloned().unwrap()))
    }

    #[test]
    fn a_product_becomes_an_item() {
        let read = read(json!({
            "id": 311, "display_name": "Chair (Red)", "name": "Chair", "default_code": "REC-1",
            "barcode": "8600000000017", "active": true, "uom_id": [1, "Units"],
            "categ_id": [4, "All / Saleable"], "write_date": "2026-11-21 01:07:51"
        }))
        .unwrap();
        assert_eq!((&*read.code, &*read.name), ("REC-1", "Chair (Red)"));
        assert_eq!((&*read.uom, read.active), ("Units", true));
        assert_eq!(read.barcodes, ["8600000000017"]);
        assert_eq!(read.class.as_deref(), Some("All / Saleable"));
    }

    #[test]
    fn archived_products_are_inactive_and_those_without_code_are_refused() {
        let archived =
            json!({ "id": 1, "display_name": "A", "default_code": "A", "active": false });
        assert!(!read(archived).unwrap().active);
        let nameless = json!({ "id": 2, "display_name": "Delivery", "default_code": false });
        let reason = read(nameless).unwrap_err();
        assert!(
            reason.contains("\"Delivery\" has no internal reference"),
            "{reason}"
        );
    }
}
