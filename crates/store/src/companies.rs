//! `companies`, `uoms`: what an installation is set up with.

use crate::{Result, Scope, Store, Tx};
use domain::CompanyId;

/// The company of that name, if it exists.
pub async fn find_by_name(store: &Store, name: &str) -> Result<Option<CompanyId>> {
    let mut tx = store.begin(Scope::System).await?;
    let id = sqlx::query_scalar!(
        "select id from companies where name = $1 order by id limit 1",
        name
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(CompanyId))
}

/// Every company's id.
pub async fn list_ids(store: &Store) -> Result<Vec<CompanyId>> {
    let mut tx = store.begin(Scope::System).await?;
    let ids = sqlx::query_scalar!("select id from companies order by id")
        .fetch_all(tx.conn())
        .await?;
    Ok(ids.into_iter().map(CompanyId).collect())
}

/// Adds a company.
pub async fn create(tx: &mut Tx, name: &str) -> Result<CompanyId> {
    let id = sqlx::query_scalar!(
        "insert into companies (name) values ($1) returning id",
        name
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(CompanyId(id))
}

/// Adds or changes a unit of measure.
pub async fn put_uom(
    tx: &mut Tx,
    company: CompanyId,
    code: &str,
    name: &str,
    decimals: i16,
) -> Result<()> {
    sqlx::query!(
        "insert into uoms (company_id, code, name, decimals) values ($1, $2, $3, $4)
         on conflict (company_id, code) do update set name = excluded.name, decimals = excluded.decimals",
        company.0,
        code,
        name,
        decimals,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The codes of all units.
pub async fn uom_codes(tx: &mut Tx, company: CompanyId) -> Result<Vec<String>> {
    let codes = sqlx::query_scalar!(
        "select code from uoms where company_id = $1 order by code",
        company.0
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(codes)
}
