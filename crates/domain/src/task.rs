//! Work for a person.

use crate::document::{DocumentKind, DocumentStatus};
use crate::picking::TaskLine;
use crate::{DocumentId, TaskId, TeamId, UserId, WarehouseId};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// Waiting, perhaps already given to somebody.
    Open,
    /// Somebody works on it.
    Claimed,
    /// Finished.
    Done,
    /// Withdrawn.
    Cancelled,
}

impl TaskState {
    /// The stable word used in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Claimed => "claimed",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }
}

impl FromStr for TaskState {
    type Err = crate::document::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "open" => Ok(Self::Open),
            "claimed" => Ok(Self::Claimed),
            "done" => Ok(Self::Done),
            "cancelled" => Ok(Self::Cancelled),
            other => Err(crate::document::UnknownWord(other.to_owned())),
        }
    }
}

/// Who a task is given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "to", content = "id")]
pub enum Assignee {
    /// One worker.
    Worker(UserId),
    /// Any member of a team.
    Team(TeamId),
    /// Nobody: back to the pool.
    Nobody,
}

/// A row of a task list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskSummary {
    /// Identity.
    pub id: TaskId,
    /// The document behind it.
    pub document_id: DocumentId,
    /// Which way the goods go.
    pub kind: DocumentKind,
    /// The ERP's number.
    pub number: String,
    /// The ERP's type.
    pub doc_type: String,
    /// The ERP's date.
    pub dated_on: NaiveDate,
    /// Recipient or sender.
    pub partner_name: Option<String>,
    /// Site.
    pub warehouse_id: WarehouseId,
    /// Where it stands.
    pub state: TaskState,
    /// Where its document stands.
    pub document_status: DocumentStatus,
    /// Given to this worker.
    pub worker_id: Option<UserId>,
    /// The worker's name.
    pub worker_name: Option<String>,
    /// Given to this team.
    pub team_id: Option<TeamId>,
    /// The team's name.
    pub team_name: Option<String>,
    /// Higher goes first.
    pub priority: i16,
    /// Lines to work on.
    pub lines_total: i32,
    /// Lines done in full.
    pub lines_done: i32,
    /// Lines with something missing and a reason given.
    pub lines_short: i32,
    /// Work began.
    pub started_at: Option<DateTime<Utc>>,
    /// Work ended.
    pub finished_at: Option<DateTime<Utc>>,
}

/// A task as the handheld needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskDetail {
    /// The list's columns.
    pub task: TaskSummary,
    /// Lines in walking order.
    pub lines: Vec<TaskLine>,
    /// Whether the caller has an operation that can be undone.
    pub undoable: Option<crate::operation::UndoableOperation>,
}
