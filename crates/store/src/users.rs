//! `users` and the sites they may see.

mod change;

pub use change::{
    LockedUser, NewUser, create, lock, lock_admins, set_badge, set_disabled, set_language,
    set_password, set_warehouses, team_fits, update,
};

use crate::error::{optional_word, word};
use crate::{Result, Scope, Store, Tx};
use domain::user::{Badge, Caller, UserSummary};
use domain::words::Language;
use domain::{CompanyId, TeamId, UserId, WarehouseId};
use uuid::Uuid;

/// What a sign-in needs.
#[derive(Debug, Clone)]
pub struct LoginRow {
    /// Who it would be.
    pub caller: Caller,
    /// PHC string.
    pub password_hash: String,
    /// Sessions of another epoch are dead.
    pub auth_epoch: Uuid,
    /// May not sign in.
    pub disabled: bool,
    /// Given by an administrator: must be replaced first.
    pub password_temporary: bool,
}

/// The login of that name, in any tenant.
pub async fn find_for_login(store: &Store, login: &str) -> Result<Option<LoginRow>> {
    let login = login.trim().to_lowercase();
    let mut tx = store.begin(Scope::System).await?;
    let id = sqlx::query_scalar!("select id from users where login = $1", login)
        .fetch_optional(tx.conn())
        .await?;
    tx.rollback().await?;
    match id {
        Some(id) => find(store, UserId(id), None).await,
        None => Ok(None),
    }
}

/// The login behind an id; none when disabled.
pub async fn find_enabled(store: &Store, id: UserId) -> Result<Option<LoginRow>> {
    let row = find(store, id, None).await?;
    Ok(row.filter(|row| !row.disabled))
}

/// The caller behind an id and the epoch its sessions must carry; none when disabled.
pub async fn find_caller(store: &Store, id: UserId) -> Result<Option<(Caller, Uuid)>> {
    let row = find_enabled(store, id).await?;
    Ok(row.map(|row| (row.caller, row.auth_epoch)))
}

/// The same while a sign-in of theirs goes on: it has refresh tokens, and they were not revoked.
pub async fn find_signed_in(
    store: &Store,
    id: UserId,
    family: Uuid,
) -> Result<Option<(Caller, Uuid)>> {
    let row = find(store, id, Some(family)).await?;
    Ok(row
        .filter(|row| !row.disabled)
        .map(|row| (row.caller, row.auth_epoch)))
}

async fn find(store: &Store, id: UserId, family: Option<Uuid>) -> Result<Option<LoginRow>> {
    let found = sqlx::query!(
        r#"select id as "id!", company_id as "company_id!", login as "login!", name as "name!", role as "role!",
                  password_hash as "password_hash!", auth_epoch as "auth_epoch!", team_id, disabled as "disabled!",
                  password_temporary as "password_temporary!", warehouses as "warehouses!"
           from login_of($1, $2)"#,
        id.0,
        family,
    );
    let mut reading = store.read_unbound().await?;
    let Some(row) = reading.optional(found).await? else {
        return Ok(None);
    };
    Ok(Some(LoginRow {
        caller: Caller {
            user_id: UserId(row.id),
            company_id: CompanyId(row.company_id),
            warehouses: row.warehouses.into_iter().map(WarehouseId).collect(),
            role: word("users", "role", &row.role)?,
            name: row.name,
            login: row.login,
            team_id: row.team_id.map(TeamId),
            device: None,
        },
        password_hash: row.password_hash,
        auth_epoch: row.auth_epoch,
        disabled: row.disabled,
        password_temporary: row.password_temporary,
    }))
}

/// The workers who may work at one of the caller's sites.
pub async fn workers(store: &Store, caller: &Caller) -> Result<Vec<UserSummary>> {
    let mut reading = store.read(caller).await?;
    let rows = reading.all(sqlx::query!(
        r#"select u.id, u.login, u.name, u.role, t.name as "team_name?",
                  (select count(*) from tasks k where k.worker_id = u.id and k.state in ('open', 'claimed')) as "open_tasks!"
           from users u
           left join teams t on t.id = u.team_id
           where u.company_id = $1 and u.disabled_at is null and u.role = 'worker'
             and exists (select from user_warehouses w where w.user_id = u.id and w.warehouse_id = any($2))
           order by u.name, u.id
           limit 500"#,
        caller.company_id.0,
        &caller.warehouse_ids(),
    )).await?;
    rows.into_iter()
        .map(|row| {
            Ok(UserSummary {
                id: UserId(row.id),
                login: row.login,
                name: row.name,
                role: word("users", "role", &row.role)?,
                team_name: row.team_name,
                open_tasks: row.open_tasks,
            })
        })
        .collect()
}

/// Whether the login is an enabled worker of that site.
pub async fn works_at(tx: &mut Tx, user: UserId, warehouse: WarehouseId) -> Result<Option<String>> {
    let name = sqlx::query_scalar!(
        "select u.name from users u
         join user_warehouses w on w.user_id = u.id and w.warehouse_id = $2
         where u.id = $1 and u.disabled_at is null and u.role = 'worker'",
        user.0,
        warehouse.0,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(name)
}

/// Whether anybody can sign in at all.
pub async fn any_exist(store: &Store) -> Result<bool> {
    let mut tx = store.begin(Scope::System).await?;
    let any = sqlx::query_scalar!(r#"select exists (select from users) as "any!""#)
        .fetch_one(tx.conn())
        .await?;
    Ok(any)
}

/// The caller's own badge.
pub async fn badge(store: &Store, caller: &Caller) -> Result<Option<Badge>> {
    let mut reading = store.read(caller).await?;
    let row = reading.optional(sqlx::query!(
        "select badge_salt, badge_hash, badge_rounds from users where company_id = $1 and id = $2",
        caller.company_id.0,
        caller.user_id.0,
    )).await?;
    Ok(row.and_then(|row| {
        Some(Badge {
            salt: row.badge_salt?,
            hash: row.badge_hash?,
            rounds: row.badge_rounds?,
        })
    }))
}

/// The language a person chose; none when they never did while signed in.
pub async fn language(store: &Store, caller: &Caller) -> Result<Option<Language>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let chosen = sqlx::query_scalar!(
        "select language from users where company_id = $1 and id = $2",
        caller.company_id.0,
        caller.user_id.0,
    );
    let chosen = chosen.fetch_optional(tx.conn()).await?.flatten();
    optional_word("users", "language", chosen.as_deref())
}
