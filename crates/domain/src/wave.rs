//! Waves: dispatches that a lead holds back and lets the floor begin together.

use crate::document::UnknownWord;
use crate::{CutOffId, TaskId, WarehouseId, WaveId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// The most tasks one wave holds back.
pub const LARGEST_WAVE: usize = 500;
/// The most characters of a wave's name.
pub const LONGEST_NAME: usize = 60;

/// Where a wave stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum WaveState {
    /// Its tasks are held back.
    Planned,
    /// Its tasks are on the floor.
    Released,
    /// Given up while it was empty.
    Closed,
}

impl WaveState {
    /// The stable word used in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Released => "released",
            Self::Closed => "closed",
        }
    }
}

impl FromStr for WaveState {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "planned" => Ok(Self::Planned),
            "released" => Ok(Self::Released),
            "closed" => Ok(Self::Closed),
            other => Err(UnknownWord(other.to_owned())),
        }
    }
}

/// A wave with what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Wave {
    /// Identity.
    pub id: WaveId,
    /// Site.
    pub warehouse_id: WarehouseId,
    /// Counted per site; what people call it.
    pub number: i32,
    /// What it is for; empty when nobody said.
    pub name: String,
    /// Where it stands.
    pub state: WaveState,
    /// Its tasks.
    pub tasks: i64,
    /// Those of them that are still to be done.
    pub open: i64,
    /// Floor lines on its tasks.
    pub lines: i64,
    /// The first due time among those to be done.
    pub due_at: Option<DateTime<Utc>>,
    /// The tasks it holds back; none once it is released.
    pub held: Vec<TaskId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Who made it.
    pub created_by: String,
    /// When it was released or closed.
    pub ended_at: Option<DateTime<Utc>>,
    /// Who did that.
    pub ended_by: Option<String>,
}

/// Which dispatches: those named, and those that wait for a cut-off.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WaveChoice {
    /// By task; at most 200.
    pub tasks: Vec<TaskId>,
    /// All that nobody began, that are in no wave, and that are due at the next time of this cut-off or
    /// before.
    pub cut_off: Option<CutOffId>,
}
