//! Dispatches that are held back and released together.

use super::text::Answered;
use crate::AppError;
use domain::company::Warehouse;
use domain::cut_off::CutOff;
use domain::wave::{Wave, WaveChoice};
use domain::{TaskId, WaveId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    crate::session::caller_with,
    crate::state::{store, store_and_now},
    domain::permission::Permission,
};

/// What a lead plans the release of work with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Releases {
    /// Waves that hold tasks back, and released ones that are not done; the newest first.
    pub waves: Vec<Wave>,
    /// The cut-offs that dispatches wait for.
    pub cut_offs: Vec<CutOff>,
    /// The caller's sites.
    pub sites: Vec<Warehouse>,
}

/// Waves and cut-offs of the caller's sites.
#[server(prefix = "/api/fn", endpoint = "waves/list", input = Json, output = Answered)]
pub async fn list() -> Result<Releases, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let store = store()?;
    Ok(Releases {
        waves: store::waves::current(&store, &caller).await?,
        cut_offs: operations::cut_offs::list(&store, &caller).await?,
        sites: store::warehouses::list(&store, &caller).await?,
    })
}

/// Makes a wave of dispatches that nobody began.
#[server(prefix = "/api/fn", endpoint = "waves/make", input = Json, output = Answered)]
pub async fn make(name: String, choice: WaveChoice) -> Result<Wave, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::waves::make(&store, &caller, &name, &choice, now).await?)
}

/// Puts more dispatches into a wave that is not released.
#[server(prefix = "/api/fn", endpoint = "waves/add", input = Json, output = Answered)]
pub async fn add(id: WaveId, choice: WaveChoice) -> Result<Wave, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::waves::add(&store, &caller, id, &choice, now).await?)
}

/// Takes tasks out of the waves that hold them back.
#[server(prefix = "/api/fn", endpoint = "waves/take_out", input = Json, output = Answered)]
pub async fn take_out(tasks: Vec<TaskId>) -> Result<Vec<Wave>, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::waves::take_out(&store, &caller, &tasks, None, now).await?)
}

/// Lets the floor begin everything in a wave.
#[server(prefix = "/api/fn", endpoint = "waves/release", input = Json, output = Answered)]
pub async fn release(id: WaveId) -> Result<Wave, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::waves::release(&store, &caller, id, now).await?)
}

/// Gives up a wave that holds nothing.
#[server(prefix = "/api/fn", endpoint = "waves/close", input = Json, output = Answered)]
pub async fn close(id: WaveId) -> Result<Wave, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::waves::close(&store, &caller, id, now).await?)
}
