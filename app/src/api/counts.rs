//! Blind counts.

use super::text::Answered;
use crate::AppError;
use domain::WarehouseId;
use domain::counting::{SiteCounts, Tolerance};
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    crate::session::caller_with,
    crate::state::{store, store_and_now},
    domain::permission::Permission,
};

/// Counts of one of the caller's sites, the first when none is named.
#[server(prefix = "/api/fn", endpoint = "counts/list", input = Json, output = Answered)]
pub async fn list(warehouse_id: Option<WarehouseId>) -> Result<SiteCounts, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let store = store()?;
    let sites = store::warehouses::list(&store, &caller).await?;
    let known = warehouse_id.filter(|id| sites.iter().any(|site| site.id == *id));
    let site = known.or_else(|| sites.first().map(|site| site.id));
    let (mut rows, mut tolerance, mut after_shortages) = (Vec::new(), None, false);
    if let Some(site) = site {
        rows = store::counts::list(&store, &caller, site).await?;
        tolerance = store::counts::tolerance(&store, &caller, site).await?;
        after_shortages = store::counts::wants_after_shortages(&store, &caller, site).await?;
    }
    Ok(SiteCounts {
        sites,
        site,
        tolerance,
        after_shortages,
        rows,
    })
}

/// Asks for a count of a location or an item; how many counts were made.
#[server(prefix = "/api/fn", endpoint = "counts/request", input = Json, output = Answered)]
pub async fn request(warehouse_id: WarehouseId, of: String) -> Result<u64, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::counts::request(&store, &caller, warehouse_id, &of, now).await?)
}

/// Sets by how much counts may differ before they are counted again.
#[server(prefix = "/api/fn", endpoint = "counts/set_tolerance", input = Json, output = Answered)]
pub async fn set_tolerance(
    warehouse_id: WarehouseId,
    tolerance: Tolerance,
) -> Result<(), AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::counts::set_tolerance(&store, &caller, warehouse_id, tolerance, now).await?)
}

/// Says whether what is reported missing at a site, though it is on record there, is counted by itself.
#[server(prefix = "/api/fn", endpoint = "counts/set_after_shortages", input = Json, output = Answered)]
pub async fn set_after_shortages(
    warehouse_id: WarehouseId,
    by_itself: bool,
) -> Result<(), AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    let set = operations::counts::set_after_shortages;
    Ok(set(&store, &caller, warehouse_id, by_itself, now).await?)
}
