//! Lines that a connection has without anybody's doing: of what its system can be asked for.

use super::next_due;
use crate::Result;
use chrono::{DateTime, Utc};
use domain::schedule::{DEFAULT_LINES, ScheduleLine};
use domain::sync::Entity;
use domain::{CompanyId, ConnectionId};
use store::Tx;
use store::schedules::NewLine;

/// Gives a connection the usual lines of these entities, in the time zone of its site.
pub(crate) async fn add_usual(
    tx: &mut Tx,
    company: CompanyId,
    connection: ConnectionId,
    entities: &[Entity],
    now: DateTime<Utc>,
) -> Result<()> {
    let time_zone = store::schedules::zone_of(tx, connection).await?;
    let usual = DEFAULT_LINES.into_iter();
    for (entity, mode, cron) in usual.filter(|(entity, _, _)| entities.contains(entity)) {
        let line = ScheduleLine {
            cron: cron.to_owned(),
            time_zone: time_zone.clone(),
            enabled: true,
        };
        let new = NewLine {
            connection,
            entity,
            mode,
            line: &line,
            next: next_due(cron, &time_zone, now),
        };
        store::schedules::create(tx, company, &new).await?;
    }
    Ok(())
}

/// Has the lines follow settings that changed what the account can be asked for: from the entities `before`
/// to those `after`. What it cannot be asked for is switched off and keeps its times; what it can be asked for
/// anew is switched on, or gets the usual line. All else stays as people set it.
pub(crate) async fn follow(
    tx: &mut Tx,
    company: CompanyId,
    connection: ConnectionId,
    before: &[Entity],
    after: &[Entity],
    now: DateTime<Utc>,
) -> Result<()> {
    let lines = store::schedules::of_connection(tx, connection).await?;
    let mut gained = after.to_vec();
    gained.retain(|entity| !before.contains(entity));
    for line in &lines {
        let wanted = line.enabled || gained.contains(&line.entity);
        let enabled = wanted && after.contains(&line.entity);
        if enabled == line.enabled {
            continue;
        }
        let next = next_due(&line.cron, &line.time_zone, now).filter(|_| enabled);
        let line_now = ScheduleLine {
            cron: line.cron.clone(),
            time_zone: line.time_zone.clone(),
            enabled,
        };
        store::schedules::update(tx, line.id, &line_now, next).await?;
    }
    gained.retain(|entity| lines.iter().all(|line| line.entity != *entity));
    add_usual(tx, company, connection, &gained, now).await
}
