//! `waves` and `cut-offs`: what is held back and released together, and until when it has to be done.

use super::Problem;
use super::extract::{Id, Json, Parameters, RestCaller};
use super::paging::{Answer, Position, cursor, limit, page};
use crate::services::Services;
use axum::extract::State;
use domain::cut_off::CutOff;
use domain::page::Page;
use domain::wave::{Wave, WaveChoice, WaveState};
use domain::{CutOffId, TaskId, WaveId};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Which waves.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Where they stand.
    #[param(inline, example = "planned")]
    state: Option<WaveState>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    #[param(minimum = 1, maximum = 200, default = 50, example = 20)]
    limit: Option<i64>,
}

/// A wave to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWave {
    /// What it is for; may be left out.
    #[serde(default)]
    name: String,
    /// Tasks of dispatches; at most 200.
    #[serde(default)]
    tasks: Vec<TaskId>,
    /// All that nobody began, that are in no wave, and that are due at the next time of this cut-off or
    /// before.
    #[serde(default)]
    cut_off: Option<CutOffId>,
}

/// Tasks to put into a wave.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoreTasks {
    /// Tasks of dispatches; at most 200.
    #[serde(default)]
    tasks: Vec<TaskId>,
    /// All that wait for this cut-off.
    #[serde(default)]
    cut_off: Option<CutOffId>,
}

/// Tasks to take out of a wave.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FewerTasks {
    /// Tasks that it holds back; at most 200.
    tasks: Vec<TaskId>,
}

/// Waves of the caller's sites, the newest first.
#[utoipa::path(get, path = "/waves", tag = "Floor", params(Wanted),
    responses((status = 200, description = "A page.", body = Page<Wave>)))]
pub async fn list(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<Wanted>,
) -> Answer<Wave> {
    let after = cursor(wanted.after.as_deref())?;
    let rows = limit(wanted.limit)?;
    let (store, state) = (&services.store, wanted.state);
    page(store::waves::page(store, &caller, state, after.as_ref(), rows).await?)
}

/// One wave with the tasks it holds back.
#[utoipa::path(get, path = "/waves/{id}", tag = "Floor", params(("id" = i64, Path, example = 1)),
    responses((status = 200, description = "The wave.", body = Wave)))]
pub async fn get(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<WaveId>,
) -> Result<Json<Wave>, Problem> {
    Ok(Json(store::waves::get(&services.store, &caller, id).await?))
}

/// Makes a wave of dispatches of one site that nobody began. The floor is not offered them until the wave
/// is released.
#[utoipa::path(post, path = "/waves", tag = "Floor",
    request_body(content = NewWave, example = json!({ "name": "Courier", "tasks": [103] })),
    responses((status = 200, description = "The wave.", body = Wave)))]
pub async fn make(
    State(services): State<Services>,
    caller: RestCaller,
    Json(wave): Json<NewWave>,
) -> Result<Json<Wave>, Problem> {
    let NewWave {
        name,
        tasks,
        cut_off,
    } = wave;
    let choice = WaveChoice { tasks, cut_off };
    let (store, now) = (&services.store, services.clock.now());
    let wave = ::operations::waves::make(store, &caller, &name, &choice, now).await?;
    Ok(Json(wave))
}

/// Puts more dispatches into a wave that is not released. Those that are in it already stay.
#[utoipa::path(post, path = "/waves/{id}/tasks", tag = "Floor", params(("id" = i64, Path, example = 1)),
    request_body(content = MoreTasks, example = json!({ "tasks": [104] })),
    responses((status = 200, description = "The wave as it is now.", body = Wave)))]
pub async fn add(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<WaveId>,
    Json(more): Json<MoreTasks>,
) -> Result<Json<Wave>, Problem> {
    let MoreTasks { tasks, cut_off } = more;
    let choice = WaveChoice { tasks, cut_off };
    let (store, now) = (&services.store, services.clock.now());
    let wave = ::operations::waves::add(store, &caller, id, &choice, now).await?;
    Ok(Json(wave))
}

/// Takes tasks out of a wave that is not released: the floor sees them again.
#[utoipa::path(post, path = "/waves/{id}/withdrawal", tag = "Floor", params(("id" = i64, Path, example = 1)),
    request_body(content = FewerTasks, example = json!({ "tasks": [104] })),
    responses((status = 200, description = "The wave as it is now.", body = Wave)))]
pub async fn take_out(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<WaveId>,
    Json(fewer): Json<FewerTasks>,
) -> Result<Json<Wave>, Problem> {
    let (store, now) = (&services.store, services.clock.now());
    ::operations::waves::take_out(store, &caller, &fewer.tasks, Some(id), now).await?;
    Ok(Json(store::waves::get(store, &caller, id).await?))
}

/// Lets the floor begin everything in a wave, at once. Releasing it again changes nothing.
#[utoipa::path(post, path = "/waves/{id}/release", tag = "Floor", params(("id" = i64, Path, example = 1)),
    responses((status = 200, description = "The wave as it is now.", body = Wave)))]
pub async fn release(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<WaveId>,
) -> Result<Json<Wave>, Problem> {
    let (store, now) = (&services.store, services.clock.now());
    let wave = ::operations::waves::release(store, &caller, id, now).await?;
    Ok(Json(wave))
}

/// Gives up a wave that holds nothing. Closing it again changes nothing.
#[utoipa::path(post, path = "/waves/{id}/closure", tag = "Floor", params(("id" = i64, Path, example = 2)),
    responses((status = 200, description = "The wave as it is now.", body = Wave)))]
pub async fn close(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<WaveId>,
) -> Result<Json<Wave>, Problem> {
    let (store, now) = (&services.store, services.clock.now());
    let wave = ::operations::waves::close(store, &caller, id, now).await?;
    Ok(Json(wave))
}

/// Cut-offs of the caller's sites, in site time: a dispatch that nobody gave a due time is due at the first
/// one after it arrived.
#[utoipa::path(get, path = "/cut-offs", tag = "People", params(Position),
    responses((status = 200, description = "A page.", body = Page<CutOff>)))]
pub async fn cut_offs(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(position): Parameters<Position>,
) -> Answer<CutOff> {
    let (after, rows) = (position.cursor()?, position.rows()?);
    page(store::cut_offs::page(&services.store, &caller, after.as_ref(), rows).await?)
}
