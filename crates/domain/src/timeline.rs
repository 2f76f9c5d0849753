//! What happened to a document, in one list.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One entry of a document's timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimelineEntry {
    /// Order within the document.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// What kind of thing happened.
    pub kind: TimelineKind,
    /// Who: a person's name, or the connection's.
    pub actor: String,
    /// One sentence.
    pub text: String,
    /// The upstream call or request behind it.
    pub correlation_id: Option<String>,
    /// The outbox message it tells of; it may be forgotten by now.
    #[serde(default)]
    pub message_id: Option<Uuid>,
}

/// The kinds, for icons and filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum TimelineKind {
    /// First read from the ERP.
    Imported,
    /// Changed in the ERP.
    Edited,
    /// Something a person has to decide.
    Conflict,
    /// A person decided.
    Resolved,
    /// Matching or eligibility was computed again.
    Recalculated,
    /// Given to a worker or team.
    Assigned,
    /// Made more or less urgent, or given a due time.
    Planned,
    /// Taken by a worker.
    Claimed,
    /// Picked.
    Picked,
    /// Put on a location.
    PutAway,
    /// Reported short.
    Shortage,
    /// A photo of the goods came.
    Photo,
    /// Taken back.
    Undone,
    /// Closed by a worker.
    Finished,
    /// Withdrawn.
    Cancelled,
    /// The result waits for its way to the ERP.
    Queued,
    /// It was tried to write it there.
    Attempted,
    /// The ERP took it.
    Delivered,
    /// Given up on the way; a person decides.
    Undelivered,
}

impl TimelineKind {
    /// The stable word used in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::Edited => "edited",
            Self::Conflict => "conflict",
            Self::Resolved => "resolved",
            Self::Recalculated => "recalculated",
            Self::Assigned => "assigned",
            Self::Planned => "planned",
            Self::Claimed => "claimed",
            Self::Picked => "picked",
            Self::PutAway => "put_away",
            Self::Shortage => "shortage",
            Self::Photo => "photo",
            Self::Undone => "undone",
            Self::Finished => "finished",
            Self::Cancelled => "cancelled",
            Self::Queued => "queued",
            Self::Attempted => "attempted",
            Self::Delivered => "delivered",
            Self::Undelivered => "undelivered",
        }
    }

    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::Imported,
        Self::Edited,
        Self::Conflict,
        Self::Resolved,
        Self::Recalculated,
        Self::Assigned,
        Self::Planned,
        Self::Claimed,
        Self::Picked,
        Self::PutAway,
        Self::Shortage,
        Self::Photo,
        Self::Undone,
        Self::Finished,
        Self::Cancelled,
        Self::Queued,
        Self::Attempted,
        Self::Delivered,
        Self::Undelivered,
    ];

    /// The kind of a stored word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}
