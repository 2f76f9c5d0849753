//! Dead messages by what they failed for.

use crate::error::optional_word;
use crate::{Result, Store};
use domain::outbox::DeadGroup;
use domain::user::Caller;

/// Groups by cause, system and kind, the largest first; at most 200.
pub async fn groups(store: &Store, caller: &Caller) -> Result<Vec<DeadGroup>> {
    let mut reading = store.read(caller).await?;
    let rows = reading.all(sqlx::query!(
        r#"with dead as materialized (
               select o.cause, o.lane, o.event_type, o.aggregate_key, o.seq, o.document_id, o.created_at, o.last_error,
                      coalesce(e.name, c.name, 'e-mail') as target
               from erp_outbox o
               left join webhook_endpoints e on e.id = o.endpoint_id
               left join connections c on c.id = o.connection_id
               where o.company_id = $1 and o.status = 'dead'
                 and (o.connection_id is null or c.warehouse_id = any($2))),
           behind as (
               select d.cause, d.lane, d.event_type, o.id, o.document_id
               from dead d
               join erp_outbox o on o.company_id = $1 and o.aggregate_key = d.aggregate_key and o.seq > d.seq
                    and o.status = 'pending'),
           affected as (
               select cause, lane, event_type, document_id from dead where document_id is not null
               union
               select cause, lane, event_type, document_id from behind where document_id is not null)
           select d.cause, d.lane as "lane!", d.event_type, d.target as "target!", count(*) as "messages!",
                  min(d.created_at) as "oldest_at!", (array_agg(d.last_error order by d.seq desc))[1] as last_error,
                  (select count(*) from affected a
                   where a.lane = d.lane and a.event_type = d.event_type and a.cause is not distinct from d.cause)
                      as "documents!",
                  (select count(*) from affected a
                   join tasks t on t.company_id = $1 and t.document_id = a.document_id and t.state <> 'cancelled'
                   where a.lane = d.lane and a.event_type = d.event_type and a.cause is not distinct from d.cause)
                      as "tasks!",
                  (select count(distinct b.id) from behind b
                   where b.lane = d.lane and b.event_type = d.event_type and b.cause is not distinct from d.cause)
                      as "held!"
           from dead d
           group by d.cause, d.lane, d.event_type, d.target
           order by count(*) desc, d.lane, d.event_type
           limit 200"#,
        caller.company_id.0,
        &caller.warehouse_ids(),
    )).await?;
    rows.into_iter()
        .map(|row| {
            Ok(DeadGroup {
                cause: optional_word("erp_outbox", "cause", row.cause.as_deref())?,
                lane: row.lane,
                target: row.target,
                event_type: row.event_type,
                messages: row.messages,
                documents: row.documents,
                tasks: row.tasks,
                held: row.held,
                oldest_at: row.oldest_at,
                last_error: row.last_error,
            })
        })
        .collect()
}
