//! Where a row from upstream went.

use super::text::Answered;
use crate::AppError;
use domain::why::Finding;
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {crate::session::caller_with, crate::state::store, domain::permission::Permission};

/// What is known of a code, barcode or number, in sentences.
#[server(prefix = "/api/fn", endpoint = "why/look_up", input = Json, output = Answered)]
pub async fn look_up(key: String) -> Result<Vec<Finding>, AppError> {
    let caller = caller_with(Permission::ReadConnections).await?;
    let key = key.trim();
    let facts = store::why::look_up(&store()?, &caller, key).await?;
    Ok(domain::why::explain(key, &facts))
}
