//! Syncs that come due by themselves, and what people set about them.

mod cron;
mod due;
mod usual;

pub use cron::{next_due, upcoming};
pub use due::run_due;
pub(crate) use usual::{add_usual, follow};

use crate::{Error, Result, audit, require};
use chrono::{DateTime, Utc};
use domain::live::Topic;
use domain::permission::Permission;
use domain::schedule::{ScheduleLine, ScheduleRow};
use domain::sync::{Entity, SyncMode};
use domain::user::Caller;
use domain::{CompanyId, ConnectionId, ScheduleId, SyncRunId};
use serde_json::{Value, json};
use store::schedules::NewLine;
use store::{Scope, Store, Tx};

/// Adds a line to a connection; there is one for each entity and mode.
pub async fn create(
    store: &Store,
    caller: &Caller,
    connection: ConnectionId,
    (entity, mode): (Entity, SyncMode),
    line: &ScheduleLine,
    now: DateTime<Utc>,
) -> Result<ScheduleId> {
    require(caller, Permission::ManageConnections)?;
    let next = cron::check(line, now)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    store::connections::check_visible(&mut tx, caller, connection).await?;
    let new = NewLine {
        connection,
        entity,
        mode,
        line,
        next,
    };
    let created = store::schedules::create(&mut tx, caller.company_id, &new).await;
    let id = created.map_err(|error| match error {
        store::Error::Taken { .. } => Error::Conflict(
            "This connection has a schedule for it already; change that one.".to_owned(),
        ),
        other => other.into(),
    })?;
    let facts = json!({ "entity": entity.as_str(), "mode": mode.as_str(), "after": told(line) });
    let subject = connection.to_string();
    audit::by_person(&mut tx, caller, "SCHEDULE_CREATED", &subject, facts, now).await?;
    tell(&mut tx, caller.company_id).await?;
    tx.commit().await?;
    Ok(id)
}

/// Changes when a line comes due, or switches it on or off. What was missed while it was off stays
/// missed.
pub async fn change(
    store: &Store,
    caller: &Caller,
    id: ScheduleId,
    line: &ScheduleLine,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::ManageConnections)?;
    let next = cron::check(line, now)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let before = store::schedules::lock(&mut tx, caller, id).await?;
    store::schedules::update(&mut tx, id, line, next).await?;
    let facts = json!({ "before": told(&line_of(&before)), "after": told(line) });
    record(&mut tx, caller, "SCHEDULE_CHANGED", &before, facts, now).await?;
    Ok(tx.commit().await?)
}

/// Removes a line; its runs stay.
pub async fn remove(
    store: &Store,
    caller: &Caller,
    id: ScheduleId,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::ManageConnections)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let before = store::schedules::lock(&mut tx, caller, id).await?;
    store::schedules::delete(&mut tx, id).await?;
    let facts = json!({ "before": told(&line_of(&before)) });
    record(&mut tx, caller, "SCHEDULE_REMOVED", &before, facts, now).await?;
    Ok(tx.commit().await?)
}

/// Asks for the run of a line now; its planned times stay as they are.
pub async fn run_now(
    store: &Store,
    caller: &Caller,
    id: ScheduleId,
    now: DateTime<Utc>,
) -> Result<SyncRunId> {
    require(caller, Permission::ManageConnections)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let line = store::schedules::lock(&mut tx, caller, id).await?;
    tx.rollback().await?;
    let (entity, mode) = (line.schedule.entity, line.schedule.mode);
    crate::sync_runs::request(store, caller, line.connection_id, entity, mode, now).await
}

fn line_of(row: &ScheduleRow) -> ScheduleLine {
    ScheduleLine {
        cron: row.schedule.cron.clone(),
        time_zone: row.schedule.time_zone.clone(),
        enabled: row.schedule.enabled,
    }
}

fn told(line: &ScheduleLine) -> Value {
    json!({ "cron": line.cron, "time_zone": line.time_zone, "enabled": line.enabled })
}

async fn record(
    tx: &mut Tx,
    caller: &Caller,
    action: &str,
    row: &ScheduleRow,
    mut facts: Value,
    now: DateTime<Utc>,
) -> Result<()> {
    let line = &row.schedule;
    if let Some(facts) = facts.as_object_mut() {
        facts.insert("entity".to_owned(), line.entity.as_str().into());
        facts.insert("mode".to_owned(), line.mode.as_str().into());
    }
    let subject = row.connection_id.to_string();
    audit::by_person(tx, caller, action, &subject, facts, now).await?;
    tell(tx, caller.company_id).await
}

async fn tell(tx: &mut Tx, company: CompanyId) -> Result<()> {
    Ok(store::live::publish(tx, company, None, &[Topic::Connections], "schedule").await?)
}
