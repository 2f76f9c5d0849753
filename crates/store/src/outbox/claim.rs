//! Taking messages with a lease, and taking them back from workers that are gone.

use super::Target;
use crate::{Error, Result, Tx};
use chrono::{DateTime, Utc};
use domain::{CompanyId, ConnectionId, DocumentId, WebhookId};
use serde_json::Value;
use uuid::Uuid;

/// A message held by a worker.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Identity.
    pub id: Uuid,
    /// Tenant.
    pub company_id: CompanyId,
    /// What it tells.
    pub event_type: String,
    /// Where it goes.
    pub target: Target,
    /// The one system it goes to.
    pub lane: String,
    /// What is told.
    pub payload: Value,
    /// What caused it.
    pub correlation_id: String,
    /// Failed attempts so far.
    pub attempts: i32,
    /// With so many it is dead.
    pub max_attempts: i16,
    /// An earlier attempt may have been accepted.
    pub outcome_unknown: bool,
    /// Steps that were accepted are being taken back.
    pub undoing: bool,
    /// How often the saga was begun anew.
    pub round: i16,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
}

/// Takes what is due: at most `limit`, nothing that goes to a lane of `full`, nothing that stands
/// behind an earlier message of its key. An account that takes one message at a time gets the first
/// that is due, and only while none is on its way; what another node is just taking still counts as
/// waiting here, so that two nodes do not take two.
pub async fn claim(
    tx: &mut Tx,
    token: Uuid,
    limit: i64,
    full: &[String],
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
) -> Result<Vec<Claimed>> {
    let rows = sqlx::query!(
        r#"with single as materialized (select id from connections where one_at_a_time),
           due as materialized (
               select o.id from erp_outbox o
               where o.status = 'pending' and o.next_run_at <= $1 and not o.lane = any($2)
                 and not exists (
                     select from erp_outbox earlier
                     where earlier.company_id = o.company_id and earlier.aggregate_key = o.aggregate_key
                       and earlier.seq < o.seq and earlier.status in ('pending', 'in_progress', 'dead'))
                 and not exists (select from webhook_endpoints e where e.id = o.endpoint_id and not e.active)
                 and (o.connection_id is null or o.connection_id not in (select id from single) or (
                     not exists (
                         select from erp_outbox busy
                         where busy.connection_id = o.connection_id and busy.status = 'in_progress')
                     and not exists (
                         select from erp_outbox ahead
                         where ahead.connection_id = o.connection_id and ahead.status = 'pending'
                           and ahead.next_run_at <= $1 and ahead.seq < o.seq
                           and not exists (
                               select from erp_outbox held
                               where held.company_id = ahead.company_id and held.aggregate_key = ahead.aggregate_key
                                 and held.seq < ahead.seq and held.status in ('pending', 'in_progress', 'dead')))))
               order by o.next_run_at, o.seq
               limit $3
               for update skip locked)
           update erp_outbox o
           set status = 'in_progress', lease_token = $4, lease_until = $5, processing_started_at = $1, updated_at = $1
           from due
           where o.id = due.id
           returning o.id, o.company_id, o.event_type, o.destination, o.endpoint_id, o.connection_id, o.lane as "lane!",
                     o.payload, o.correlation_id, o.attempts, o.max_attempts, o.outcome_unknown, o.undoing, o.round,
                     o.created_at, o.seq"#,
        now,
        full,
        limit,
        token,
        lease_until,
    )
    .fetch_all(tx.conn())
    .await?;
    let mut claimed = Vec::with_capacity(rows.len());
    for row in rows {
        let target = match (row.destination.as_str(), row.endpoint_id, row.connection_id) {
            ("webhook", Some(id), _) => Target::Webhook(WebhookId(id)),
            ("connection", _, Some(id)) => Target::Connection(ConnectionId(id)),
            ("email", ..) => Target::Email,
            _ => {
                return Err(Error::Inconsistent {
                    table: "erp_outbox",
                    column: "destination",
                    value: row.destination,
                });
            }
        };
        claimed.push((
            row.seq,
            Claimed {
                id: row.id,
                company_id: CompanyId(row.company_id),
                event_type: row.event_type,
                target,
                lane: row.lane,
                payload: row.payload,
                correlation_id: row.correlation_id,
                attempts: row.attempts,
                max_attempts: row.max_attempts,
                outcome_unknown: row.outcome_unknown,
                undoing: row.undoing,
                round: row.round,
                created_at: row.created_at,
            },
        ));
    }
    claimed.sort_by_key(|(seq, _)| *seq);
    Ok(claimed.into_iter().map(|(_, message)| message).collect())
}

/// What became of a message of a lost worker.
#[derive(Debug, Clone)]
pub struct Rescued {
    /// Tenant.
    pub company_id: CompanyId,
    /// Message.
    pub id: Uuid,
    /// Whether it is dead now.
    pub dead: bool,
    /// Document whose result it carries.
    pub document: Option<DocumentId>,
}

/// Takes back what workers hold past their lease. Their last attempt counts as failed, so that a
/// message that ends its worker each time is dead in the end; whether it arrived is unknown. A saga
/// of several steps gets twice as many attempts: it is to be taken back rather than to be left
/// half written.
pub async fn rescue(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<Rescued>> {
    let rows = sqlx::query!(
        r#"with lost as materialized (
               select id, processing_started_at from erp_outbox
               where status = 'in_progress' and lease_until < $1
               order by lease_until
               limit 1000
               for update skip locked),
           tried as (
               insert into erp_outbox_attempts (company_id, message_id, at, latency_ms, outcome, cause, error)
               select o.company_id, o.id, coalesce(lost.processing_started_at, $1), 0, 'lost', 'lost',
                      'The worker ended before it could say what came of it.'
               from lost join erp_outbox o on o.id = lost.id)
           update erp_outbox o
           set status = case when o.attempts + 1 >= o.max_attempts * case when o.event_type = 'saga' then 2 else 1 end
                             then 'dead' else 'pending' end,
               attempts = o.attempts + 1, lease_token = null, lease_until = null, next_run_at = $1,
               outcome_unknown = true, cause = 'lost', updated_at = $1,
               last_error = 'The worker ended before it could say what came of it.'
           from lost
           where o.id = lost.id
           returning o.company_id, o.id, (o.status = 'dead') as "dead!", o.document_id"#,
        now,
    )
    .fetch_all(tx.conn())
    .await?;
    if !rows.is_empty() {
        tx.queued();
    }
    Ok(rows
        .into_iter()
        .map(|row| Rescued {
            company_id: CompanyId(row.company_id),
            id: row.id,
            dead: row.dead,
            document: row.document_id.map(DocumentId),
        })
        .collect())
}

/// Keeps a message a while longer for the worker that holds it under the token. False when it is
/// not its any more.
pub async fn renew(tx: &mut Tx, token: Uuid, id: Uuid, lease_until: DateTime<Utc>) -> Result<bool> {
    let kept = sqlx::query!(
        "update erp_outbox set lease_until = $3 where id = $2 and lease_token = $1",
        token,
        id,
        lease_until,
    )
    .execute(tx.conn())
    .await?;
    Ok(kept.rows_affected() == 1)
}
