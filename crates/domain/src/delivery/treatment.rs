//! How long things may take, and which of our precautions are taken, per connection.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long an attempt of a message may take, unless told otherwise.
const ATTEMPT: Duration = Duration::from_secs(120);

/// How long things may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TimeoutSettings {
    /// Reaching the system, its name and TLS included, seconds.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 120)))]
    pub connection_timeout_seconds: u32,
    /// One call as a whole, seconds, in place of the `timeout_seconds` of the connection's own
    /// settings; none leaves it to those.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 600)))]
    pub request_timeout_seconds: Option<u32>,
    /// Silence within a call after which it is given up, seconds, and how long a connection that
    /// is not used stays open; none leaves a call the whole of its time.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 600)))]
    pub idle_timeout_seconds: Option<u32>,
    /// One page of a sync run, or one attempt of a message: with all its calls, their repeats and
    /// the waiting for the account's turn, seconds. A run has as many pages as it takes. None is two
    /// minutes for an attempt and leaves a page to the limits of its calls.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 600)))]
    pub sync_timeout_seconds: Option<u32>,
}

impl Default for TimeoutSettings {
    fn default() -> Self {
        Self {
            connection_timeout_seconds: 5,
            request_timeout_seconds: None,
            idle_timeout_seconds: None,
            sync_timeout_seconds: None,
        }
    }
}

impl TimeoutSettings {
    /// How long reaching the system may take.
    pub fn connection(&self) -> Duration {
        Duration::from_secs(self.connection_timeout_seconds.into())
    }

    /// How long one call may take.
    pub fn request(&self) -> Option<Duration> {
        let seconds = self.request_timeout_seconds?;
        Some(Duration::from_secs(seconds.into()))
    }

    /// How much silence is borne.
    pub fn idle(&self) -> Option<Duration> {
        let seconds = self.idle_timeout_seconds?;
        Some(Duration::from_secs(seconds.into()))
    }

    /// How long a page of a run may take.
    pub fn page(&self) -> Option<Duration> {
        let seconds = self.sync_timeout_seconds?;
        Some(Duration::from_secs(seconds.into()))
    }

    /// How long an attempt of a message may take.
    pub fn attempt(&self) -> Duration {
        self.page().unwrap_or(ATTEMPT)
    }

    pub(super) fn check(&self) -> Result<(), String> {
        let within = |field: &str, value: u32, most: u32| {
            super::within(field, i64::from(value), 1, i64::from(most))
        };
        within(
            "connection_timeout_seconds",
            self.connection_timeout_seconds,
            120,
        )?;
        if let Some(seconds) = self.request_timeout_seconds {
            within("request_timeout_seconds", seconds, 600)?;
        }
        if let Some(seconds) = self.sync_timeout_seconds {
            within("sync_timeout_seconds", seconds, 600)?;
            if self.request_timeout_seconds > Some(seconds) {
                return Err(format!(
                    "request_timeout_seconds is longer than the {seconds} s of sync_timeout_seconds, so it would never count; lower it, or raise that"
                ));
            }
        }
        match self.idle_timeout_seconds {
            Some(seconds) => within("idle_timeout_seconds", seconds, 600),
            None => Ok(()),
        }
    }
}

/// Which of our precautions are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FeatureSettings {
    /// Several messages travel to the system at once. Without it one at a time, over all nodes:
    /// the next one when the one before was answered.
    pub batching: bool,
    /// Calls pause after three failures in a row. Without it every call is made.
    pub circuit_breaker: bool,
    /// Commands are judged by the rules of their kind before they are queued. Without it they only
    /// have to be readable, and the system itself judges them.
    pub validation: bool,
}

impl Default for FeatureSettings {
    fn default() -> Self {
        Self {
            batching: true,
            circuit_breaker: true,
            validation: true,
        }
    }
}
