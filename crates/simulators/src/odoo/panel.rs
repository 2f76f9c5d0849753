//! What the panel of the server shows: the latest transfers with what was done of them.

use super::config::Config;
use super::faults::FaultKind;
use super::handle::Handle;
use super::routes;
use crate::frame::{Core, Page, System};
use axum::Router;
use serde_json::{Value, json};
use std::io;
use std::time::Duration;

/// Transfers the page shows, the last changed first.
const SHOWN: usize = 15;

impl System for Handle {
    type Config = Config;
    type Mishap = FaultKind;
    const PAGE: Page = Page {
        title: "Odoo",
        script: include_str!("panel.js"),
    };

    fn build(config: Config) -> io::Result<Self> {
        Self::new(config)
    }

    fn router(self) -> Router {
        routes::router(self)
    }

    fn core(&self) -> &Core<FaultKind> {
        self.inside()
    }

    fn changes_every(&self) -> Option<Duration> {
        self.config().mutate_every
    }

    fn pass_time(&self) -> Value {
        json!(self.tick())
    }

    fn shown(&self) -> Value {
        json!({
            "version": self.config().major,
            "counters": self.counters(),
            "products": self.count("product.product"),
            "transfers": self.count("stock.picking"),
            "latest": latest(self),
        })
    }
}

fn latest(handle: &Handle) -> Vec<Value> {
    let mut rows = handle.records("stock.picking", json!([]));
    rows.sort_by_key(|row| {
        let changed = row.get("write_date").and_then(Value::as_str);
        std::cmp::Reverse(changed.unwrap_or_default().to_owned())
    });
    rows.truncate(SHOWN);
    rows.into_iter()
        .map(|row| {
            let field = |name: &str| row.get(name).cloned().unwrap_or_default();
            json!({
                "lines": lines(handle, &field("id")),
                "name": field("name"),
                "state": field("state"),
                "origin": field("origin"),
                "backorder_of": field("backorder_id"),
                "changed_at": field("write_date"),
            })
        })
        .collect()
}

fn lines(handle: &Handle, transfer: &Value) -> Vec<Value> {
    let moves = handle.records("stock.move", json!([["picking_id", "=", transfer]]));
    let details = handle.records("stock.move.line", json!([["picking_id", "=", transfer]]));
    moves
        .into_iter()
        .map(|row| {
            let field = |name: &str| row.get(name).cloned().unwrap_or_default();
            let of = field("id");
            let lots: Vec<&Value> = details
                .iter()
                .filter(|line| line.get("move_id").is_some_and(|link| link[0] == of))
                .filter_map(|line| line.get("lot_id")?.get(1))
                .collect();
            let done = match row.contains_key("quantity") {
                true => field("quantity"),
                false => field("quantity_done"),
            };
            json!({
                "product": field("product_id")[1], "wanted": field("product_uom_qty"),
                "quantity": done, "picked": field("picked"), "state": field("state"),
                "lots": lots,
            })
        })
        .collect()
}
