//! `login_failures`: the throttle's memory.

use crate::{Result, Store};
use chrono::{DateTime, Utc};

/// Failures under a key since an instant.
pub async fn count(store: &Store, key: &str, since: DateTime<Utc>) -> Result<i64> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from login_failures where key = $1 and at > $2"#,
        key,
        since
    )
    .fetch_one(store.pool())
    .await?;
    Ok(count)
}

/// Adds a failure under each key.
pub async fn record(store: &Store, keys: &[String], at: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "insert into login_failures (key, at) select key, $2 from unnest($1::text[]) as key",
        keys,
        at
    )
    .execute(store.pool())
    .await?;
    Ok(())
}

/// Forgets a key after a success.
pub async fn clear(store: &Store, key: &str) -> Result<()> {
    sqlx::query!("delete from login_failures where key = $1", key)
        .execute(store.pool())
        .await?;
    Ok(())
}

/// Forgets what is older; returns how many.
pub async fn prune(store: &Store, before: DateTime<Utc>) -> Result<u64> {
    let done = sqlx::query!("delete from login_failures where at < $1", before)
        .execute(store.pool())
        .await?;
    Ok(done.rows_affected())
}
