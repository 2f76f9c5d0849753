//! Who did what.

use super::text::Answered;
use crate::AppError;
use domain::audit::AuditEntry;
use domain::page::{Cursor, Page};
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    super::PAGE, crate::session::caller_with, crate::state::store, domain::permission::Permission,
};

/// Entries, newest first.
#[server(prefix = "/api/fn", endpoint = "audit/list", input = Json, output = Answered)]
pub async fn list(after: Option<Cursor>) -> Result<Page<AuditEntry>, AppError> {
    let caller = caller_with(Permission::ReadAudit).await?;
    Ok(store::audit::list(&store()?, &caller, after.as_ref(), PAGE).await?)
}
