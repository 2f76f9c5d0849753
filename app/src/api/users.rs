//! Logins.

use super::text::Answered;
use crate::AppError;
use domain::permission::Role;
use domain::user::UserSummary;
use domain::{TeamId, UserId, WarehouseId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    crate::session::caller_with,
    crate::state::{store, store_and_now},
    domain::permission::Permission,
};

/// All logins of the company.
#[server(prefix = "/api/fn", endpoint = "users/list", input = Json, output = Answered)]
pub async fn list() -> Result<Vec<UserSummary>, AppError> {
    let caller = caller_with(Permission::ReadUsers).await?;
    Ok(store::users::list(&store()?, &caller).await?)
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
    /// In clear; hashed before anything is stored.
    pub password: String,
    /// The team of a worker.
    pub team_id: Option<TeamId>,
    /// Sites in scope.
    pub warehouses: Vec<WarehouseId>,
}

/// Creates a login.
#[server(prefix = "/api/fn", endpoint = "users/create", input = Json, output = Answered)]
pub async fn create(new: NewLogin) -> Result<UserId, AppError> {
    let caller = caller_with(Permission::ManageUsers).await?;
    let (store, now) = store_and_now()?;
    let user = hashed(new).await?;
    Ok(operations::users::create(&store, &caller, &user, now).await?)
}

/// Disables a login and ends its sessions.
#[server(prefix = "/api/fn", endpoint = "users/disable", input = Json, output = Answered)]
pub async fn disable(id: UserId) -> Result<(), AppError> {
    let caller = caller_with(Permission::ManageUsers).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::users::disable(&store, &caller, id, now).await?)
}

/// The shortest password accepted, characters.
pub const SHORTEST_PASSWORD: usize = 8;

#[cfg(feature = "ssr")]
async fn hashed(new: NewLogin) -> Result<operations::users::NewUser, AppError> {
    if new.password.chars().count() < SHORTEST_PASSWORD {
        return Err(AppError::new(
            crate::ErrorCode::Invalid,
            format!("The password needs at least {SHORTEST_PASSWORD} characters."),
        ));
    }
    Ok(operations::users::NewUser {
        password_hash: crate::state::state()?
            .auth
            .hash_password(&new.password)
            .await?,
        login: new.login,
        name: new.name,
        role: new.role,
        team_id: new.team_id,
        warehouses: new.warehouses,
    })
}
