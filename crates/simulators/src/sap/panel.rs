//! The fault panel: a page for people and the same as JSON for scripts. It asks for no password.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::faults::Fault;
use super::handle::{Counters, Handle};

/// Bills of materials the panel shows, the latest first.
const SHOWN: usize = 20;

#[derive(Serialize)]
struct Overview {
    now: DateTime<Utc>,
    faults: Vec<Fault>,
    counters: Counters,
    products: usize,
    boms: usize,
    latest: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Lock {
    material: String,
    user: String,
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
        .route("/_sessions", axum::routing::delete(expire))
        .route("/_locks", post(lock).delete(unlock))
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

async fn expire(State(handle): State<Handle>) -> Json<Overview> {
    handle.expire_sessions();
    Json(overview_of(&handle))
}

/// Somebody works on a material.
async fn lock(State(handle): State<Handle>, Json(lock): Json<Lock>) -> Json<Overview> {
    handle.lock(&lock.material, &lock.user);
    Json(overview_of(&handle))
}

async fn unlock(State(handle): State<Handle>) -> Json<Overview> {
    handle.unlock_all();
    Json(overview_of(&handle))
}

async fn tick(State(handle): State<Handle>) -> Json<serde_json::Value> {
    Json(json!({ "products": handle.tick() }))
}

async fn set_clock(State(handle): State<Handle>, Json(clock): Json<SetClock>) -> Json<Overview> {
    handle.set_now(clock.now);
    Json(overview_of(&handle))
}

fn overview_of(handle: &Handle) -> Overview {
    let now = handle.now();
    let faults = handle.faults().list();
    let counters = handle.counters();
    let world = handle.world();
    let mut boms: Vec<_> = world.boms.iter().collect();
    boms.sort_by(|one, other| {
        (other.changed_at, &other.number).cmp(&(one.changed_at, &one.number))
    });
    let latest = boms.iter().take(SHOWN).map(|bom| {
        json!({
            "number": bom.number, "material": bom.material, "plant": bom.plant,
            "text": bom.text, "items": bom.items.len(), "changed_at": bom.changed_at,
        })
    });
    Overview {
        now,
        faults,
        counters,
        products: world.products.len(),
        boms: world.boms.len(),
        latest: latest.collect(),
    }
}
