//! Things we stock.

use super::text::Answered;
use crate::AppError;
use domain::ItemId;
use domain::item::{ItemDetail, ItemSummary};
use domain::page::{Cursor, Page};
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    super::PAGE, crate::session::caller_with, crate::state::store, domain::permission::Permission,
};

/// Items whose code, title or barcode answers to `q`.
#[server(prefix = "/api/fn", endpoint = "items/list", input = Json, output = Answered)]
pub async fn list(q: Option<String>, after: Option<Cursor>) -> Result<Page<ItemSummary>, AppError> {
    let caller = caller_with(Permission::ReadCatalogue).await?;
    let page = store::items::list(&store()?, &caller, q.as_deref(), after.as_ref(), PAGE).await?;
    Ok(page)
}

/// One item with its barcodes.
#[server(prefix = "/api/fn", endpoint = "items/get", input = Json, output = Answered)]
pub async fn get(id: ItemId) -> Result<ItemDetail, AppError> {
    let caller = caller_with(Permission::ReadCatalogue).await?;
    Ok(store::items::get(&store()?, &caller, id).await?)
}
