//! Commands to ERPs that people and programs ask for: one, or several that succeed together or are
//! taken back.

use crate::{Error, Result, audit, outbox, require};
use chrono::{DateTime, Utc};
use domain::ConnectionId;
use domain::delivery::DeliverySettings;
use domain::outbox::SAGA;
use domain::permission::Permission;
use domain::push::{Push, PushError, PushKind};
use domain::user::Caller;
use serde_json::{Value, json};
use store::outbox::{NewMessage, NewStep, Target};
use store::{Scope, Store, Tx};
use uuid::Uuid;

/// Most steps of a saga.
pub const MOST_STEPS: usize = 50;
/// Most characters of an idempotency key: as many as its column holds.
const LONGEST_KEY: usize = 128;

/// A command to one account.
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    /// What it does.
    pub event_type: String,
    /// Where.
    pub connection: ConnectionId,
    /// What is written; read by [`Push::read`] and judged by [`Push::check`].
    pub payload: Value,
}

/// Queues commands under a key of the caller's choice and returns the message that carries them.
/// The same key with the same commands is the same message; with others it is a conflict. Several
/// commands run in their order; when one is refused for good, those before it are taken back, the
/// last one first.
///
/// # Errors
/// `Invalid` names the field of a command that cannot be written, `Conflict` a key in use.
pub async fn start(
    store: &Store,
    caller: &Caller,
    key: &str,
    commands: &[Command],
    now: DateTime<Utc>,
) -> Result<Uuid> {
    require(caller, Permission::ManageConnections)?;
    check_key(key)?;
    let pushes = read(commands)?;
    let (Some(first), Some(about)) = (commands.first(), pushes.first()) else {
        return Err(Error::Invalid("Name at least one command.".to_owned()));
    };
    let mut tx = store.begin(Scope::from(caller)).await?;
    let mut accounts = Vec::with_capacity(commands.len());
    for command in commands {
        accounts.push(account(&mut tx, caller, command.connection).await?);
    }
    let max_attempts = accounts
        .first()
        .map(|(_, treated)| treated.retry_policy.max_attempts);
    let message = message(key, commands, first, about, max_attempts.unwrap_or(1));
    // What was taken once is answered the same, whatever its account takes by now.
    if let Some(id) = outbox::known(&mut tx, caller.company_id, &message).await? {
        return Ok(id);
    }
    for (at, (push, (kinds, treated))) in pushes.iter().zip(&accounts).enumerate() {
        check_kind(kinds, commands[at].connection, push.kind())?;
        if treated.features.validation {
            push.check()
                .map_err(|error| misfit(at, commands.len(), &error))?;
        }
    }
    // Another one of the same key may have been on its way.
    let (id, added) = outbox::enqueue_one(&mut tx, caller.company_id, &message, now).await?;
    if !added {
        return Ok(id);
    }
    if commands.len() > 1 {
        add_steps(&mut tx, caller, id, commands, now).await?;
    }
    let summary = match commands.len() {
        1 => about.summary(),
        many => format!("{many} steps"),
    };
    let facts = json!({ "event": first.event_type, "key": key, "message": id });
    audit::by_person(&mut tx, caller, "SAGA_REQUESTED", &summary, facts, now).await?;
    outbox::tell(&mut tx, caller.company_id, "requested").await?;
    tx.commit().await?;
    Ok(id)
}

fn check_key(key: &str) -> Result<()> {
    let length = key.chars().count();
    if (1..=LONGEST_KEY).contains(&length) && !key.trim().is_empty() {
        return Ok(());
    }
    Err(Error::Invalid(format!(
        "The idempotency_key has 1 to {LONGEST_KEY} characters, for example recipe-RECIPE-001-1.0."
    )))
}

fn read(commands: &[Command]) -> Result<Vec<Push>> {
    if commands.len() > MOST_STEPS {
        return Err(Error::Invalid(format!(
            "A saga has at most {MOST_STEPS} steps."
        )));
    }
    let read = |(at, command): (usize, &Command)| {
        Push::read(&command.event_type, &command.payload)
            .map_err(|error| misfit(at, commands.len(), &error))
    };
    commands.iter().enumerate().map(read).collect()
}

/// What is wrong with a command, and with which of several.
fn misfit(at: usize, of: usize, error: &PushError) -> Error {
    match of {
        1 => Error::Invalid(error.to_string()),
        _ => Error::Invalid(format!("steps[{at}]: {error}")),
    }
}

/// What the account's connector writes, and how the account is treated.
pub(crate) async fn account(
    tx: &mut Tx,
    caller: &Caller,
    id: ConnectionId,
) -> Result<(Vec<String>, DeliverySettings)> {
    let found = store::erp::account(tx, caller, id).await;
    found.map_err(|error| match error {
        store::Error::Inconsistent {
            column: "delivery", ..
        } => {
            let text = "The connection's delivery settings cannot be read: set them again.";
            Error::Conflict(text.to_owned())
        }
        error => error.into(),
    })
}

/// Whether the account's connector writes this kind.
fn check_kind(kinds: &[String], connection: ConnectionId, kind: PushKind) -> Result<()> {
    if kinds.iter().any(|known| known == kind.as_str()) {
        return Ok(());
    }
    Err(Error::Invalid(format!(
        "The connection {connection} does not write '{}'. Test the connection once, so that Crossdock learns what it can; else choose another.",
        kind.as_str()
    )))
}

fn message(
    key: &str,
    commands: &[Command],
    first: &Command,
    about: &Push,
    max_attempts: i16,
) -> NewMessage {
    let target = first.connection;
    let (event_type, payload, aggregate_key) = match commands {
        [_] => (
            first.event_type.clone(),
            first.payload.clone(),
            format!("connection:{target}:{}", about.aggregate_key()),
        ),
        _ => {
            let steps: Vec<Value> = commands.iter().map(step).collect();
            let payload = json!({ "steps": steps });
            (SAGA.to_owned(), payload, format!("saga:{key}"))
        }
    };
    NewMessage {
        idempotency_key: key.to_owned(),
        payload_hash: outbox::payload_hash(&event_type, &target.to_string(), &payload),
        event_type,
        target: Target::Connection(target),
        aggregate_key,
        payload,
        max_attempts,
        correlation_id: None,
        document: None,
    }
}

fn step(command: &Command) -> Value {
    json!({
        "event_type": command.event_type,
        "connection_id": command.connection,
        "payload": command.payload,
    })
}

async fn add_steps(
    tx: &mut Tx,
    caller: &Caller,
    id: Uuid,
    commands: &[Command],
    now: DateTime<Utc>,
) -> Result<()> {
    let steps: Vec<NewStep> = commands
        .iter()
        .map(|command| NewStep {
            event_type: command.event_type.clone(),
            connection: command.connection,
            payload: command.payload.clone(),
        })
        .collect();
    Ok(store::outbox::add_steps(tx, caller.company_id, id, &steps, now).await?)
}

/// The account that a command of a kind goes to: the one that is named, else the one its key went to before, else
/// the only one of the caller's sites that writes them.
///
/// # Errors
/// `Invalid` says to name one when there is none or there are several.
pub async fn account_for(
    store: &Store,
    caller: &Caller,
    key: &str,
    named: Option<ConnectionId>,
    kind: PushKind,
) -> Result<ConnectionId> {
    if let Some(named) = named {
        return Ok(named);
    }
    if let Some(before) = store::erp::account_of_key(store, caller, key).await? {
        return Ok(before);
    }
    match store::erp::only_account(store, caller, kind.as_str()).await?[..] {
        [only] => Ok(only),
        [] => Err(Error::Invalid(format!(
            "No connection of your sites writes '{}': set one up and test it.",
            kind.as_str()
        ))),
        _ => Err(Error::Invalid(
            "Several connections write this: name one as connection_id.".to_owned(),
        )),
    }
}
