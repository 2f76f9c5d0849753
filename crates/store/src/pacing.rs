//! `pacing_slots`: when an upstream account may be called next.

use crate::{Result, Store};
use std::time::Duration;

/// Takes the next free slot of an account and says how long to wait for it. Slots of one account
/// are at least `interval` apart, over all nodes and restarts; the database's clock decides.
pub async fn reserve(store: &Store, account: &str, interval: Duration) -> Result<Duration> {
    let seconds = interval.as_secs_f64();
    let wait = sqlx::query_scalar!(
        r#"insert into pacing_slots as s (account, next_at)
           values ($1, clock_timestamp() + make_interval(secs => $2))
           on conflict (account) do update
           set next_at = greatest(s.next_at, clock_timestamp()) + make_interval(secs => $2)
           returning extract(epoch from next_at - make_interval(secs => $2) - clock_timestamp())::float8 as "wait!""#,
        account,
        seconds,
    )
    .fetch_one(store.pool())
    .await?;
    Ok(Duration::from_secs_f64(wait.max(0.0)))
}

/// After waiting, moves the next slot away from the instant the call really starts: a late start
/// must not bring the following call closer than `interval`.
pub async fn started(store: &Store, account: &str, interval: Duration) -> Result<()> {
    sqlx::query!(
        "update pacing_slots set next_at = clock_timestamp() + make_interval(secs => $2)
         where account = $1 and next_at < clock_timestamp() + make_interval(secs => $2)",
        account,
        interval.as_secs_f64(),
    )
    .execute(store.pool())
    .await?;
    Ok(())
}
