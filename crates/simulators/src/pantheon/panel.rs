//! The fault panel: a page for people and the same as JSON for scripts. It asks for no password.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::change::Changes;
use super::faults::Fault;
use super::handle::Handle;
use super::requests::Counters;

#[derive(Serialize)]
struct Overview {
    now: DateTime<Utc>,
    local: String,
    faults: Vec<Fault>,
    counters: Counters,
    items: usize,
    dispatches: usize,
    receipts: usize,
}

#[derive(Deserialize)]
struct Touch {
    per_mille: u16,
}

#[derive(Deserialize)]
struct Order {
    number: String,
    code: String,
    quantity: Decimal,
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
        .route("/_touch", post(touch))
        .route("/_order", post(order))
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

async fn touch(State(handle): State<Handle>, Json(touch): Json<Touch>) -> Json<serde_json::Value> {
    Json(serde_json::json!({ "items": handle.touch_share(touch.per_mille) }))
}

/// A clerk changes how much of an item a dispatch wants.
async fn order(State(handle): State<Handle>, Json(order): Json<Order>) -> StatusCode {
    match handle.order(&order.number, &order.code, order.quantity) {
        true => StatusCode::NO_CONTENT,
        false => StatusCode::NOT_FOUND,
    }
}

async fn set_clock(State(handle): State<Handle>, Json(clock): Json<SetClock>) -> Json<Overview> {
    handle.set_now(clock.now);
    Json(overview_of(&handle))
}

fn overview_of(handle: &Handle) -> Overview {
    let world = handle.read();
    Overview {
        now: handle.now(),
        local: handle.local_now().format("%Y-%m-%d %H:%M:%S").to_string(),
        faults: handle.faults().list(),
        counters: handle.counters(),
        items: world.items.len(),
        dispatches: world.dispatches.len(),
        receipts: world.receipts.len(),
    }
}
