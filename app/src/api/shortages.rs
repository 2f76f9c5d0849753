//! What was missing.

use super::text::Answered;
use crate::AppError;
use domain::page::{Cursor, Page};
use domain::shortage_report::{ShortageBy, ShortageFilter, ShortageGroup, ShortageRow};
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    super::PAGE, crate::session::caller_with, crate::state::store, domain::permission::Permission,
};

/// Short lines, newest report first.
#[server(prefix = "/api/fn", endpoint = "shortages/list", input = Json, output = Answered)]
pub async fn list(
    filter: ShortageFilter,
    after: Option<Cursor>,
) -> Result<Page<ShortageRow>, AppError> {
    let caller = caller_with(Permission::ReadDocuments).await?;
    Ok(store::shortages::list(&store()?, &caller, &filter, after.as_ref(), PAGE).await?)
}

/// The same summed.
#[server(prefix = "/api/fn", endpoint = "shortages/groups", input = Json, output = Answered)]
pub async fn groups(
    filter: ShortageFilter,
    by: ShortageBy,
) -> Result<Vec<ShortageGroup>, AppError> {
    let caller = caller_with(Permission::ReadDocuments).await?;
    Ok(store::shortages::groups(&store()?, &caller, &filter, by).await?)
}
