//! `audit`: who did what.

use super::extract::{Parameters, RestCaller};
use super::paging::{Answer, Position, page};
use crate::services::Services;
use axum::extract::State;
use domain::audit::{AuditEntry, AuditFilter};
use domain::page::Page;

/// Entries, newest first; they are only ever added.
#[utoipa::path(get, path = "/audit", tag = "People", params(Position),
    responses((status = 200, description = "A page.", body = Page<AuditEntry>)))]
pub async fn list(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(position): Parameters<Position>,
) -> Answer<AuditEntry> {
    let after = position.cursor()?;
    let rows = position.rows()?;
    page(
        store::audit::list(
            &services.store,
            &caller,
            &AuditFilter::default(),
            after.as_ref(),
            rows,
        )
        .await?,
    )
}
