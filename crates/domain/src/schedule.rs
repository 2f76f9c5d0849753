//! When a sync runs by itself.

use crate::ScheduleId;
use crate::sync::{Entity, SyncMode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One cron line of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
