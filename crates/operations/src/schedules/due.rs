//! Starting what is due.

use super::next_due;
use crate::Result;
use chrono::{DateTime, Utc};
use domain::live::Topic;
use store::schedules::DueSchedule;
use store::{Scope, Store, Tx};

/// Starts what is due and plans each line's next time, in one transaction that locks the lines
/// against other nodes. A line that can never come due is switched off. However many times passed
/// while nothing ran, a line starts one run, and its next time lies after now.
pub async fn run_due(store: &Store, now: DateTime<Utc>) -> Result<usize> {
    let mut tx = store.begin(Scope::System).await?;
    let mut started = 0;
    for line in store::schedules::lock_due(&mut tx, now).await? {
        let Some(next) = next_due(&line.cron, &line.time_zone, now) else {
            store::schedules::disable(&mut tx, line.id).await?;
            continue;
        };
        let ran = match line.due_at {
            Some(_) => Some((now, start(&mut tx, &line, now).await?)),
            None => None,
        };
        started += usize::from(ran.is_some());
        store::schedules::plan(&mut tx, line.id, ran, Some(next)).await?;
    }
    tx.commit().await?;
    Ok(started)
}

async fn start(tx: &mut Tx, line: &DueSchedule, now: DateTime<Utc>) -> Result<domain::SyncRunId> {
    let (company, connection) = (line.company_id, line.connection_id);
    let (entity, mode) = (line.entity, line.mode);
    let (run, _) =
        store::sync_runs::request(tx, company, connection, entity, mode, "schedule", now).await?;
    store::live::publish(tx, company, None, &[Topic::Connections], "run_requested").await?;
    Ok(run)
}
