//! Groups of workers.

use super::text::Answered;
use crate::AppError;
use domain::team::Team;
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {crate::session::caller_with, crate::state::store, domain::permission::Permission};

/// Teams of the caller's sites.
#[server(prefix = "/api/fn", endpoint = "teams/list", input = Json, output = Answered)]
pub async fn list() -> Result<Vec<Team>, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    Ok(store::teams::list(&store()?, &caller).await?)
}
