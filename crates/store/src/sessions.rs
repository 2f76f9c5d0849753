//! `sessions`: what the session layer keeps. Ids arrive hashed.

use crate::{Result, Store, Tx};
use chrono::{DateTime, Utc};
use domain::UserId;

/// Writes a session that must not exist yet; false when the id is taken.
pub async fn create(
    store: &Store,
    id: &str,
    user: Option<UserId>,
    data: &serde_json::Value,
    expires_at: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "insert into sessions (id, user_id, data, expires_at) values ($1, $2, $3, $4)
         on conflict (id) do nothing",
        id,
        user.map(|id| id.0),
        data,
        expires_at,
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
    expires_at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update sessions set user_id = $2, data = $3, expires_at = $4 where id = $1",
        id,
        user.map(|id| id.0),
        data,
        expires_at,
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

/// Ends a session.
pub async fn delete(store: &Store, id: &str) -> Result<()> {
    sqlx::query!("delete from sessions where id = $1", id)
        .execute(store.pool())
        .await?;
    Ok(())
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
