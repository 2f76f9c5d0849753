//! Products by their internal reference: every one is found, or all that are not are named.

use super::{Writing, rejected};
use crate::Error;
use crate::odoo::orm::Wanted;
use crate::odoo::wire::{Link, Row};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A product as commands need it.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub id: i64,
    pub template: i64,
    pub uom: Option<Link>,
    /// The company it belongs to; none where all have it.
    pub company: Option<i64>,
    /// Whether stock of it is told apart by lot or serial.
    pub tracked: bool,
}

/// Products by code.
#[derive(Debug)]
pub(super) struct Products(BTreeMap<String, Known>);

impl Products {
    /// Finds them all.
    ///
    /// # Errors
    /// `rejected`, naming those that Odoo does not have, or has more than once.
    pub async fn find<'c>(
        writing: Writing<'_>,
        codes: impl Iterator<Item = &'c str>,
    ) -> Result<Self, Error> {
        let codes: BTreeSet<&str> = codes.collect();
        let mut known = BTreeMap::new();
        let mut twice = BTreeSet::new();
        for row in by_code(writing, json!(codes), json!({})).await? {
            let Some(code) = row.text("default_code") else {
                continue;
            };
            if known.insert(code.clone(), read(&row)).is_some() {
                twice.insert(code);
            }
        }
        let missing = codes.iter().filter(|code| !known.contains_key(**code));
        let missing: Vec<&str> = missing.copied().collect();
        if !missing.is_empty() {
            return Err(rejected(format!(
                "Odoo has no active product with the internal reference {}. Nothing was written: \
                 make the product there first.",
                missing.join(", ")
            )));
        }
        if !twice.is_empty() {
            let twice: Vec<String> = twice.into_iter().collect();
            return Err(rejected(format!(
                "Odoo has more than one product with the internal reference {}. Nothing was \
                 written: give each its own.",
                twice.join(", ")
            )));
        }
        Ok(Self(known))
    }

    /// The product of a code that was asked for.
    pub fn get(&self, code: &str) -> Result<&Known, Error> {
        self.0
            .get(code)
            .ok_or_else(|| rejected(format!("Odoo has no product {code}.")))
    }
}

/// The products of these ids, archived ones too.
pub(super) async fn by_id(
    writing: Writing<'_>,
    ids: &BTreeSet<i64>,
) -> Result<BTreeMap<i64, Known>, Error> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let wanted = Wanted {
        context: json!({ "active_test": false }),
        ..Wanted::all("product.product", json!([["id", "in", ids]]), FIELDS)
    };
    let rows = writing.orm.read_all(wanted).await?;
    Ok(rows.iter().map(|row| (row.id(), read(row))).collect())
}

/// Whether the product is one of several variants in use.
pub(super) async fn is_variant(writing: Writing<'_>, product: &Known) -> Result<bool, Error> {
    let domain = json!([["product_tmpl_id", "=", product.template]]);
    let wanted = Wanted {
        limit: Some(2),
        ..Wanted::all("product.product", domain, &["default_code"])
    };
    Ok(writing.orm.search_read(&wanted).await?.len() > 1)
}

const FIELDS: &[&str] = &[
    "default_code",
    "product_tmpl_id",
    "uom_id",
    "company_id",
    "tracking",
];

async fn by_code(writing: Writing<'_>, codes: Value, context: Value) -> Result<Vec<Row>, Error> {
    let mut terms = vec![json!(["default_code", "in", codes])];
    if let Some(company) = writing.settings.company_id {
        terms.push(json!(["company_id", "in", [false, company]]));
    }
    let wanted = Wanted {
        context,
        ..Wanted::all("product.product", Value::Array(terms), FIELDS)
    };
    writing.orm.read_all(wanted).await
}

fn read(row: &Row) -> Known {
    let tracking = row.text("tracking");
    Known {
        id: row.id(),
        template: row.link("product_tmpl_id").map_or(0, |link| link.id),
        uom: row.link("uom_id"),
        company: row.link("company_id").map(|link| link.id),
        tracked: tracking.is_some_and(|tracking| tracking != "none"),
    }
}
