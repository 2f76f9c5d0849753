//! What needs a lead's eye.

use super::text::Answered;
use crate::AppError;
use domain::exception::{Exception, ExceptionCounts, ExceptionKind, ExceptionView};
use domain::page::{Cursor, Page};
use domain::{ExceptionId, UserId};
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    super::PAGE,
    crate::session::caller_with,
    crate::state::{store, store_and_now},
    domain::permission::Permission,
};

/// The inbox.
#[server(prefix = "/api/fn", endpoint = "exceptions/list", input = Json, output = Answered)]
pub async fn list(
    view: ExceptionView,
    kind: Option<ExceptionKind>,
    after: Option<Cursor>,
) -> Result<Page<Exception>, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(store::exceptions::list(&store, &caller, view, kind, after.as_ref(), PAGE, now).await?)
}

/// How many wait.
#[server(prefix = "/api/fn", endpoint = "exceptions/count", input = Json, output = Answered)]
pub async fn count() -> Result<ExceptionCounts, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    Ok(store::exceptions::count(&store()?, &caller).await?)
}

/// Who can look after one.
#[server(prefix = "/api/fn", endpoint = "exceptions/owners", input = Json, output = Answered)]
pub async fn owners() -> Result<Vec<(UserId, String)>, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    Ok(store::exceptions::owners(&store()?, &caller).await?)
}

/// Says that somebody has seen it.
#[server(prefix = "/api/fn", endpoint = "exceptions/acknowledge", input = Json, output = Answered)]
pub async fn acknowledge(id: ExceptionId) -> Result<(), AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::exceptions::acknowledge(&store, &caller, id, now).await?)
}

/// Gives it to somebody, or to nobody.
#[server(prefix = "/api/fn", endpoint = "exceptions/assign", input = Json, output = Answered)]
pub async fn assign(id: ExceptionId, owner: Option<UserId>) -> Result<(), AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::exceptions::assign(&store, &caller, id, owner, now).await?)
}

/// Closes it with a note.
#[server(prefix = "/api/fn", endpoint = "exceptions/resolve", input = Json, output = Answered)]
pub async fn resolve(id: ExceptionId, note: String) -> Result<(), AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::exceptions::resolve(&store, &caller, id, &note, now).await?)
}

/// Decides about work done without a network: it counts, or it does not.
#[server(prefix = "/api/fn", endpoint = "exceptions/decide", input = Json, output = Answered)]
pub async fn decide(id: ExceptionId, accept: bool) -> Result<(), AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::reviews::decide(&store, &caller, id, accept, now).await?)
}
