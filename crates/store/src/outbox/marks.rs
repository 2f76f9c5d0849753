//! Where the messages that wait begin. What was settled stays in the indexes for as long as anybody's transaction
//! could see it, a backup's for hours: who begins here does not walk through it again.

use super::claim::keep_plan;
use crate::{Result, Tx};
use chrono::{DateTime, Utc};
use std::collections::HashMap;

/// Where the messages that wait on a lane begin. By default before everything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mark {
    /// When the first message is due.
    pub due: DateTime<Utc>,
    /// The order of its arrival.
    pub seq: i64,
}

/// Where what waits and what is held begins. By default before everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    /// Of each lane that is known.
    pub lanes: HashMap<String, Mark>,
    /// The first lease. Claims come one after the other and leases are numbered in turn: none comes before
    /// it later.
    pub lease: i64,
}

/// Where each lane that messages can be claimed of begins, at the latest at `latest`. Of lanes that are known, nothing
/// before their mark is looked at. A message that is queued or put forward in a transaction that is still open may
/// come to stand before a mark if that began before `latest`.
pub async fn marks(tx: &mut Tx, known: &Marks, latest: DateTime<Utc>) -> Result<Marks> {
    let lanes: Vec<&str> = known.lanes.keys().map(String::as_str).collect();
    let dues: Vec<DateTime<Utc>> = known.lanes.values().map(|mark| mark.due).collect();
    let seqs: Vec<i64> = known.lanes.values().map(|mark| mark.seq).collect();
    keep_plan(tx).await?;
    let rows = sqlx::query!(
        r#"with systems as (
               select 'webhook:' || e.id::text as lane from webhook_endpoints e where e.active
               union all
               select 'connection:' || c.id::text from connections c
               union all
               select 'email')
           select systems.lane as "lane!", first.next_run_at as "due?", first.seq as "seq?",
                  coalesce((select l.id from erp_outbox_leases l where l.id >= $4 order by l.id limit 1), $4) as "lease!"
           from systems
           left join unnest($1::text[], $2::timestamptz[], $3::bigint[]) as known (lane, due, seq)
                  on known.lane = systems.lane
           left join lateral (
               select waits.next_run_at, waits.seq from erp_outbox waits
               where waits.status = 'pending' and waits.lane = systems.lane
                 and (waits.next_run_at, waits.seq) >= (coalesce(known.due, 'epoch'), coalesce(known.seq, 0))
               order by waits.next_run_at, waits.seq
               limit 1) first on true"#,
        &lanes as &[&str],
        &dues,
        &seqs,
        known.lease,
    )
    .fetch_all(tx.conn())
    .await?;
    // There is always the lane of mails.
    let lease = rows.first().map_or(known.lease, |row| row.lease);
    let mark = |due: Option<DateTime<Utc>>, seq: Option<i64>| match (due, seq) {
        (Some(due), Some(seq)) if due < latest => Mark { due, seq },
        _ => Mark {
            due: latest,
            seq: 0,
        },
    };
    let lanes = rows
        .into_iter()
        .map(|row| (row.lane, mark(row.due, row.seq)))
        .collect();
    Ok(Marks { lanes, lease })
}
