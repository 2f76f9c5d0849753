//! What changes a login, each in the transaction of its caller.

use crate::error::word;
use crate::{Error, Result, Tx};
use chrono::{DateTime, Utc};
use domain::permission::Role;
use domain::user::{Badge, Caller, UserChange};
use domain::words::Language;
use domain::{CompanyId, TeamId, UserId, WarehouseId};

/// A login to create.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Lower case, unique.
    pub login: String,
    /// Shown to people.
    pub name: String,
    /// What the user may do.
    pub role: Role,
    /// PHC string.
    pub password_hash: String,
    /// Whether the password must be replaced at the first sign-in.
    pub password_temporary: bool,
    /// The team of a worker.
    pub team_id: Option<TeamId>,
    /// The sites the user may see.
    pub warehouses: Vec<WarehouseId>,
}

/// A login about to be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedUser {
    /// Unique name to sign in with.
    pub login: String,
    /// Shown to people.
    pub name: String,
    /// What the user may do.
    pub role: Role,
    /// Name of the team.
    pub team: Option<String>,
    /// Names of the sites.
    pub warehouses: Vec<String>,
    /// May not sign in.
    pub disabled: bool,
}

/// The login, locked until the transaction ends, if it shares a site with the caller.
pub async fn lock(tx: &mut Tx, caller: &Caller, id: UserId) -> Result<LockedUser> {
    let row = sqlx::query!(
        r#"select u.login, u.name, u.role, u.disabled_at is not null as "disabled!",
                  (select t.name from teams t where t.id = u.team_id) as team,
                  array(select s.name from user_warehouses w join warehouses s on s.id = w.warehouse_id
                        where w.user_id = u.id order by s.name) as "warehouses!"
           from users u
           where u.company_id = $1 and u.id = $2
             and exists (select from user_warehouses w where w.user_id = u.id and w.warehouse_id = any($3))
           for update of u"#,
        caller.company_id.0,
        id.0,
        &caller.warehouse_ids(),
    )
    .fetch_optional(tx.conn())
    .await?;
    let row = row.ok_or(Error::NotFound { what: "user" })?;
    Ok(LockedUser {
        login: row.login,
        name: row.name,
        role: word("users", "role", &row.role)?,
        team: row.team,
        warehouses: row.warehouses,
        disabled: row.disabled,
    })
}

/// Adds a login with its sites.
pub async fn create(
    tx: &mut Tx,
    company: CompanyId,
    user: &NewUser,
    at: DateTime<Utc>,
) -> Result<UserId> {
    let id = sqlx::query_scalar!(
        "insert into users (company_id, login, name, role, password_hash, team_id, created_at, password_temporary)
         values ($1, $2, $3, $4, $5, $6, $7, $8) returning id",
        company.0,
        user.login.trim().to_lowercase(),
        user.name,
        user.role.as_str(),
        user.password_hash,
        user.team_id.map(|id| id.0),
        at,
        user.password_temporary,
    )
    .fetch_one(tx.conn())
    .await?;
    let warehouses: Vec<i64> = user.warehouses.iter().map(|id| id.0).collect();
    sqlx::query!(
        "insert into user_warehouses (user_id, warehouse_id, company_id)
         select $1, w.id, $3 from warehouses w where w.id = any($2) and w.company_id = $3",
        id,
        &warehouses,
        company.0,
    )
    .execute(tx.conn())
    .await?;
    Ok(UserId(id))
}

/// Changes the password; sessions of the old one are dead.
pub async fn set_password(
    tx: &mut Tx,
    company: CompanyId,
    user: UserId,
    hash: &str,
    temporary: bool,
) -> Result<()> {
    let changed = sqlx::query!(
        "update users set password_hash = $3, password_temporary = $4, auth_epoch = gen_random_uuid()
         where company_id = $1 and id = $2",
        company.0,
        user.0,
        hash,
        temporary,
    )
    .execute(tx.conn())
    .await?;
    found(changed.rows_affected())
}

/// Gives the person a badge, or takes it away.
pub async fn set_badge(
    tx: &mut Tx,
    company: CompanyId,
    user: UserId,
    badge: Option<&Badge>,
) -> Result<()> {
    let changed = sqlx::query!(
        "update users set badge_salt = $3, badge_hash = $4, badge_rounds = $5 where company_id = $1 and id = $2",
        company.0,
        user.0,
        badge.map(|badge| badge.salt.as_slice()),
        badge.map(|badge| badge.hash.as_slice()),
        badge.map(|badge| badge.rounds),
    )
    .execute(tx.conn())
    .await?;
    found(changed.rows_affected())
}

/// Keeps the language a person chose.
pub async fn set_language(tx: &mut Tx, caller: &Caller, language: Language) -> Result<()> {
    sqlx::query!(
        "update users set language = $3 where company_id = $1 and id = $2 and language is distinct from $3",
        caller.company_id.0,
        caller.user_id.0,
        language.as_str(),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Lets a login in again (no instant) or out from that instant on; its sessions are dead either way.
pub async fn set_disabled(
    tx: &mut Tx,
    company: CompanyId,
    user: UserId,
    since: Option<DateTime<Utc>>,
) -> Result<()> {
    let changed = sqlx::query!(
        "update users set disabled_at = $3, auth_epoch = gen_random_uuid()
         where company_id = $1 and id = $2",
        company.0,
        user.0,
        since,
    )
    .execute(tx.conn())
    .await?;
    found(changed.rows_affected())
}

/// The enabled administrators of the company, locked, so that two requests cannot each take away
/// one of the last two.
pub async fn lock_admins(tx: &mut Tx, company: CompanyId) -> Result<Vec<UserId>> {
    let ids = sqlx::query_scalar!(
        "select id from users
         where company_id = $1 and role = 'admin' and disabled_at is null
         order by id for update",
        company.0,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids.into_iter().map(UserId).collect())
}

/// Writes name, role and team; sessions of the old rights are dead.
pub async fn update(tx: &mut Tx, company: CompanyId, user: UserId, new: &UserChange) -> Result<()> {
    let changed = sqlx::query!(
        "update users set name = $3, role = $4, team_id = $5, auth_epoch = gen_random_uuid()
         where company_id = $1 and id = $2",
        company.0,
        user.0,
        new.name,
        new.role.as_str(),
        new.team_id.map(|id| id.0),
    )
    .execute(tx.conn())
    .await?;
    found(changed.rows_affected())
}

/// Makes the sites of a login those wanted, as far as the caller sees them; others stay.
pub async fn set_warehouses(
    tx: &mut Tx,
    caller: &Caller,
    user: UserId,
    wanted: &[WarehouseId],
) -> Result<()> {
    let wanted: Vec<i64> = wanted.iter().map(|id| id.0).collect();
    sqlx::query!(
        "delete from user_warehouses
         where company_id = $1 and user_id = $2 and warehouse_id = any($3) and warehouse_id <> all($4)",
        caller.company_id.0,
        user.0,
        &caller.warehouse_ids(),
        &wanted,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into user_warehouses (user_id, warehouse_id, company_id)
         select $2, w.id, $1 from warehouses w
         where w.company_id = $1 and w.id = any($3) and w.id = any($4)
         on conflict do nothing",
        caller.company_id.0,
        user.0,
        &caller.warehouse_ids(),
        &wanted,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Whether the team belongs to one of those sites.
pub async fn team_fits(
    tx: &mut Tx,
    company: CompanyId,
    team: TeamId,
    sites: &[WarehouseId],
) -> Result<bool> {
    let sites: Vec<i64> = sites.iter().map(|id| id.0).collect();
    let fits = sqlx::query_scalar!(
        r#"select exists (select from teams where company_id = $1 and id = $2 and warehouse_id = any($3)) as "fits!""#,
        company.0,
        team.0,
        &sites,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(fits)
}

fn found(rows: u64) -> Result<()> {
    if rows == 1 {
        Ok(())
    } else {
        Err(Error::NotFound { what: "user" })
    }
}
