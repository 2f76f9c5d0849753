//! The fault panel: a page for people and the same as JSON for scripts. It asks for no password.

use super::change::Changes;
use super::faults::Fault;
use super::handle::{Counters, Handle};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Transfers the page shows, the last changed first.
const SHOWN: usize = 15;

#[derive(Serialize)]
struct Overview {
    now: DateTime<Utc>,
    version: u32,
    faults: Vec<Fault>,
    counters: Counters,
    products: usize,
    transfers: usize,
    latest: Vec<Transfer>,
}

/// A transfer with what was done of it.
#[derive(Serialize)]
struct Transfer {
    name: Value,
    state: Value,
    origin: Value,
    backorder_of: Value,
    changed_at: Value,
    lines: Vec<Value>,
}

#[derive(Deserialize)]
struct SetClock {
    now: DateTime<Utc>,
}

pub(crate) fn routes() -> Router<Handle> {
    Router::new()
        .route(
            "/_panel",
            get(|| async { Html(include_str!("panel.html")) }),
        )
        .route("/_faults", get(overview).post(add).delete(clear))
        .route("/_tick", post(tick))
        .route("/_clock", post(set_clock))
}

async fn overview(State(handle): State<Handle>) -> Json<Overview> {
    Json(overview_of(&handle))
}

async fn add(
    State(handle): State<Handle>,
    Json(fault): Json<Fault>,
) -> (StatusCode, Json<Overview>) {
    handle.faults().add(fault);
    (StatusCode::CREATED, Json(overview_of(&handle)))
}

async fn clear(State(handle): State<Handle>) -> Json<Overview> {
    handle.faults().clear();
    Json(overview_of(&handle))
}

async fn tick(State(handle): State<Handle>) -> Json<Changes> {
    Json(handle.tick())
}

async fn set_clock(State(handle): State<Handle>, Json(clock): Json<SetClock>) -> Json<Overview> {
    handle.set_now(clock.now);
    Json(overview_of(&handle))
}

fn overview_of(handle: &Handle) -> Overview {
    Overview {
        now: handle.now(),
        version: handle.config().major,
        faults: handle.faults().list(),
        counters: handle.counters(),
        products: handle.count("product.product"),
        transfers: handle.count("stock.picking"),
        latest: latest(handle),
    }
}

fn latest(handle: &Handle) -> Vec<Transfer> {
    let mut rows = handle.records("stock.picking", json!([]));
    rows.sort_by_key(|row| {
        let changed = row.get("write_date").and_then(Value::as_str);
        std::cmp::Reverse(changed.unwrap_or_default().to_owned())
    });
    rows.truncate(SHOWN);
    rows.into_iter()
        .map(|row| {
            let field = |name: &str| row.get(name).cloned().unwrap_or_default();
            Transfer {
                lines: lines(handle, &field("id")),
                name: field("name"),
                state: field("state"),
                origin: field("origin"),
                backorder_of: field("backorder_id"),
                changed_at: field("write_date"),
            }
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
