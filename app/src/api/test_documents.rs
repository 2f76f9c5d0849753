//! Documents made to try things out.

use super::text::Answered;
use crate::AppError;
use domain::DocumentId;
use domain::document::TestDocument;
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {crate::session::caller_with, crate::state::store_and_now, domain::permission::Permission};

/// Makes one, with its task.
#[server(prefix = "/api/fn", endpoint = "test_documents/create", input = Json, output = Answered)]
pub async fn create(wanted: TestDocument) -> Result<DocumentId, AppError> {
    let caller = caller_with(Permission::ManageTestDocuments).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::test_documents::create(&store, &caller, &wanted, now).await?)
}

/// Deletes one; a document of the ERP is refused.
#[server(prefix = "/api/fn", endpoint = "test_documents/delete", input = Json, output = Answered)]
pub async fn delete(id: DocumentId) -> Result<(), AppError> {
    let caller = caller_with(Permission::ManageTestDocuments).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::test_documents::delete(&store, &caller, id, now).await?)
}
