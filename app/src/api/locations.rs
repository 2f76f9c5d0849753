//! Places of a warehouse.

use super::text::Answered;
use crate::AppError;
use domain::WarehouseId;
use domain::location::SiteLocations;
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {crate::session::caller_with, crate::state::store_and_now, domain::permission::Permission};

/// Locations of one of the caller's sites, the first when none is named.
#[server(prefix = "/api/fn", endpoint = "locations/list", input = Json, output = Answered)]
pub async fn list(warehouse_id: Option<WarehouseId>) -> Result<SiteLocations, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    let sites = store::warehouses::list(&store, &caller).await?;
    let known = warehouse_id.filter(|id| sites.iter().any(|site| site.id == *id));
    let site = known.or_else(|| sites.first().map(|site| site.id));
    let rows = match site {
        Some(site) => store::locations::list(&store, &caller, site, now).await?,
        None => Vec::new(),
    };
    Ok(SiteLocations { sites, site, rows })
}

/// Makes the locations of a site those of a text: one a line in walking order, the zone behind a
/// semicolon.
#[server(prefix = "/api/fn", endpoint = "locations/save", input = Json, output = Answered)]
pub async fn save(warehouse_id: WarehouseId, text: String) -> Result<(), AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    let plans = domain::location::read(&text);
    Ok(operations::locations::replace(&store, &caller, warehouse_id, &plans, now).await?)
}
