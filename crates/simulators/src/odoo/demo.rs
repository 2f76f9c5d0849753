//! The demo's records: AdventureWorks' products, suppliers and purchases, and deliveries of them.
//!
//! A day keeps its transfers, their numbers and ids when the simulator is started again.

use super::database::Database;
use super::places::{CUSTOMERS, DELIVERIES, RECEIPTS, SHOP_STOCK, STOCK, VENDORS, next_name};
use super::stock::{self, record};
use crate::sources;
use crate::spread::{pick, roll};
use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc};
use rand::Rng;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use std::io;

/// Days up to today that have transfers.
const DAYS: i64 = 5;
/// Transfers of a day that were there in the morning.
const DELIVERIES_A_DAY: i64 = 8;
const RECEIPTS_A_DAY: i64 = 3;
/// Customers who order.
const CUSTOMERS_SHOWN: usize = 40;
/// Ids of customers begin here, behind those of suppliers.
const FIRST_CUSTOMER: i64 = 1000;
const FIRST_SUPPLIER: i64 = 100;
/// Barcodes of the first products of the list are Pantheon's.
const FIRST_GTIN: usize = 2000;

/// What commands in examples name: code, title, kept by lot.
const EXAMPLES: [(&str, &str, bool); 6] = [
    ("SKU-001", "Example product", false),
    ("PROD-001", "Product Name", false),
    ("RM-001", "Raw Material 1", false),
    ("RM-002", "Raw Material 2", false),
    ("RECIPE-001", "Example Recipe", false),
    ("LOT-001", "Example product kept by lot", true),
];

/// Fills in products, parties, stock and transfers.
pub(crate) fn fill(database: &mut Database, now: DateTime<Utc>) -> io::Result<()> {
    let settled = format!("{}-01-01 06:00:00", now.year());
    let today = std::mem::replace(&mut database.now, settled);
    products(database)?;
    parties(database)?;
    quantities(database);
    database.now = today;
    for age in (0..DAYS).rev() {
        day(database, now.date_naive() - Duration::days(age))?;
    }
    Ok(())
}

fn products(database: &mut Database) -> io::Result<()> {
    let gtins = sources::gtins()?;
    for (code, title, by_lot) in EXAMPLES {
        product(database, code, title, by_lot, None);
    }
    for (place, (number, title, _)) in sources::products()?.into_iter().enumerate() {
        let by_lot = place % 25 == 24;
        let barcode = gtins.get(FIRST_GTIN + place).map(String::as_str);
        product(database, &code(number), &title, by_lot, barcode);
    }
    Ok(())
}

/// This company's own code of a product; other systems have their own.
fn code(number: u32) -> String {
    format!("AW-{number:04}")
}

fn product(
    database: &mut Database,
    code: &str,
    title: &str,
    by_lot: bool,
    barcode: Option<&str>,
) -> i64 {
    let price = 1.0 + roll(code, 50_000) as f64 / 100.0;
    let mut values = json!({
        "name": title, "default_code": code, "active": true, "tracking":
        if by_lot { "lot" } else { "none" }, "list_price": price, "standard_price": price / 2.0,
        "uom_id": 1, "categ_id": 1, "type": stocked(database.major), "is_storable": true,
    });
    if let Some(barcode) = barcode {
        values["barcode"] = json!(barcode);
    }
    let template = database.insert("product.template", record(values.clone()));
    values["product_tmpl_id"] = json!(template);
    database.insert("product.product", record(values))
}

fn stocked(major: u32) -> &'static str {
    match major {
        18.. => "consu",
        _ => "product",
    }
}

fn parties(database: &mut Database) -> io::Result<()> {
    for (place, (_, name)) in (0..).zip(sources::vendors()?) {
        let values =
            json!({ "name": name, "supplier_rank": 1, "customer_rank": 0, "active": true });
        database.put("res.partner", FIRST_SUPPLIER + place, record(values));
    }
    let customers = sources::customers()?.into_iter().take(CUSTOMERS_SHOWN);
    for (place, customer) in (0..).zip(customers) {
        let values = json!({
            "name": format!("Customer {}", customer.customer), "city": customer.country,
            "supplier_rank": 0, "customer_rank": 1, "active": true,
        });
        database.put("res.partner", FIRST_CUSTOMER + place, record(values));
    }
    Ok(())
}

fn quantities(database: &mut Database) {
    for id in database.ids("product.product") {
        let code = database.text("product.product", id, "default_code");
        let lot = (database.text("product.product", id, "tracking") == "lot").then(|| {
            let lot = json!({ "name": format!("LOT-{code}"), "product_id": id, "company_id": 1 });
            database.insert("stock.lot", record(lot))
        });
        for (location, most) in [(STOCK, 900), (SHOP_STOCK, 60)] {
            let quantity = 20 + roll(&format!("{location}{code}"), most);
            stock::add(database, id, location, lot, quantity as f64);
        }
    }
}

fn day(database: &mut Database, on: NaiveDate) -> io::Result<()> {
    let number = i64::from(on.num_days_from_ce()) % 1000 * 100;
    for of_day in 0..DELIVERIES_A_DAY {
        let seed = format!("delivery {number} {of_day}");
        let lines = lines(database, &seed);
        let order = Order {
            kind: DELIVERIES,
            partner: FIRST_CUSTOMER + roll(&seed, CUSTOMERS_SHOWN as u64) as i64,
            from: STOCK,
            to: CUSTOMERS,
            origin: format!("S{:05}", number + of_day),
        };
        transfer(database, number + of_day + 1, on, &order, &lines);
    }
    let purchases = sources::purchases()?;
    for of_day in 0..RECEIPTS_A_DAY {
        let seed = format!("receipt {number} {of_day}");
        let Some(purchase) = pick(&seed, &purchases) else {
            continue;
        };
        let lines: Vec<(i64, f64)> = purchase
            .lines
            .iter()
            .filter_map(|line| {
                let product = by_code(database, &code(line.product))?;
                let plain = database.text("product.product", product, "tracking") == "none";
                plain.then_some((product, line.quantity as f64))
            })
            .collect();
        let order = Order {
            kind: RECEIPTS,
            partner: FIRST_SUPPLIER + i64::from(purchase.vendor % 100),
            from: VENDORS,
            to: STOCK,
            origin: format!("P{:05}", purchase.id),
        };
        transfer(database, number + of_day + 1, on, &order, &lines);
    }
    Ok(())
}

fn by_code(database: &Database, code: &str) -> Option<i64> {
    database
        .rows("product.product")
        .find(|(_, row)| row.get("default_code").and_then(Value::as_str) == Some(code))
        .map(|(id, _)| id)
}

/// Between two and six products that are not kept by lot, and every fourth order one that is.
fn lines(database: &Database, seed: &str) -> Vec<(i64, f64)> {
    let plain: Vec<i64> = database
        .rows("product.product")
        .filter(|(_, row)| row.get("tracking") == Some(&json!("none")))
        .map(|(id, _)| id)
        .collect();
    let count = 2 + roll(seed, 5);
    let mut lines: Vec<(i64, f64)> = Vec::new();
    for place in 0..count {
        let seed = format!("{seed} {place}");
        let quantity = 1 + roll(&seed, 12);
        if let Some(product) = pick(&seed, &plain)
            && !lines.iter().any(|(known, _)| known == product)
        {
            lines.push((*product, quantity as f64));
        }
    }
    lines
}

struct Order {
    kind: i64,
    partner: i64,
    from: i64,
    to: i64,
    origin: String,
}

/// A transfer that is ready, with everything reserved.
fn transfer(
    database: &mut Database,
    number: i64,
    on: NaiveDate,
    order: &Order,
    lines: &[(i64, f64)],
) {
    // Today's are there already where the day is younger than they.
    let at = format!("{on} 06:{:02}:00", number % 60).min(database.now.clone());
    let prefix = match order.kind {
        DELIVERIES => "WH/OUT",
        _ => "WH/IN",
    };
    let name = format!("{prefix}/{number:05}");
    let id = number * 2 + order.kind - 1;
    let picking = json!({
        "name": name, "state": "assigned", "origin": order.origin, "note": false,
        "picking_type_id": order.kind, "partner_id": order.partner, "location_id": order.from,
        "location_dest_id": order.to, "company_id": 1, "user_id": 2, "scheduled_date": at,
        "create_date": at, "write_date": at, "backorder_id": false,
    });
    database.put("stock.picking", id, record(picking));
    for (place, (product, wanted)) in (0..).zip(lines) {
        let of = json!({
            "inventory_name": false, "reference": name, "state": "assigned",
            "product_id": product, "product_uom_qty": wanted, "product_uom": 1,
            "picking_id": id, "location_id": order.from, "location_dest_id": order.to,
            "company_id": 1, "is_inventory": false, "create_date": at, "write_date": at,
        });
        let of_id = id * 100 + place;
        database.put("stock.move", of_id, record(of));
        stock::reserve(database, of_id, *wanted);
    }
}

/// A delivery somebody ordered just now; returns its number.
pub(crate) fn order(database: &mut Database, random: &mut StdRng) -> Option<String> {
    let seed = format!("order {}", random.random_range(0..u32::MAX));
    let lines = lines(database, &seed);
    if lines.is_empty() || database.get("res.partner", FIRST_CUSTOMER).is_none() {
        return None;
    }
    let name = next_name(database, DELIVERIES);
    let picking = json!({
        "name": name, "state": "assigned", "origin": format!("S{:05}", roll(&seed, 99_999)),
        "picking_type_id": DELIVERIES, "location_id": STOCK, "location_dest_id": CUSTOMERS,
        "partner_id": FIRST_CUSTOMER + roll(&seed, CUSTOMERS_SHOWN as u64) as i64,
        "company_id": 1, "user_id": 2, "scheduled_date": database.now, "backorder_id": false,
    });
    let id = database.insert("stock.picking", record(picking));
    for (product, wanted) in lines {
        let of = json!({
            "inventory_name": false, "reference": name, "state": "assigned",
            "product_id": product, "product_uom_qty": wanted, "product_uom": 1,
            "picking_id": id, "location_id": STOCK, "location_dest_id": CUSTOMERS,
            "company_id": 1, "is_inventory": false,
        });
        let of = database.insert("stock.move", record(of));
        stock::reserve(database, of, wanted);
    }
    Some(name)
}

/// What the recorded server held before the first exchange: two products, and numbers that were
/// used up.
pub(crate) fn fill_recorded(database: &mut Database) {
    product(database, "SKU-001", "Probe A", false, None);
    product(database, "SKU-002", "Probe B", true, None);
    for (model, last) in [
        ("product.product", 310),
        ("product.template", 314),
        ("stock.quant", 9),
        ("stock.lot", 3),
        ("mrp.bom", 4),
        ("mrp.bom.line", 6),
    ] {
        database.reserve(model, last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::odoo::handle::TIME;
    use crate::odoo::places;

    fn day_of(text: &str) -> Option<NaiveDate> {
        let at = chrono::NaiveDateTime::parse_from_str(text, TIME).ok()?;
        Some(at.date())
    }

    fn names(day: &str) -> Vec<(i64, String, Option<NaiveDate>)> {
        let now: DateTime<Utc> = format!("{day}T10:00:00Z").parse().unwrap();
        let mut database = Database::new(19);
        database.begin(now.format(TIME).to_string());
        places::fill(&mut database);
        fill(&mut database, now).unwrap();
        let rows = database.rows("stock.picking");
        rows.map(|(id, row)| {
            let text = |field: &str| row[field].as_str().unwrap().to_owned();
            (id, text("name"), day_of(&text("create_date")))
        })
        .collect()
    }

    #[test]
    fn a_day_keeps_its_transfers_when_the_simulator_starts_again() {
        let (one, two) = (names("2026-11-21"), names("2026-11-22"));
        assert_eq!(one.len(), 55);
        let kept = one.iter().filter(|transfer| two.contains(transfer)).count();
        assert_eq!(kept, 44);
        let mut unique: Vec<_> = two.iter().map(|(_, name, _)| name).collect();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), two.len());
    }
}
