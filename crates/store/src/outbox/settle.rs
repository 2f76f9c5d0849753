//! A person's word on dead messages, and pruning.

use super::claim::is_free;
use crate::{Result, Scope, Store, Tx};
use chrono::{DateTime, Utc};
use domain::CompanyId;
use domain::outbox::{Cause, DeadFilter};
use domain::user::Caller;
use uuid::Uuid;

/// Who decided about messages, why and when.
#[derive(Debug, Clone, Copy)]
pub struct Word<'a> {
    /// Whose messages.
    pub company: CompanyId,
    /// A person's name.
    pub by: &'a str,
    /// Why.
    pub reason: &'a str,
    /// When.
    pub at: DateTime<Utc>,
}

/// Puts dead messages back into the queue with all their attempts before them; they keep their
/// order. A saga whose taking back is stuck goes on taking back, one that is taken back begins
/// anew. Returns how many were dead.
pub async fn retry(tx: &mut Tx, ids: &[Uuid], word: Word<'_>) -> Result<u64> {
    let moved = sqlx::query!(
        "update erp_outbox o
         set status = 'pending', attempts = 0, next_run_at = $5, settled_by = $3, settled_reason = $4, updated_at = $5,
             undoing = o.undoing and exists (
                 select from erp_outbox_steps s where s.message_id = o.id and s.state in ('accepted', 'unknown')),
             round = o.round + (o.undoing and not exists (
                 select from erp_outbox_steps s where s.message_id = o.id and s.state in ('accepted', 'unknown')))::int
         where o.company_id = $1 and o.id = any($2) and o.status = 'dead'",
        word.company.0,
        ids,
        word.by,
        word.reason,
        word.at,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "update erp_outbox_steps s set state = 'waiting', acceptance = null, changed_at = $3
         from erp_outbox o
         where o.id = s.message_id and o.company_id = $1 and o.id = any($2) and o.status = 'pending'
           and not o.undoing and s.state in ('refused', 'undone')",
        word.company.0,
        ids,
        word.at,
    )
    .execute(tx.conn())
    .await?;
    tx.queued();
    Ok(moved.rows_affected())
}

/// Lets a message that waits for its next attempt go at once; its attempts count on. False when it does not wait, or
/// a worker is at it.
pub async fn hasten(tx: &mut Tx, id: Uuid, word: Word<'_>) -> Result<bool> {
    if !is_free(tx, word.company, id).await? {
        return Ok(false);
    }
    let moved = sqlx::query!(
        "update erp_outbox
         set next_run_at = $5, settled_by = $3, settled_reason = $4, updated_at = $5
         where company_id = $1 and id = $2 and status = 'pending'",
        word.company.0,
        id,
        word.by,
        word.reason,
        word.at,
    )
    .execute(tx.conn())
    .await?;
    tx.queued();
    Ok(moved.rows_affected() == 1)
}

/// Dead messages that fit and the caller sees, oldest first.
pub async fn dead_ids(tx: &mut Tx, caller: &Caller, filter: &DeadFilter) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        "select o.id from erp_outbox o
         left join connections c on c.id = o.connection_id
         where o.company_id = $1 and o.status = 'dead'
           and (o.connection_id is null or c.warehouse_id = any($2))
           and ($3::text is null or o.cause = $3) and ($4::text is null or o.lane = $4)
           and ($5::text is null or o.event_type = $5)
         order by o.seq
         for update of o",
        caller.company_id.0,
        &caller.warehouse_ids(),
        filter.cause.map(Cause::as_str),
        filter.lane,
        filter.event_type,
    )
    .fetch_all(tx.conn())
    .await?)
}

/// Has the accepted steps of a saga taken back instead of giving it up half written. False when
/// there is nothing to take back, it is being taken back, or a worker is at it.
pub async fn take_back(tx: &mut Tx, id: Uuid, word: Word<'_>) -> Result<bool> {
    if !is_free(tx, word.company, id).await? {
        return Ok(false);
    }
    // The step it was at may be written.
    sqlx::query!(
        "update erp_outbox_steps s set state = 'unknown', changed_at = $3
         from erp_outbox o
         where o.company_id = $1 and o.id = $2 and o.status in ('dead', 'pending') and not o.undoing
           and o.outcome_unknown and s.message_id = o.id
           and s.step = (select min(w.step) from erp_outbox_steps w where w.message_id = o.id and w.state = 'waiting')",
        word.company.0,
        id,
        word.at,
    )
    .execute(tx.conn())
    .await?;
    let moved = sqlx::query!(
        "with last as (
             select connection_id from erp_outbox_steps
             where message_id = $2 and state in ('accepted', 'unknown')
             order by step desc
             limit 1)
         update erp_outbox o
         set undoing = true, status = 'pending', attempts = 0, outcome_unknown = false, next_run_at = $5,
             connection_id = last.connection_id, lane = message_lane(o.destination, o.endpoint_id, last.connection_id),
             settled_by = $3, settled_reason = $4, last_error = $4,
             cause = coalesce(o.cause, 'rejected'), updated_at = $5
         from last
         where o.company_id = $1 and o.id = $2 and o.status in ('dead', 'pending') and not o.undoing",
        word.company.0,
        id,
        word.by,
        word.reason,
        word.at,
    )
    .execute(tx.conn())
    .await?;
    tx.queued();
    Ok(moved.rows_affected() == 1)
}

/// Gives a message up that is dead, or waits for an endpoint that is switched off. What stood behind
/// it goes on. False when it is neither, or a worker is at it.
pub async fn discard(tx: &mut Tx, id: Uuid, word: Word<'_>) -> Result<bool> {
    if !is_free(tx, word.company, id).await? {
        return Ok(false);
    }
    let moved = sqlx::query!(
        "update erp_outbox
         set status = 'discarded', processed_at = $5, settled_by = $3, settled_reason = $4, updated_at = $5
         where company_id = $1 and id = $2 and status in ('dead', 'pending')",
        word.company.0,
        id,
        word.by,
        word.reason,
        word.at,
    )
    .execute(tx.conn())
    .await?;
    tx.queued();
    Ok(moved.rows_affected() == 1)
}

/// Messages that one transaction of pruning forgets: it is short, and its counts are few.
const PRUNED_AT_ONCE: i64 = 10_000;

/// Forgets what was accepted or given up before, the oldest first, with its attempts, and takes it out of
/// the counts; dead messages stay. Returns how many went.
pub async fn prune(store: &Store, before: DateTime<Utc>) -> Result<u64> {
    let mut gone = 0;
    loop {
        let step = prune_some(store, before).await?;
        gone += step;
        if step < PRUNED_AT_ONCE {
            return Ok(u64::try_from(gone).unwrap_or_default());
        }
    }
}

async fn prune_some(store: &Store, before: DateTime<Utc>) -> Result<i64> {
    let mut tx = store.begin(Scope::System).await?;
    let gone = sqlx::query_scalar!(
        r#"with gone as (
               delete from erp_outbox
               where id in (
                   select id from erp_outbox
                   where status in ('completed', 'discarded') and processed_at < $1
                   order by processed_at
                   limit $2
                   for update skip locked)
               returning id),
           attempts as (
               delete from erp_outbox_attempts a using gone where a.message_id = gone.id)
           select count(*) as "gone!" from gone"#,
        before,
        PRUNED_AT_ONCE,
    )
    .fetch_one(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(gone)
}
