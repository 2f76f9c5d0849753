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
/// to those `after`. What it cannot be asked for is switched off and keeps its times; what was switched off so
/// and can be asked for again is switched on, and an entity that is new and has no line gets the usual one. All else
/// stays as people set it. A test system is asked for nothing by itself: nothing of it is switched on or added.
pub(crate) async fn follow(
    tx: &mut Tx,
    company: CompanyId,
    connection: ConnectionId,
    before: &[Entity],
    after: &[Entity],
    now: DateTime<Utc>,
) -> Result<()> {
    store::schedules::switch_off(tx, connection, after).await?;
    if store::connections::is_test_system(tx, connection).await? {
        return Ok(());
    }
    for (id, line) in store::schedules::switched_off(tx, connection, after).await? {
        let next = next_due(&line.cron, &line.time_zone, now);
        store::schedules::update(tx, id, &line, next).await?;
    }
    let lines = store::schedules::of_connection(tx, connection).await?;
    let mut gained = after.to_vec();
    gained.retain(|entity| !before.contains(entity));
    gained.retain(|entity| lines.iter().all(|line| line.entity != *entity));
    add_usual(tx, company, connection, &gained, now).await
}
