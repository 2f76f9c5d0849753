//! What is on hand, per item and warehouse.
//!
//! A quant that falls to nothing is deleted, and deletions cannot be asked for: what changed is
//! told by the moves that were done.

use super::sites::Sites;
use super::{Page, Reading, refuse};
use crate::odoo::orm::Wanted;
use crate::odoo::wire::{Row, time};
use crate::{Error, Records, RefusedRow};
use chrono::{DateTime, Utc};
use domain::Quantity;
use domain::stock::{RefusedLevel, StockLevel, StockRecord};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Moves that changed what is on hand.
pub(super) fn moved() -> Value {
    json!([["state", "=", "done"]])
}

/// On a full pass every stocked product, on a delta those that moved.
pub(super) async fn page(reading: &Reading<'_>) -> Result<Page, Error> {
    let (products, last) = match reading.since {
        None => every_product(reading).await?,
        Some(since) => moved_products(reading, since).await?,
    };
    let levels = levels(reading, products.iter().map(Row::id).collect()).await?;
    let (records, refused) = records(&products, &levels);
    Ok(Page {
        records: Records::Stock(records),
        ended: Vec::new(),
        refused,
        rows: products.len(),
        last,
    })
}

const FIELDS: &[&str] = &["default_code", "write_date"];

async fn every_product(reading: &Reading<'_>) -> Result<(Vec<Row>, Option<i64>), Error> {
    let mut terms = vec![
        json!(["type", "not in", ["service", "combo"]]),
        json!(["default_code", "!=", false]),
    ];
    terms.extend(reading.own_company());
    let context = json!({ "active_test": false });
    reading
        .next_of("product.product", terms, FIELDS, context)
        .await
}

async fn moved_products(
    reading: &Reading<'_>,
    since: DateTime<Utc>,
) -> Result<(Vec<Row>, Option<i64>), Error> {
    let terms = vec![
        json!(["state", "=", "done"]),
        json!(["write_date", ">=", time(since)]),
    ];
    let (moves, last) = reading
        .next_of("stock.move.line", terms, &["product_id"], json!({}))
        .await?;
    let ids: HashSet<i64> = moves
        .iter()
        .filter_map(|row| Some(row.link("product_id")?.id))
        .collect();
    if ids.is_empty() {
        return Ok((Vec::new(), last));
    }
    let domain = json!([["id", "in", ids], ["default_code", "!=", false]]);
    let wanted = Wanted {
        context: json!({ "active_test": false }),
        ..Wanted::all("product.product", domain, FIELDS)
    };
    Ok((reading.orm.search_read(&wanted).await?, last))
}

/// Sums by product and warehouse.
type Levels = HashMap<i64, BTreeMap<String, Decimal>>;

async fn levels(reading: &Reading<'_>, products: Vec<i64>) -> Result<Levels, Error> {
    let mut levels = Levels::new();
    if products.is_empty() {
        return Ok(levels);
    }
    let sites = Sites::read(reading.orm).await?;
    let domain = json!([
        ["product_id", "in", products],
        ["location_id.usage", "=", "internal"]
    ]);
    let fields = ["product_id", "location_id", "quantity"];
    let quants = Wanted::all("stock.quant", domain, &fields);
    for row in reading.orm.read_all(quants).await? {
        let (Some(product), Some(location)) = (row.link("product_id"), row.link("location_id"))
        else {
            continue;
        };
        let site = sites.name(location.id).unwrap_or(&location.name).to_owned();
        let quantity = row.number("quantity").unwrap_or_default();
        *levels
            .entry(product.id)
            .or_default()
            .entry(site)
            .or_default() += quantity;
    }
    Ok(levels)
}

/// One record per code; a product whose code another one has is refused.
fn records(products: &[Row], levels: &Levels) -> (Vec<StockRecord>, Vec<RefusedRow>) {
    let mut seen = HashSet::new();
    let (mut records, mut refused) = (Vec::new(), Vec::new());
    for row in products {
        let Some(code) = row.text("default_code") else {
            continue;
        };
        if !seen.insert(code.clone()) {
            let reason =
                format!("Another product has the internal reference {code}: give each its own.");
            refused.push(refuse(row, reason));
            continue;
        }
        records.push(record(code, levels.get(&row.id())));
    }
    (records, refused)
}

fn record(item_code: String, sites: Option<&BTreeMap<String, Decimal>>) -> StockRecord {
    let mut record = StockRecord {
        item_code,
        levels: Vec::new(),
        refused: Vec::new(),
        changed_at: None,
    };
    for (warehouse, amount) in sites.into_iter().flatten() {
        let warehouse = warehouse.clone();
        match Quantity::new(*amount) {
            Ok(quantity) => record.levels.push(StockLevel {
                warehouse,
                quantity,
            }),
            Err(why) => record.refused.push(RefusedLevel {
                warehouse,
                reason: format!("The quantity {amount} is not taken over: {why}."),
            }),
        }
    }
    record
}
