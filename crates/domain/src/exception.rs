//! What needs a lead's eye: kinds, limits, severities.

use crate::document::{DocumentKind, UnknownWord};
use crate::word;
use crate::{ConnectionId, DocumentId, ExceptionId, UserId, WarehouseId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What kind of thing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ExceptionKind {
    /// A task past its due time, or past the day of its document.
    Late,
    /// Somebody holds a task and did nothing for a while, breaks left out.
    Idle,
    /// The ERP changed a line below what was picked.
    Conflict,
    /// A name, a unit or an item that nobody translated.
    Unmapped,
    /// A sync failed or waits for a word, or the connection is down.
    FailedSync,
    /// Goods that should be there are not.
    Shortage,
    /// Messages to another system were given up and wait for a word.
    Undelivered,
    /// Work done without a network that does not fit what happened meanwhile.
    Review,
    /// Received goods for which there is no location.
    BlockedPutAway,
    /// A count that differs by too much and waits for a second person.
    CountVariance,
    /// A worker said that something is wrong.
    Reported,
}

impl ExceptionKind {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Late,
        Self::Idle,
        Self::Conflict,
        Self::Review,
        Self::Reported,
        Self::Shortage,
        Self::BlockedPutAway,
        Self::CountVariance,
        Self::Unmapped,
        Self::FailedSync,
        Self::Undelivered,
    ];

    /// The stable word used in the database and in URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::Idle => "idle",
            Self::Conflict => "conflict",
            Self::Unmapped => "unmapped",
            Self::FailedSync => "failed_sync",
            Self::Shortage => "shortage",
            Self::Undelivered => "undelivered",
            Self::Review => "review",
            Self::BlockedPutAway => "blocked_put_away",
            Self::CountVariance => "count_variance",
            Self::Reported => "reported",
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Late => word!("Late"),
            Self::Idle => word!("Idle"),
            Self::Conflict => word!("Conflict"),
            Self::Unmapped => word!("Unmapped"),
            Self::FailedSync => word!("Failed sync"),
            Self::Shortage => word!("Shortage"),
            Self::Undelivered => word!("Undelivered"),
            Self::Review => word!("Offline work"),
            Self::BlockedPutAway => word!("Blocked put-away"),
            Self::CountVariance => word!("Count variance"),
            Self::Reported => word!("Reported by a worker"),
        }
    }

    /// How long it may last before it is serious, minutes.
    pub fn limit_minutes(self) -> i32 {
        match self {
            Self::Idle => 5,
            Self::Late | Self::FailedSync | Self::Undelivered | Self::Review | Self::Reported => 30,
            Self::Conflict
            | Self::Unmapped
            | Self::Shortage
            | Self::BlockedPutAway
            | Self::CountVariance => 60,
        }
    }

    /// How bad it is at an age, in minutes: mild before its limit, serious after it, and late
    /// goods and broken syncs worst of all after twice the limit.
    pub fn severity(self, age_minutes: i64) -> Severity {
        let limit = i64::from(self.limit_minutes());
        let worst = matches!(self, Self::Late | Self::FailedSync);
        match self {
            _ if worst && age_minutes > 2 * limit => Severity::Critical,
            _ if age_minutes > limit => Severity::High,
            Self::Unmapped | Self::Shortage => Severity::Low,
            _ => Severity::Medium,
        }
    }
}

impl FromStr for ExceptionKind {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let mut all = Self::ALL.into_iter();
        all.find(|kind| kind.as_str() == text)
            .ok_or_else(|| UnknownWord(text.to_owned()))
    }
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Severity {
    /// Can wait for a quiet moment.
    Low,
    /// Today.
    Medium,
    /// Now.
    High,
    /// Now, and somebody should have yesterday.
    Critical,
}

/// Which exceptions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ExceptionView {
    /// Those that wait, the one longest over its limit first.
    #[default]
    Open,
    /// The same, looked after by the reader.
    Mine,
    /// Those that are over, newest first.
    Closed,
}

impl FromStr for ExceptionView {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "open" => Ok(Self::Open),
            "mine" => Ok(Self::Mine),
            "closed" => Ok(Self::Closed),
            other => Err(UnknownWord(other.to_owned())),
        }
    }
}

/// A row of the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Exception {
    /// Identity.
    pub id: ExceptionId,
    /// What kind.
    pub kind: ExceptionKind,
    /// How bad it is now.
    pub severity: Severity,
    /// What it is about.
    pub subject: String,
    /// What is wrong.
    pub detail: String,
    /// Site; none concerns the company.
    pub warehouse_id: Option<WarehouseId>,
    /// Document to look at.
    pub document: Option<(DocumentKind, DocumentId)>,
    /// Connection to look at.
    pub connection_id: Option<ConnectionId>,
    /// When the cause began.
    pub since: DateTime<Utc>,
    /// How long it lasts, or lasted, minutes.
    pub age_minutes: i64,
    /// How long it may last.
    pub limit_minutes: i32,
    /// Who looks after it.
    pub owner: Option<(UserId, String)>,
    /// Who has seen it.
    pub acknowledged_by: Option<String>,
    /// Who closed it, and what was done.
    pub resolved: Option<(String, String)>,
    /// When the cause was gone.
    pub ended_at: Option<DateTime<Utc>>,
}

/// What a worker reported, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportedProblem {
    /// What it is about.
    pub subject: String,
    /// Who said what.
    pub detail: String,
    /// When.
    pub reported_at: DateTime<Utc>,
    /// Who looks after it.
    pub seen_by: Option<String>,
    /// Who closed it.
    pub resolved_by: Option<String>,
    /// What was done.
    pub resolution: Option<String>,
}

/// How many wait.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionCounts {
    /// All of them.
    pub open: i64,
    /// Of each kind that occurs.
    pub kinds: Vec<(ExceptionKind, i64)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_thirty_minutes_late_is_serious_and_after_an_hour_critical() {
        let late = |minutes| ExceptionKind::Late.severity(minutes);
        assert_eq!(late(30), Severity::Medium);
        assert_eq!(late(31), Severity::High);
        assert_eq!(late(61), Severity::Critical);
        assert_eq!(ExceptionKind::Idle.severity(500), Severity::High);
        assert_eq!(ExceptionKind::Unmapped.severity(5), Severity::Low);
    }

    #[test]
    fn kinds_survive_the_database() {
        for kind in ExceptionKind::ALL {
            assert_eq!(kind.as_str().parse::<ExceptionKind>().unwrap(), kind);
        }
    }
}
