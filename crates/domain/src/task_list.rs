//! The lead's list of work: how it is narrowed, and what can be done to many tasks at once.

use crate::document::UnknownWord;
use crate::task::{Assignee, Priority, TaskState};
use crate::{CutOffId, TaskId, TeamId, UserId, WaveId};
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The most tasks one act may touch.
pub const MOST_AT_ONCE: usize = 200;

/// Which tasks, by where they stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskView {
    /// Open and claimed: what is left.
    #[default]
    Todo,
    /// Nobody began.
    Open,
    /// Somebody works on it.
    Claimed,
    /// Finished.
    Done,
    /// Everything, newest first.
    All,
}

impl TaskView {
    /// The states it shows.
    pub fn states(self) -> &'static [TaskState] {
        use TaskState as S;
        match self {
            Self::Todo => &[S::Open, S::Claimed],
            Self::Open => &[S::Open],
            Self::Claimed => &[S::Claimed],
            Self::Done => &[S::Done],
            Self::All => &[S::Open, S::Claimed, S::Done, S::Cancelled],
        }
    }

    /// Whether it is ordered by urgency; else newest first.
    pub fn is_urgent_first(self) -> bool {
        matches!(self, Self::Todo | Self::Open | Self::Claimed)
    }
}

impl FromStr for TaskView {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "todo" => Ok(Self::Todo),
            "open" => Ok(Self::Open),
            "claimed" => Ok(Self::Claimed),
            "done" => Ok(Self::Done),
            "all" => Ok(Self::All),
            other => Err(UnknownWord(other.to_owned())),
        }
    }
}

/// Who has the tasks; written `worker:3`, `team:2` or `nobody`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Holder(pub Assignee);

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Assignee::Worker(id) => write!(f, "worker:{id}"),
            Assignee::Team(id) => write!(f, "team:{id}"),
            Assignee::Nobody => f.write_str("nobody"),
        }
    }
}

impl FromStr for Holder {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let unknown = || UnknownWord(text.to_owned());
        let id = |id: &str| id.parse::<i64>().map_err(|_| unknown());
        match text.split_once(':') {
            None if text == "nobody" => Ok(Self(Assignee::Nobody)),
            Some(("worker", user)) => Ok(Self(Assignee::Worker(UserId(id(user)?)))),
            Some(("team", team)) => Ok(Self(Assignee::Team(TeamId(id(team)?)))),
            _ => Err(unknown()),
        }
    }
}

impl From<Holder> for String {
    fn from(holder: Holder) -> Self {
        holder.to_string()
    }
}

impl TryFrom<String> for Holder {
    type Error = UnknownWord;
    fn try_from(text: String) -> Result<Self, UnknownWord> {
        text.parse()
    }
}

/// When the tasks are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DueFilter {
    /// The due time has passed and it is not done.
    Late,
    /// Due on the site's current day.
    Today,
    /// Nobody said.
    Unset,
}

impl DueFilter {
    /// The stable word used in URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::Today => "today",
            Self::Unset => "unset",
        }
    }
}

impl FromStr for DueFilter {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "late" => Ok(Self::Late),
            "today" => Ok(Self::Today),
            "unset" => Ok(Self::Unset),
            other => Err(UnknownWord(other.to_owned())),
        }
    }
}

/// What the lead's list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TaskFilter {
    /// By where they stand.
    pub view: TaskView,
    /// By who has them.
    pub holder: Option<Holder>,
    /// By urgency.
    pub priority: Option<Priority>,
    /// By due time.
    pub due: Option<DueFilter>,
    /// Part of a number or partner.
    pub q: Option<String>,
    /// By the cut-off their due time comes from.
    pub cut_off: Option<CutOffId>,
    /// By the wave they are in, or were released with.
    pub wave: Option<WaveId>,
}

impl TaskFilter {
    /// Everything of a view.
    pub fn of(view: TaskView) -> Self {
        Self {
            view,
            ..Self::default()
        }
    }
}

/// What is done to tasks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do", content = "with")]
pub enum TaskAct {
    /// All to the same holder.
    Give(Assignee),
    /// Each to the worker named beside it.
    GiveEach(Vec<(TaskId, UserId)>),
    /// All equally urgent.
    SetPriority(Priority),
    /// All due at this time of their site's clock; none takes the due time away.
    SetDue(Option<NaiveDateTime>),
}

/// One act on many tasks: all of them change, or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskChange {
    /// Which.
    pub tasks: Vec<TaskId>,
    /// What.
    pub act: TaskAct,
    /// What had been suggested to the person, so that taking or leaving it is on record.
    #[serde(default)]
    pub suggested: Vec<(TaskId, UserId)>,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskChangeAnswer {
    /// Tasks that are different now.
    pub changed: usize,
    /// Tasks that were like that already.
    pub unchanged: usize,
    /// Of those that are different, how many a wave holds back: no handheld shows them before its release.
    #[serde(default)]
    pub held: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_holder_survives_the_url() {
        for holder in [
            Holder(Assignee::Worker(UserId(3))),
            Holder(Assignee::Team(TeamId(2))),
            Holder(Assignee::Nobody),
        ] {
            assert_eq!(holder.to_string().parse::<Holder>().unwrap(), holder);
        }
        assert!("worker:x".parse::<Holder>().is_err());
        assert!("somebody".parse::<Holder>().is_err());
    }
}
