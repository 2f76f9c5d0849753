//! Taking messages with a lease, and taking them back from workers that are gone.

use super::Target;
use crate::{Error, Result, Tx};
use chrono::{DateTime, Utc};
use domain::{CompanyId, ConnectionId, DocumentId, WebhookId};
use serde_json::Value;
use uuid::Uuid;

/// Messages that a system takes at once from a node that sent it nothing yet.
pub const PLACES: usize = 8;

/// First key of the advisory locks under which a claim looks at an account that takes one message at a
/// time; the second one is the account. What another claim took before its commit is not seen, so
/// nobody looks meanwhile, and who does, looks with a snapshot that is younger than the lock.
const SINGLE: i32 = 0x6f75_7431;

/// How many messages a node still has places for on one lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// The one system they go to.
    pub lane: String,
    /// None: nothing of it is taken.
    pub places: usize,
}

/// A message held by a worker.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Identity.
    pub id: Uuid,
    /// Under which it is held; the same for all that were taken with it.
    pub token: Uuid,
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

/// Takes what is due, at most `limit` messages, of each lane the longest due ones and no more than it
/// has room for, nothing that stands behind an earlier message of its key. Lanes that `rooms` does not
/// name have [`PLACES`]. When there are too many lanes for the limit, each gets its share. An account
/// that takes one message at a time gets the first that was queued of those that are due, and only
/// while none is on its way and no other claim looks at it.
pub async fn claim(
    tx: &mut Tx,
    token: Uuid,
    limit: i64,
    rooms: &[Room],
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
) -> Result<Vec<Claimed>> {
    let lanes: Vec<String> = rooms.iter().map(|room| room.lane.clone()).collect();
    let places: Vec<i32> = rooms.iter().map(|room| whole(room.places)).collect();
    let singles = hold_singles(tx).await?;
    // Every system is looked at, and of each no further than there is room: what a claim costs does not
    // depend on what else waits. The lanes are those of the systems, because to find them among the
    // messages the planner would read and sort all that wait as soon as it expects few. Scalar
    // subqueries keep the plan so, as a condition that is true or false: the planner takes it to hold
    // for every other row and goes along the index, while of "is null" it expects next to none and would
    // sort all that waits. Only the first of an account that takes one at a time is locked: when somebody
    // else took it meanwhile, the one behind it is not taken instead.
    let rows = sqlx::query!(
        r#"with systems as (
               select 'webhook:' || e.id::text as lane, null::bigint as single from webhook_endpoints e where e.active
               union all
               select 'connection:' || c.id::text, case when c.one_at_a_time then c.id end from connections c
               union all
               select 'email', null),
           lanes as materialized (
               select systems.lane, coalesce(room.places, $7) as places, systems.single
               from systems
               left join unnest($2::text[], $6::integer[]) as room (lane, places) on room.lane = systems.lane
               where coalesce(room.places, $7) > 0),
           firsts as materialized (
               select (select first.id from erp_outbox first
                       where first.connection_id = lanes.single and first.status = 'pending' and first.next_run_at <= $1
                         and coalesce((select false from erp_outbox earlier
                                       where earlier.company_id = first.company_id
                                         and earlier.aggregate_key = first.aggregate_key and earlier.seq < first.seq
                                         and earlier.status in ('pending', 'in_progress', 'dead')
                                       limit 1), true)
                       order by first.seq
                       limit 1) as id
               from lanes
               where lanes.single = any($8::bigint[])
                 and (select true from erp_outbox busy
                      where busy.connection_id = lanes.single and busy.status = 'in_progress'
                      limit 1) is null),
           due as materialized (
               select o.id, o.next_run_at, o.seq,
                      row_number() over (partition by lanes.lane order by o.next_run_at, o.seq) as place
               from lanes cross join lateral (
                   select due.id, due.next_run_at, due.seq from erp_outbox due
                   where due.status = 'pending' and due.lane = lanes.lane and due.next_run_at <= $1
                     and coalesce((select false from erp_outbox earlier
                                   where earlier.company_id = due.company_id and earlier.aggregate_key = due.aggregate_key
                                     and earlier.seq < due.seq and earlier.status in ('pending', 'in_progress', 'dead')
                                   limit 1), true)
                   order by due.next_run_at, due.seq
                   limit lanes.places
                   for update skip locked) o
               where lanes.single is null
               union all
               select o.id, o.next_run_at, o.seq, 1::bigint as place
               from firsts cross join lateral (
                   select due.id, due.next_run_at, due.seq from erp_outbox due
                   where due.id = firsts.id and due.status = 'pending' and due.next_run_at <= $1
                   for update skip locked) o),
           taken as materialized (select due.id from due order by due.place, due.next_run_at, due.seq limit $3)
           update erp_outbox o
           set status = 'in_progress', lease_token = $4, lease_until = $5, processing_started_at = $1, updated_at = $1
           where o.id = any (array(select taken.id from taken))
           returning o.id, o.company_id, o.event_type, o.destination, o.endpoint_id, o.connection_id, o.lane as "lane!",
                     o.payload, o.correlation_id, o.attempts, o.max_attempts, o.outcome_unknown, o.undoing, o.round,
                     o.created_at, o.seq"#,
        now,
        &lanes,
        limit,
        token,
        lease_until,
        &places,
        whole(PLACES),
        &singles,
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
                token,
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

/// The accounts that take one message at a time and that no other claim looks at, held until the
/// transaction ends.
async fn hold_singles(tx: &mut Tx) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar!(
        "select id from connections
         where one_at_a_time and pg_try_advisory_xact_lock($1::integer, (id % 2147483647)::integer)",
        SINGLE,
    )
    .fetch_all(tx.conn())
    .await?)
}

fn whole(places: usize) -> i32 {
    i32::try_from(places).unwrap_or(i32::MAX)
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

/// Takes back what workers hold past their lease, and what is held under the tokens of `gone`. A
/// command to an account is left to its lease: the other system may still be at it although its
/// sender is gone, and would not be found to have it yet. The last attempt counts as failed, so that
/// a message that ends its worker each time is dead in the end; whether it arrived is unknown. A saga
/// of several steps gets twice as many attempts: it is to be taken back rather than to be left half
/// written.
pub async fn rescue(tx: &mut Tx, gone: &[Uuid], now: DateTime<Utc>) -> Result<Vec<Rescued>> {
    let rows = sqlx::query!(
        r#"with lost as materialized (
               select id, processing_started_at from erp_outbox
               where status = 'in_progress' and (lease_until < $1 or lease_token = any($2) and destination <> 'connection')
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
        gone,
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
