//! Taking messages with a lease, and taking them back from workers that are gone.

use super::{Mark, Target};
use crate::{Error, Result, Tx};
use chrono::{DateTime, Utc};
use domain::{CompanyId, ConnectionId, DocumentId, WebhookId};
use serde_json::Value;
use uuid::Uuid;

/// Messages that a system takes at once from a node that sent it nothing yet, unless its account says
/// otherwise.
pub const PLACES: usize = domain::delivery::BATCH_SIZE as usize;

/// Held by who looks for messages to take, and by who gives up or puts forward what waits: a lease is
/// a row beside the messages, so nothing about a message itself tells that it is taken meanwhile.
const LOOKING: &str = "outbox claims";
/// How long a claim waits for others: its lease begins before it waits.
const LOOKED_FOR: &str = "5s";
/// Pages of messages from which on plans are kept: all indexes of a small table cost the same.
const KNOWN: i32 = 100;

/// What a node knows of one lane: how many messages it still has places for, and where they begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// The one system they go to.
    pub lane: String,
    /// 0: nothing of it is taken; none: as many as its account says, else [`PLACES`].
    pub places: Option<usize>,
    /// Nothing before it is looked at.
    pub since: Mark,
}

/// A message held by a worker.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Identity.
    pub id: Uuid,
    /// Under which it is held; the same for all that were taken with it.
    pub token: Uuid,
    /// The lease it is held by.
    pub lease: i64,
    /// Tenant.
    pub company_id: CompanyId,
    /// What it tells.
    pub event_type: String,
    /// Where it goes.
    pub target: Target,
    /// The one system it goes to.
    pub lane: String,
    /// How many that system is to get at once from each node, where its account says so.
    pub at_once: Option<usize>,
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
    /// How often the saga was begun anew, or the command was edited; each step has a round of its own beside it.
    pub round: i16,
    /// It is a copy, for test systems only.
    pub rehearsal: bool,
    /// It carries the result of a document.
    pub result: bool,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
}

/// Takes what is due, at most `limit` messages, of each lane the longest due ones and no more than it
/// has room for, nothing that is held or stands behind an earlier message of its key. Lanes that `rooms`
/// does not name have as many places as their account says, else [`PLACES`], and are looked at whole.
/// When there are too many lanes for the limit, each gets its share. An account that takes one message
/// at a time gets the first that was queued of those that are due, and only while none is on its way.
/// Leases before `since` are known to be gone.
///
/// Claims come one after the other, over all nodes, each with a snapshot that is younger than the one
/// before; the messages themselves are only read.
pub async fn claim(
    tx: &mut Tx,
    token: Uuid,
    limit: i64,
    rooms: &[Room],
    since: i64,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
) -> Result<Vec<Claimed>> {
    let lanes: Vec<String> = rooms.iter().map(|room| room.lane.clone()).collect();
    let places: Vec<Option<i32>> = rooms.iter().map(|room| room.places.map(whole)).collect();
    let dues: Vec<DateTime<Utc>> = rooms.iter().map(|room| room.since.due).collect();
    let seqs: Vec<i64> = rooms.iter().map(|room| room.since.seq).collect();
    keep_plan(tx).await?;
    hold_claims(tx).await?;
    // Every system is looked at, and of each no further than there is room: what a claim costs does not
    // depend on what else waits. The lanes are those of the systems, because to find them among the
    // messages the planner would read and sort all that wait as soon as it expects few. Scalar
    // subqueries keep the plan so, as a condition that is true or false: the planner takes it to hold
    // for every other row and goes along the index, while of "is null" it expects next to none and would
    // sort all that waits. What is away is listed before: it has no index to go along, which is dear
    // while scans are off and would outweigh all else in the plan of a lane.
    let rows = sqlx::query!(
        r#"with systems as (
               select 'webhook:' || e.id::text as lane, null::bigint as single, null::integer as at_once
               from webhook_endpoints e where e.active
               union all
               select 'connection:' || c.id::text, case when c.one_at_a_time then c.id end, c.at_once from connections c
               union all
               select 'email', null, null),
           lanes as materialized (
               select systems.lane, coalesce(room.places, systems.at_once, $7) as places, systems.single, systems.at_once,
                      coalesce(room.due, 'epoch') as due, coalesce(room.seq, 0) as seq
               from systems
               left join unnest($2::text[], $6::integer[], $8::timestamptz[], $9::bigint[]) as room (lane, places, due, seq)
                      on room.lane = systems.lane
               where coalesce(room.places, systems.at_once, $7) > 0),
           away as materialized (
               select h.seq, l.lane from erp_outbox_leases l cross join lateral unnest(l.seqs) h (seq)
               where l.id >= $10),
           due as materialized (
               select o.*, lanes.at_once,
                      row_number() over (partition by lanes.lane order by o.next_run_at, o.seq) as place
               from lanes cross join lateral (
                   select due.* from erp_outbox due
                   where due.status = 'pending' and due.lane = lanes.lane and due.next_run_at <= $1
                     and (due.next_run_at, due.seq) >= (lanes.due, lanes.seq)
                     and due.seq not in (select away.seq from away)
                     and coalesce((select false from erp_outbox earlier
                                   where earlier.company_id = due.company_id and earlier.aggregate_key = due.aggregate_key
                                     and earlier.seq < due.seq and earlier.status in ('pending', 'in_progress', 'dead')
                                   order by earlier.seq
                                   limit 1), true)
                   order by due.next_run_at, due.seq
                   limit lanes.places) o
               where lanes.single is null
               union all
               select o.*, lanes.at_once, 1::bigint as place
               from lanes cross join lateral (
                   select first.* from erp_outbox first
                   where first.connection_id = lanes.single and first.status = 'pending' and first.next_run_at <= $1
                     and coalesce((select false from erp_outbox earlier
                                   where earlier.company_id = first.company_id
                                     and earlier.aggregate_key = first.aggregate_key and earlier.seq < first.seq
                                     and earlier.status in ('pending', 'in_progress', 'dead')
                                   order by earlier.seq
                                   limit 1), true)
                   order by first.seq
                   limit 1) o
               where lanes.single is not null
                 and not exists (select from away where away.lane = lanes.lane)),
           taken as materialized (select due.* from due order by due.place, due.next_run_at, due.seq limit $3),
           held as (
               insert into erp_outbox_leases (token, company_id, lane, ids, seqs, taken_at, lease_until)
               select $4, taken.company_id, taken.lane, array_agg(taken.id order by taken.seq),
                      array_agg(taken.seq order by taken.seq), $1, $5
               from taken
               group by taken.company_id, taken.lane
               returning id, company_id, lane)
           select o.id as "id!", o.company_id as "company_id!", o.event_type as "event_type!",
                  o.destination as "destination!", o.endpoint_id, o.connection_id, o.lane as "lane!",
                  o.payload as "payload!", o.correlation_id as "correlation_id!", o.attempts as "attempts!",
                  o.max_attempts as "max_attempts!", o.outcome_unknown as "outcome_unknown!", o.undoing as "undoing!",
                  o.round as "round!", (o.rehearsal_of is not null) as "rehearsal!",
                  (o.document_id is not null) as "result!", o.created_at as "created_at!", o.at_once as "at_once?", held.id as "lease!"
           from taken o
           join held on held.company_id = o.company_id and held.lane = o.lane
           order by o.seq"#,
        now,
        &lanes,
        limit,
        token,
        lease_until,
        &places as &[Option<i32>],
        whole(PLACES),
        &dues,
        &seqs,
        since,
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
        claimed.push(Claimed {
            id: row.id,
            token,
            lease: row.lease,
            company_id: CompanyId(row.company_id),
            event_type: row.event_type,
            target,
            lane: row.lane,
            at_once: row.at_once.and_then(|most| usize::try_from(most).ok()),
            payload: row.payload,
            correlation_id: row.correlation_id,
            attempts: row.attempts,
            max_attempts: row.max_attempts,
            outcome_unknown: row.outcome_unknown,
            undoing: row.undoing,
            round: row.round,
            rehearsal: row.rehearsal,
            result: row.result,
            created_at: row.created_at,
        });
    }
    Ok(claimed)
}

/// Until the transaction ends, one plan serves all claims of a session, and all looks for where lanes begin: planning
/// one takes several times as long as running it. The plan may be of an hour at which nothing waited, so it walks along
/// indexes in their order, whatever the tables looked like then; of a table that the database has not counted yet, or
/// found small, each claim is planned.
pub(super) async fn keep_plan(tx: &mut Tx) -> Result<()> {
    sqlx::query!(
        "select set_config(s.name, s.value, true) as set
         from pg_class c
         cross join lateral (values ('lock_timeout', $1, true),
                                    ('jit', 'off', true),
                                    ('plan_cache_mode', 'force_custom_plan', c.relpages < $2),
                                    ('plan_cache_mode', 'force_generic_plan', c.relpages >= $2),
                                    ('enable_seqscan', 'off', c.relpages >= $2),
                                    ('enable_bitmapscan', 'off', c.relpages >= $2),
                                    ('enable_sort', 'off', c.relpages >= $2)) s (name, value, wanted)
         where c.oid = 'erp_outbox'::regclass and s.wanted",
        LOOKED_FOR,
        KNOWN,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(())
}

/// Nobody takes messages until the transaction ends. Soon, that is: all nodes wait for it.
pub(crate) async fn hold_claims(tx: &mut Tx) -> Result<()> {
    sqlx::query!(
        r#"select pg_advisory_xact_lock(hashtextextended($1, 0))::text as "held!""#,
        LOOKING,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(())
}

/// Whether no worker has a message. The answer stays the same until the transaction ends: nobody takes messages, and
/// what came of an attempt waits for the message, which is locked. It is locked first, so that who waits for it keeps
/// nobody from the others.
pub(super) async fn is_free(tx: &mut Tx, company: CompanyId, id: Uuid) -> Result<bool> {
    sqlx::query!(
        "select from erp_outbox where company_id = $1 and id = $2 for update",
        company.0,
        id,
    )
    .execute(tx.conn())
    .await?;
    hold_claims(tx).await?;
    Ok(sqlx::query_scalar!(
        r#"select not exists (select from erp_outbox_leases where company_id = $1 and $2 = any(ids)) as "free!""#,
        company.0,
        id,
    )
    .fetch_one(tx.conn())
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
/// written. A copy at a test system is over instead of dead. Leases before `since` are known to be gone.
pub async fn rescue(
    tx: &mut Tx,
    gone: &[Uuid],
    since: i64,
    now: DateTime<Utc>,
) -> Result<Vec<Rescued>> {
    let rows = sqlx::query!(
        r#"with leases as materialized (
               select id, company_id, ids, taken_at from erp_outbox_leases
               where id >= $3 and (lease_until < $1 or token = any($2) and lane not like 'connection:%')
               order by lease_until
               limit 1000
               for update skip locked),
           gone as (
               delete from erp_outbox_leases where id in (select leases.id from leases)),
           lost as materialized (
               select h.id, leases.company_id, leases.taken_at from leases cross join lateral unnest(leases.ids) h (id)),
           tried as (
               insert into erp_outbox_attempts (company_id, message_id, at, latency_ms, outcome, cause, error)
               select company_id, id, taken_at, 0, 'lost', 'lost',
                      'The worker ended before it could say what came of it.'
               from lost)
           update erp_outbox o
           set status = case when o.attempts + 1 < o.max_attempts * case when o.event_type = 'saga' then 2 else 1 end
                             then 'pending' when o.rehearsal_of is null then 'dead' else 'discarded' end,
               processed_at = case when o.rehearsal_of is not null and o.attempts + 1 >= o.max_attempts
                                   then $1::timestamptz end,
               attempts = o.attempts + 1, next_run_at = $1, processing_started_at = lost.taken_at,
               outcome_unknown = true, cause = 'lost', updated_at = $1,
               last_error = 'The worker ended before it could say what came of it.'
           from lost
           where o.id = lost.id
           returning o.company_id, o.id, (o.status = 'dead') as "dead!", o.document_id"#,
        now,
        gone,
        since,
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

/// Keeps a message, and what was taken with it for the same system, a while longer for the worker that
/// holds it. False when it is not its any more.
pub async fn renew(tx: &mut Tx, message: &Claimed, lease_until: DateTime<Utc>) -> Result<bool> {
    let kept = sqlx::query!(
        "update erp_outbox_leases set lease_until = $4 where id = $1 and token = $2 and $3 = any(ids)",
        message.lease,
        message.token,
        message.id,
        lease_until,
    )
    .execute(tx.conn())
    .await?;
    Ok(kept.rows_affected() == 1)
}
