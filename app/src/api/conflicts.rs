//! Decisions that wait on document lines.

use super::text::Answered;
use crate::AppError;
use domain::document::{OpenConflict, Resolution, SeenConflict};
use domain::page::{Cursor, Page};
use domain::{LineId, OperationId};
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    super::PAGE,
    crate::session::caller_with,
    crate::state::{store, store_and_now},
    domain::permission::Permission,
};

/// What waits, newest first.
#[server(prefix = "/api/fn", endpoint = "conflicts/list", input = Json, output = Answered)]
pub async fn list(after: Option<Cursor>) -> Result<Page<OpenConflict>, AppError> {
    let caller = caller_with(Permission::ReadDocuments).await?;
    Ok(store::conflicts::list(&store()?, &caller, after.as_ref(), PAGE).await?)
}

/// Settles what waits on a line; `id` names what is taken back, if anything is.
#[server(prefix = "/api/fn", endpoint = "conflicts/resolve", input = Json, output = Answered)]
pub async fn resolve(
    line: LineId,
    seen: SeenConflict,
    resolution: Resolution,
    id: OperationId,
) -> Result<(), AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    operations::conflicts::resolve(&store, &caller, line, seen, &resolution, id, now).await?;
    Ok(())
}
