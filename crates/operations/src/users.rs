//! Logins.

use crate::{Error, Result, audit, require};
use chrono::{DateTime, Utc};
use domain::live::Topic;
use domain::permission::{Permission, Role};
use domain::user::{Badge, Caller, UserChange};
use domain::words::Language;
use domain::{CompanyId, UserId};
use serde_json::{Value, json};
use store::users::LockedUser;
use store::{Scope, Store, Tx};
use uuid::Uuid;

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
    check_sites(caller, &user.warehouses)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    check_team(&mut tx, caller, user.team_id, &user.warehouses).await?;
    let id = insert(&mut tx, caller.company_id, user, now).await?;
    let facts = json!({ "user_id": id, "name": user.name, "role": user.role.as_str() });
    note(&mut tx, caller, "USER_CREATED", &user.login, facts, now).await?;
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
    let facts = json!({ "user_id": id, "name": user.name, "role": user.role.as_str() });
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
    tell(&mut tx, company).await?;
    tx.commit().await?;
    Ok(id)
}

/// Changes name, role, team and sites. Its sessions and tokens end when its rights changed.
pub async fn update(
    store: &Store,
    caller: &Caller,
    id: UserId,
    change: &UserChange,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::ManageUsers)?;
    check_name(&change.name)?;
    check_sites(caller, &change.warehouses)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    keep_an_admin(&mut tx, caller, id, change.role != Role::Admin).await?;
    let before = store::users::lock(&mut tx, caller, id).await?;
    check_team(&mut tx, caller, change.team_id, &change.warehouses).await?;
    store::users::set_warehouses(&mut tx, caller, id, &change.warehouses).await?;
    store::users::update(&mut tx, caller.company_id, id, change).await?;
    let after = store::users::lock(&mut tx, caller, id).await?;
    let Some(facts) = differences(id, &before, &after) else {
        return Ok(());
    };
    end_everything(&mut tx, id, now).await?;
    note(&mut tx, caller, "USER_CHANGED", &before.login, facts, now).await?;
    Ok(tx.commit().await?)
}

/// Replaces a forgotten password by one that its owner must replace at the next sign-in.
pub async fn reset_password(
    store: &Store,
    caller: &Caller,
    id: UserId,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::ManageUsers)?;
    if caller.user_id == id {
        let way = "Change your own password under your name.";
        return Err(Error::Invalid(way.to_owned()));
    }
    let mut tx = store.begin(Scope::from(caller)).await?;
    let user = store::users::lock(&mut tx, caller, id).await?;
    store::users::set_password(&mut tx, caller.company_id, id, hash, true).await?;
    end_everything(&mut tx, id, now).await?;
    let facts = json!({ "user_id": id });
    note(&mut tx, caller, "PASSWORD_RESET", &user.login, facts, now).await?;
    Ok(tx.commit().await?)
}

/// Gives a person a badge that unlocks their handheld, or takes it away.
pub async fn set_badge(
    store: &Store,
    caller: &Caller,
    id: UserId,
    badge: Option<&Badge>,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::ManageUsers)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let user = store::users::lock(&mut tx, caller, id).await?;
    store::users::set_badge(&mut tx, caller.company_id, id, badge).await?;
    let action = match badge {
        Some(_) => "BADGE_GIVEN",
        None => "BADGE_TAKEN",
    };
    let facts = json!({ "user_id": id });
    note(&mut tx, caller, action, &user.login, facts, now).await?;
    Ok(tx.commit().await?)
}

/// Changes the caller's own password and ends every session and token of the old one.
pub async fn change_own_password(
    store: &Store,
    caller: &Caller,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let (company, id) = (caller.company_id, caller.user_id);
    let mut tx = store.begin(Scope::from(caller)).await?;
    store::users::set_password(&mut tx, company, id, hash, false).await?;
    end_everything(&mut tx, id, now).await?;
    let facts = json!({ "user_id": id });
    let login = &caller.login;
    note(&mut tx, caller, "PASSWORD_CHANGED", login, facts, now).await?;
    Ok(tx.commit().await?)
}

/// Keeps the language that a person chose, for every device they sign in on.
pub async fn choose_language(store: &Store, caller: &Caller, language: Language) -> Result<()> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    store::users::set_language(&mut tx, caller, language).await?;
    Ok(tx.commit().await?)
}

/// Ends a login and everything it holds open.
pub async fn disable(store: &Store, caller: &Caller, id: UserId, now: DateTime<Utc>) -> Result<()> {
    require(caller, Permission::ManageUsers)?;
    if caller.user_id == id {
        let rule = "You cannot disable your own login.";
        return Err(Error::Invalid(rule.to_owned()));
    }
    let mut tx = store.begin(Scope::from(caller)).await?;
    keep_an_admin(&mut tx, caller, id, true).await?;
    let user = store::users::lock(&mut tx, caller, id).await?;
    if user.disabled {
        return Ok(());
    }
    store::users::set_disabled(&mut tx, caller.company_id, id, Some(now)).await?;
    end_everything(&mut tx, id, now).await?;
    let facts = json!({ "user_id": id });
    note(&mut tx, caller, "USER_DISABLED", &user.login, facts, now).await?;
    Ok(tx.commit().await?)
}

/// Lets a login in again.
pub async fn enable(store: &Store, caller: &Caller, id: UserId, now: DateTime<Utc>) -> Result<()> {
    require(caller, Permission::ManageUsers)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let user = store::users::lock(&mut tx, caller, id).await?;
    if !user.disabled {
        return Ok(());
    }
    store::users::set_disabled(&mut tx, caller.company_id, id, None).await?;
    let facts = json!({ "user_id": id });
    note(&mut tx, caller, "USER_ENABLED", &user.login, facts, now).await?;
    Ok(tx.commit().await?)
}

/// Ends one browser session of a login.
pub async fn revoke_session(
    store: &Store,
    caller: &Caller,
    id: UserId,
    session: Uuid,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::ManageUsers)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let user = store::users::lock(&mut tx, caller, id).await?;
    let device = store::sessions::revoke(&mut tx, caller.company_id, id, session).await?;
    let facts = json!({ "user_id": id, "session": device });
    note(&mut tx, caller, "SESSION_REVOKED", &user.login, facts, now).await?;
    Ok(tx.commit().await?)
}

/// Signs a login out everywhere: browsers and programs.
pub async fn revoke_everything(
    store: &Store,
    caller: &Caller,
    id: UserId,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::ManageUsers)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let user = store::users::lock(&mut tx, caller, id).await?;
    end_everything(&mut tx, id, now).await?;
    let facts = json!({ "user_id": id });
    note(&mut tx, caller, "SESSIONS_REVOKED", &user.login, facts, now).await?;
    Ok(tx.commit().await?)
}

/// The entry of the audit; the lists of users read again.
async fn note(
    tx: &mut Tx,
    caller: &Caller,
    action: &str,
    login: &str,
    facts: Value,
    now: DateTime<Utc>,
) -> Result<()> {
    audit::by_person(tx, caller, action, login, facts, now).await?;
    tell(tx, caller.company_id).await
}

async fn tell(tx: &mut Tx, company: CompanyId) -> Result<()> {
    Ok(store::live::publish(tx, company, None, &[Topic::Users], "user_changed").await?)
}

async fn end_everything(tx: &mut Tx, user: UserId, now: DateTime<Utc>) -> Result<()> {
    store::sessions::delete_of_user(tx, user).await?;
    Ok(store::refresh_tokens::revoke_of_user(tx, user, now).await?)
}

/// Somebody must be left who can manage users.
async fn keep_an_admin(tx: &mut Tx, caller: &Caller, id: UserId, leaves: bool) -> Result<()> {
    let admins = store::users::lock_admins(tx, caller.company_id).await?;
    if leaves && admins == [id] {
        let rule = "This is the last active administrator: make somebody else one first.";
        return Err(Error::Conflict(rule.to_owned()));
    }
    Ok(())
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
    if user.warehouses.is_empty() {
        return Err(Error::Invalid("Choose at least one warehouse.".to_owned()));
    }
    check_name(&user.name)
}

fn check_name(name: &str) -> Result<()> {
    if name.trim().is_empty() || name.chars().count() > 100 || name.contains('\0') {
        let rule = "Give the person's name, at most 100 characters.";
        return Err(Error::Invalid(rule.to_owned()));
    }
    Ok(())
}

fn check_sites(caller: &Caller, sites: &[domain::WarehouseId]) -> Result<()> {
    if sites.is_empty() {
        return Err(Error::Invalid("Choose at least one warehouse.".to_owned()));
    }
    if sites.iter().all(|id| caller.sees_warehouse(*id)) {
        Ok(())
    } else {
        Err(Error::NotFound("warehouse"))
    }
}

async fn check_team(
    tx: &mut Tx,
    caller: &Caller,
    team: Option<domain::TeamId>,
    sites: &[domain::WarehouseId],
) -> Result<()> {
    let Some(team) = team else { return Ok(()) };
    if store::users::team_fits(tx, caller.company_id, team, sites).await? {
        return Ok(());
    }
    let rule = "This team works at a warehouse the person would not see.";
    Err(Error::Invalid(rule.to_owned()))
}

/// What changed, before and after; none when nothing did.
fn differences(id: UserId, before: &LockedUser, after: &LockedUser) -> Option<Value> {
    let facts = |user: &LockedUser| {
        [
            ("name", json!(user.name)),
            ("role", json!(user.role.as_str())),
            ("team", json!(user.team)),
            ("warehouses", json!(user.warehouses)),
        ]
    };
    let (mut old, mut new) = (serde_json::Map::new(), serde_json::Map::new());
    for ((key, was), (_, is)) in facts(before).into_iter().zip(facts(after)) {
        if was != is {
            old.insert(key.to_owned(), was);
            new.insert(key.to_owned(), is);
        }
    }
    (!new.is_empty()).then(|| json!({ "user_id": id, "before": old, "after": new }))
}
