//! Accounts at upstream systems and how they are.

use crate::delivery::DeliverySettings;
use crate::push::PushKind;
use crate::schedule::Schedule;
use crate::sync::{Entity, RunState, SyncRun};
use crate::{ConnectionId, SyncRunId, WarehouseId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Whether a connection can be relied on now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Health {
    /// Nobody asked yet.
    Unknown,
    /// The last call succeeded.
    Healthy,
    /// The last call failed, or results do not get through.
    Failing,
    /// Failures in a row, three unless set otherwise: calls pause, for two minutes unless set otherwise.
    Paused,
}

impl Health {
    /// The stable word used in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Healthy => "healthy",
            Self::Failing => "failing",
            Self::Paused => "paused",
        }
    }
}

impl Health {
    /// How an account is of which this is known from calls and syncs, once its messages count too: a system
    /// that can be read and takes no results is failing.
    pub fn with(self, undelivered: Option<&Undelivered>) -> Self {
        match (self, undelivered) {
            (Self::Unknown | Self::Healthy, Some(_)) => Self::Failing,
            (known, _) => known,
        }
    }
}

/// Messages that do not get through to an account, for reasons other than what they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Undelivered {
    /// When the first of them failed.
    pub since: DateTime<Utc>,
    /// They, and those that wait behind them; at most 10,000 are counted.
    pub waiting: i64,
}

impl FromStr for Health {
    type Err = crate::document::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "unknown" => Ok(Self::Unknown),
            "healthy" => Ok(Self::Healthy),
            "failing" => Ok(Self::Failing),
            "paused" => Ok(Self::Paused),
            other => Err(crate::document::UnknownWord(other.to_owned())),
        }
    }
}

/// A row of the connections list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConnectionSummary {
    /// Identity.
    pub id: ConnectionId,
    /// Chosen by the admin.
    pub name: String,
    /// Which connector (`pantheon`).
    pub kind: String,
    /// Where it points.
    pub base_url: String,
    /// The warehouse whose lines become floor work.
    pub warehouse_id: WarehouseId,
    /// How it is.
    pub health: Health,
    /// Last successful call.
    pub last_ok_at: Option<DateTime<Utc>>,
    /// Last failure, in words that say what to do.
    pub last_error: Option<String>,
    /// When that was.
    pub last_error_at: Option<DateTime<Utc>>,
    /// Duration of the last check or page, milliseconds.
    pub last_latency_ms: Option<i32>,
    /// A check was asked for and is not answered yet.
    pub check_pending: bool,
    /// Results that do not get through to it; none when all do.
    pub undelivered: Option<Undelivered>,
    /// It is a test system: copies of messages can be tried there.
    pub test_system: bool,
}

/// One entity of a connection: where its sync stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityStatus {
    /// What.
    pub entity: Entity,
    /// Highest change time seen.
    pub cursor_at: Option<DateTime<Utc>>,
    /// The newest run.
    pub last_run: Option<SyncRun>,
}

/// A connection with its entities and schedules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionDetail {
    /// The list's columns.
    pub connection: ConnectionSummary,
    /// Settings without secrets.
    pub settings: serde_json::Value,
    /// Names of the secrets that are set.
    pub secrets_set: Vec<String>,
    /// A full pass that would mark more than this share of the active rows inactive asks first.
    pub brake_percent: i16,
    /// What its connector can write.
    pub push_kinds: Vec<PushKind>,
    /// How messages to it are treated; or what is wrong with the settings that are kept.
    pub delivery: Result<DeliverySettings, String>,
    /// Where each entity stands.
    pub entities: Vec<EntityStatus>,
    /// Cron lines.
    pub schedules: Vec<Schedule>,
}

/// Where an entity comes from, and how fresh it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The account.
    pub connection_id: ConnectionId,
    /// Its name.
    pub connection: String,
    /// End of the last complete pass.
    pub completed_at: Option<DateTime<Utc>>,
    /// The newest run.
    pub run_id: Option<SyncRunId>,
    /// Where that stands.
    pub run_state: Option<RunState>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_that_takes_no_results_is_failing_and_one_that_pauses_stays_paused() {
        let undelivered = Undelivered {
            since: DateTime::UNIX_EPOCH,
            waiting: 2,
        };
        let of = |health: Health| health.with(Some(&undelivered));
        assert_eq!(of(Health::Healthy), Health::Failing);
        assert_eq!(of(Health::Unknown), Health::Failing);
        assert_eq!(of(Health::Failing), Health::Failing);
        assert_eq!(of(Health::Paused), Health::Paused);
        assert_eq!(Health::Healthy.with(None), Health::Healthy);
    }
}
