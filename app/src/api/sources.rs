//! Where an entity comes from and how fresh it is.

use super::text::Answered;
use crate::AppError;
use domain::connection::Source;
use domain::sync::Entity;
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {crate::session::caller_with, crate::state::store, domain::permission::Permission};

/// The accounts an entity comes from, by name.
#[server(prefix = "/api/fn", endpoint = "sources/list", input = Json, output = Answered)]
pub async fn list(entity: Entity) -> Result<Vec<Source>, AppError> {
    let caller = caller_with(Permission::ReadCatalogue).await?;
    Ok(store::sources::list(&store()?, &caller, entity).await?)
}
