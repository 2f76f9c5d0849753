//! Results that do not get through, per account.

use crate::{Result, Tx};
use domain::connection::Undelivered;
use domain::{CompanyId, ConnectionId};
use std::collections::HashMap;

/// What does not get through to accounts of a company; those that all gets through to are left out. A message
/// that failed counts while it waits, and once it is dead until a later one got through. One that was refused
/// for what it says is its own matter.
pub(crate) async fn undelivered(
    tx: &mut Tx,
    company: CompanyId,
    accounts: &[ConnectionId],
) -> Result<HashMap<ConnectionId, Undelivered>> {
    let ids: Vec<i64> = accounts.iter().map(|id| id.0).collect();
    // What an account accepted last stands at the end of its own part of an index. Asked for as an account's newest one,
    // the planner walks back through what all accounts accepted: to the beginning, where one never accepted anything.
    let rows = sqlx::query!(
        r#"select c.id as "id!", f.since as "since!",
                  (select count(*)
                   from (select from erp_outbox w
                         where w.connection_id = c.id and w.status in ('pending', 'in_progress', 'dead')
                         limit 10000) waiting) as "waiting!"
           from connections c
           cross join lateral (
               select (
                   select d.processed_at from erp_outbox d
                   where d.connection_id >= c.id and d.processed_at is not null
                     and (d.connection_id, d.status, d.processed_at) <= (c.id, 'completed', 'infinity'::timestamptz)
                   order by d.connection_id desc, d.status desc, d.processed_at desc
                   limit 1) as at
           ) through
           cross join lateral (
               select min(coalesce(a.at, o.updated_at)) as since
               from (select m.id, m.updated_at from erp_outbox m
                     where m.connection_id = c.id and m.attempts > 0 and m.status in ('pending', 'in_progress', 'dead')
                       and m.cause not in ('rejected', 'payload')
                       and (m.status <> 'dead' or through.at is null or m.updated_at > through.at)
                     order by m.seq
                     limit 100) o
               left join lateral (
                   select t.at from erp_outbox_attempts t
                   where t.message_id = o.id and t.outcome in ('failed', 'lost')
                   order by t.id
                   limit 1) a on true
           ) f
           where c.id = any($1) and c.company_id = $2 and f.since is not null"#,
        &ids,
        company.0,
    )
    .fetch_all(tx.conn())
    .await?;
    let known = rows.into_iter().map(|row| {
        let undelivered = Undelivered {
            since: row.since,
            waiting: row.waiting,
        };
        (ConnectionId(row.id), undelivered)
    });
    Ok(known.collect())
}
