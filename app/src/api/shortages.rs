//! What was missing.

use super::text::Answered;
use crate::AppError;
use domain::WarehouseId;
use domain::page::{Cursor, Page};
use domain::rest::RestPolicy;
use domain::shortage_report::{ShortageBy, ShortageFilter, ShortageGroup, ShortageRow};
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    super::PAGE,
    crate::session::caller_with,
    crate::state::{store, store_and_now},
    domain::permission::Permission,
};

/// Short lines, newest report first.
#[server(prefix = "/api/fn", endpoint = "shortages/list", input = Json, output = Answered)]
pub async fn list(
    filter: ShortageFilter,
    after: Option<Cursor>,
) -> Result<Page<ShortageRow>, AppError> {
    let caller = caller_with(Permission::ReadDocuments).await?;
    Ok(store::shortages::list(&store()?, &caller, &filter, after.as_ref(), PAGE).await?)
}

/// The same summed.
#[server(prefix = "/api/fn", endpoint = "shortages/groups", input = Json, output = Answered)]
pub async fn groups(
    filter: ShortageFilter,
    by: ShortageBy,
) -> Result<Vec<ShortageGroup>, AppError> {
    let caller = caller_with(Permission::ReadDocuments).await?;
    Ok(store::shortages::groups(&store()?, &caller, &filter, by).await?)
}

/// What the caller's sites do with what a document lacks that was finished in part.
#[server(prefix = "/api/fn", endpoint = "shortages/rest_policies", input = Json, output = Answered)]
pub async fn rest_policies() -> Result<Vec<RestPolicy>, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    Ok(store::rests::policies(&store()?, &caller).await?)
}

/// Says whether it becomes work again by itself at a site.
#[server(prefix = "/api/fn", endpoint = "shortages/set_rest_policy", input = Json, output = Answered)]
pub async fn set_rest_policy(warehouse_id: WarehouseId, by_itself: bool) -> Result<(), AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::rests::set_policy(&store, &caller, warehouse_id, by_itself, now).await?)
}
