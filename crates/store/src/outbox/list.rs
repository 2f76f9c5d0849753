//! Looking at messages.

mod find;

use super::sums::since;
use crate::error::{optional_word, word};
use crate::paging::before_id;
use crate::{Error, Result, Scope, Store};
use chrono::{DateTime, Utc};
use domain::monitoring::QueueFigures;
use domain::outbox::{Attempt, FailedFor, MessageDetail, MessageState, MessageSummary, Subject};
use domain::page::{Cursor, Page};
use domain::user::Caller;
use domain::{ConnectionId, DocumentId, WebhookId};
use find::narrowed;
use uuid::Uuid;

/// Which messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter<'a> {
    /// Of one endpoint.
    pub endpoint: Option<WebhookId>,
    /// Of one connection.
    pub connection: Option<ConnectionId>,
    /// In one state.
    pub state: Option<MessageState>,
    /// What the last attempt failed for.
    pub cause: Option<FailedFor>,
    /// What they tell.
    pub event: Option<&'a str>,
    /// To one system, as `connection:1`, `webhook:3` or `email`.
    pub lane: Option<&'a str>,
    /// About a document whose number has this part, or about goods whose code has it; or the key itself.
    pub number: Option<&'a str>,
}

impl Filter<'_> {
    /// Whether more has to be looked at than where messages go and stand.
    fn narrows(&self) -> bool {
        let searched = self.number.is_some_and(|text| !text.trim().is_empty());
        searched || self.cause.is_some() || self.event.is_some() || self.lane.is_some()
    }
}

struct MessageRow {
    id: Uuid,
    saga_id: Uuid,
    connection_id: Option<i64>,
    document_id: Option<i64>,
    seq: i64,
    event_type: String,
    target: String,
    aggregate_key: String,
    status: String,
    attempts: i32,
    max_attempts: i16,
    next_run_at: DateTime<Utc>,
    held: bool,
    cause: Option<String>,
    last_error: Option<String>,
    created_at: DateTime<Utc>,
    processed_at: Option<DateTime<Utc>>,
    payload: serde_json::Value,
    original_payload: Option<serde_json::Value>,
    result_payload: Option<serde_json::Value>,
    undoing: bool,
    outcome_unknown: bool,
    correlation_id: String,
    settled_by: Option<String>,
    settled_reason: Option<String>,
    rehearsal_of: Option<Uuid>,
}

impl MessageRow {
    fn summary(&self) -> Result<MessageSummary> {
        let result_of = self.document_id.map(DocumentId);
        Ok(MessageSummary {
            id: self.id,
            saga_id: self.saga_id,
            connection_id: self.connection_id.map(ConnectionId),
            document_id: result_of,
            subject: Subject::of(&self.event_type, &self.payload, result_of),
            event_type: self.event_type.clone(),
            target: self.target.clone(),
            aggregate_key: self.aggregate_key.clone(),
            state: word("erp_outbox", "status", &self.status)?,
            attempts: self.attempts,
            max_attempts: self.max_attempts,
            next_run_at: self.next_run_at,
            held: self.held,
            cause: optional_word("erp_outbox", "cause", self.cause.as_deref())?,
            last_error: self.last_error.clone(),
            created_at: self.created_at,
            processed_at: self.processed_at,
            rehearsal_of: self.rehearsal_of,
        })
    }
}

macro_rules! select_messages {
    ($first:literal $(+ $rest:literal)* $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            MessageRow,
            r#"select o.id as "id!", o.saga_id as "saga_id!", o.connection_id, o.document_id, o.seq as "seq!",
                      o.event_type as "event_type!", coalesce(e.name, c.name, 'e-mail') as "target!",
                      o.aggregate_key as "aggregate_key!",
                      message_state(o.status, h.seq) as "status!", o.attempts as "attempts!",
                      o.max_attempts as "max_attempts!", o.next_run_at as "next_run_at!",
                      (o.status = 'pending' and h.seq is null and exists (
                          select from erp_outbox earlier
                          where earlier.company_id = o.company_id and earlier.aggregate_key = o.aggregate_key
                            and earlier.seq < o.seq
                            and earlier.status in ('pending', 'in_progress', 'dead'))) as "held!",
                      o.cause, o.last_error, o.created_at as "created_at!", o.processed_at, o.payload as "payload!",
                      o.original_payload, o.result_payload, o.undoing as "undoing!",
                      o.outcome_unknown as "outcome_unknown!",
                      o.correlation_id as "correlation_id!", o.settled_by, o.settled_reason,
                      o.rehearsal_of
               from erp_outbox o
               left join erp_outbox_taken h on h.seq = o.seq
               left join webhook_endpoints e on e.id = o.endpoint_id
               left join connections c on c.id = o.connection_id "# + $first $(+ $rest)*
            $(, $argument)*
        )
    };
}

use select_messages;

/// A page of the lanes that the caller sees, of their messages that `$state` lets through.
macro_rules! fetch_page {
    ($state:literal, ($tx:ident, $caller:ident, $filter:ident, $before:ident, $most:ident)) => {
        select_messages!(
            "join (
             select n.id, n.seq
             from webhook_endpoints w
             cross join lateral (
                 select m.id, m.seq from erp_outbox m
                 where m.endpoint_id = w.id and m.company_id = $1 and m.seq < $2
                   " + $state + "
                 order by m.seq desc
                 limit $6) n
             where w.company_id = $1 and ($3::bigint is null or w.id = $3) and $7::bigint is null
             union all
             select n.id, n.seq
             from connections s
             cross join lateral (
                 select m.id, m.seq from erp_outbox m
                 where m.connection_id = s.id and m.company_id = $1 and m.seq < $2
                   " + $state + "
                 order by m.seq desc
                 limit $6) n
             where s.company_id = $1 and s.warehouse_id = any($5) and ($7::bigint is null or s.id = $7)
               and $3::bigint is null
             union all
             (select m.id, m.seq from erp_outbox m
              where m.company_id = $1 and m.destination = 'email' and m.seq < $2
                " + $state + "
                and $3::bigint is null and $7::bigint is null
              order by m.seq desc
              limit $6)
             order by seq desc
             limit $6) page on page.id = o.id
         order by o.seq desc",
            $caller.company_id.0,
            $before,
            $filter.endpoint.map(|id| id.0),
            $filter.state.map(MessageState::as_str),
            &$caller.warehouse_ids(),
            $most,
            $filter.connection.map(|id| id.0),
        )
        .fetch_all($tx.conn())
        .await?
    };
}

/// Newest first. Each lane that the caller sees is read from the end of its index, and no more of it than
/// the page needs, however much is kept and whoever else's it is.
pub async fn list(
    store: &Store,
    caller: &Caller,
    filter: Filter<'_>,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<MessageSummary>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let (before, most) = (before_id(cursor)?, limit + 1);
    let rows = match filter.state {
        _ if filter.narrows() => narrowed(&mut tx, caller, filter, (before, most)).await?,
        // Nearly all are accepted.
        None | Some(MessageState::Completed) => fetch_page!(
            "and ($4::text is null or m.status = $4)",
            (tx, caller, filter, before, most)
        ),
        Some(MessageState::Pending) => fetch_page!(
            "and $4::text is not null and m.status = 'pending' and m.seq not in (select h.seq from erp_outbox_taken h)",
            (tx, caller, filter, before, most)
        ),
        Some(MessageState::InProgress) => fetch_page!(
            "and $4::text is not null and m.status = 'pending' and m.id = any(array(select h.id from erp_outbox_taken h))",
            (tx, caller, filter, before, most)
        ),
        // Few are in another state, and the indexes of those know it.
        Some(_) => fetch_page!(
            "and m.status = $4 and m.status in ('pending', 'in_progress', 'dead', 'discarded')",
            (tx, caller, filter, before, most)
        ),
    };
    let rows = rows
        .iter()
        .map(|row| Ok((row.seq, row.summary()?)))
        .collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(rows, limit, |row| row.0.to_string()).map(|row| row.1))
}

/// One message and the newest 50 attempts.
pub async fn get(store: &Store, caller: &Caller, id: Uuid) -> Result<MessageDetail> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let row = select_messages!(
        "where o.company_id = $1 and o.id = $2 and (o.connection_id is null or c.warehouse_id = any($3))",
        caller.company_id.0,
        id,
        &caller.warehouse_ids(),
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Error::NotFound { what: "message" })?;
    let tries = sqlx::query!(
        "select at, latency_ms, outcome, cause, status, request, answer, error from erp_outbox_attempts
         where company_id = $1 and message_id = $2 order by id desc limit 50",
        caller.company_id.0,
        id,
    )
    .fetch_all(tx.conn())
    .await?;
    let mut attempts = Vec::with_capacity(tries.len());
    for one in tries {
        attempts.push(Attempt {
            at: one.at,
            latency_ms: one.latency_ms,
            outcome: word("erp_outbox_attempts", "outcome", &one.outcome)?,
            cause: optional_word("erp_outbox_attempts", "cause", one.cause.as_deref())?,
            status: one.status,
            request: one.request,
            answer: one.answer,
            error: one.error,
        });
    }
    let steps = super::steps::details(&mut tx, caller.company_id, id).await?;
    Ok(MessageDetail {
        message: row.summary()?,
        payload: row.payload,
        original_payload: row.original_payload,
        result: row.result_payload,
        undoing: row.undoing,
        outcome_unknown: row.outcome_unknown,
        steps,
        correlation_id: row.correlation_id,
        settled_by: row.settled_by,
        settled_reason: row.settled_reason,
        attempts,
    })
}

/// The queue of the caller's company now. The last hour begins with a minute; what ended in it, and what
/// arrived in it and has ended, is counted already.
pub async fn figures(store: &Store, caller: &Caller, now: DateTime<Utc>) -> Result<QueueFigures> {
    let mut reading = store.read(caller).await?;
    let (minute, hour) = since(now - chrono::Duration::hours(1));
    let row = reading.one(sqlx::query!(
        r#"with ended as (
               select s.completed, s.arrived from erp_outbox_sums s
               where s.company_id = $1 and s.grain = 'minute' and s.bucket >= $2 and s.bucket < $3
               union all
               select s.completed, s.arrived from erp_outbox_sums s
               where s.company_id = $1 and s.grain = 'hour' and s.bucket >= $3
               union all
               select d.completed, d.arrived from erp_outbox_deltas d where d.company_id = $1 and d.bucket >= $2)
           select count(*) filter (where o.status = 'pending' and h.seq is null) as "pending!",
                  count(h.seq) as "in_progress!",
                  count(*) filter (where o.status = 'dead') as "dead!",
                  min(o.created_at) filter (where o.status = 'pending' and h.seq is null) as oldest_at,
                  (select coalesce(sum(completed), 0)::bigint from ended) as "delivered!",
                  (select coalesce(sum(arrived), 0)::bigint from ended)
                      + count(*) filter (where o.created_at >= $2) as "arrived!"
           from erp_outbox o
           left join erp_outbox_taken h on h.seq = o.seq
           where o.company_id = $1 and o.status in ('pending', 'in_progress', 'dead')"#,
        caller.company_id.0,
        minute,
        hour,
    )).await?;
    Ok(QueueFigures {
        pending: row.pending,
        in_progress: row.in_progress,
        dead: row.dead,
        oldest_at: row.oldest_at,
        delivered_last_hour: row.delivered,
        arrived_last_hour: row.arrived,
    })
}

/// How many messages wait in all, and since when: for the gauges of a process.
pub async fn waiting(store: &Store) -> Result<(i64, Option<DateTime<Utc>>)> {
    let mut tx = store.begin(Scope::System).await?;
    let row = sqlx::query!(
        r#"select count(*) as "waiting!", min(created_at) as oldest from erp_outbox
           where status in ('pending', 'in_progress')"#,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok((row.waiting, row.oldest))
}
