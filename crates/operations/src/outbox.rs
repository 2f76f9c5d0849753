//! What has to reach other systems. Messages are queued only inside the transaction of the change
//! that caused them, are claimed with a lease, and what came of them is written fenced by it.

mod edit;

pub use edit::edit;

use crate::{Error, Result, audit, require, write_back};
use chrono::{DateTime, Utc};
use domain::live::Topic;
use domain::outbox::{DeadFilter, MessageDetail};
use domain::permission::Permission;
use domain::user::Caller;
use domain::{CompanyId, ConnectionId};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Duration;
use store::outbox::{Claimed, Done, Marks, NewMessage, Room, Verdict, Word};
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
                return Err(reused(&key));
            }
            known.insert(key, id);
        }
    }
    let ids = messages
        .iter()
        .filter_map(|m| known.get(&m.idempotency_key));
    Ok(ids.copied().collect())
}

/// Queues a message like [`enqueue`], and says whether it was added: false when it was queued under its key already.
///
/// # Errors
/// `Conflict` when its content is another.
pub(crate) async fn enqueue_one(
    tx: &mut Tx,
    company: CompanyId,
    message: &NewMessage,
    now: DateTime<Utc>,
) -> Result<(Uuid, bool)> {
    let one = std::slice::from_ref(message);
    let added = store::outbox::enqueue(tx, company, one, now).await?;
    if let Some((_, id)) = added.first() {
        return Ok((*id, true));
    }
    let known = known(tx, company, message).await?;
    known
        .map(|id| (id, false))
        .ok_or(Error::NotFound("message"))
}

/// The message that was queued under the same key, if one was.
///
/// # Errors
/// `Conflict` when its content is another.
pub(crate) async fn known(
    tx: &mut Tx,
    company: CompanyId,
    message: &NewMessage,
) -> Result<Option<Uuid>> {
    let key = &message.idempotency_key;
    let stored = store::outbox::stored_hashes(tx, company, std::slice::from_ref(key)).await?;
    match stored.first() {
        Some((_, id, hash)) if message.payload_hash == *hash => Ok(Some(*id)),
        Some(_) => Err(reused(key)),
        None => Ok(None),
    }
}

fn reused(key: &str) -> Error {
    Error::Conflict(format!(
        "The key {key} was used for a message with another content."
    ))
}

/// Takes what is due, at most `limit` messages and of each lane what it has room for, for a worker
/// that holds them under the token. Leases before `since` are known to be gone.
pub async fn claim(
    store: &Store,
    token: Uuid,
    limit: i64,
    rooms: &[Room],
    since: i64,
    lease: Duration,
    now: DateTime<Utc>,
) -> Result<Vec<Claimed>> {
    let mut tx = store.begin(Scope::System).await?;
    let until = now + lease;
    let claimed = store::outbox::claim(&mut tx, token, limit, rooms, since, now, until).await?;
    tx.commit().await?;
    Ok(claimed)
}

/// Keeps a message, and what was taken with it for the same system, a while longer for the worker that
/// holds it. False when another one has it.
pub async fn renew(
    store: &Store,
    message: &Claimed,
    lease: Duration,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut tx = store.begin(Scope::System).await?;
    let kept = store::outbox::renew(&mut tx, message, now + lease).await?;
    tx.commit().await?;
    Ok(kept)
}

/// Where the messages of each system begin, at the latest at `latest`; where that is known, nothing before
/// it is looked at.
pub async fn marks(store: &Store, known: &Marks, latest: DateTime<Utc>) -> Result<Marks> {
    let mut tx = store.begin(Scope::System).await?;
    Ok(store::outbox::marks(&mut tx, known, latest).await?)
}

/// The tokens under which messages are held by workers whose session ended. Leases before `since` are
/// known to be gone.
pub async fn abandoned(store: &Store, since: i64) -> Result<Vec<Uuid>> {
    let mut tx = store.begin(Scope::System).await?;
    Ok(store::outbox::abandoned(&mut tx, since).await?)
}

/// Takes messages back from workers whose lease ran out, and what is held under the tokens of
/// `gone` and goes to no account; returns how many. Leases before `since` are known to be gone.
pub async fn rescue(store: &Store, gone: &[Uuid], since: i64, now: DateTime<Utc>) -> Result<usize> {
    let mut tx = store.begin(Scope::System).await?;
    let lost = store::outbox::rescue(&mut tx, gone, since, now).await?;
    let companies: BTreeSet<CompanyId> = lost.iter().map(|lost| lost.company_id).collect();
    for gone in lost.iter().filter(|lost| lost.dead) {
        if let Some(document) = gone.document {
            write_back::lost(&mut tx, gone.company_id, document, gone.id, now).await?;
        }
    }
    for company in companies {
        tell(&mut tx, company, "rescued").await?;
    }
    tx.commit().await?;
    Ok(lost.len())
}

/// Writes attempts of messages that are still held under their tokens; returns how many were.
pub async fn record(store: &Store, done: &[Done], now: DateTime<Utc>) -> Result<usize> {
    let mut tx = store.begin(Scope::System).await?;
    let written = store::outbox::record(&mut tx, done, now).await?;
    if written.iter().any(|one| one.document.is_some()) {
        write_back::attempted(&mut tx, &written, done, now).await?;
    }
    let companies: BTreeSet<CompanyId> = written.iter().map(|one| one.company_id).collect();
    let died = done.iter().any(|done| done.verdict == Verdict::Dead);
    let what = if died { "died" } else { "attempted" };
    for company in companies {
        tell(&mut tx, company, what).await?;
    }
    tx.commit().await?;
    let delivered: HashSet<Uuid> = done
        .iter()
        .filter(|done| matches!(done.verdict, Verdict::Delivered(_)))
        .map(|done| done.id)
        .collect();
    let took = written
        .iter()
        .filter(|one| delivered.contains(&one.id))
        .filter_map(|one| one.connection);
    let took: BTreeSet<ConnectionId> = took.collect();
    // By itself: an account's row is not held while messages and documents are, and what came of the
    // messages is kept whatever becomes of this.
    if !took.is_empty()
        && let Err(error) = store::connections::took_messages(store, took, now).await
    {
        tracing::warn!(%error, "the good call of a connection could not be noted");
    }
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
    let settling = Settling::of(store, caller, id, reason, now).await?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let moved = store::outbox::retry(&mut tx, &[id], settling.word()).await?;
    settling.finish(tx, moved == 1, "MESSAGE_RETRIED").await
}

/// Lets a message that waits for its next attempt go now.
pub async fn hasten(
    store: &Store,
    caller: &Caller,
    id: Uuid,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let settling = Settling::of(store, caller, id, reason, now).await?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let moved = store::outbox::hasten(&mut tx, id, settling.word()).await?;
    settling.finish(tx, moved, "MESSAGE_HASTENED").await
}

/// Gives a message up; what stood behind it goes on. A saga of which steps are written is taken back
/// first: it is dead again then, and can be given up.
pub async fn discard(
    store: &Store,
    caller: &Caller,
    id: Uuid,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let settling = Settling::of(store, caller, id, reason, now).await?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    if store::outbox::take_back(&mut tx, id, settling.word()).await? {
        return settling.finish(tx, true, "SAGA_TAKEN_BACK").await;
    }
    let moved = store::outbox::discard(&mut tx, id, settling.word()).await?;
    settling.finish(tx, moved, "MESSAGE_DISCARDED").await
}

/// Puts all dead messages that fit back into the queue, in their order; returns how many. `seen` is
/// how many the person was shown: when there are more by now, nothing happens.
pub async fn retry_all(
    store: &Store,
    caller: &Caller,
    filter: &DeadFilter,
    seen: Option<i64>,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<u64> {
    require(caller, Permission::ManageConnections)?;
    let reason = said(reason)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let ids = store::outbox::dead_ids(&mut tx, caller, filter).await?;
    let count = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    if seen.is_some_and(|seen| seen < count) {
        return Err(Error::Conflict(format!(
            "There are {count} of them by now: look again before all are sent."
        )));
    }
    let word = Word {
        company: caller.company_id,
        by: &caller.name,
        reason,
        at: now,
    };
    let moved = store::outbox::retry(&mut tx, &ids, word).await?;
    let subject = filter.lane.as_deref().unwrap_or("all systems");
    let facts = json!({
        "reason": reason,
        "cause": filter.cause,
        "event": filter.event_type,
        "messages": moved,
    });
    audit::by_person(&mut tx, caller, "MESSAGES_RETRIED", subject, facts, now).await?;
    tell(&mut tx, caller.company_id, "settled").await?;
    tx.commit().await?;
    Ok(moved)
}

/// A person's word about one message: a lead's about the result of a document of theirs, about any other that of
/// who manages connections.
struct Settling<'a> {
    caller: &'a Caller,
    id: Uuid,
    reason: &'a str,
    now: DateTime<Utc>,
    before: MessageDetail,
}

impl<'a> Settling<'a> {
    async fn of(
        store: &Store,
        caller: &'a Caller,
        id: Uuid,
        reason: &'a str,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        require(caller, Permission::AssignTasks)?;
        let reason = said(reason)?;
        let before = store::outbox::get(store, caller, id).await?;
        if !store::outbox::carries_result(store, caller, id).await? {
            require(caller, Permission::ManageConnections)?;
        }
        Ok(Self {
            caller,
            id,
            reason,
            now,
            before,
        })
    }

    fn word(&self) -> Word<'_> {
        Word {
            company: self.caller.company_id,
            by: &self.caller.name,
            reason: self.reason,
            at: self.now,
        }
    }

    async fn finish(&self, tx: Tx, moved: bool, action: &'static str) -> Result<()> {
        self.finish_telling(tx, moved, action, Map::new()).await
    }

    /// The same with more facts for the audit.
    async fn finish_telling(
        &self,
        mut tx: Tx,
        moved: bool,
        action: &'static str,
        more: Map<String, Value>,
    ) -> Result<()> {
        if !moved {
            return Err(Error::Conflict(
                "This message is not waiting for a person any more.".to_owned(),
            ));
        }
        let message = &self.before.message;
        let mut facts = json!({
            "reason": self.reason,
            "event": message.event_type,
            "target": message.target,
            "before": message.state.as_str(),
            "attempts": message.attempts,
            "last_error": message.last_error,
        });
        for (name, fact) in more {
            facts[name] = fact;
        }
        let (caller, subject) = (self.caller, self.id.to_string());
        audit::by_person(&mut tx, caller, action, &subject, facts, self.now).await?;
        if let Some((document, text)) = message.document_id.zip(self.sentence(action)) {
            let about = (document, self.id);
            write_back::decided(&mut tx, caller, about, text, self.now).await?;
        }
        tell(&mut tx, caller.company_id, "settled").await?;
        Ok(tx.commit().await?)
    }

    /// What the timeline of a document says of it.
    fn sentence(&self, action: &str) -> Option<String> {
        let reason = self.reason;
        match action {
            "MESSAGE_RETRIED" => Some(format!("The result is tried again: {reason}")),
            "MESSAGE_HASTENED" => Some(format!("The result is tried at once: {reason}")),
            "MESSAGE_EDITED" => Some(format!("The result was corrected: {reason}")),
            "MESSAGE_DISCARDED" => Some(format!("The result was discarded: {reason}")),
            _ => None,
        }
    }
}

fn said(reason: &str) -> Result<&str> {
    let reason = reason.trim();
    if !(3..=500).contains(&reason.chars().count()) {
        return Err(Error::Invalid(
            "Say why, in 3 to 500 characters.".to_owned(),
        ));
    }
    Ok(reason)
}

pub(crate) async fn tell(tx: &mut Tx, company: CompanyId, what: &str) -> Result<()> {
    let topics = [Topic::Webhooks, Topic::Operations];
    Ok(store::live::publish(tx, company, None, &topics, what).await?)
}
