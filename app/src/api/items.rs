//! Things we stock.

use super::text::Answered;
use crate::AppError;
use domain::ItemId;
use domain::item::{ItemDetail, ItemFilter, ItemSort, ItemSummary};
use domain::page::{Cursor, Page};
use domain::sort::Sort;
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    super::PAGE, crate::session::caller_with, crate::state::store, domain::permission::Permission,
};

/// Items that fit, with what is on hand at the caller's sites.
#[server(prefix = "/api/fn", endpoint = "items/list", input = Json, output = Answered)]
pub async fn list(
    #[server(default)] filter: ItemFilter,
    #[server(default)] sort: Sort<ItemSort>,
    after: Option<Cursor>,
) -> Result<Page<ItemSummary>, AppError> {
    let caller = caller_with(Permission::ReadCatalogue).await?;
    let page = store::items::list(&store()?, &caller, &filter, sort, after.as_ref(), PAGE).await?;
    Ok(page)
}

/// One item with barcodes, stock and the open documents that ask for it.
#[server(prefix = "/api/fn", endpoint = "items/get", input = Json, output = Answered)]
pub async fn get(id: ItemId) -> Result<ItemDetail, AppError> {
    let caller = caller_with(Permission::ReadCatalogue).await?;
    Ok(store::items::get(&store()?, &caller, id).await?)
}
