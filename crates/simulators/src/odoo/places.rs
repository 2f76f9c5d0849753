//! Warehouses, locations and types of operations, and the numbers of transfers.

use super::database::Database;
use super::stock::record;
use serde_json::json;

/// Where goods come from suppliers.
pub(crate) const VENDORS: i64 = 1;
/// Where goods go to customers.
pub(crate) const CUSTOMERS: i64 = 2;
/// Where counted differences go.
pub(crate) const LOSS: i64 = 3;
/// The main warehouse's stock.
pub(crate) const STOCK: i64 = 5;
/// The second warehouse's stock.
pub(crate) const SHOP_STOCK: i64 = 7;
/// Types of operations.
pub(crate) const RECEIPTS: i64 = 1;
pub(crate) const DELIVERIES: i64 = 2;

/// Id, full name, usage, path.
const LOCATIONS: [(i64, &str, &str, &str); 9] = [
    (VENDORS, "Partners/Vendors", "supplier", "1/"),
    (CUSTOMERS, "Partners/Customers", "customer", "2/"),
    (
        LOSS,
        "Virtual Locations/Inventory adjustment",
        "inventory",
        "3/",
    ),
    (4, "WH", "view", "4/"),
    (STOCK, "WH/Stock", "internal", "4/5/"),
    (6, "SHOP", "view", "6/"),
    (SHOP_STOCK, "SHOP/Stock", "internal", "6/7/"),
    (8, "WH/Stock/Shelf A", "internal", "4/5/8/"),
    (9, "WH/Stock/Shelf B", "internal", "4/5/9/"),
];

/// Fills in what every database has: a company, a user, units, two warehouses.
pub(crate) fn fill(database: &mut Database) {
    let mut put = |model, id, value| database.put(model, id, record(value));
    put("res.company", 1, json!({ "name": "My Company" }));
    put(
        "res.users",
        2,
        json!({ "login": "admin", "name": "Mitchell Admin", "company_id": 1 }),
    );
    for (id, name) in [(1, "Unit"), (2, "Weight"), (3, "Length")] {
        put("uom.category", id, json!({ "name": name }));
    }
    for (id, name, category, path) in [
        (1, "Units", 1, "1/"),
        (2, "kg", 2, "2/"),
        (3, "m", 3, "3/"),
        (4, "Dozens", 1, "1/4/"),
        (5, "g", 2, "2/5/"),
    ] {
        put(
            "uom.uom",
            id,
            json!({ "name": name, "active": true, "category_id": category, "parent_path": path }),
        );
    }
    put("product.category", 1, json!({ "name": "All" }));
    put(
        "res.partner",
        1,
        json!({ "name": "My Company", "city": "Sarajevo", "active": true }),
    );
    for (id, name, usage, path) in LOCATIONS {
        let short = name.rsplit('/').next().unwrap_or(name);
        put(
            "stock.location",
            id,
            json!({
                "name": short, "complete_name": name, "usage": usage, "parent_path": path,
                "active": true, "company_id": if id > LOSS { json!(1) } else { json!(false) },
            }),
        );
    }
    for (id, name, code, view, stock) in [
        (1, "Central warehouse", "WH", 4, STOCK),
        (2, "Shop", "SHOP", 6, SHOP_STOCK),
    ] {
        put(
            "stock.warehouse",
            id,
            json!({
                "name": name, "code": code, "partner_id": 1, "view_location_id": view,
                "lot_stock_id": stock, "company_id": 1, "active": true,
            }),
        );
        for (offset, name, way, prefix) in [
            (0, "Receipts", "incoming", "IN"),
            (1, "Delivery Orders", "outgoing", "OUT"),
        ] {
            put(
                "stock.picking.type",
                (id - 1) * 2 + 1 + offset,
                json!({
                    "name": name, "code": way, "sequence_code": prefix, "warehouse_id": id,
                    "create_backorder": "ask", "active": true,
                }),
            );
        }
    }
}

/// The number the next transfer of a type gets.
pub(crate) fn next_name(database: &Database, kind: i64) -> String {
    let warehouse = database.link("stock.picking.type", kind, "warehouse_id");
    let code = database.text("stock.warehouse", warehouse.unwrap_or_default(), "code");
    let prefix = database.text("stock.picking.type", kind, "sequence_code");
    let prefix = format!("{code}/{prefix}/");
    let highest = database
        .rows("stock.picking")
        .filter_map(|(_, row)| {
            row.get("name")?
                .as_str()?
                .strip_prefix(&*prefix)?
                .parse()
                .ok()
        })
        .max()
        .unwrap_or(0_u64);
    format!("{prefix}{:05}", highest + 1)
}
