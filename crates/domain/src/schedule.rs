//! When a sync runs by itself.

mod words;

pub use words::in_words;

use crate::sync::{Entity, RunState, SyncMode};
use crate::{ConnectionId, ScheduleId, SyncRunId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The lines a new connection starts with, of those its system can be asked for: what, and when in the site's
/// time zone.
pub const DEFAULT_LINES: [(Entity, SyncMode, &str); 5] = [
    (Entity::Items, SyncMode::Delta, "0 2 * * *"),
    (Entity::Partners, SyncMode::Delta, "30 2 * * *"),
    (Entity::Stock, SyncMode::Delta, "15 * * * *"),
    (Entity::Dispatches, SyncMode::Delta, "0 */2 * * *"),
    (Entity::Receipts, SyncMode::Delta, "30 */2 * * *"),
];

/// One cron line of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Schedule {
    /// Identity.
    pub id: ScheduleId,
    /// What.
    pub entity: Entity,
    /// How much.
    pub mode: SyncMode,
    /// Five fields: minute hour day month weekday.
    pub cron: String,
    /// IANA name the fields are read in.
    pub time_zone: String,
    /// Off keeps the line without running it.
    pub enabled: bool,
    /// Last time it came due.
    pub last_run_at: Option<DateTime<Utc>>,
    /// Next time it comes due.
    pub next_run_at: Option<DateTime<Utc>>,
}

/// How the run went that a line started last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LastRun {
    /// The run.
    pub id: SyncRunId,
    /// Where it stands.
    pub state: RunState,
    /// Rows read.
    pub rows: i64,
    /// Why it failed, or what has to be decided.
    pub message: Option<String>,
}

/// A line with its connection and how its last run went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleRow {
    /// The line.
    pub schedule: Schedule,
    /// The account.
    pub connection_id: ConnectionId,
    /// The account's name.
    pub connection: String,
    /// The run it started last.
    pub last_run: Option<LastRun>,
}

/// Which lines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleFilter {
    /// Of one account.
    pub connection_id: Option<ConnectionId>,
    /// Of one entity.
    pub entity: Option<Entity>,
}

/// What a person sets on a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleLine {
    /// Five fields: minute hour day month weekday.
    pub cron: String,
    /// IANA name the fields are read in.
    pub time_zone: String,
    /// Off keeps the line without running it.
    pub enabled: bool,
}

/// What a line means: in words, and when it comes due next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upcoming {
    /// For people.
    pub words: String,
    /// The next instants.
    pub at: Vec<DateTime<Utc>>,
}
