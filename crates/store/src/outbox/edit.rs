//! A person's other payload for a dead message, or for a step of a dead saga.

use super::settle::Word;
use super::steps::{StepForWork, for_work};
use crate::{Result, Tx};
use domain::CompanyId;
use serde_json::Value;
use uuid::Uuid;

/// Gives a dead message another payload, keeps the one it was queued with and its hash, so that the
/// same request is still the same message, and puts it back into the queue. It begins a round: what an
/// attempt before may have written is not taken for it. A result of the floor begins none, since it is
/// written once and what the upstream holds instead is told. False when it is not dead, or a saga of
/// several steps.
pub async fn edit(tx: &mut Tx, id: Uuid, payload: &Value, word: Word<'_>) -> Result<bool> {
    let moved = sqlx::query!(
        "update erp_outbox
         set original_payload = coalesce(original_payload, payload), payload = $3, status = 'pending',
             round = round + (event_type <> 'document.result')::int,
             attempts = 0, next_run_at = $6, settled_by = $4, settled_reason = $5, updated_at = $6
         where company_id = $1 and id = $2 and status = 'dead' and event_type <> 'saga'",
        word.company.0,
        id,
        payload,
        word.by,
        word.reason,
        word.at,
    )
    .execute(tx.conn())
    .await?;
    tx.queued();
    Ok(moved.rows_affected() == 1)
}

/// A saga of several steps that is dead.
#[derive(Debug, Clone)]
pub struct DeadSaga {
    /// Steps that were accepted are being taken back, or all of them are.
    pub undoing: bool,
    /// The step it is at may have been written all the same.
    pub outcome_unknown: bool,
    /// Its steps, in their order.
    pub steps: Vec<StepForWork>,
}

/// A dead saga as it stays until the transaction ends; none when it is not dead any more.
pub async fn dead_saga(tx: &mut Tx, company: CompanyId, id: Uuid) -> Result<Option<DeadSaga>> {
    let saga = sqlx::query!(
        "select undoing, outcome_unknown from erp_outbox
         where company_id = $1 and id = $2 and status = 'dead' and event_type = 'saga'
         for update",
        company.0,
        id,
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(saga) = saga else {
        return Ok(None);
    };
    Ok(Some(DeadSaga {
        undoing: saga.undoing,
        outcome_unknown: saga.outcome_unknown,
        steps: for_work(tx, company, id).await?,
    }))
}

/// Gives a step of a dead saga another payload, keeps the one it was queued with, and puts the saga back into the
/// queue. The step begins a round of its own, as an edited message does, so that those that are accepted keep the
/// references they were written under; a saga that is taken back begins anew. Whoever calls this has seen that the
/// step does not stand in the other system. False when the saga is not dead or has no such step.
pub async fn edit_step(
    tx: &mut Tx,
    id: Uuid,
    step: i16,
    payload: &Value,
    word: Word<'_>,
) -> Result<bool> {
    let edited = sqlx::query!(
        "update erp_outbox_steps s
         set original_payload = coalesce(s.original_payload, s.payload), payload = $4,
             round = s.round + (s.event_type <> 'document.result')::int
         from erp_outbox o
         where o.company_id = $1 and o.id = $2 and o.status = 'dead' and o.event_type = 'saga'
           and s.message_id = o.id and s.step = $3",
        word.company.0,
        id,
        step,
        payload,
    )
    .execute(tx.conn())
    .await?;
    if edited.rows_affected() != 1 {
        return Ok(false);
    }
    sqlx::query!(
        "update erp_outbox_steps set state = 'waiting', acceptance = null, changed_at = $3
         where company_id = $1 and message_id = $2 and state in ('refused', 'undone')",
        word.company.0,
        id,
        word.at,
    )
    .execute(tx.conn())
    .await?;
    let moved = sqlx::query!(
        "update erp_outbox
         set original_payload = coalesce(original_payload, payload),
             payload = jsonb_set(payload, array['steps', ($3::smallint - 1)::text, 'payload'], $4),
             status = 'pending', round = round + undoing::int, undoing = false, outcome_unknown = false,
             attempts = 0, next_run_at = $7, settled_by = $5, settled_reason = $6, updated_at = $7
         where company_id = $1 and id = $2 and status = 'dead'",
        word.company.0,
        id,
        step,
        payload,
        word.by,
        word.reason,
        word.at,
    )
    .execute(tx.conn())
    .await?;
    tx.queued();
    Ok(moved.rows_affected() == 1)
}
