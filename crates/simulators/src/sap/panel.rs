//! The panel of the system: the latest bills, and what only a system with sessions and locks has.

use std::io;
use std::time::Duration;

use axum::extract::State;
use axum::routing::{delete, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::config::Config;
use super::faults::FaultKind;
use super::handle::Handle;
use super::routes;
use super::world::Bom;
use crate::frame::{self, Core, Page, System, Told, told};

/// Bills of materials the panel shows, the latest first.
const SHOWN: usize = 20;

#[derive(Deserialize)]
struct Lock {
    material: String,
    user: String,
}

impl System for Handle {
    type Config = Config;
    type Mishap = FaultKind;
    const PAGE: Page = Page {
        title: "SAP",
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
        json!({ "products": self.tick() })
    }

    fn shown(&self) -> Value {
        let counters = self.counters();
        let world = self.world();
        json!({
            "counters": counters,
            "products": world.products.len(),
            "boms": world.boms.len(),
            "latest": latest(&world.boms),
        })
    }
}

fn latest(boms: &[Bom]) -> Vec<Value> {
    let mut boms: Vec<&Bom> = boms.iter().collect();
    boms.sort_by(|one, other| {
        (other.changed_at, &other.number).cmp(&(one.changed_at, &one.number))
    });
    let shown = boms.into_iter().take(SHOWN).map(|bom| {
        json!({
            "number": bom.number, "material": bom.material, "plant": bom.plant,
            "text": bom.text, "items": bom.items.len(), "changed_at": bom.changed_at,
        })
    });
    shown.collect()
}

pub(crate) fn routes() -> Router<Handle> {
    frame::routes::<Handle>()
        .route("/_sessions", delete(expire))
        .route("/_locks", post(lock).delete(unlock))
}

async fn expire(State(handle): State<Handle>) -> Told<Handle> {
    handle.expire_sessions();
    told(&handle)
}

/// Somebody works on a material.
async fn lock(State(handle): State<Handle>, Json(lock): Json<Lock>) -> Told<Handle> {
    handle.lock(&lock.material, &lock.user);
    told(&handle)
}

async fn unlock(State(handle): State<Handle>) -> Told<Handle> {
    handle.unlock_all();
    told(&handle)
}
