//! `sessions`: what the session layer keeps. Ids arrive hashed.

use crate::{Error, Result, Store, Tx};
use chrono::{DateTime, TimeDelta, Utc};
use domain::user::SessionRow;
use domain::{CompanyId, UserId};
use uuid::Uuid;

/// How long a session lives.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Without use.
    pub idle: TimeDelta,
    /// At most, however it is used.
    pub longest: TimeDelta,
}

/// Days that a screen's session lives from its last use.
pub const SCREEN_DAYS: i64 = 90;

/// How old the last noted use may be before it is noted again: not every request writes.
const NOTED: TimeDelta = TimeDelta::minutes(1);

/// Writes a session that must not exist yet; false when the id is taken.
pub async fn create(
    store: &Store,
    id: &str,
    user: Option<UserId>,
    data: &serde_json::Value,
    limits: Limits,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "insert into sessions (id, user_id, data, created_at, last_seen_at, expires_at)
         values ($1, $2, $3, $4, $4, $5)
         on conflict (id) do nothing",
        id,
        user.map(|id| id.0),
        data,
        now,
        now + limits.idle.min(limits.longest),
    )
    .execute(store.pool())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes a session that exists. One that was ended meanwhile stays ended.
pub async fn save(
    store: &Store,
    id: &str,
    user: Option<UserId>,
    data: &serde_json::Value,
) -> Result<()> {
    sqlx::query!(
        "update sessions set user_id = $2, data = $3 where id = $1",
        id,
        user.map(|id| id.0),
        data,
    )
    .execute(store.pool())
    .await?;
    Ok(())
}

/// Notes where a session was opened.
pub async fn describe(store: &Store, id: &str, device: &str, source: &str) -> Result<()> {
    sqlx::query!(
        "update sessions set device = $2, source = $3 where id = $1",
        id,
        device,
        source,
    )
    .execute(store.pool())
    .await?;
    Ok(())
}

/// Makes a session a screen's: it lives [`SCREEN_DAYS`] from its last use, and is not ended by age.
pub async fn keep_for_screen(store: &Store, id: &str, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "update sessions set screen = true, expires_at = $2 where id = $1",
        id,
        now + TimeDelta::days(SCREEN_DAYS),
    )
    .execute(store.pool())
    .await?;
    Ok(())
}

/// The session's data, unless it is over.
pub async fn load(
    store: &Store,
    id: &str,
    now: DateTime<Utc>,
) -> Result<Option<(serde_json::Value, DateTime<Utc>)>> {
    let row = sqlx::query!(
        "select data, expires_at from sessions where id = $1 and expires_at > $2",
        id,
        now
    )
    .fetch_optional(store.pool())
    .await?;
    Ok(row.map(|row| (row.data, row.expires_at)))
}

/// The same for a request: using a session keeps it, up to its longest time.
pub async fn load_used(
    store: &Store,
    id: &str,
    limits: Limits,
    now: DateTime<Utc>,
) -> Result<Option<(serde_json::Value, DateTime<Utc>)>> {
    let row = sqlx::query!(
        "select data, expires_at, last_seen_at from sessions where id = $1 and expires_at > $2",
        id,
        now
    )
    .fetch_optional(store.pool())
    .await?;
    let Some(row) = row else { return Ok(None) };
    if row.last_seen_at + NOTED > now {
        return Ok(Some((row.data, row.expires_at)));
    }
    let kept = touch(store, id, limits, now).await?;
    Ok(kept.map(|expires_at| (row.data, expires_at)))
}

/// Notes a use; answers until when the session lives now, unless it is over.
pub async fn touch(
    store: &Store,
    id: &str,
    limits: Limits,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>> {
    let expires_at = sqlx::query_scalar!(
        "update sessions
         set last_seen_at = $2,
             expires_at = case when screen then $5
                          else least($3::timestamptz, created_at + make_interval(secs => $4)) end
         where id = $1 and expires_at > $2
         returning expires_at",
        id,
        now,
        now + limits.idle,
        limits.longest.as_seconds_f64(),
        now + TimeDelta::days(SCREEN_DAYS),
    )
    .fetch_optional(store.pool())
    .await?;
    Ok(expires_at)
}

/// The open sessions of a login, last used first.
pub async fn of_user(tx: &mut Tx, user: UserId, now: DateTime<Utc>) -> Result<Vec<SessionRow>> {
    let rows = sqlx::query_as!(
        SessionRow,
        "select public_id as id, created_at, last_seen_at, expires_at, device, source
         from sessions where user_id = $1 and expires_at > $2
         order by last_seen_at desc, public_id
         limit 200",
        user.0,
        now,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// Ends a session.
pub async fn delete(store: &Store, id: &str) -> Result<()> {
    sqlx::query!("delete from sessions where id = $1", id)
        .execute(store.pool())
        .await?;
    Ok(())
}

/// Ends one session of a login of the company; answers where it was opened.
pub async fn revoke(
    tx: &mut Tx,
    company: CompanyId,
    user: UserId,
    session: Uuid,
) -> Result<Option<String>> {
    let gone = sqlx::query!(
        "delete from sessions s using users u
         where s.public_id = $3 and s.user_id = $2 and u.id = s.user_id and u.company_id = $1
         returning s.device",
        company.0,
        user.0,
        session,
    )
    .fetch_optional(tx.conn())
    .await?;
    gone.map(|row| row.device)
        .ok_or(Error::NotFound { what: "session" })
}

/// Ends every session of a login.
pub async fn delete_of_user(tx: &mut Tx, user: UserId) -> Result<()> {
    sqlx::query!("delete from sessions where user_id = $1", user.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Removes what is over; returns how many.
pub async fn prune(store: &Store, now: DateTime<Utc>) -> Result<u64> {
    let done = sqlx::query!("delete from sessions where expires_at <= $1", now)
        .execute(store.pool())
        .await?;
    Ok(done.rows_affected())
}
