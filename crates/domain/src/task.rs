//! Work for a person.

use crate::document::{DocumentKind, DocumentStatus};
use crate::gs1;
use crate::picking::TaskLine;
use crate::{DocumentId, TaskId, TeamId, UserId, WarehouseId};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    /// Higher goes first; see [`Priority`].
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
    /// To be done by.
    #[serde(default)]
    pub due_at: Option<DateTime<Utc>>,
    /// Another whenever a line of the task is; none in lists that do not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

impl TaskSummary {
    /// Who has it, as people read it.
    pub fn holder(&self) -> Option<&str> {
        self.worker_name.as_deref().or(self.team_name.as_deref())
    }

    /// Whether somebody can still be given it.
    pub fn is_open(&self) -> bool {
        matches!(self.state, TaskState::Open | TaskState::Claimed)
    }
}

/// Whether a scanned code is a document's number, whatever its case and whatever barcode it is printed as.
pub fn is_number(code: &str, number: &str) -> bool {
    number.eq_ignore_ascii_case(gs1::without_symbology(code.trim()))
}

/// How urgent a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// When nothing else is left.
    Low,
    /// In turn.
    Normal,
    /// Before the others.
    High,
    /// Before everything.
    Urgent,
}

impl Priority {
    /// All of them, most urgent first.
    pub const ALL: [Self; 4] = [Self::Urgent, Self::High, Self::Normal, Self::Low];

    /// The number tasks are ordered by.
    pub fn rank(self) -> i16 {
        match self {
            Self::Low => -1,
            Self::Normal => 0,
            Self::High => 1,
            Self::Urgent => 2,
        }
    }

    /// The priority of a number.
    pub fn of(rank: i16) -> Self {
        match rank {
            ..0 => Self::Low,
            0 => Self::Normal,
            1 => Self::High,
            2.. => Self::Urgent,
        }
    }

    /// The stable word used in URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }
}

impl FromStr for Priority {
    type Err = crate::document::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut all = Self::ALL.into_iter();
        all.find(|priority| priority.as_str() == text)
            .ok_or_else(|| crate::document::UnknownWord(text.to_owned()))
    }
}

/// A task as the handheld needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskDetail {
    /// The list's columns.
    pub task: TaskSummary,
    /// Lines in walking order.
    pub lines: Vec<TaskLine>,
    /// Whether the caller has an operation that can be undone.
    pub undoable: Option<crate::operation::UndoableOperation>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_is_a_document_s_number_when_it_is_the_whole_of_it_in_any_case() {
        let number = "25-20AT-000336";
        for code in [
            number,
            "25-20at-000336",
            " 25-20AT-000336\r",
            "]C025-20AT-000336",
        ] {
            assert!(is_number(code, number), "{code}");
        }
        for code in ["25-20AT-00033", "25-20AT-0003366", "000336", ""] {
            assert!(!is_number(code, number), "{code}");
        }
    }
}
