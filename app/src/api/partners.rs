//! Trading parties.

use super::text::Answered;
use crate::AppError;
use domain::page::{Cursor, Page};
use domain::partner::{PartnerSummary, PartnerType};
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    super::PAGE, crate::session::caller_with, crate::state::store, domain::permission::Permission,
};

/// Partners of a type whose name or code answers to `q`.
#[server(prefix = "/api/fn", endpoint = "partners/list", input = Json, output = Answered)]
pub async fn list(
    of_type: Option<PartnerType>,
    q: Option<String>,
    after: Option<Cursor>,
) -> Result<Page<PartnerSummary>, AppError> {
    let caller = caller_with(Permission::ReadCatalogue).await?;
    let (q, after) = (q.as_deref(), after.as_ref());
    let page = store::partners::list(&store()?, &caller, of_type, q, after, PAGE).await?;
    Ok(page)
}
