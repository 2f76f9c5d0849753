//! What happens in an ERP while nobody looks: prices change, orders come in and are edited.

use super::database::Database;
use super::demo;
use rand::Rng;
use rand::rngs::StdRng;
use serde::Serialize;
use serde_json::json;

/// What one tick changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// Codes of the products with another price.
    pub products: Vec<String>,
    /// Number of the new delivery.
    pub added: Option<String>,
    /// Number of the edited delivery.
    pub edited: Option<String>,
}

pub(crate) fn tick(database: &mut Database, random: &mut StdRng) -> Changes {
    let products = database.ids("product.product");
    let mut changes = Changes::default();
    if products.is_empty() {
        return changes;
    }
    for _ in 0..random.random_range(1..=3) {
        let id = products[random.random_range(0..products.len())];
        let price = f64::from(random.random_range(100..50_000_u32)) / 100.0;
        database.set_one("product.product", id, "list_price", json!(price));
        let code = database.text("product.product", id, "default_code");
        changes.products.push(code);
    }
    changes.added = demo::order(database, random);
    changes.edited = edit(database, random);
    changes
}

/// One more piece on a line of an open delivery.
fn edit(database: &mut Database, random: &mut StdRng) -> Option<String> {
    let open: Vec<i64> = database
        .rows("stock.move")
        .filter(|(_, row)| row.get("state") == Some(&json!("assigned")))
        .map(|(id, _)| id)
        .collect();
    if open.is_empty() {
        return None;
    }
    let id = open[random.random_range(0..open.len())];
    let wanted = database.number("stock.move", id, "product_uom_qty");
    database.set_one("stock.move", id, "product_uom_qty", json!(wanted + 1.0));
    let transfer = database.link("stock.move", id, "picking_id")?;
    Some(database.text("stock.picking", transfer, "name"))
}
