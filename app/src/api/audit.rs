//! Who did what.

use super::text::Answered;
use crate::AppError;
use domain::audit::{AuditEntry, AuditFilter};
use domain::page::{Cursor, Page};
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    super::PAGE, crate::session::caller_with, crate::state::store, domain::permission::Permission,
};

/// The entries that fit, a page of them.
#[server(prefix = "/api/fn", endpoint = "audit/list", input = Json, output = Answered)]
pub async fn list(
    filter: AuditFilter,
    after: Option<Cursor>,
) -> Result<Page<AuditEntry>, AppError> {
    let caller = caller_with(Permission::ReadAudit).await?;
    Ok(store::audit::list(&store()?, &caller, &filter, after.as_ref(), PAGE).await?)
}

/// One entry.
#[server(prefix = "/api/fn", endpoint = "audit/get", input = Json, output = Answered)]
pub async fn get(id: i64) -> Result<AuditEntry, AppError> {
    let caller = caller_with(Permission::ReadAudit).await?;
    Ok(store::audit::get(&store()?, &caller, id).await?)
}

/// The actions that occur.
#[server(prefix = "/api/fn", endpoint = "audit/actions", input = Json, output = Answered)]
pub async fn actions() -> Result<Vec<String>, AppError> {
    let caller = caller_with(Permission::ReadAudit).await?;
    Ok(store::audit::actions(&store()?, &caller).await?)
}
