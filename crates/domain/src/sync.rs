//! Bringing rows from an upstream system here.

use crate::preview::PreviewOutcome;
use crate::word;
use crate::{ConnectionId, SyncRunId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What is synchronised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Entity {
    /// The catalogue.
    Items,
    /// Trading parties.
    Partners,
    /// What is on hand.
    Stock,
    /// Outbound documents.
    Dispatches,
    /// Inbound documents.
    Receipts,
}

impl Entity {
    /// All of them, in the order a first sync needs.
    pub const ALL: [Self; 5] = [
        Self::Items,
        Self::Partners,
        Self::Stock,
        Self::Dispatches,
        Self::Receipts,
    ];

    /// The stable word used in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Items => "items",
            Self::Partners => "partners",
            Self::Stock => "stock",
            Self::Dispatches => "dispatches",
            Self::Receipts => "receipts",
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Items => word!("Catalogue"),
            Self::Partners => word!("Partners"),
            Self::Stock => word!("Stock"),
            Self::Dispatches => word!("Dispatches"),
            Self::Receipts => word!("Receipts"),
        }
    }
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Entity {
    type Err = crate::document::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|entity| entity.as_str() == text)
            .ok_or_else(|| crate::document::UnknownWord(text.to_owned()))
    }
}

/// How much is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum SyncMode {
    /// Everything; the only one that may mark rows inactive.
    Full,
    /// What changed since the cursor.
    Delta,
}

impl SyncMode {
    /// The stable word used in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Delta => "delta",
        }
    }
}

impl FromStr for SyncMode {
    type Err = crate::document::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "full" => Ok(Self::Full),
            "delta" => Ok(Self::Delta),
            other => Err(crate::document::UnknownWord(other.to_owned())),
        }
    }
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum RunState {
    /// Asked for.
    Queued,
    /// At work.
    Running,
    /// The brake stopped it: a person decides whether to deactivate.
    NeedsApproval,
    /// Complete.
    Done,
    /// Stopped by an error; the next run begins at the cursor again.
    Failed,
    /// Stopped by a person.
    Cancelled,
}

impl RunState {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Queued,
        Self::Running,
        Self::NeedsApproval,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
    ];

    /// The stable word used in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::NeedsApproval => "needs_approval",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether it will not change by itself any more.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

impl FromStr for RunState {
    type Err = crate::document::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| crate::document::UnknownWord(text.to_owned()))
    }
}

/// What a run did so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SyncCounts {
    /// Pages committed.
    pub pages: i64,
    /// Rows read.
    pub rows: i64,
    /// New here.
    pub created: i64,
    /// Changed here.
    pub updated: i64,
    /// Same as here.
    pub unchanged: i64,
    /// Not accepted; each with its reason.
    pub refused: i64,
    /// Marked inactive after a complete pass.
    pub deactivated: i64,
}

impl SyncCounts {
    /// Adds what one page did.
    pub fn add(&mut self, page: &Self) {
        self.pages += page.pages;
        self.rows += page.rows;
        self.created += page.created;
        self.updated += page.updated;
        self.unchanged += page.unchanged;
        self.refused += page.refused;
        self.deactivated += page.deactivated;
    }
}

/// A run as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SyncRun {
    /// Identity.
    pub id: SyncRunId,
    /// The account.
    pub connection_id: ConnectionId,
    /// The account's name.
    pub connection: String,
    /// What.
    pub entity: Entity,
    /// How much.
    pub mode: SyncMode,
    /// Where it stands.
    pub state: RunState,
    /// Figures so far.
    pub counts: SyncCounts,
    /// Who asked: a person's name, or "schedule".
    pub requested_by: String,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// First page asked for.
    pub started_at: Option<DateTime<Utc>>,
    /// Last change of the figures.
    pub updated_at: DateTime<Utc>,
    /// The end.
    pub finished_at: Option<DateTime<Utc>>,
    /// Why it failed, or what has to be decided, in a sentence that says what to do.
    pub message: Option<String>,
    /// Sent with each of its calls as `X-Correlation-ID`, and in the log: the id of the request
    /// that asked for it.
    pub correlation_id: String,
    /// A person asked it to stop; it does after its page.
    pub cancel_requested: bool,
    /// It only looks: its figures say what would happen.
    pub dry: bool,
    /// What became of a finished dry run.
    pub preview: Option<PreviewOutcome>,
}

impl SyncRun {
    /// Rows per second between the start and the last page.
    pub fn rows_per_second(&self) -> Option<i64> {
        let started = self.started_at?;
        let ended = self.finished_at.unwrap_or(self.updated_at);
        let millis = (ended - started).num_milliseconds().max(1);
        Some(self.counts.rows * 1000 / millis)
    }
}

/// Which runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFilter {
    /// Of one account.
    pub connection_id: Option<ConnectionId>,
    /// Of one entity.
    pub entity: Option<Entity>,
    /// In one state.
    pub state: Option<RunState>,
    /// Dry runs only, or real ones only.
    pub dry: Option<bool>,
}

impl RunFilter {
    /// The runs of one account.
    pub fn of(connection: ConnectionId) -> Self {
        Self {
            connection_id: Some(connection),
            ..Self::default()
        }
    }
}

/// A row that was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RejectedRow {
    /// The upstream's key, as far as it could be read.
    pub external_key: String,
    /// Why, and what to do.
    pub reason: String,
    /// The row as it came.
    pub payload: serde_json::Value,
    /// When.
    pub at: DateTime<Utc>,
}
