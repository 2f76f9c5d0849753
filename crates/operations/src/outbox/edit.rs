//! A dead command, or a step of a dead saga, is given another payload, and goes again.

use super::Settling;
use crate::{Error, Result, require, sagas};
use chrono::{DateTime, Utc};
use domain::ConnectionId;
use domain::outbox::{FixedStep, SAGA, StepState, step_to_edit};
use domain::permission::Permission;
use domain::push::Push;
use domain::user::Caller;
use serde_json::{Map, Value, json};
use store::outbox::StepForWork;
use store::{Scope, Store, Tx};
use uuid::Uuid;

const EDITED: &str = "MESSAGE_EDITED";

/// Gives a dead message that goes to an account another payload, by the rules of what is written,
/// and puts it back into the queue. Of a saga of several steps it is that of the step, or of the one
/// at which it stands. What was queued first is kept.
pub async fn edit(
    store: &Store,
    caller: &Caller,
    id: Uuid,
    step: Option<i16>,
    payload: &Value,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::ManageConnections)?;
    let settling = Settling::of(store, caller, id, reason, now).await?;
    let tx = store.begin(Scope::from(caller)).await?;
    if settling.before.message.event_type == SAGA {
        return edit_step(&settling, tx, step, payload).await;
    }
    if step.is_some() {
        let text = "This command has no steps: leave step out.";
        return Err(Error::Invalid(text.to_owned()));
    }
    edit_command(&settling, tx, payload).await
}

async fn edit_command(settling: &Settling<'_>, mut tx: Tx, payload: &Value) -> Result<()> {
    let (message, before) = (&settling.before.message, &settling.before.payload);
    let Some(account) = message.connection_id else {
        let text = "Only a command to an ERP can be edited.";
        return Err(Error::Conflict(text.to_owned()));
    };
    let was = Was {
        account,
        event: &message.event_type,
        payload: before,
    };
    let payload = was.replaced(&mut tx, settling.caller, payload).await?;
    let moved = store::outbox::edit(&mut tx, settling.id, payload, settling.word()).await?;
    let facts = Map::from_iter([("payload_before".to_owned(), before.clone())]);
    settling.finish_telling(tx, moved, EDITED, facts).await
}

async fn edit_step(
    settling: &Settling<'_>,
    mut tx: Tx,
    wanted: Option<i16>,
    payload: &Value,
) -> Result<()> {
    let (caller, id) = (settling.caller, settling.id);
    let Some(saga) = store::outbox::dead_saga(&mut tx, caller.company_id, id).await? else {
        return settling.finish(tx, false, EDITED).await;
    };
    let states: Vec<StepState> = saga.steps.iter().map(|step| step.state).collect();
    let number = step_to_edit(&states, saga.undoing, saga.outcome_unknown, wanted)
        .map_err(|fixed| refused(fixed, &saga.steps))?;
    let step = saga.steps.iter().find(|step| step.step == number);
    let step = step.ok_or_else(|| refused(FixedStep::Missing(number), &saga.steps))?;
    let was = Was {
        account: step.connection,
        event: &step.event_type,
        payload: &step.payload,
    };
    let payload = was.replaced(&mut tx, caller, payload).await?;
    let moved = store::outbox::edit_step(&mut tx, id, number, payload, settling.word()).await?;
    let facts = Map::from_iter([
        ("step".to_owned(), json!(number)),
        ("event".to_owned(), json!(step.event_type)),
        ("payload_before".to_owned(), step.payload.clone()),
    ]);
    settling.finish_telling(tx, moved, EDITED, facts).await
}

/// What another payload takes the place of.
struct Was<'a> {
    account: ConnectionId,
    event: &'a str,
    payload: &'a Value,
}

impl Was<'_> {
    /// The payload by itself, when it may be written there instead: about the same thing, and judged by its rules
    /// where the account has it so.
    async fn replaced<'p>(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        payload: &'p Value,
    ) -> Result<&'p Value> {
        let (_, delivery) = sagas::account(tx, caller, self.account).await?;
        let judged = if delivery.features.validation {
            Push::parse
        } else {
            Push::read
        };
        let payload = domain::erp::alone(self.event, payload);
        let push =
            judged(self.event, payload).map_err(|error| Error::Invalid(error.to_string()))?;
        let same_place = Push::parse(self.event, self.payload).map_or(true, |before| {
            before.aggregate_key() == push.aggregate_key()
        });
        if !same_place {
            let text = "It would be about something else: discard it and ask for the other one.";
            return Err(Error::Invalid(text.to_owned()));
        }
        Ok(payload)
    }
}

/// Why a step stays as it is, with what to do instead.
fn refused(fixed: FixedStep, steps: &[StepForWork]) -> Error {
    match fixed {
        FixedStep::Missing(step) => {
            let count = steps.len();
            Error::Invalid(format!(
                "The saga has no step {step}: name one from 1 to {count}."
            ))
        }
        FixedStep::Unnamed => Error::Invalid(
            "All of the saga is taken back: name the step that is edited.".to_owned(),
        ),
        FixedStep::TakingBack => Error::Conflict(
            "The saga is being taken back: try again until nothing of it is left in the ERP, then edit it. What the ERP cannot take back has to be corrected there by hand; discard the saga then, which is final.".to_owned(),
        ),
        FixedStep::Accepted(step) => Error::Conflict(format!(
            "Step {step} is accepted and stands in the ERP: discard the saga, which takes it back where the ERP can do that, then edit it."
        )),
        FixedStep::InDoubt(step) => Error::Conflict(format!(
            "Step {step} may have been written: look in the ERP first. If it is not there, try the saga again; if it is, discard the saga, which takes it back where the ERP can do that, then edit it."
        )),
        FixedStep::Elsewhere(here) => {
            Error::Conflict(format!("The saga stands at step {here}: edit that one."))
        }
    }
}
