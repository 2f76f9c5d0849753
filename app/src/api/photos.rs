//! Photos of goods.

use super::text::Answered;
use crate::AppError;
use domain::DocumentId;
use domain::photo::Photo;
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {crate::session::caller_with, crate::state::store, domain::permission::Permission};

/// Those of a document, newest first; of many the newest.
#[server(prefix = "/api/fn", endpoint = "documents/photos", input = Json, output = Answered)]
pub async fn of_document(id: DocumentId) -> Result<Vec<Photo>, AppError> {
    let caller = caller_with(Permission::ReadDocuments).await?;
    let page = store::photos::list(&store()?, &caller, Some(id), None, 100).await?;
    Ok(page.rows)
}
