//! Times of a site's day until which dispatches have to be done.

use super::text::Answered;
use crate::AppError;
use domain::CutOffId;
use domain::cut_off::CutOff;
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    crate::session::caller_with,
    crate::state::{store, store_and_now},
    domain::permission::Permission,
};

/// The cut-offs of the caller's sites.
#[server(prefix = "/api/fn", endpoint = "cut_offs/list", input = Json, output = Answered)]
pub async fn list() -> Result<Vec<CutOff>, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    Ok(operations::cut_offs::list(&store()?, &caller).await?)
}

/// Adds or changes a cut-off.
#[server(prefix = "/api/fn", endpoint = "cut_offs/save", input = Json, output = Answered)]
pub async fn save(cut_off: CutOff) -> Result<CutOffId, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::cut_offs::save(&store, &caller, &cut_off, now).await?)
}

/// Removes a cut-off.
#[server(prefix = "/api/fn", endpoint = "cut_offs/remove", input = Json, output = Answered)]
pub async fn remove(id: CutOffId) -> Result<(), AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::cut_offs::remove(&store, &caller, id, now).await?)
}
