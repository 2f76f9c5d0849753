//! Purchase orders as receipts.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use chrono::NaiveDate;

use super::cycle::Cycle;
use super::documents::{Names, blank, in_unit};
use super::records::Document;
use crate::sources::{self, Purchase};
use crate::spread::pick;

/// Last day of the regular series, which has 16 orders on every day.
const LAST_DAY: Option<NaiveDate> = NaiveDate::from_ymd_opt(2025, 8, 2);
const DAYS: usize = 21;
const ORDERS_A_DAY: usize = 16;
/// More than the numbers of the orders taken span.
const NUMBERS_A_TURN: u32 = 5_000;

/// The last three weeks of the regular series on the days up to today.
pub(crate) fn recent(names: &Names<'_>) -> io::Result<Vec<Document>> {
    let products: HashMap<u32, (String, String)> = sources::products()?
        .into_iter()
        .map(|(id, name, code)| (id, (name, code)))
        .collect();
    let mut orders = sources::purchases()?;
    orders.retain(|order| LAST_DAY.is_none_or(|last| order.on <= last) && !order.lines.is_empty());
    orders.sort_by_key(|order| (order.on, order.id));
    let cycle = Cycle::ending(names.today, DAYS);
    let taken = orders.iter().rev().take(DAYS * ORDERS_A_DAY).enumerate();
    Ok(taken
        .map(|(place, order)| receipt(order, &cycle, place / ORDERS_A_DAY, &products, names))
        .collect())
}

fn receipt(
    order: &Purchase,
    cycle: &Cycle,
    slot: usize,
    products: &HashMap<u32, (String, String)>,
    names: &Names<'_>,
) -> Document {
    let (on, turn) = cycle.date(slot);
    let digits = order.id + turn % 200 * NUMBERS_A_TURN;
    let mut document = blank("20B0", on, digits, &format!("purchase {}", order.id), names);
    document.sender = names
        .partners
        .get(&order.vendor)
        .map(|vendor| vendor.name.clone());
    document.recipient = document.warehouse.clone();
    for line in &order.lines {
        let (code, title, unit) = goods(line.product, products, names);
        document.push(code, title, in_unit(line.quantity, unit), unit);
    }
    document
}

/// Most products stand for one of our items; some keep a code the catalogue does not have, some
/// are items that are no longer listed.
fn goods(
    product: u32,
    products: &HashMap<u32, (String, String)>,
    names: &Names<'_>,
) -> (Arc<str>, Arc<str>, &'static str) {
    if product.is_multiple_of(12)
        && let Some((name, code)) = products.get(&product)
    {
        return (code.as_str().into(), name.to_uppercase().into(), "KOM");
    }
    let gone = product.is_multiple_of(17) && !names.delisted.is_empty();
    let shelf = if gone { names.delisted } else { names.listed };
    let key = format!("product {product}");
    pick(&key, shelf).map_or_else(
        || (key.as_str().into(), key.as_str().into(), "KOM"),
        |item| (item.code.clone(), item.title.clone(), item.unit),
    )
}
