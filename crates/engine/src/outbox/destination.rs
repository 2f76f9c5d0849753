//! A kind of system that messages go to.

use super::saga::Place;
use async_trait::async_trait;
use domain::delivery::{BreakerLimits, RetryPolicy};
use domain::outbox::Cause;
use serde_json::Value;
use std::time::Duration;
use store::outbox::Claimed;

/// Delivers messages. Called with no transaction open; may be called again for a message that was
/// accepted before, which `outcome_unknown` warns of, so it carries the message's id along.
#[async_trait]
pub trait Destination: Send + Sync {
    /// One attempt.
    async fn deliver(&self, message: &Claimed) -> Delivery;
}

/// What came of an attempt, with what was sent and answered.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// What it means.
    pub outcome: Outcome,
    /// HTTP or SMTP status.
    pub status: Option<i16>,
    /// What was sent, without secrets, at most 4,000 characters.
    pub request: Option<String>,
    /// Beginning of the answer, at most 2,000 characters.
    pub answer: Option<String>,
    /// How failures are dealt with, where the system has its own way.
    pub treatment: Option<Box<Treatment>>,
    /// Which step it was, for a saga of several.
    pub place: Option<Box<Place>>,
}

/// How failures of one system are dealt with.
#[derive(Debug, Clone)]
pub struct Treatment {
    /// When they are tried again.
    pub retry: RetryPolicy,
    /// When failures in a row pause what goes to it; none never do.
    pub breaker: Option<BreakerLimits>,
}

/// What an attempt means.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Accepted.
    Delivered(Value),
    /// Try again by the schedule.
    Failed {
        /// Class.
        cause: Cause,
        /// In words that say what to do.
        error: String,
        /// It may have been accepted all the same.
        unknown: bool,
    },
    /// Trying again would not help.
    Fatal {
        /// Class.
        cause: Cause,
        /// In words that say what to do.
        error: String,
    },
    /// Asked to come later; costs no attempt.
    Postponed {
        /// In words.
        error: String,
        /// How long, if it was said.
        wait: Option<Duration>,
        /// It, or a part of it, may have been accepted all the same.
        unknown: bool,
        /// Somebody holds the record it is about: what else goes to the system goes on.
        alone: bool,
    },
}

impl Outcome {
    pub(crate) fn cause(&self) -> Option<Cause> {
        match self {
            Self::Delivered(_) => None,
            Self::Failed { cause, .. } | Self::Fatal { cause, .. } => Some(*cause),
            Self::Postponed { .. } => Some(Cause::Busy),
        }
    }

    pub(crate) fn error(&self) -> Option<&str> {
        match self {
            Self::Delivered(_) => None,
            Self::Failed { error, .. } | Self::Fatal { error, .. } => Some(error),
            Self::Postponed { error, .. } => Some(error),
        }
    }

    pub(crate) fn is_unknown(&self) -> bool {
        matches!(
            self,
            Self::Failed { unknown: true, .. } | Self::Postponed { unknown: true, .. }
        )
    }
}

impl Delivery {
    /// An outcome with nothing captured yet.
    pub fn of(outcome: Outcome) -> Self {
        Self {
            outcome,
            status: None,
            request: None,
            answer: None,
            treatment: None,
            place: None,
        }
    }

    /// Trying again would not help.
    pub fn fatal(cause: Cause, error: impl Into<String>) -> Self {
        let error = error.into();
        Self::of(Outcome::Fatal { cause, error })
    }

    /// Try again by the schedule.
    pub fn failed(cause: Cause, error: impl Into<String>, unknown: bool) -> Self {
        let error = error.into();
        Self::of(Outcome::Failed {
            cause,
            error,
            unknown,
        })
    }

    /// Our own database could not be asked, so nothing was sent. While it is away, that costs no
    /// attempt.
    pub(crate) fn unread(error: &store::Error) -> Self {
        let Some(reason) = error.outage() else {
            return Self::failed(Cause::Settings, error.to_string(), false);
        };
        Self::of(Outcome::Postponed {
            error: format!("Our database was asked in vain: {reason}."),
            wait: Some(Duration::from_secs(1)),
            unknown: false,
            alone: false,
        })
    }

    pub(super) fn breaker(&self) -> Option<BreakerLimits> {
        match &self.treatment {
            Some(treatment) => treatment.breaker,
            None => Some(BreakerLimits::default()),
        }
    }

    pub(crate) fn overdue() -> Self {
        Self::failed(Cause::Timeout, "It took too long and was given up.", true)
    }

    /// With what was sent.
    pub fn sent(mut self, request: impl Into<String>) -> Self {
        self.request = Some(cut(request.into(), 4_000));
        self
    }

    /// With what was answered.
    pub fn answered(mut self, status: i16, answer: impl Into<String>) -> Self {
        self.status = Some(status);
        self.answer = Some(cut(answer.into(), 2_000));
        self
    }
}

/// At most so many characters; without NUL, which PostgreSQL does not store.
fn cut(text: String, most: usize) -> String {
    // No text has more characters than bytes.
    if text.len() <= most && !text.contains('\0') {
        return text;
    }
    text.chars().filter(|c| *c != '\0').take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_by_characters_and_keeps_no_nul() {
        let cut = |text: &str| cut(text.to_owned(), 3);
        assert_eq!(cut("abc"), "abc");
        assert_eq!(cut("žžž"), "žžž");
        assert_eq!(cut("žžžž"), "žžž");
        assert_eq!(cut("a\0b"), "ab");
        assert_eq!(cut("a\0bcd"), "abc");
    }
}
