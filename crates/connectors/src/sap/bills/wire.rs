//! The vendor's names of a bill and its items, both ways. Pure.

use crate::sap::batch::Part;
use crate::sap::bill::{self, Item, Key, Step};
use crate::sap::odata;
use crate::sap::products::Facts;
use serde_json::{Value, json};

/// Fields that say which bill it is.
const HEADER_KEY: [&str; 7] = [
    "BillOfMaterial",
    "BillOfMaterialCategory",
    "BillOfMaterialVariant",
    "BillOfMaterialVersion",
    "EngineeringChangeDocument",
    "Material",
    "Plant",
];
/// Fields that say which item it is.
const ITEM_KEY: [&str; 8] = [
    "BillOfMaterial",
    "BillOfMaterialCategory",
    "BillOfMaterialVariant",
    "BillOfMaterialVersion",
    "BillOfMaterialItemNodeNumber",
    "HeaderChangeDocument",
    "Material",
    "Plant",
];

/// A bill that is in SAP.
pub(super) struct Found {
    pub header: Value,
    pub items: Vec<Item>,
    pub rows: Vec<Value>,
}

impl Found {
    pub fn number(&self) -> String {
        odata::text(&self.header, "BillOfMaterial").unwrap_or_default()
    }
}

/// The units of the materials that name none.
pub(super) struct Units<'a> {
    pub materials: &'a [&'a str],
    pub facts: &'a [Option<Facts>],
}

impl Units<'_> {
    pub fn base_unit(&self, material: &str) -> String {
        let mut pairs = self.materials.iter().zip(self.facts);
        let facts = pairs.find(|(known, _)| **known == material);
        facts
            .and_then(|(_, facts)| facts.as_ref())
            .map(|facts| facts.base_unit.clone())
            .unwrap_or_default()
    }

    pub fn item(&self, line: &bill::Line) -> Value {
        let unit = line.unit.clone();
        json!({
            "BillOfMaterialItemCategory": line.category,
            "BillOfMaterialComponent": line.component,
            "BillOfMaterialItemQuantity": written(line.quantity),
            "BillOfMaterialItemUnit": unit.unwrap_or_else(|| self.base_unit(&line.component)),
            "IsProductionRelevant": true,
        })
    }
}

/// A quantity as version 2 writes it.
pub(in crate::sap) fn written(quantity: rust_decimal::Decimal) -> String {
    format!("{quantity:.3}")
}

pub(super) fn part_of(step: &Step<'_>, units: &Units<'_>, found: &Found) -> Part {
    let item_path = |at: usize| format!("MaterialBOMItem{}", key_of(&found.rows[at], &ITEM_KEY));
    match step {
        Step::Change(at, line) => {
            let whole = units.item(line);
            Part {
                method: "PATCH",
                path: item_path(*at),
                if_match: Some(odata::version(&found.rows[*at])),
                body: Some(json!({
                    "BillOfMaterialItemQuantity": whole["BillOfMaterialItemQuantity"],
                    "BillOfMaterialItemUnit": whole["BillOfMaterialItemUnit"],
                })),
            }
        }
        Step::Add(number, line) => {
            let mut body = units.item(line);
            body["BillOfMaterialItemNumber"] = json!(number);
            for field in HEADER_KEY {
                // The items' own key calls the change document by another name.
                if field != "EngineeringChangeDocument" {
                    body[field] = found.header[field].clone();
                }
            }
            Part {
                method: "POST",
                path: "MaterialBOMItem".into(),
                if_match: None,
                body: Some(body),
            }
        }
        Step::Remove(at) => Part {
            method: "DELETE",
            path: item_path(*at),
            if_match: Some(odata::version(&found.rows[*at])),
            body: None,
        },
    }
}

fn key_of(row: &Value, fields: &[&str]) -> String {
    let pairs: Vec<(&str, &str)> = fields
        .iter()
        .map(|field| (*field, row[*field].as_str().unwrap_or_default()))
        .collect();
    odata::key(&pairs)
}

/// The bill of the wanted alternative among all of a material.
pub(super) fn of_alternative(rows: Vec<Value>, key: &Key) -> Result<Option<Found>, String> {
    let header = rows.into_iter().find(|row| {
        let alternative = odata::text(row, "BillOfMaterialVariant").unwrap_or_default();
        bill::short(&alternative) == key.alternative
            && odata::text(row, "BillOfMaterialVersion").is_none()
            && odata::text(row, "Material")
                .is_some_and(|material| bill::same_material(&material, &key.material))
            && !odata::flag(row, "IsMarkedForDeletion")
    });
    let Some(header) = header else {
        return Ok(None);
    };
    if odata::text(&header, "BillOfMaterial").is_none() {
        return Err("a bill of materials has no number".into());
    }
    let mut rows: Vec<Value> = odata::expanded(&header, "to_BillOfMaterialItem").to_vec();
    rows.retain(|row| !odata::flag(row, "IsDeleted"));
    let items = rows.iter().map(item).collect::<Result<_, _>>()?;
    Ok(Some(Found {
        header,
        items,
        rows,
    }))
}

fn item(row: &Value) -> Result<Item, String> {
    let text = |name| odata::text(row, name).unwrap_or_default();
    Ok(Item {
        number: text("BillOfMaterialItemNumber"),
        component: text("BillOfMaterialComponent"),
        category: text("BillOfMaterialItemCategory"),
        quantity: odata::decimal(row, "BillOfMaterialItemQuantity")
            .ok_or("an item has no quantity")?,
        unit: text("BillOfMaterialItemUnit"),
    })
}

/// Where a bill is, below the service.
pub(super) fn header_path(header: &Value) -> String {
    format!("MaterialBOM{}", key_of(header, &HEADER_KEY))
}
