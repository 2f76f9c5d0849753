//! What operators are told: once when it begins, once when it is over.

use crate::outbox::words;
use crate::word;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// The rules.
    AlertKind {
        /// An account cannot be reached.
        ConnectionDown = "connection_down",
        /// Messages pile up.
        Backlog = "backlog",
        /// A scheduled sync has not completed for too long.
        StaleCursor = "stale_cursor",
        /// Too many calls to an account fail.
        ErrorRate = "error_rate",
        /// Messages to an account were given up.
        DeadLetters = "dead_letters",
    }
}

impl AlertKind {
    /// What a person reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::ConnectionDown => word!("Connection down"),
            Self::Backlog => word!("Backlog"),
            Self::StaleCursor => word!("Stale cursor"),
            Self::ErrorRate => word!("Error rate"),
            Self::DeadLetters => word!("Dead messages"),
        }
    }
}

/// When alerts are raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// Minutes a connection fails without a good call.
    pub connection_down_minutes: u32,
    /// Messages that are due.
    pub backlog_messages: u32,
    /// Minutes since the oldest due message could have gone out.
    pub backlog_minutes: u32,
    /// Hours since the last complete pass of a scheduled entity.
    pub stale_cursor_hours: u32,
    /// Percent of the calls of an account that fail within a quarter of an hour, of at least 20.
    pub error_rate_percent: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            connection_down_minutes: 5,
            backlog_messages: 1_000,
            backlog_minutes: 15,
            stale_cursor_hours: 26,
            error_rate_percent: 20,
        }
    }
}

/// One alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Identity.
    pub id: i64,
    /// Which rule.
    pub kind: AlertKind,
    /// What it is about.
    pub subject: String,
    /// What is wrong and what to do.
    pub detail: String,
    /// Since when it has been the case.
    pub seen_at: DateTime<Utc>,
    /// When operators were told.
    pub raised_at: DateTime<Utc>,
    /// When they were told that it is over.
    pub cleared_at: Option<DateTime<Utc>>,
}
