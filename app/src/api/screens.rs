//! TV screens: pairing, and what they show.

use super::text::Answered;
use crate::AppError;
use chrono::{DateTime, Utc};
use domain::ScreenId;
use domain::screen::{Pairing, PairingState, Screen, ScreenPlan};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    crate::session::caller_with,
    crate::state::{state, store, store_and_now},
    axum::http::request::Parts,
    domain::permission::Permission,
};

/// Gives a screen that nobody knows a code to show. For anybody: a code alone opens nothing.
#[server(prefix = "/api/fn", endpoint = "screens/begin", input = Json, output = Answered)]
pub async fn begin() -> Result<Pairing, AppError> {
    let (store, now) = store_and_now()?;
    let auth = &state()?.auth;
    let source = auth.source(&expect_context::<Parts>())?;
    let random = auth.fresh_bytes()?;
    Ok(operations::screens::begin(&store, &source, random, now).await?)
}

/// Whether the code was entered; if so, the browser is the screen from now on.
#[server(prefix = "/api/fn", endpoint = "screens/ask", input = Json, output = Answered)]
pub async fn ask(secret: String) -> Result<PairingState, AppError> {
    let (store, now) = store_and_now()?;
    let (state_of, user) = operations::screens::ask(&store, &secret, now).await?;
    if let Some(user) = user {
        let parts = expect_context::<Parts>();
        state()?.auth.sign_in_screen(&parts, user).await?;
    }
    Ok(state_of)
}

/// What this screen shows; none to a person. Asking keeps the screen signed in.
#[server(prefix = "/api/fn", endpoint = "screens/own", input = Json, output = Answered)]
pub async fn own() -> Result<Option<Screen>, AppError> {
    let caller = caller_with(Permission::ReadBoards).await?;
    let store = store()?;
    let screen = store::screens::of_user(&store, &caller).await?;
    if screen.is_some() {
        state()?.auth.keep_screen(&expect_context::<Parts>());
    }
    Ok(screen)
}

/// The screens of a list, and when that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScreenList {
    /// Those in use first.
    pub screens: Vec<Screen>,
    /// The server's clock.
    pub at: DateTime<Utc>,
}

/// The screens of the caller's sites.
#[server(prefix = "/api/fn", endpoint = "screens/list", input = Json, output = Answered)]
pub async fn list() -> Result<ScreenList, AppError> {
    let caller = caller_with(Permission::ManageScreens).await?;
    let (store, at) = store_and_now()?;
    let screens = store::screens::list(&store, &caller).await?;
    Ok(ScreenList { screens, at })
}

/// Takes in the screen that shows a code.
#[server(prefix = "/api/fn", endpoint = "screens/pair", input = Json, output = Answered)]
pub async fn pair(code: String, plan: ScreenPlan) -> Result<ScreenId, AppError> {
    let caller = caller_with(Permission::ManageScreens).await?;
    let (store, now) = store_and_now()?;
    let login = state()?.auth.fresh_bytes()?;
    let login: String = login
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok(operations::screens::pair(&store, &caller, &code, &plan, &login, now).await?)
}

/// Changes what a screen shows.
#[server(prefix = "/api/fn", endpoint = "screens/change", input = Json, output = Answered)]
pub async fn change(id: ScreenId, plan: ScreenPlan) -> Result<(), AppError> {
    let caller = caller_with(Permission::ManageScreens).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::screens::change(&store, &caller, id, &plan, now).await?)
}

/// Ends a screen.
#[server(prefix = "/api/fn", endpoint = "screens/revoke", input = Json, output = Answered)]
pub async fn revoke(id: ScreenId) -> Result<(), AppError> {
    let caller = caller_with(Permission::ManageScreens).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::screens::revoke(&store, &caller, id, now).await?)
}
