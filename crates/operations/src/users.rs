//! Logins.

use crate::{Error, Result, audit, require};
use chrono::{DateTime, Utc};
use domain::permission::Permission;
use domain::user::Caller;
use domain::{CompanyId, UserId};
use serde_json::json;
use store::{Scope, Store, Tx};

pub use store::users::NewUser;

/// Creates a login within the caller's company.
pub async fn create(
    store: &Store,
    caller: &Caller,
    user: &NewUser,
    now: DateTime<Utc>,
) -> Result<UserId> {
    require(caller, Permission::ManageUsers)?;
    check(user)?;
    if !user.warehouses.iter().all(|id| caller.sees_warehouse(*id)) {
        return Err(Error::NotFound("warehouse"));
    }
    let mut tx = store.begin(Scope::from(caller)).await?;
    let id = insert(&mut tx, caller.company_id, user, now).await?;
    let facts = json!({ "role": user.role.as_str() });
    audit::by_person(&mut tx, caller, "USER_CREATED", &user.login, facts, now).await?;
    tx.commit().await?;
    Ok(id)
}

/// The login of that name, created when missing: `crossdock create-admin` and `seed`, so no caller.
pub async fn ensure(
    store: &Store,
    company: CompanyId,
    user: &NewUser,
    now: DateTime<Utc>,
) -> Result<UserId> {
    check(user)?;
    if let Some(row) = store::users::find_for_login(store, &user.login).await? {
        return Ok(row.caller.user_id);
    }
    let mut tx = store.begin(Scope::Company(company)).await?;
    let id = insert(&mut tx, company, user, now).await?;
    let facts = json!({ "role": user.role.as_str() });
    audit::by_machine(
        &mut tx,
        company,
        "crossdock",
        "USER_CREATED",
        &user.login,
        facts,
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(id)
}

async fn insert(
    tx: &mut Tx,
    company: CompanyId,
    user: &NewUser,
    now: DateTime<Utc>,
) -> Result<UserId> {
    match store::users::create(tx, company, user, now).await {
        Err(store::Error::Taken { .. }) => Err(Error::Conflict(format!(
            "The login '{}' is in use; choose another.",
            user.login
        ))),
        other => Ok(other?),
    }
}

fn check(user: &NewUser) -> Result<()> {
    let login = user.login.trim();
    let plain = login
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@'));
    if login.is_empty() || login.chars().count() > 64 || !plain {
        let rule = "A login has 1 to 64 letters, digits, dots, dashes, underscores or @.";
        return Err(Error::Invalid(rule.to_owned()));
    }
    if user.name.trim().is_empty() {
        return Err(Error::Invalid("Give the person's name.".to_owned()));
    }
    if user.warehouses.is_empty() {
        return Err(Error::Invalid("Choose at least one warehouse.".to_owned()));
    }
    Ok(())
}

/// Changes a password and ends every session and token of the login.
pub async fn set_password(
    store: &Store,
    caller: &Caller,
    user: UserId,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    if caller.user_id != user {
        require(caller, Permission::ManageUsers)?;
    }
    let mut tx = store.begin(Scope::from(caller)).await?;
    store::users::set_password(&mut tx, caller.company_id, user, hash).await?;
    end_everything(&mut tx, user, now).await?;
    audit::by_person(
        &mut tx,
        caller,
        "PASSWORD_CHANGED",
        &user.to_string(),
        json!({}),
        now,
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Ends a login and everything it holds open.
pub async fn disable(
    store: &Store,
    caller: &Caller,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::ManageUsers)?;
    if caller.user_id == user {
        return Err(Error::Invalid(
            "You cannot disable your own login.".to_owned(),
        ));
    }
    let mut tx = store.begin(Scope::from(caller)).await?;
    store::users::disable(&mut tx, caller.company_id, user, now).await?;
    end_everything(&mut tx, user, now).await?;
    audit::by_person(
        &mut tx,
        caller,
        "USER_DISABLED",
        &user.to_string(),
        json!({}),
        now,
    )
    .await?;
    Ok(tx.commit().await?)
}

async fn end_everything(tx: &mut Tx, user: UserId, now: DateTime<Utc>) -> Result<()> {
    store::sessions::delete_of_user(tx, user).await?;
    Ok(store::refresh_tokens::revoke_of_user(tx, user, now).await?)
}
