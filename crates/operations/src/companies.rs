//! Setting up a tenant: what `crossdock seed` and a first installation need.

use crate::Result;
use chrono::NaiveTime;
use domain::{CompanyId, TeamId, WarehouseId};
use store::{Scope, Store};

/// The company of that name, created when missing.
pub async fn ensure(store: &Store, name: &str) -> Result<CompanyId> {
    if let Some(id) = store::companies::find_by_name(store, name).await? {
        return Ok(id);
    }
    let mut tx = store.begin(Scope::System).await?;
    let id = store::companies::create(&mut tx, name).await?;
    tx.commit().await?;
    Ok(id)
}

/// The site of that code, created when missing.
pub async fn ensure_warehouse(
    store: &Store,
    company: CompanyId,
    code: &str,
    name: &str,
    time_zone: &str,
) -> Result<WarehouseId> {
    let mut tx = store.begin(Scope::Company(company)).await?;
    if let Some(id) = store::warehouses::find_by_code(&mut tx, company, code).await? {
        return Ok(id);
    }
    let id = store::warehouses::create(&mut tx, company, code, name, time_zone).await?;
    tx.commit().await?;
    Ok(id)
}

/// Adds or changes units of measure: code, name, decimals.
pub async fn put_uoms(store: &Store, company: CompanyId, uoms: &[(&str, &str, i16)]) -> Result<()> {
    let mut tx = store.begin(Scope::Company(company)).await?;
    for (code, name, decimals) in uoms {
        store::companies::put_uom(&mut tx, company, code, name, *decimals).await?;
    }
    Ok(tx.commit().await?)
}

/// Whether a site has shifts.
pub async fn has_shifts(store: &Store, company: CompanyId, warehouse: WarehouseId) -> Result<bool> {
    let mut tx = store.begin(Scope::Company(company)).await?;
    Ok(store::shifts::any(&mut tx, warehouse).await?)
}

/// Adds a shift; one of that name stays as it is. Times are site time.
pub async fn put_shift(
    store: &Store,
    company: CompanyId,
    warehouse: WarehouseId,
    name: &str,
    hours: (NaiveTime, NaiveTime),
    pause: Option<(NaiveTime, NaiveTime)>,
) -> Result<()> {
    let mut tx = store.begin(Scope::Company(company)).await?;
    store::shifts::put(&mut tx, company, warehouse, name, hours, pause).await?;
    Ok(tx.commit().await?)
}

/// The team of that name, created when missing.
pub async fn ensure_team(
    store: &Store,
    company: CompanyId,
    warehouse: WarehouseId,
    name: &str,
) -> Result<TeamId> {
    let mut tx = store.begin(Scope::Company(company)).await?;
    let id = store::teams::put(&mut tx, company, warehouse, name).await?;
    tx.commit().await?;
    Ok(id)
}
