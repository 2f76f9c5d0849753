//! How the installation runs.

use super::text::Answered;
use crate::AppError;
use domain::monitoring::{OperationsView, Window};
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {crate::session::caller_with, crate::state::store_and_now, domain::permission::Permission};

/// Figures now and within the window.
#[server(prefix = "/api/fn", endpoint = "monitoring/view", input = Json, output = Answered)]
pub async fn view(window: Window) -> Result<OperationsView, AppError> {
    let caller = caller_with(Permission::ReadConnections).await?;
    let (store, now) = store_and_now()?;
    Ok(store::samples::view(&store, &caller, window, now).await?)
}
