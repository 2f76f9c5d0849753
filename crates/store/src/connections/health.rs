//! How an account is: wished-for checks, and what calls came to.

use super::{ConnectionForWork, for_work};
use crate::{Result, Scope, Store, Tx};
use chrono::{DateTime, Utc};
use domain::connection::Health;
use domain::{CompanyId, ConnectionId};

/// Leaves the wish for a check.
pub async fn request_check(tx: &mut Tx, id: ConnectionId, at: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "update connections set check_requested_at = coalesce(check_requested_at, $2) where id = $1",
        id.0,
        at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes one wished-for check that nobody is at.
pub async fn claim_check(
    tx: &mut Tx,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
) -> Result<Option<ConnectionForWork>> {
    let id = sqlx::query_scalar!(
        "update connections set check_lease_until = $2
         where id = (
             select id from connections
             where check_requested_at is not null and (check_lease_until is null or check_lease_until < $1)
             order by check_requested_at
             limit 1
             for update skip locked
         )
         returning id",
        now,
        lease_until,
    )
    .fetch_optional(tx.conn())
    .await?;
    match id {
        Some(id) => for_work(tx, ConnectionId(id)).await.map(Some),
        None => Ok(None),
    }
}

/// Accounts of every tenant that nobody heard from since then, good or bad, and whose check nobody
/// wished for yet; at most 200, the longest silence first. Messages that one takes do not make it well
/// again: where the last check or sync was bad, another check says whether it still is.
pub async fn silent(store: &Store, since: DateTime<Utc>) -> Result<Vec<(CompanyId, ConnectionId)>> {
    let mut tx = store.begin(Scope::System).await?;
    let rows = sqlx::query!(
        "select id, company_id from connections
         where check_requested_at is null
           and (health <> 'healthy' or coalesce(last_ok_at, '-infinity') < $1)
           and coalesce(last_error_at, '-infinity') < $1
         order by greatest(last_ok_at, last_error_at) nulls first, id
         limit 200",
        since,
    )
    .fetch_all(tx.conn())
    .await?;
    let silent = rows.into_iter();
    Ok(silent
        .map(|row| (CompanyId(row.company_id), ConnectionId(row.id)))
        .collect())
}

/// Notes a good call of accounts that took messages. Once a second is enough, and an account that
/// somebody else holds now is left out, so that nobody waits here, for one row or for each other.
pub async fn took_messages(
    store: &Store,
    accounts: impl IntoIterator<Item = ConnectionId>,
    at: DateTime<Utc>,
) -> Result<()> {
    let accounts: Vec<i64> = accounts.into_iter().map(|account| account.0).collect();
    let mut tx = store.begin(Scope::System).await?;
    sqlx::query!(
        "update connections set last_ok_at = $2
         where id in (select c.id from connections c
                      where c.id = any($1)
                        and (c.last_ok_at is null or c.last_ok_at <= $2::timestamptz - interval '1 second')
                      for no key update skip locked)",
        &accounts,
        at,
    )
    .execute(tx.conn())
    .await?;
    tx.commit().await
}

/// How a call or check went.
#[derive(Debug, Clone)]
pub enum CallOutcome {
    /// It answered, after so many milliseconds.
    Ok(i32),
    /// It did not; a sentence that says what to do.
    Failed(String),
    /// Calls pause; a sentence that says until when.
    Paused(String),
}

/// Writes how the account is; `answers_check` clears the wish for a check. Returns whether the
/// health changed or a check was answered, so that screens are told.
pub async fn record_outcome(
    tx: &mut Tx,
    id: ConnectionId,
    outcome: &CallOutcome,
    answers_check: bool,
    at: DateTime<Utc>,
) -> Result<bool> {
    let (health, error, latency) = match outcome {
        CallOutcome::Ok(latency) => (Health::Healthy, None, Some(*latency)),
        CallOutcome::Failed(error) => (Health::Failing, Some(error.as_str()), None),
        CallOutcome::Paused(error) => (Health::Paused, Some(error.as_str()), None),
    };
    let changed = sqlx::query_scalar!(
        r#"update connections c
           set health = $2,
               last_ok_at = case when $2 = 'healthy' then $5 else c.last_ok_at end,
               last_latency_ms = coalesce($4, c.last_latency_ms),
               last_error = case when $2 = 'healthy' then c.last_error else $3 end,
               last_error_at = case when $2 = 'healthy' then c.last_error_at else $5 end,
               check_requested_at = case when $6 then null else c.check_requested_at end,
               check_lease_until = case when $6 then null else c.check_lease_until end
           from connections old
           where c.id = $1 and old.id = c.id
           returning (old.health <> $2 or ($6 and old.check_requested_at is not null)) as "changed!""#,
        id.0,
        health.as_str(),
        error,
        latency,
        at,
        answers_check,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(changed.unwrap_or(false))
}
