//! Trying a message out at a test system, before it is sent again where it counts.
//!
//! The copy is a message like any other, and carries the result of no document: so its end moves no document,
//! timeline or saga. It is tried once, and is over when it was not taken.

use crate::{Error, Result, audit, outbox, require, sagas};
use chrono::{DateTime, Utc};
use domain::ConnectionId;
use domain::delivery::DeliverySettings;
use domain::outbox::{MessageDetail, SAGA};
use domain::permission::Permission;
use domain::push::Push;
use domain::user::Caller;
use serde_json::{Value, json};
use store::outbox::{NewMessage, Target};
use store::{Scope, Store, Tx};
use uuid::Uuid;

/// Queues a copy of a message for a test system of the kind that the message goes to, with another payload if one
/// is given; returns the copy. The message itself stays as it is.
///
/// # Errors
/// `Conflict` for what is no single command to an ERP, `Invalid` for a connection that is no test system of its
/// kind, and for a payload that cannot be written.
pub async fn rehearse(
    store: &Store,
    caller: &Caller,
    id: Uuid,
    target: ConnectionId,
    payload: Option<&Value>,
    now: DateTime<Utc>,
) -> Result<Uuid> {
    require(caller, Permission::ManageConnections)?;
    let original = store::outbox::get(store, caller, id).await?;
    let message = &original.message;
    let single = message.connection_id.filter(|_| message.event_type != SAGA);
    let Some(source) = single else {
        let text = "Only a single command to an ERP can be tried at a test system.";
        return Err(Error::Conflict(text.to_owned()));
    };
    let mut tx = store.begin(Scope::from(caller)).await?;
    let (_, delivery) = sagas::account(&mut tx, caller, target).await?;
    let name = check_target(&mut tx, source, target, &delivery).await?;
    let told = told(&original, payload, &delivery)?;
    let edited_from = (*told != original.payload).then_some(&original.payload);
    // A copy of a copy is one of what that was made of.
    let root = message.rehearsal_of.unwrap_or(id);
    let copies = [copy(&original, root, target, told, now)];
    let queued = outbox::enqueue(&mut tx, caller.company_id, &copies, now).await?;
    let queued = queued.first().copied();
    let queued = queued.ok_or(Error::NotFound("message"))?;
    store::outbox::mark_rehearsal(&mut tx, queued, root, edited_from).await?;
    let facts = json!({
        "event": message.event_type,
        "target": name,
        "copy": queued,
        "edited": edited_from.is_some(),
    });
    let subject = id.to_string();
    audit::by_person(&mut tx, caller, "MESSAGE_REHEARSED", &subject, facts, now).await?;
    outbox::tell(&mut tx, caller.company_id, "requested").await?;
    tx.commit().await?;
    Ok(queued)
}

/// Whether the account is a test system of the kind of the other; returns its name.
async fn check_target(
    tx: &mut Tx,
    source: ConnectionId,
    target: ConnectionId,
    delivery: &DeliverySettings,
) -> Result<String> {
    let kind = store::connections::for_work(tx, source).await?.kind;
    let there = store::connections::for_work(tx, target).await?;
    let name = there.name;
    if !delivery.test_system {
        return Err(Error::Invalid(format!(
            "{name} is no test system: say in its settings that it is one, or choose another."
        )));
    }
    if there.kind != kind {
        return Err(Error::Invalid(format!(
            "{name} is another kind of system: choose a test system of the kind '{kind}'."
        )));
    }
    Ok(name)
}

/// What the copy says. What a person changed has to be what can be written.
fn told<'a>(
    original: &'a MessageDetail,
    wanted: Option<&'a Value>,
    delivery: &DeliverySettings,
) -> Result<&'a Value> {
    let event = original.message.event_type.as_str();
    let wanted = wanted.map(|wanted| domain::erp::alone(event, wanted));
    let Some(changed) = wanted.filter(|wanted| **wanted != original.payload) else {
        return Ok(&original.payload);
    };
    let judged = if delivery.features.validation {
        Push::parse
    } else {
        Push::read
    };
    judged(event, changed).map_err(|error| Error::Invalid(error.to_string()))?;
    Ok(changed)
}

/// Under keys of its own: it waits for nothing and nothing waits for it.
fn copy(
    original: &MessageDetail,
    root: Uuid,
    target: ConnectionId,
    told: &Value,
    now: DateTime<Utc>,
) -> NewMessage {
    let message = &original.message;
    let key = format!("rehearsal:{root}:{target}:{}", now.timestamp_millis());
    let subject = message.subject.as_ref();
    let about = subject.map_or("", |subject| subject.name.as_str());
    NewMessage {
        aggregate_key: format!("connection:{target}:{about}:{key}"),
        payload_hash: outbox::payload_hash(&message.event_type, &target.to_string(), told),
        idempotency_key: key,
        event_type: message.event_type.clone(),
        target: Target::Connection(target),
        payload: told.clone(),
        max_attempts: 1,
        correlation_id: None,
        document: None,
    }
}
