//! Figures of a site's day.

use super::text::Answered;
use crate::AppError;
use domain::WarehouseId;
use domain::board::ShiftBoard;
use domain::company::Warehouse;
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    crate::session::caller_with,
    crate::state::{store, store_and_now},
    domain::permission::Permission,
};

/// The figures of one site now; the same query as the TV and the REST API.
#[server(prefix = "/api/fn", endpoint = "boards/shift", input = Json, output = Answered)]
pub async fn shift(warehouse_id: WarehouseId) -> Result<ShiftBoard, AppError> {
    let caller = caller_with(Permission::ReadBoards).await?;
    let (store, now) = store_and_now()?;
    Ok(store::boards::shift(&store, &caller, warehouse_id, now).await?)
}

/// Sites the caller may see.
#[server(prefix = "/api/fn", endpoint = "boards/warehouses", input = Json, output = Answered)]
pub async fn warehouses() -> Result<Vec<Warehouse>, AppError> {
    let caller = caller_with(Permission::ReadBoards).await?;
    Ok(store::warehouses::list(&store()?, &caller).await?)
}
