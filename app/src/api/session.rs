//! Signing in and out.

use super::text::Answered;
use crate::AppError;
use crate::routes;
use crate::session::{CallerView, SessionInfo};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    crate::ErrorCode,
    crate::session::{SignInError, caller, caller_or_due},
    crate::site_time::SiteTime,
    crate::state::{state, store_and_now},
    axum::http::request::Parts,
};

/// Starts a session.
#[server(prefix = "/api/fn", endpoint = "session/sign_in", input = Json, output = Answered)]
pub async fn sign_in(login: String, password: String) -> Result<Arrival, AppError> {
    let parts = expect_context::<Parts>();
    let signed_in = state()?
        .auth
        .sign_in(&parts, login.trim(), &password)
        .await?;
    Ok(Arrival {
        caller: signed_in.caller.into(),
        password_due: signed_in.password_due,
    })
}

/// Who came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// The person.
    #[serde(flatten)]
    pub caller: CallerView,
    /// Must choose a password first.
    pub password_due: bool,
}

impl Arrival {
    /// Where the person goes: to choose a password, to the page asked for, or to the start page.
    pub fn leads_to(&self, next: Option<&str>) -> String {
        if self.password_due {
            routes::PASSWORD.to_owned()
        } else {
            routes::after_sign_in(&self.caller, next).to_owned()
        }
    }
}

/// Replaces the person's own password; every other session of it ends.
#[server(prefix = "/api/fn", endpoint = "session/change_password", input = Json, output = Answered)]
pub async fn change_password(old: String, new: String) -> Result<(), AppError> {
    let caller = caller_or_due()?;
    let parts = expect_context::<Parts>();
    let auth = state()?.auth;
    auth.change_password(&parts, &caller, &old, &new).await
}

/// The same for a plain form, sent before scripts run; goes on to the person's start page.
#[server(prefix = "/api/fn", endpoint = "session/sign_in_form", output = Answered)]
pub async fn sign_in_form(
    login: String,
    password: String,
    next: Option<String>,
) -> Result<(), AppError> {
    let arrival = sign_in(login, password).await?;
    leptos_axum::redirect(&arrival.leads_to(next.as_deref()));
    Ok(())
}

/// Ends the session. A plain form post (before scripts run) is sent on to the sign-in page.
#[server(prefix = "/api/fn", endpoint = "session/sign_out", output = Answered)]
pub async fn sign_out() -> Result<(), AppError> {
    let parts = expect_context::<Parts>();
    state()?.auth.sign_out(&parts).await?;
    if is_form_post(&parts) {
        leptos_axum::redirect(routes::LOGIN);
    }
    Ok(())
}

/// The signed-in person and what every page shows.
#[server(prefix = "/api/fn", endpoint = "session/who", input = Json, output = Answered)]
pub async fn who() -> Result<SessionInfo, AppError> {
    let caller = caller().await?;
    let (store, now) = store_and_now()?;
    let warehouses = store::warehouses::list(&store, &caller).await?;
    let zone = warehouses
        .first()
        .map_or("UTC", |first| first.time_zone.as_str());
    let site = SiteTime::of(zone, now);
    Ok(SessionInfo {
        caller: caller.into(),
        warehouses,
        site,
    })
}

#[cfg(feature = "ssr")]
fn is_form_post(parts: &Parts) -> bool {
    parts
        .headers
        .get(axum::http::header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

#[cfg(feature = "ssr")]
impl From<SignInError> for AppError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Wrong => Self::new(
                ErrorCode::SignedOut,
                "Login or password is wrong. Ask your administrator if you forgot them.",
            ),
            SignInError::Throttled { wait_seconds } => Self::new(
                ErrorCode::Throttled,
                format!(
                    "Too many tries. Wait {} and try again.",
                    crate::site_time::duration(i64::try_from(wait_seconds).unwrap_or(i64::MAX))
                ),
            ),
            SignInError::Unavailable => Self::internal(),
        }
    }
}
