//! `warehouses`.

use crate::{Result, Scope, Store, Tx};
use domain::company::Warehouse;
use domain::user::Caller;
use domain::{CompanyId, WarehouseId};

/// The sites the caller may see.
pub async fn list(store: &Store, caller: &Caller) -> Result<Vec<Warehouse>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = sqlx::query!(
        "select id, code, name, time_zone from warehouses
         where company_id = $1 and id = any($2)
         order by name, id",
        caller.company_id.0,
        &caller.warehouse_ids(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Warehouse {
            id: WarehouseId(row.id),
            code: row.code,
            name: row.name,
            time_zone: row.time_zone,
        })
        .collect())
}

/// The site of that code.
pub async fn find_by_code(
    tx: &mut Tx,
    company: CompanyId,
    code: &str,
) -> Result<Option<WarehouseId>> {
    let id = sqlx::query_scalar!(
        "select id from warehouses where company_id = $1 and code = $2",
        company.0,
        code
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(WarehouseId))
}

/// Adds a site.
pub async fn create(
    tx: &mut Tx,
    company: CompanyId,
    code: &str,
    name: &str,
    time_zone: &str,
) -> Result<WarehouseId> {
    let id = sqlx::query_scalar!(
        "insert into warehouses (company_id, code, name, time_zone) values ($1, $2, $3, $4) returning id",
        company.0,
        code,
        name,
        time_zone,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(WarehouseId(id))
}
