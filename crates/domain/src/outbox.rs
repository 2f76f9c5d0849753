//! What has to reach other systems: messages, their attempts, and when the next one is due.

mod failed_for;
mod step_edit;
mod subject;

pub use failed_for::{FailedFor, MessageGroup};
pub use step_edit::{FixedStep, step_to_edit};
pub use subject::Subject;

use crate::word;
use crate::{ConnectionId, DocumentId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use uuid::Uuid;

/// Writes an enum of stable words with its conversions.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable word used in the database and the API.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}

        // The derive does not read words that come through a macro.
        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                let words = Self::ALL.iter().map(|word| word.as_str());
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some(words))
                    .into()
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::document::UnknownWord;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL
                    .iter()
                    .copied()
                    .find(|word| word.as_str() == text)
                    .ok_or_else(|| $crate::document::UnknownWord(text.to_owned()))
            }
        }
    };
}
pub(crate) use words;

words! {
    /// Where a message stands.
    MessageState {
        /// Waits for its turn.
        Pending = "pending",
        /// A worker is at it.
        InProgress = "in_progress",
        /// Accepted by the other system.
        Completed = "completed",
        /// Given up by Crossdock; a person decides.
        Dead = "dead",
        /// Given up by a person; or a copy that a test system did not take.
        Discarded = "discarded",
    }
}

words! {
    /// Why an attempt failed, to group by.
    Cause {
        /// No answer in time: it may have arrived.
        Timeout = "timeout",
        /// Nobody listens there, or the name is unknown.
        Unreachable = "unreachable",
        /// We do not send there: the address is not allowed.
        Refused = "refused",
        /// Asked to come later.
        Busy = "busy",
        /// The other side failed.
        UpstreamError = "upstream_error",
        /// The other side does not accept it, and never will as it is.
        Rejected = "rejected",
        /// The worker ended before it could say what came of it.
        Lost = "lost",
        /// What we need for sending is missing or does not open.
        Settings = "settings",
        /// The payload does not fit what is written.
        Payload = "payload",
    }
}

/// The event type of a saga with several steps; each step has its own.
pub const SAGA: &str = "saga";

words! {
    /// Where a step of a saga stands.
    StepState {
        /// Waits for its turn.
        Waiting = "waiting",
        /// Accepted by the other system.
        Accepted = "accepted",
        /// Refused for good.
        Refused = "refused",
        /// Given up, and perhaps written all the same.
        Unknown = "unknown",
        /// Taken back.
        Undone = "undone",
    }
}

words! {
    /// What came of one attempt.
    AttemptOutcome {
        /// Accepted.
        Delivered = "delivered",
        /// Not accepted.
        Failed = "failed",
        /// Not now; it cost no attempt.
        Postponed = "postponed",
        /// The worker ended meanwhile.
        Lost = "lost",
    }
}

impl Cause {
    /// What a person reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Timeout => word!("No answer in time"),
            Self::Unreachable => word!("Not reachable"),
            Self::Refused => word!("Address not allowed"),
            Self::Busy => word!("Asked to come later"),
            Self::UpstreamError => word!("Failed on the other side"),
            Self::Rejected => word!("Not accepted"),
            Self::Lost => word!("Worker lost"),
            Self::Settings => word!("Settings"),
            Self::Payload => word!("Payload does not fit"),
        }
    }
}

/// Failed attempts after which a message is dead, unless it says otherwise.
pub const MAX_ATTEMPTS: i16 = 5;

/// Seconds to wait after the first, second … failed attempt; the last one serves all further ones.
pub(crate) const WAITS: [u32; 5] = [30, 120, 600, 1_800, 3_600];

/// How long to wait after so many failed attempts. `unit`, from 0 to 1, spreads the wait by ten
/// percent either way, so that what failed together does not come back together.
pub fn wait_after(failed: i32, unit: f64) -> Duration {
    let index = usize::try_from(failed.max(1) - 1).unwrap_or(0);
    let seconds = WAITS.get(index).copied().unwrap_or(3_600);
    Duration::from_secs(u64::from(seconds)).mul_f64(0.9 + 0.2 * unit.clamp(0.0, 1.0))
}

/// A message in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessageSummary {
    /// Identity.
    pub id: Uuid,
    /// The saga it is.
    pub saga_id: Uuid,
    /// The account it goes to, if it goes to one.
    pub connection_id: Option<ConnectionId>,
    /// Document whose result it carries.
    pub document_id: Option<DocumentId>,
    /// What it tells.
    pub event_type: String,
    /// What it is about, if it names something.
    pub subject: Option<Subject>,
    /// Where it goes, in words.
    pub target: String,
    /// Messages of one key are delivered in order.
    pub aggregate_key: String,
    /// Where it stands.
    pub state: MessageState,
    /// Failed attempts.
    pub attempts: i32,
    /// With this many it is dead.
    pub max_attempts: i16,
    /// Not before this instant, while it waits.
    pub next_run_at: DateTime<Utc>,
    /// An earlier message of its key has to go first.
    pub held: bool,
    /// Class of the last failure.
    pub cause: Option<Cause>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
    /// When it was accepted or given up.
    pub processed_at: Option<DateTime<Utc>>,
    /// The message that it is a copy of, to be tried at a test system.
    pub rehearsal_of: Option<Uuid>,
}

/// A test system at which a message can be tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestSystem {
    /// Identity.
    pub id: ConnectionId,
    /// Chosen by the admin.
    pub name: String,
}

/// A message with everything that was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessageDetail {
    /// The list's columns.
    pub message: MessageSummary,
    /// What is told.
    pub payload: serde_json::Value,
    /// What was queued first, if a person edited the payload.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub original_payload: Option<serde_json::Value>,
    /// What the other system answered.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub result: Option<serde_json::Value>,
    /// Steps that were accepted are being taken back.
    pub undoing: bool,
    /// An attempt may have been accepted all the same.
    pub outcome_unknown: bool,
    /// Steps of a saga that has several, in their order.
    pub steps: Vec<StepDetail>,
    /// The click, operation or run that caused it.
    pub correlation_id: String,
    /// Who retried or discarded it last.
    pub settled_by: Option<String>,
    /// Why.
    pub settled_reason: Option<String>,
    /// Newest first.
    pub attempts: Vec<Attempt>,
}

/// One step of a saga.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StepDetail {
    /// Order, from 1.
    pub step: i16,
    /// What it does.
    pub event_type: String,
    /// Where it goes, in words.
    pub target: String,
    /// What is written.
    pub payload: serde_json::Value,
    /// What was queued first, if a person edited the payload.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub original_payload: Option<serde_json::Value>,
    /// Where it stands.
    pub state: StepState,
    /// What the other system answered.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub acceptance: Option<serde_json::Value>,
    /// When its state changed last.
    pub changed_at: DateTime<Utc>,
}

/// Dead messages that failed for one cause at one system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeadGroup {
    /// Class of the failure.
    pub cause: Option<Cause>,
    /// The system, as `connection:1`, `webhook:3` or `email`.
    pub lane: String,
    /// Its name.
    pub target: String,
    /// What they tell.
    pub event_type: String,
    /// How many.
    pub messages: i64,
    /// Documents whose results they hold, themselves or behind them.
    pub documents: i64,
    /// The floor's tasks on those documents.
    pub tasks: i64,
    /// Messages that wait behind them.
    pub held: i64,
    /// When the oldest was queued.
    pub oldest_at: DateTime<Utc>,
    /// What the newest of them failed with.
    pub last_error: Option<String>,
}

/// Which dead messages; a field that is left out fits all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeadFilter {
    /// Class of the failure.
    #[serde(default)]
    pub cause: Option<Cause>,
    /// The system, as `connection:1`, `webhook:3` or `email`.
    #[serde(default)]
    pub lane: Option<String>,
    /// What they tell.
    #[serde(default)]
    pub event_type: Option<String>,
}

/// One try to deliver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attempt {
    /// When it was sent.
    pub at: DateTime<Utc>,
    /// Milliseconds until the answer or the error.
    pub latency_ms: i32,
    /// What came of it.
    pub outcome: AttemptOutcome,
    /// Class of the failure.
    pub cause: Option<Cause>,
    /// HTTP or SMTP status.
    pub status: Option<i16>,
    /// What was sent, without secrets.
    pub request: Option<String>,
    /// Beginning of the answer.
    pub answer: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
}

/// Stands between two calls in what is kept of an attempt.
pub const BETWEEN_CALLS: &str = "\n\n---\n\n";

impl Attempt {
    /// The calls it made, the last one first: that is the one the attempt's answer belongs to, and the one that
    /// failed where it failed. Those before it carry the beginning of their own answers.
    pub fn calls(&self) -> Vec<&str> {
        let kept = self.request.as_deref().unwrap_or_default();
        let calls = kept.split(BETWEEN_CALLS);
        calls.filter(|call| !call.trim().is_empty()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calls_of_an_attempt_are_told_apart_although_their_bodies_have_empty_lines() {
        let attempt = |request: Option<&str>| Attempt {
            at: DateTime::UNIX_EPOCH,
            latency_ms: 1,
            outcome: AttemptOutcome::Failed,
            cause: None,
            status: None,
            request: request.map(str::to_owned),
            answer: None,
            error: None,
        };
        let kept = ["POST b (500)\n<a>\n\n</a>", "POST a (200)\n{}"].join(BETWEEN_CALLS);
        let calls = attempt(Some(&kept));
        assert_eq!(
            calls.calls(),
            ["POST b (500)\n<a>\n\n</a>", "POST a (200)\n{}"]
        );
        assert!(attempt(None).calls().is_empty());
    }

    #[test]
    fn waits_follow_the_table_within_ten_percent_and_stay_at_an_hour() {
        for (failed, seconds) in [
            (1, 30.0),
            (2, 120.0),
            (3, 600.0),
            (4, 1_800.0),
            (5, 3_600.0),
            (9, 3_600.0),
        ] {
            for (unit, factor) in [(0.0, 0.9), (0.5, 1.0), (1.0, 1.1)] {
                let wait = wait_after(failed, unit).as_secs_f64();
                assert!((wait - seconds * factor).abs() < 0.001, "{failed} {unit}");
            }
        }
    }
}
