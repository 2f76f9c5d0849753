//! Logins.

use super::text::Answered;
use crate::AppError;
use domain::page::{Cursor, Page};
use domain::permission::Role;
use domain::user::{UserChange, UserDetail, UserFilter, UserRow, UserSummary};
use domain::{TeamId, UserId, WarehouseId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;
use uuid::Uuid;
#[cfg(feature = "ssr")]
use {
    super::PAGE,
    crate::session::caller_with,
    crate::state::{state, store, store_and_now},
    domain::permission::Permission,
};

/// The logins that fit, a page of them.
#[server(prefix = "/api/fn", endpoint = "users/list", input = Json, output = Answered)]
pub async fn list(filter: UserFilter, after: Option<Cursor>) -> Result<Page<UserRow>, AppError> {
    let caller = caller_with(Permission::ReadUsers).await?;
    Ok(store::user_list::page(&store()?, &caller, &filter, after.as_ref(), PAGE).await?)
}

/// One login with its sites and sessions.
#[server(prefix = "/api/fn", endpoint = "users/get", input = Json, output = Answered)]
pub async fn get(id: UserId) -> Result<UserDetail, AppError> {
    let caller = caller_with(Permission::ManageUsers).await?;
    let (store, now) = store_and_now()?;
    Ok(store::user_list::get(&store, &caller, id, now).await?)
}

/// Workers a task can be given to.
#[server(prefix = "/api/fn", endpoint = "users/workers", input = Json, output = Answered)]
pub async fn workers() -> Result<Vec<UserSummary>, AppError> {
    let caller = caller_with(Permission::AssignTasks).await?;
    Ok(store::users::workers(&store()?, &caller).await?)
}

/// What a new login needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewLogin {
    /// Unique name to sign in with.
    pub login: String,
    /// Shown to people.
    pub name: String,
    /// What the user may do.
    pub role: Role,
    /// The team of a worker.
    pub team_id: Option<TeamId>,
    /// Sites in scope.
    pub warehouses: Vec<WarehouseId>,
}

/// A login with the password for its first sign-in, which is shown here and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneTime {
    /// The login.
    pub id: UserId,
    /// In clear; only its hash is stored.
    pub password: String,
}

/// Creates a login with a password for one sign-in.
#[server(prefix = "/api/fn", endpoint = "users/create", input = Json, output = Answered)]
pub async fn create(new: NewLogin) -> Result<OneTime, AppError> {
    let caller = caller_with(Permission::ManageUsers).await?;
    let (store, now) = store_and_now()?;
    let (password, password_hash) = one_time().await?;
    let user = operations::users::NewUser {
        password_hash,
        password_temporary: true,
        login: new.login,
        name: new.name,
        role: new.role,
        team_id: new.team_id,
        warehouses: new.warehouses,
    };
    let id = operations::users::create(&store, &caller, &user, now).await?;
    Ok(OneTime { id, password })
}

/// Changes name, role, team and sites.
#[server(prefix = "/api/fn", endpoint = "users/update", input = Json, output = Answered)]
pub async fn update(id: UserId, change: UserChange) -> Result<(), AppError> {
    let caller = caller_with(Permission::ManageUsers).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::users::update(&store, &caller, id, &change, now).await?)
}

/// Replaces a forgotten password by one for a single sign-in.
#[server(prefix = "/api/fn", endpoint = "users/reset_password", input = Json, output = Answered)]
pub async fn reset_password(id: UserId) -> Result<OneTime, AppError> {
    let caller = caller_with(Permission::ManageUsers).await?;
    let (store, now) = store_and_now()?;
    let (password, hash) = one_time().await?;
    operations::users::reset_password(&store, &caller, id, &hash, now).await?;
    Ok(OneTime { id, password })
}

/// Shortest and longest code of a badge.
#[cfg(feature = "ssr")]
const BADGE_LETTERS: std::ops::RangeInclusive<usize> = 6..=64;

/// Gives a person the badge with this code, or takes the badge away.
#[server(prefix = "/api/fn", endpoint = "users/set_badge", input = Json, output = Answered)]
pub async fn set_badge(id: UserId, code: Option<String>) -> Result<(), AppError> {
    let caller = caller_with(Permission::ManageUsers).await?;
    let (store, now) = store_and_now()?;
    let badge = match code.as_deref().map(str::trim) {
        Some(code) if !BADGE_LETTERS.contains(&code.chars().count()) => {
            let rule = "A badge's code has 6 to 64 characters.";
            return Err(AppError::new(crate::ErrorCode::Invalid, rule));
        }
        Some(code) => Some(state()?.auth.hash_badge(code).await?),
        None => None,
    };
    Ok(operations::users::set_badge(&store, &caller, id, badge.as_ref(), now).await?)
}

/// Disables a login and ends its sessions.
#[server(prefix = "/api/fn", endpoint = "users/disable", input = Json, output = Answered)]
pub async fn disable(id: UserId) -> Result<(), AppError> {
    let caller = caller_with(Permission::ManageUsers).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::users::disable(&store, &caller, id, now).await?)
}

/// Lets a login in again.
#[server(prefix = "/api/fn", endpoint = "users/enable", input = Json, output = Answered)]
pub async fn enable(id: UserId) -> Result<(), AppError> {
    let caller = caller_with(Permission::ManageUsers).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::users::enable(&store, &caller, id, now).await?)
}

/// The most logins changed at once.
#[cfg(feature = "ssr")]
const MOST_AT_ONCE: usize = 500;

/// Lets several logins in again, or ends them; the first that is refused stops.
#[server(prefix = "/api/fn", endpoint = "users/set_active", input = Json, output = Answered)]
pub async fn set_active(ids: Vec<UserId>, active: bool) -> Result<(), AppError> {
    let caller = caller_with(Permission::ManageUsers).await?;
    let (store, now) = store_and_now()?;
    for id in ids.into_iter().take(MOST_AT_ONCE) {
        if active {
            operations::users::enable(&store, &caller, id, now).await?;
        } else {
            operations::users::disable(&store, &caller, id, now).await?;
        }
    }
    Ok(())
}

/// Ends one browser session of a login.
#[server(prefix = "/api/fn", endpoint = "users/revoke_session", input = Json, output = Answered)]
pub async fn revoke_session(id: UserId, session: Uuid) -> Result<(), AppError> {
    let caller = caller_with(Permission::ManageUsers).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::users::revoke_session(&store, &caller, id, session, now).await?)
}

/// Signs a login out of every browser and program.
#[server(prefix = "/api/fn", endpoint = "users/revoke_everything", input = Json, output = Answered)]
pub async fn revoke_everything(id: UserId) -> Result<(), AppError> {
    let caller = caller_with(Permission::ManageUsers).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::users::revoke_everything(&store, &caller, id, now).await?)
}

#[cfg(feature = "ssr")]
async fn one_time() -> Result<(String, String), AppError> {
    let auth = state()?.auth;
    let password = auth.one_time_password()?;
    let hash = auth.hash_password(&password).await?;
    Ok((password, hash))
}
