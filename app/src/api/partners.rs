//! Trading parties.

use super::text::Answered;
use crate::AppError;
use domain::PartnerId;
use domain::page::{Cursor, Page};
use domain::partner::{PartnerDetail, PartnerFilter, PartnerSort, PartnerSummary};
use domain::sort::Sort;
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    super::PAGE, crate::session::caller_with, crate::state::store, domain::permission::Permission,
};

/// Partners that fit.
#[server(prefix = "/api/fn", endpoint = "partners/list", input = Json, output = Answered)]
pub async fn list(
    #[server(default)] filter: PartnerFilter,
    #[server(default)] sort: Sort<PartnerSort>,
    after: Option<Cursor>,
) -> Result<Page<PartnerSummary>, AppError> {
    let caller = caller_with(Permission::ReadCatalogue).await?;
    let after = after.as_ref();
    let page = store::partners::list(&store()?, &caller, &filter, sort, after, PAGE).await?;
    Ok(page)
}

/// One partner with address and numbers.
#[server(prefix = "/api/fn", endpoint = "partners/get", input = Json, output = Answered)]
pub async fn get(id: PartnerId) -> Result<PartnerDetail, AppError> {
    let caller = caller_with(Permission::ReadCatalogue).await?;
    Ok(store::partners::get(&store()?, &caller, id).await?)
}
