//! Figures of a site's day.

use super::text::Answered;
use crate::AppError;
use domain::WarehouseId;
use domain::board::{ConnectionsBoard, QualityBoard, ShiftBoard, ShiftView, ThroughputBoard};
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

/// The shift board as a screen shows it, with teams and outlook.
#[server(prefix = "/api/fn", endpoint = "boards/shift_screen", input = Json, output = Answered)]
pub async fn shift_screen(warehouse_id: WarehouseId) -> Result<ShiftView, AppError> {
    let caller = caller_with(Permission::ReadBoards).await?;
    let (store, now) = store_and_now()?;
    Ok(store::boards::shift_screen(&store, &caller, warehouse_id, now).await?)
}

/// Lines by day and week.
#[server(prefix = "/api/fn", endpoint = "boards/throughput", input = Json, output = Answered)]
pub async fn throughput(warehouse_id: WarehouseId) -> Result<ThroughputBoard, AppError> {
    let caller = caller_with(Permission::ReadBoards).await?;
    let (store, now) = store_and_now()?;
    Ok(store::boards::throughput(&store, &caller, warehouse_id, now).await?)
}

/// How well the work was done.
#[server(prefix = "/api/fn", endpoint = "boards/quality", input = Json, output = Answered)]
pub async fn quality(warehouse_id: WarehouseId) -> Result<QualityBoard, AppError> {
    let caller = caller_with(Permission::ReadBoards).await?;
    let (store, now) = store_and_now()?;
    Ok(store::boards::quality(&store, &caller, warehouse_id, now).await?)
}

/// How the site's upstream systems are.
#[server(prefix = "/api/fn", endpoint = "boards/connections", input = Json, output = Answered)]
pub async fn connections(warehouse_id: WarehouseId) -> Result<ConnectionsBoard, AppError> {
    let caller = caller_with(Permission::ReadBoards).await?;
    let (store, now) = store_and_now()?;
    Ok(store::boards::connections(&store, &caller, warehouse_id, now).await?)
}
