//! Lots and serials, found by name and product, or made.

use super::{Writing, rejected};
use crate::Error;
use crate::odoo::orm::Wanted;
use chrono::NaiveDate;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A lot somebody named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Named {
    pub product: i64,
    pub name: String,
}

/// Ids by product and name.
#[derive(Debug, Default)]
pub(super) struct Lots(BTreeMap<Named, i64>);

impl Lots {
    /// Those Odoo has of the company, whose lots may have names that others give to theirs, or of all companies.
    pub async fn find(
        writing: Writing<'_>,
        wanted: &[Named],
        company: Option<i64>,
    ) -> Result<Self, Error> {
        let mut lots = Self::default();
        if wanted.is_empty() {
            return Ok(lots);
        }
        let products: Vec<i64> = wanted.iter().map(|lot| lot.product).collect();
        let names: Vec<&str> = wanted.iter().map(|lot| &*lot.name).collect();
        let mut terms = vec![
            json!(["product_id", "in", products]),
            json!(["name", "in", names]),
        ];
        if let Some(company) = company.or(writing.settings.company_id) {
            terms.push(json!(["company_id", "in", [false, company]]));
        }
        let fields = ["name", "product_id"];
        let rows = Wanted::all(model(writing.major), Value::Array(terms), &fields);
        for row in writing.orm.read_all(rows).await? {
            if let (Some(product), Some(name)) = (row.link("product_id"), row.text("name")) {
                let named = Named {
                    product: product.id,
                    name,
                };
                lots.0.entry(named).or_insert(row.id());
            }
        }
        Ok(lots)
    }

    /// Makes those that are missing; with their expiry where Odoo keeps it.
    pub async fn make(
        &mut self,
        writing: Writing<'_>,
        wanted: &BTreeMap<Named, Option<NaiveDate>>,
        company: Option<i64>,
    ) -> Result<(), Error> {
        let model = model(writing.major);
        let dated = writing.orm.has_field(model, "expiration_date").await?;
        let missing: Vec<(&Named, &Option<NaiveDate>)> = wanted
            .iter()
            .filter(|(named, _)| !self.0.contains_key(*named))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let records = missing.iter().map(|(named, expires_on)| {
            let mut record = Map::new();
            record.insert("name".into(), json!(named.name));
            record.insert("product_id".into(), json!(named.product));
            // A lot without company is another lot.
            if let Some(company) = company.or(writing.settings.company_id) {
                record.insert("company_id".into(), json!(company));
            }
            if let (true, Some(day)) = (dated, expires_on) {
                record.insert("expiration_date".into(), json!(format!("{day} 12:00:00")));
            }
            Value::Object(record)
        });
        let ids = writing
            .orm
            .create(model, records.collect(), Value::Null)
            .await?;
        for ((named, _), id) in missing.into_iter().zip(ids) {
            self.0.insert(named.clone(), id);
        }
        Ok(())
    }

    /// The ids of all that were found or made.
    pub fn ids(&self) -> Vec<i64> {
        self.0.values().copied().collect()
    }

    /// The id of a lot that was found or made.
    pub fn get(&self, named: &Named) -> Result<i64, Error> {
        self.0.get(named).copied().ok_or_else(|| {
            rejected(format!(
                "Odoo has no lot {} of this product. Nothing was written: check the lot.",
                named.name
            ))
        })
    }
}

/// The model was renamed in 16.
pub(in crate::odoo) fn model(major: u32) -> &'static str {
    match major {
        0..=15 => "stock.production.lot",
        _ => "stock.lot",
    }
}
