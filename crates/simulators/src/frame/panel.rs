//! The fault panel: a page for people and the same as JSON for scripts. It asks for no password.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::System;
use super::fault::{Fault, Mishap};

/// What a system's page has of its own.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Name of the system.
    pub title: &'static str,
    /// A script that sets `system`: the kinds of faults, what they can be restricted to, the
    /// figures, further buttons and a table; `frame/panel.html` says how each is used.
    pub script: &'static str,
}

impl Page {
    fn html(self) -> String {
        include_str!("panel.html")
            .replace("{{title}}", self.title)
            .replace("{{script}}", self.script)
    }
}

/// The state as the page and scripts read it.
#[derive(Serialize)]
pub(crate) struct Overview<F> {
    now: DateTime<Utc>,
    faults: Vec<F>,
    #[serde(flatten)]
    shown: Value,
}

type FaultOf<S> = Fault<<S as System>::Mishap, <<S as System>::Mishap as Mishap>::On>;
/// What most requests to the panel are answered.
pub(crate) type Told<S> = Json<Overview<FaultOf<S>>>;

#[derive(Deserialize)]
struct SetClock {
    now: DateTime<Utc>,
}

/// The routes every panel has.
pub(crate) fn routes<S: System>() -> Router<S> {
    Router::new()
        .route("/_panel", get(|| async { Html(S::PAGE.html()) }))
        .route(
            "/_faults",
            get(overview::<S>).post(add::<S>).delete(clear::<S>),
        )
        .route("/_tick", post(tick::<S>))
        .route("/_clock", post(set_clock::<S>))
}

async fn overview<S: System>(State(system): State<S>) -> Told<S> {
    told(&system)
}

async fn add<S: System>(
    State(system): State<S>,
    Json(fault): Json<FaultOf<S>>,
) -> (StatusCode, Told<S>) {
    system.core().faults.add(fault);
    (StatusCode::CREATED, told(&system))
}

async fn clear<S: System>(State(system): State<S>) -> Told<S> {
    system.core().faults.clear();
    told(&system)
}

async fn tick<S: System>(State(system): State<S>) -> Json<Value> {
    Json(system.pass_time())
}

async fn set_clock<S: System>(State(system): State<S>, Json(clock): Json<SetClock>) -> Told<S> {
    system.core().clock.set(clock.now);
    told(&system)
}

/// The state of a system as it is now.
pub(crate) fn told<S: System>(system: &S) -> Told<S> {
    let core = system.core();
    Json(Overview {
        now: core.clock.now(),
        faults: core.faults.list(),
        shown: system.shown(),
    })
}
