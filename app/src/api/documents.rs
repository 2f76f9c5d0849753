//! Dispatches and receipts.

use super::text::Answered;
use crate::AppError;
use domain::DocumentId;
use domain::document::{DocumentDetail, DocumentFilter, DocumentKind, DocumentSummary};
use domain::page::{Cursor, Page};
use domain::timeline::TimelineEntry;
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    super::PAGE,
    crate::session::caller_with,
    crate::state::{store, store_and_now},
    domain::permission::Permission,
};

/// Documents of a kind, newest first.
#[server(prefix = "/api/fn", endpoint = "documents/list", input = Json, output = Answered)]
pub async fn list(
    kind: DocumentKind,
    filter: DocumentFilter,
    after: Option<Cursor>,
) -> Result<Page<DocumentSummary>, AppError> {
    let caller = caller_with(Permission::ReadDocuments).await?;
    let page =
        store::documents::list(&store()?, &caller, kind, &filter, after.as_ref(), PAGE).await?;
    Ok(page)
}

/// One document with its lines.
#[server(prefix = "/api/fn", endpoint = "documents/get", input = Json, output = Answered)]
pub async fn get(id: DocumentId) -> Result<DocumentDetail, AppError> {
    let caller = caller_with(Permission::ReadDocuments).await?;
    Ok(store::documents::get(&store()?, &caller, id).await?)
}

/// What happened to a document.
#[server(prefix = "/api/fn", endpoint = "documents/timeline", input = Json, output = Answered)]
pub async fn timeline(id: DocumentId) -> Result<Vec<TimelineEntry>, AppError> {
    let caller = caller_with(Permission::ReadDocuments).await?;
    Ok(store::timeline::list(&store()?, &caller, id).await?)
}

/// Matches the lines again and derives the floor work anew.
#[server(prefix = "/api/fn", endpoint = "documents/recalculate", input = Json, output = Answered)]
pub async fn recalculate(id: DocumentId) -> Result<(), AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    operations::documents::recalculate(&store, &caller, id, now).await?;
    Ok(())
}

/// Gives what a document lacks that was finished in part back to the floor.
#[server(prefix = "/api/fn", endpoint = "documents/give_back_rest", input = Json, output = Answered)]
pub async fn give_back_rest(id: DocumentId) -> Result<(), AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::rests::give_back(&store, &caller, id, now).await?)
}

/// Says that the result of a document was entered in the ERP by hand.
#[server(prefix = "/api/fn", endpoint = "documents/mark_entered", input = Json, output = Answered)]
pub async fn mark_entered(id: DocumentId, note: String) -> Result<(), AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::documents::mark_entered(&store, &caller, id, &note, now).await?)
}

/// Takes that back.
#[server(prefix = "/api/fn", endpoint = "documents/unmark_entered", input = Json, output = Answered)]
pub async fn unmark_entered(id: DocumentId) -> Result<(), AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::documents::unmark_entered(&store, &caller, id, now).await?)
}
