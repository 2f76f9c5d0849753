//! From SAP's products to our items. Pure.

use super::config::Settings;
use super::odata;
use crate::{PullRequest, PulledPage, Records, RefusedRow};
use chrono::{DateTime, Utc};
use domain::item::ItemRecord;
use serde_json::Value;
use std::collections::HashMap;

/// Used when a product has no description in the wanted language.
const FALLBACK: &str = "EN";

/// A page of products.
pub(super) fn page(
    rows: Vec<Value>,
    next: Option<String>,
    settings: &Settings,
    now: DateTime<Utc>,
    request: &PullRequest,
) -> PulledPage {
    let count = rows.len();
    let mut items: Vec<ItemRecord> = Vec::with_capacity(count);
    let mut places = HashMap::with_capacity(count);
    let mut refused = Vec::new();
    for row in rows {
        match item(&row, &settings.lang) {
            Ok(item) => match places.get(&item.code) {
                Some(place) => items[*place] = item,
                None => {
                    places.insert(item.code.clone(), items.len());
                    items.push(item);
                }
            },
            Err(reason) => refused.push(RefusedRow {
                external_key: odata::text(&row, "Product").unwrap_or_default(),
                reason,
                payload: storable(row),
            }),
        }
    }
    let latest = items.iter().filter_map(|item| item.changed_at).max();
    PulledPage {
        records: Records::Items(items),
        ended: Vec::new(),
        refused,
        next,
        // A wrong clock over there must not carry the cursor past what is still to come.
        high_water: latest.map(|latest| latest.min(now)),
        rows: count,
        correlation_id: request.correlation_id.clone(),
    }
}

/// A product.
pub(super) fn item(row: &Value, language: &str) -> Result<ItemRecord, String> {
    let code = odata::text(row, "Product").ok_or("The product has no number.")?;
    if code.contains('\0') || code.chars().count() > 40 {
        return Err("The product's number is not usable.".into());
    }
    let name = description(row, language).ok_or("The product has no description.")?;
    let changed_at = odata::instant(row, "LastChangeDateTime");
    Ok(ItemRecord {
        name,
        uom: odata::text(row, "BaseUnit").ok_or("The product has no base unit.")?,
        supplier: None,
        supplier_code: None,
        class: odata::text(row, "ProductGroup"),
        description: None,
        active: !odata::flag(row, "IsMarkedForDeletion"),
        barcodes: odata::text(row, "ProductStandardID").into_iter().collect(),
        packs: Vec::new(),
        changed_at: changed_at.or_else(|| odata::instant(row, "LastChangeDate")),
        code,
    })
}

/// In the wanted language, else in English, else in the first there is.
fn description(row: &Value, language: &str) -> Option<String> {
    let all = match odata::expanded(row, "to_Description") {
        [] => odata::expanded(row, "_ProductDescription"),
        all => all,
    };
    let text =
        |row: &Value| odata::text(row, "ProductDescription").map(|text| text.replace('\0', ""));
    let of = |wanted: &str| {
        let mut rows = all.iter();
        rows.find(|row| {
            odata::text(row, "Language").is_some_and(|known| known.eq_ignore_ascii_case(wanted))
        })
        .and_then(text)
    };
    of(language)
        .or_else(|| of(FALLBACK))
        .or_else(|| all.iter().find_map(text))
}

/// The row as it came, made fit for a `jsonb` column: without U+0000, and numbers written with an
/// exponent as text.
fn storable(mut row: Value) -> Value {
    fn clean(value: &mut Value) {
        match value {
            Value::String(text) if text.contains('\0') => *text = text.replace('\0', ""),
            Value::Number(number) if number.to_string().contains(['e', 'E']) => {
                *value = Value::String(number.to_string());
            }
            Value::Array(values) => values.iter_mut().for_each(clean),
            Value::Object(fields) if fields.keys().any(|name| name.contains('\0')) => {
                *value = Value::String("a row with an unusable field name".into());
            }
            Value::Object(fields) => fields.values_mut().for_each(clean),
            _ => {}
        }
    }
    clean(&mut row);
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn product() -> Value {
        json!({
            "Product": "FG-1", "BaseUnit": "EA", "ProductGroup": "", "ProductStandardID": "4006381333931",
            "IsMarkedForDeletion": false, "LastChangeDateTime": "/Date(1767225600000+0000)/",
            "to_Description": {"results": [
                {"Language": "DE", "ProductDescription": "Rahmen"},
                {"Language": "EN", "ProductDescription": "Frame"}]}
        })
    }

    #[test]
    fn a_product_becomes_an_item_in_the_wanted_language() {
        let item = item(&product(), "de").unwrap();
        assert_eq!(
            (&*item.code, &*item.name, &*item.uom),
            ("FG-1", "Rahmen", "EA")
        );
        assert_eq!(item.barcodes, ["4006381333931"]);
        assert!(item.active && item.class.is_none());
        assert_eq!(super::item(&product(), "SR").unwrap().name, "Frame");
    }

    #[test]
    fn version_4_and_the_flag_of_deletion_are_read() {
        let row = json!({
            "Product": "FG-1", "BaseUnit": "EA", "IsMarkedForDeletion": true, "LastChangeDate": "2026-01-01",
            "_ProductDescription": [{"Language": "FR", "ProductDescription": "Cadre"}]
        });
        let item = item(&row, "EN").unwrap();
        assert_eq!((&*item.name, item.active), ("Cadre", false));
        assert_eq!(item.changed_at, "2026-01-01T00:00:00Z".parse().ok());
    }

    #[test]
    fn what_has_no_number_name_or_unit_says_so() {
        for (field, part) in [
            ("Product", "no number"),
            ("to_Description", "no description"),
            ("BaseUnit", "no base unit"),
        ] {
            let mut row = product();
            row.as_object_mut().unwrap().remove(field);
            let why = item(&row, "EN").unwrap_err();
            assert!(why.contains(part), "{why}");
        }
    }
}
