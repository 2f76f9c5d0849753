//! Lists as a person keeps them.

use super::text::Answered;
use crate::AppError;
use domain::SavedViewId;
use domain::saved_view::{NewView, SavedView};
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    crate::session::caller_with,
    crate::state::{store, store_and_now},
    domain::permission::Permission,
};

/// The caller's views of a page, by name.
#[server(prefix = "/api/fn", endpoint = "saved_views/list", input = Json, output = Answered)]
pub async fn list(page: String) -> Result<Vec<SavedView>, AppError> {
    let caller = caller_with(Permission::ReadDocuments).await?;
    Ok(store::saved_views::list(&store()?, &caller, &page).await?)
}

/// Keeps a view; one of the same name on the same page is replaced.
#[server(prefix = "/api/fn", endpoint = "saved_views/save", input = Json, output = Answered)]
pub async fn save(view: NewView) -> Result<SavedViewId, AppError> {
    let caller = caller_with(Permission::ReadDocuments).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::saved_views::save(&store, &caller, view, now).await?)
}

/// Gives a view another name.
#[server(prefix = "/api/fn", endpoint = "saved_views/rename", input = Json, output = Answered)]
pub async fn rename(id: SavedViewId, name: String) -> Result<(), AppError> {
    let caller = caller_with(Permission::ReadDocuments).await?;
    Ok(operations::saved_views::rename(&store()?, &caller, id, &name).await?)
}

/// Makes a view the one its page opens with, or takes that away.
#[server(prefix = "/api/fn", endpoint = "saved_views/open_first", input = Json, output = Answered)]
pub async fn open_first(id: SavedViewId, first: bool) -> Result<(), AppError> {
    let caller = caller_with(Permission::ReadDocuments).await?;
    Ok(operations::saved_views::open_first(&store()?, &caller, id, first).await?)
}

/// Takes a view away.
#[server(prefix = "/api/fn", endpoint = "saved_views/delete", input = Json, output = Answered)]
pub async fn delete(id: SavedViewId) -> Result<(), AppError> {
    let caller = caller_with(Permission::ReadDocuments).await?;
    Ok(operations::saved_views::delete(&store()?, &caller, id).await?)
}
