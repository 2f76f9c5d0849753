//! Messages by what they are about and what they failed for. A document or a key leads to a message by an index;
//! anything else is looked for among the newest only, so that it takes no longer however much is kept.

use super::{Filter, MessageRow, select_messages};
use crate::paging::contains;
use crate::{Result, Tx};
use domain::outbox::{FailedFor, MessageState};
use domain::user::Caller;

/// Documents that a search goes on with, newest first.
const MOST_FOUND: i64 = 200;
/// Newest messages of each state that are looked through for what is not accepted.
const OPEN_LOOKED_THROUGH: i64 = 100_000;
/// Newest messages of each system that are looked through for what is accepted, which nearly all are.
const LOOKED_THROUGH: i64 = 2_000;

/// The documents of the caller whose numbers fit.
async fn numbered(tx: &mut Tx, caller: &Caller, pattern: &str) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar!(
        "select id from documents
         where company_id = $1 and warehouse_id = any($2) and number ilike $3
         order by id desc limit $4",
        caller.company_id.0,
        &caller.warehouse_ids(),
        pattern,
        MOST_FOUND,
    )
    .fetch_all(tx.conn())
    .await?)
}

/// The words of rows that may be in the state and are not accepted.
fn open(state: Option<MessageState>) -> Vec<String> {
    use MessageState::{Completed, Dead, Discarded, InProgress, Pending};
    let words: &[&str] = match state {
        None => &["pending", "in_progress", "dead", "discarded"],
        Some(Pending | InProgress) => &["pending", "in_progress"],
        Some(Dead) => &["dead"],
        Some(Discarded) => &["discarded"],
        Some(Completed) => &[],
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// A page of what fits a search, a cause, an event or a lane. A search finds the results of documents by the index of
/// those; what webhooks were told of them, for which all that is kept of the webhooks is read once, joined to the keys
/// of the documents; a message by its own key; and what goes to accounts by a part of what it is about: of a copy, that is
/// what stands before its own key.
pub(super) async fn narrowed(
    tx: &mut Tx,
    caller: &Caller,
    filter: Filter<'_>,
    (before, most): (i64, i64),
) -> Result<Vec<MessageRow>> {
    let pattern = contains(filter.number);
    let documents = match &pattern {
        Some(pattern) => numbered(tx, caller, pattern).await?,
        None => Vec::new(),
    };
    let accepted = matches!(filter.state, None | Some(MessageState::Completed));
    Ok(select_messages!(
        "where o.company_id = $1 and o.seq < $2
           and ($3::bigint is null or o.endpoint_id = $3) and ($4::text is null or message_state(o.status, h.seq) = $4)
           and (o.connection_id is null or c.warehouse_id = any($5))
           and ($7::bigint is null or o.connection_id = $7)
           and ($9::text is null or o.lane = $9) and ($10::text is null or coalesce(o.cause, 'unknown') = $10)
           and ($11::text is null or o.event_type = $11)
           and o.id in (
               select m.id from erp_outbox m where m.company_id = $1 and m.document_id = any($8)
               union all
               select m.id
               from (select w.id, 'webhook:' || w.id || ':document:' || d.id as key
                     from webhook_endpoints w cross join unnest($8::bigint[]) d (id)
                     where w.company_id = $1) told
               join erp_outbox m on m.endpoint_id = told.id and m.aggregate_key = told.key and m.company_id = $1
               union all
               select m.id from erp_outbox m where m.company_id = $1 and m.idempotency_key = $12::text
               union all
               (select m.id
                from (
                    select n.*
                    from unnest($13::text[]) w (state)
                    cross join lateral (
                        select n.id, n.seq, n.status, n.cause, n.event_type, n.lane, n.aggregate_key, n.endpoint_id,
                               n.connection_id
                        from erp_outbox n
                        where n.company_id = $1 and n.status = w.state and n.seq < $2
                          and n.status in ('pending', 'in_progress', 'dead', 'discarded')
                        order by n.seq desc
                        limit $17) n
                    union all
                    select n.*
                    from webhook_endpoints w
                    cross join lateral (
                        select n.id, n.seq, n.status, n.cause, n.event_type, n.lane, n.aggregate_key, n.endpoint_id,
                               n.connection_id
                        from erp_outbox n
                        where n.endpoint_id = w.id and n.company_id = $1 and n.seq < $2
                        order by n.seq desc
                        limit $14) n
                    where $15::boolean and w.company_id = $1 and n.status = 'completed'
                      and ($9::text is null or 'webhook:' || w.id = $9)
                    union all
                    select n.*
                    from connections s
                    cross join lateral (
                        select n.id, n.seq, n.status, n.cause, n.event_type, n.lane, n.aggregate_key, n.endpoint_id,
                               n.connection_id
                        from erp_outbox n
                        where n.connection_id = s.id and n.company_id = $1 and n.seq < $2
                        order by n.seq desc
                        limit $14) n
                    where $15::boolean and s.company_id = $1 and n.status = 'completed'
                      and ($9::text is null or 'connection:' || s.id = $9)
                    union all
                    select n.*
                    from (
                        select n.id, n.seq, n.status, n.cause, n.event_type, n.lane, n.aggregate_key, n.endpoint_id,
                               n.connection_id
                        from erp_outbox n
                        where n.company_id = $1 and n.destination = 'email' and n.seq < $2 and $15::boolean
                        order by n.seq desc
                        limit $14) n
                    where n.status = 'completed') m
                left join erp_outbox_taken t on t.seq = m.seq
                left join connections s on s.id = m.connection_id
                where ($4::text is null or message_state(m.status, t.seq) = $4)
                  and ($3::bigint is null or m.endpoint_id = $3) and ($7::bigint is null or m.connection_id = $7)
                  and (m.connection_id is null or s.warehouse_id = any($5))
                  and ($9::text is null or m.lane = $9) and ($10::text is null or coalesce(m.cause, 'unknown') = $10)
                  and ($11::text is null or m.event_type = $11)
                  and ($16::text is null
                       or (m.connection_id is not null
                           and split_part(substr(m.aggregate_key, length(m.lane) + 2), ':rehearsal:', 1) ilike $16))
                order by m.seq desc
                limit $6))
         order by o.seq desc
         limit $6",
        caller.company_id.0,
        before,
        filter.endpoint.map(|id| id.0),
        filter.state.map(MessageState::as_str),
        &caller.warehouse_ids(),
        most,
        filter.connection.map(|id| id.0),
        &documents,
        filter.lane,
        filter.cause.map(FailedFor::as_str),
        filter.event,
        filter.number.map(str::trim),
        &open(filter.state),
        LOOKED_THROUGH,
        accepted,
        pattern.as_deref(),
        OPEN_LOOKED_THROUGH,
    )
    .fetch_all(tx.conn())
    .await?)
}
