//! Short coloured words for states. The word carries the meaning, the colour helps.

use domain::connection::Health;
use domain::document::{DocumentStatus, LineStatus, MatchState};
use domain::sync::RunState;
use domain::task::TaskState;
use leptos::prelude::*;

/// What a colour means, everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Nothing to say.
    Neutral,
    /// Under way.
    Info,
    /// As it should be.
    Good,
    /// Look at it.
    Warning,
    /// Wrong.
    Bad,
}

impl Tone {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Neutral,
        Self::Info,
        Self::Good,
        Self::Warning,
        Self::Bad,
    ];

    /// A badge whose words do not fit on one line grows with them.
    fn class(self) -> &'static str {
        match self {
            Self::Neutral => {
                "badge badge-sm h-auto min-h-5 border-base-300 bg-base-200 text-base-content"
            }
            Self::Info => "badge badge-sm h-auto min-h-5 badge-soft badge-info",
            Self::Good => "badge badge-sm h-auto min-h-5 badge-soft badge-success",
            Self::Warning => "badge badge-sm h-auto min-h-5 badge-soft badge-warning",
            Self::Bad => "badge badge-sm h-auto min-h-5 badge-soft badge-error",
        }
    }
}

/// A badge.
pub fn badge(tone: Tone, text: impl Into<String>) -> AnyView {
    leptos::html::span()
        .class(tone.class())
        .child(text.into())
        .into_any()
}

/// Where a document stands.
pub fn document_status(status: DocumentStatus) -> AnyView {
    let (tone, text) = match status {
        DocumentStatus::New => (Tone::Neutral, t!("New")),
        DocumentStatus::InProgress => (Tone::Info, t!("In progress")),
        DocumentStatus::Partial => (Tone::Warning, t!("Partial")),
        DocumentStatus::Done => (Tone::Good, t!("Done")),
        DocumentStatus::Cancelled => (Tone::Bad, t!("Cancelled")),
    };
    badge(tone, text)
}

/// Where a line stands.
pub fn line_status(status: LineStatus) -> AnyView {
    let (tone, text) = match status {
        LineStatus::New => (Tone::Neutral, t!("New")),
        LineStatus::Partial => (Tone::Warning, t!("Partial")),
        LineStatus::Done => (Tone::Good, t!("Done")),
    };
    badge(tone, text)
}

/// How a line found its item.
pub fn match_state(state: MatchState) -> AnyView {
    let (tone, text) = match state {
        MatchState::Code => (Tone::Good, t!("By code")),
        MatchState::Barcode => (Tone::Good, t!("By barcode")),
        MatchState::Lookup => (Tone::Info, t!("ERP look-up")),
        MatchState::Mapping => (Tone::Info, t!("By mapping")),
        MatchState::Unmatched => (Tone::Warning, t!("Unmatched")),
    };
    badge(tone, text)
}

/// Where a sync run stands.
pub fn run_state(state: RunState) -> AnyView {
    let tone = match state {
        RunState::Queued | RunState::Cancelled => Tone::Neutral,
        RunState::Running => Tone::Info,
        RunState::NeedsApproval => Tone::Warning,
        RunState::Done => Tone::Good,
        RunState::Failed => Tone::Bad,
    };
    badge(tone, run_state_name(state))
}

/// The same without colour, for filters.
pub fn run_state_name(state: RunState) -> &'static str {
    match state {
        RunState::Queued => t!("Queued"),
        RunState::Running => t!("Running"),
        RunState::NeedsApproval => t!("Needs approval"),
        RunState::Done => t!("Done"),
        RunState::Failed => t!("Failed"),
        RunState::Cancelled => t!("Cancelled"),
    }
}

/// How a connection is.
pub fn health(health: Health) -> AnyView {
    let (tone, text) = match health {
        Health::Unknown => (Tone::Neutral, t!("Not checked")),
        Health::Healthy => (Tone::Good, t!("Healthy")),
        Health::Failing => (Tone::Bad, t!("Failing")),
        Health::Paused => (Tone::Warning, t!("Paused")),
    };
    badge(tone, text)
}

/// That a connection leads to a test system; nothing for any other.
pub fn test_system(is: bool) -> Option<AnyView> {
    is.then(|| badge(Tone::Info, t!("Test system")))
}

/// That results do not get through to a connection, since when and how many wait.
pub fn undelivered(waiting: i64, since: String) -> String {
    tn!(
        "Results do not get through since {since}; {waiting} waits.",
        "Results do not get through since {since}; {waiting} wait.",
        waiting,
        since
    )
}

/// Where a task stands.
pub fn task_state(state: TaskState) -> AnyView {
    let (tone, text) = match state {
        TaskState::Open => (Tone::Neutral, t!("Open")),
        TaskState::Claimed => (Tone::Info, t!("In work")),
        TaskState::Done => (Tone::Good, t!("Done")),
        TaskState::Cancelled => (Tone::Bad, t!("Cancelled")),
    };
    badge(tone, text)
}

/// Yes or no, for flags in tables.
pub fn yes_no(yes: bool) -> AnyView {
    if yes {
        badge(Tone::Good, t!("Yes"))
    } else {
        badge(Tone::Neutral, t!("No"))
    }
}
