//! `idempotency_keys`: what was answered to a write of the API that may be sent again.

use crate::{Result, Scope, Store};
use chrono::{DateTime, Utc};
use domain::user::Caller;
use serde_json::Value;
use uuid::Uuid;

/// Which write.
#[derive(Debug, Clone, Copy)]
pub struct Write<'a> {
    /// Method and path.
    pub route: &'a str,
    /// The client's key.
    pub key: &'a str,
    /// SHA-256 of what was sent.
    pub payload_hash: &'a [u8],
    /// Who answers it now.
    pub attempt: Uuid,
}

/// A stored answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: i16,
    /// Headers that a repeat carries.
    pub headers: Value,
    /// Body.
    pub body: Vec<u8>,
}

/// What is known of a key.
#[derive(Debug)]
pub enum Known {
    /// Nothing: this attempt answers it.
    New,
    /// Another attempt answers it at this moment.
    Running,
    /// It came with another payload.
    OtherPayload,
    /// It was answered.
    Answered(Answer),
}

/// Claims a key for an attempt, or tells what is known of it. An attempt that began before `stale`
/// and left no answer is taken over.
pub async fn claim(
    store: &Store,
    caller: &Caller,
    write: &Write<'_>,
    stale: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Known> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let claimed = sqlx::query_scalar!(
        r#"insert into idempotency_keys as t
               (company_id, user_id, route, key, payload_hash, state, attempt, started_at)
           values ($1, $2, $3, $4, $5, 'running', $6, $7)
           on conflict (company_id, user_id, route, key) do update
           set attempt = excluded.attempt, started_at = excluded.started_at
           where t.state = 'running' and t.started_at < $8 and t.payload_hash = excluded.payload_hash
           returning true as "claimed!""#,
        caller.company_id.0,
        caller.user_id.0,
        write.route,
        write.key,
        write.payload_hash,
        write.attempt,
        now,
        stale,
    )
    .fetch_optional(tx.conn())
    .await?;
    if claimed.is_some() {
        tx.commit().await?;
        return Ok(Known::New);
    }
    let row = sqlx::query!(
        "select payload_hash, status, headers, body from idempotency_keys
         where company_id = $1 and user_id = $2 and route = $3 and key = $4",
        caller.company_id.0,
        caller.user_id.0,
        write.route,
        write.key,
    )
    .fetch_optional(tx.conn())
    .await?;
    // Gone in between: the other attempt failed, and the client may try again.
    let Some(row) = row else {
        return Ok(Known::Running);
    };
    if row.payload_hash != write.payload_hash {
        return Ok(Known::OtherPayload);
    }
    Ok(match (row.status, row.body) {
        (Some(status), Some(body)) => Known::Answered(Answer {
            status,
            headers: row.headers.unwrap_or_default(),
            body,
        }),
        _ => Known::Running,
    })
}

/// Keeps the answer of the attempt that holds the key.
pub async fn answer(
    store: &Store,
    caller: &Caller,
    write: &Write<'_>,
    answer: &Answer,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    sqlx::query!(
        "update idempotency_keys
         set state = 'done', answered_at = $6, status = $7, headers = $8, body = $9
         where company_id = $1 and user_id = $2 and route = $3 and key = $4 and attempt = $5",
        caller.company_id.0,
        caller.user_id.0,
        write.route,
        write.key,
        write.attempt,
        now,
        answer.status,
        answer.headers,
        answer.body,
    )
    .execute(tx.conn())
    .await?;
    tx.commit().await
}

/// Lets go of a key whose write failed in a way that may pass: the client may try again.
pub async fn release(store: &Store, caller: &Caller, write: &Write<'_>) -> Result<()> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    sqlx::query!(
        "delete from idempotency_keys
         where company_id = $1 and user_id = $2 and route = $3 and key = $4 and attempt = $5",
        caller.company_id.0,
        caller.user_id.0,
        write.route,
        write.key,
        write.attempt,
    )
    .execute(tx.conn())
    .await?;
    tx.commit().await
}

/// Forgets keys of writes that began before that moment.
pub async fn prune(store: &Store, before: DateTime<Utc>) -> Result<u64> {
    let mut tx = store.begin(Scope::System).await?;
    let done = sqlx::query!("delete from idempotency_keys where started_at < $1", before)
        .execute(tx.conn())
        .await?;
    tx.commit().await?;
    Ok(done.rows_affected())
}
