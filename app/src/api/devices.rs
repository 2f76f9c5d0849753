//! Handhelds.

use super::text::Answered;
use crate::AppError;
use domain::device::{Device, DeviceReport};
use domain::page::{Cursor, Page};
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    super::PAGE,
    crate::session::{caller_with, session_key},
    crate::state::store_and_now,
    domain::permission::Permission,
};

/// The handhelds that reported.
#[server(prefix = "/api/fn", endpoint = "devices/list", input = Json, output = Answered)]
pub async fn list(q: Option<String>, after: Option<Cursor>) -> Result<Page<Device>, AppError> {
    let caller = caller_with(Permission::ReadUsers).await?;
    let (store, now) = store_and_now()?;
    Ok(store::devices::list(&store, &caller, q.as_deref(), after.as_ref(), PAGE, now).await?)
}

/// A handheld says how it is.
#[server(prefix = "/api/fn", endpoint = "devices/report", input = Json, output = Answered)]
pub async fn report(report: DeviceReport) -> Result<(), AppError> {
    let caller = caller_with(Permission::WorkOnTasks).await?;
    let (store, now) = store_and_now()?;
    let session = session_key();
    Ok(operations::devices::report(&store, &caller, session.as_deref(), &report, now).await?)
}

/// Signs a handheld out.
#[server(prefix = "/api/fn", endpoint = "devices/revoke", input = Json, output = Answered)]
pub async fn revoke(name: String) -> Result<(), AppError> {
    let caller = caller_with(Permission::ManageUsers).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::devices::revoke(&store, &caller, &name, now).await?)
}
