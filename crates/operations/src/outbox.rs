//! What has to reach other systems. Messages are queued only inside the transaction of the change
//! that caused them, are claimed with a lease, and what came of them is written fenced by it.

use crate::{Error, Result, audit, require};
use chrono::{DateTime, Utc};
use domain::CompanyId;
use domain::live::Topic;
use domain::permission::Permission;
use domain::user::Caller;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;
use store::outbox::{Claimed, Done, NewMessage, Verdict};
use store::{Scope, Store, Tx};
use uuid::Uuid;

/// The hash of all that must not differ between two messages of one key.
pub fn payload_hash(event_type: &str, lane: &str, payload: &serde_json::Value) -> Vec<u8> {
    Sha256::digest(json!([event_type, lane, payload]).to_string()).to_vec()
}

/// Queues messages as part of a change; their ids come back in the same order. What is queued under
/// its key already is not queued again; the same key with another content is a conflict, and the
/// change must not go through.
pub async fn enqueue(
    tx: &mut Tx,
    company: CompanyId,
    messages: &[NewMessage],
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>> {
    let added = store::outbox::enqueue(tx, company, messages, now).await?;
    let mut known: HashMap<String, Uuid> = added.into_iter().collect();
    let old: Vec<String> = messages
        .iter()
        .map(|message| message.idempotency_key.clone())
        .filter(|key| !known.contains_key(key))
        .collect();
    // Also what came twice in one call.
    if !old.is_empty() || known.len() < messages.len() {
        let keys: Vec<String> = messages.iter().map(|m| m.idempotency_key.clone()).collect();
        for (key, id, hash) in store::outbox::stored_hashes(tx, company, &keys).await? {
            let mut same = messages.iter().filter(|m| m.idempotency_key == key);
            if same.any(|message| message.payload_hash != hash) {
                return Err(Error::Conflict(format!(
                    "The key {key} was used for a message with another content."
                )));
            }
            known.insert(key, id);
        }
    }
    let ids = messages
        .iter()
        .filter_map(|m| known.get(&m.idempotency_key));
    Ok(ids.copied().collect())
}

/// Takes what is due, at most `limit` messages, for a worker that holds them under the token.
pub async fn claim(
    store: &Store,
    token: Uuid,
    limit: i64,
    full: &[String],
    lease: Duration,
    now: DateTime<Utc>,
) -> Result<Vec<Claimed>> {
    let mut tx = store.begin(Scope::System).await?;
    let claimed = store::outbox::claim(&mut tx, token, limit, full, now, now + lease).await?;
    tx.commit().await?;
    Ok(claimed)
}

/// Takes messages back from workers whose lease ran out; returns how many.
pub async fn rescue(store: &Store, now: DateTime<Utc>) -> Result<usize> {
    let mut tx = store.begin(Scope::System).await?;
    let lost = store::outbox::rescue(&mut tx, now).await?;
    let companies: BTreeSet<CompanyId> = lost.iter().map(|(company, _)| *company).collect();
    for company in companies {
        tell(&mut tx, company, "rescued").await?;
    }
    tx.commit().await?;
    Ok(lost.len())
}

/// Writes attempts of messages that are still held under the token; returns how many were.
pub async fn record(
    store: &Store,
    token: Uuid,
    done: &[Done],
    now: DateTime<Utc>,
) -> Result<usize> {
    let mut tx = store.begin(Scope::System).await?;
    let written = store::outbox::record(&mut tx, token, done, now).await?;
    let companies: BTreeSet<i64> = written.iter().map(|(company, _)| *company).collect();
    let died = done.iter().any(|done| done.verdict == Verdict::Dead);
    let what = if died { "died" } else { "attempted" };
    for company in companies {
        tell(&mut tx, CompanyId(company), what).await?;
    }
    tx.commit().await?;
    Ok(written.len())
}

/// Puts a dead message back into the queue, with all its attempts before it.
pub async fn retry(
    store: &Store,
    caller: &Caller,
    id: Uuid,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    settle(store, caller, id, reason, "MESSAGE_RETRIED", now).await
}

/// Gives a message up; what stood behind it goes on.
pub async fn discard(
    store: &Store,
    caller: &Caller,
    id: Uuid,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    settle(store, caller, id, reason, "MESSAGE_DISCARDED", now).await
}

async fn settle(
    store: &Store,
    caller: &Caller,
    id: Uuid,
    reason: &str,
    action: &'static str,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::ManageConnections)?;
    let reason = reason.trim();
    if !(3..=500).contains(&reason.chars().count()) {
        return Err(Error::Invalid(
            "Say why, in 3 to 500 characters.".to_owned(),
        ));
    }
    let before = store::outbox::get(store, caller, id).await?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let (company, by) = (caller.company_id, caller.name.as_str());
    let moved = match action {
        "MESSAGE_RETRIED" => store::outbox::retry(&mut tx, company, id, by, reason, now).await?,
        _ => store::outbox::discard(&mut tx, company, id, by, reason, now).await?,
    };
    if !moved {
        return Err(Error::Conflict(
            "This message is not waiting for a person any more.".to_owned(),
        ));
    }
    let message = &before.message;
    let facts = json!({
        "reason": reason,
        "event": message.event_type,
        "target": message.target,
        "before": message.state.as_str(),
        "attempts": message.attempts,
        "last_error": message.last_error,
    });
    audit::by_person(&mut tx, caller, action, &id.to_string(), facts, now).await?;
    tell(&mut tx, company, "settled").await?;
    Ok(tx.commit().await?)
}

async fn tell(tx: &mut Tx, company: CompanyId, what: &str) -> Result<()> {
    let topics = [Topic::Webhooks, Topic::Operations];
    Ok(store::live::publish(tx, company, None, &topics, what).await?)
}
