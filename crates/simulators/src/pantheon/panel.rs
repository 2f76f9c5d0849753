//! The panel of the gateway, and what only it has to move.

use std::io;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Value, json};

use super::config::Config;
use super::faults::FaultKind;
use super::handle::Handle;
use super::routes;
use crate::frame::{self, Core, Page, System};

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

impl System for Handle {
    type Config = Config;
    type Mishap = FaultKind;
    const PAGE: Page = Page {
        title: "Pantheon",
        script: include_str!("panel.js"),
    };

    fn build(config: Config) -> io::Result<Self> {
        Self::new(config)
    }

    fn router(self) -> Router {
        routes::router(self)
    }

    fn core(&self) -> &Core<FaultKind> {
        &self.state().core
    }

    fn changes_every(&self) -> Option<Duration> {
        self.config().mutate_every
    }

    fn pass_time(&self) -> Value {
        json!(self.tick())
    }

    fn shown(&self) -> Value {
        let world = self.read();
        json!({
            "local": self.local_now().format("%Y-%m-%d %H:%M:%S").to_string(),
            "counters": self.counters(),
            "items": world.items.len(),
            "dispatches": world.dispatches.len(),
            "receipts": world.receipts.len(),
        })
    }
}

pub(crate) fn routes() -> Router<Handle> {
    frame::routes::<Handle>()
        .route("/_touch", post(touch))
        .route("/_order", post(order))
}

async fn touch(State(handle): State<Handle>, Json(touch): Json<Touch>) -> Json<Value> {
    Json(json!({ "items": handle.touch_share(touch.per_mille) }))
}

/// A clerk changes how much of an item a dispatch wants.
async fn order(State(handle): State<Handle>, Json(order): Json<Order>) -> StatusCode {
    match handle.order(&order.number, &order.code, order.quantity) {
        true => StatusCode::NO_CONTENT,
        false => StatusCode::NOT_FOUND,
    }
}
