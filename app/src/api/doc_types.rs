//! The ERP's document types.

use super::text::Answered;
use crate::AppError;
use domain::ConnectionId;
use domain::doc_type::{Direction, DocType};
use domain::page::{Cursor, Page};
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    super::PAGE,
    crate::session::caller_with,
    crate::state::{store, store_and_now},
    domain::permission::Permission,
};

/// Types by code.
#[server(prefix = "/api/fn", endpoint = "doc_types/list", input = Json, output = Answered)]
pub async fn list(
    direction: Option<Direction>,
    unnamed_only: bool,
    after: Option<Cursor>,
) -> Result<Page<DocType>, AppError> {
    let caller = caller_with(Permission::ReadDocuments).await?;
    let (store, after) = (store()?, after.as_ref());
    Ok(store::doc_types::list(&store, &caller, direction, unnamed_only, after, PAGE).await?)
}

/// Says what a type is called.
#[server(prefix = "/api/fn", endpoint = "doc_types/name", input = Json, output = Answered)]
pub async fn name(connection_id: ConnectionId, code: String, name: String) -> Result<(), AppError> {
    let caller = caller_with(Permission::AnswerMappings).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::doc_types::name(&store, &caller, connection_id, &code, &name, now).await?)
}
