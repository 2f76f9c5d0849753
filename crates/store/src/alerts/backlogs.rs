//! What could go out to other systems and does not.

use super::Finding;
use crate::{Result, Tx};
use chrono::{DateTime, TimeDelta, Utc};
use domain::CompanyId;
use domain::alert::{AlertKind, Thresholds};

/// Accounts with times of rest, and from when on messages may go to them.
#[derive(Debug, Default)]
struct Rests {
    accounts: Vec<i64>,
    free_at: Vec<DateTime<Utc>>,
}

/// Companies with too much that is due, or with something due for too long. A message is due once its time
/// and that of everything before it in its key has come and its account does not rest: what waits for its
/// next attempt or for the end of maintenance is not. One that a system only ever puts off is due since it came: no
/// attempt of it counts, so it would never be dead either. What is dead, switched off or behind such a message
/// waits for a person. Copies at test systems count for nothing. One pass over the open messages.
pub async fn backlogs(
    tx: &mut Tx,
    limits: &Thresholds,
    now: DateTime<Utc>,
) -> Result<Vec<Finding>> {
    let oldest = now - TimeDelta::minutes(i64::from(limits.backlog_minutes));
    let rests = rests(tx, now).await?;
    let rows = sqlx::query!(
        r#"select m.company_id as "company_id!", count(*) as "due!", min(m.due_at) as "oldest!"
           from (select o.company_id,
                        max(greatest(case when o.cause = 'busy' then o.created_at else o.next_run_at end, r.free_at))
                            over ahead as due_at,
                        bool_or(o.status = 'dead' or not coalesce(e.active, true)) over ahead as held
                 from erp_outbox o
                 left join webhook_endpoints e on e.id = o.endpoint_id
                 left join unnest($4::bigint[], $5::timestamptz[]) as r (account, free_at)
                        on r.account = o.connection_id
                 where o.status in ('pending', 'in_progress', 'dead') and o.rehearsal_of is null
                 window ahead as (partition by o.company_id, o.aggregate_key order by o.seq
                                  rows unbounded preceding)) m
           where not m.held and m.due_at <= $1
           group by m.company_id
           having count(*) >= $2 or min(m.due_at) <= $3"#,
        now,
        i64::from(limits.backlog_messages),
        oldest,
        &rests.accounts,
        &rests.free_at,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| finding(row.company_id, row.due, row.oldest))
        .collect())
}

/// Settings that cannot be read say nothing of a rest; the account's next message tells of them.
async fn rests(tx: &mut Tx, now: DateTime<Utc>) -> Result<Rests> {
    let rows = sqlx::query!(
        r#"select c.id, c.delivery, ($1::timestamptz at time zone w.time_zone)::time as "site_time!"
           from connections c
           join warehouses w on w.id = c.warehouse_id
           where jsonb_array_length(case when jsonb_typeof(c.delivery -> 'maintenance') = 'array'
                                         then c.delivery -> 'maintenance' else '[]' end) > 0"#,
        now,
    )
    .fetch_all(tx.conn())
    .await?;
    let mut rests = Rests::default();
    for row in rows {
        let settings = crate::connections::delivery(row.delivery).unwrap_or_default();
        if let Some(free_at) = settings.free_at(now, row.site_time) {
            rests.accounts.push(row.id);
            rests.free_at.push(free_at);
        }
    }
    Ok(rests)
}

fn finding(company: i64, due: i64, oldest: DateTime<Utc>) -> Finding {
    let since = oldest.format("%Y-%m-%d %H:%M");
    let detail = match due {
        1 => format!(
            "One message has been ready to go since {since} UTC. See Deliveries: a system may be slow, or nothing sends it."
        ),
        _ => format!(
            "{due} messages are ready to go, the oldest since {since} UTC. See Deliveries: a system may be slow, or nothing sends them."
        ),
    };
    Finding {
        company_id: CompanyId(company),
        kind: AlertKind::Backlog,
        cause: "outbox".to_owned(),
        subject: domain::word!("Messages to other systems").to_owned(),
        detail,
    }
}
