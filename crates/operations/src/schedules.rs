//! Syncs that come due by themselves.

use crate::Result;
use chrono::{DateTime, Utc};
use domain::live::Topic;
use domain::sync::{Entity, SyncMode};
use domain::{CompanyId, ConnectionId};
use store::schedules::DueSchedule;
use store::{Scope, Store};

/// Starts what is due and plans each line's next time, in one transaction that locks the lines
/// against other nodes. `next` maps a line to its next instant after now; `None` switches the line
/// off, because its text can never come due. Times missed while nothing ran collapse into one run.
pub async fn run_due(
    store: &Store,
    next: impl Fn(&DueSchedule) -> Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<usize> {
    let mut tx = store.begin(Scope::System).await?;
    let mut started = 0;
    for line in store::schedules::lock_due(&mut tx, now).await? {
        let Some(next_at) = next(&line) else {
            store::schedules::disable(&mut tx, line.id).await?;
            continue;
        };
        if line.due_at.is_some() {
            let (company, connection) = (line.company_id, line.connection_id);
            let (entity, mode) = (line.entity, line.mode);
            store::sync_runs::request(&mut tx, company, connection, entity, mode, "schedule", now)
                .await?;
            store::live::publish(
                &mut tx,
                company,
                None,
                &[Topic::Connections],
                "run_requested",
            )
            .await?;
            started += 1;
        }
        let ran_at = line.due_at.map(|_| now);
        store::schedules::plan(&mut tx, line.id, ran_at, Some(next_at)).await?;
    }
    tx.commit().await?;
    Ok(started)
}

/// Adds or changes a cron line of a connection.
pub async fn put(
    store: &Store,
    company: CompanyId,
    connection: ConnectionId,
    (entity, mode): (Entity, SyncMode),
    cron: &str,
    time_zone: &str,
) -> Result<()> {
    let mut tx = store.begin(Scope::Company(company)).await?;
    store::schedules::put(&mut tx, company, connection, entity, mode, cron, time_zone).await?;
    Ok(tx.commit().await?)
}
