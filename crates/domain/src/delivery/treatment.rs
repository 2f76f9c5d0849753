//! How long things may take, and which of our precautions are taken, per connection.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Messages that are on their way to an account at once from each node, unless told otherwise.
pub const BATCH_SIZE: u32 = 8;
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
    /// minutes for an attempt, or as long as one call may take if that is longer, and leaves a page to
    /// the limits of its calls.
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

    /// How long an attempt of a message may take, where one of its calls may take so long.
    pub fn attempt(&self, call: Duration) -> Duration {
        self.page().unwrap_or_else(|| ATTEMPT.max(call))
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
    /// Messages on their way to the system at once from each node, where they do not go one after
    /// the other.
    #[cfg_attr(
        feature = "schema",
        schemars(title = "Messages at once", range(min = 1, max = 100))
    )]
    pub batch_size: u32,
    /// Calls pause after failures in a row. Without it every call is made.
    pub circuit_breaker: bool,
    /// After so many failures in a row calls and messages pause.
    #[cfg_attr(
        feature = "schema",
        schemars(title = "Failures before a pause", range(min = 1, max = 100))
    )]
    pub circuit_breaker_failures: u32,
    /// How long they pause, seconds. When empty, two minutes for calls and 20 seconds for messages.
    #[cfg_attr(
        feature = "schema",
        schemars(title = "Pause after failures (s)", range(min = 1, max = 3_600))
    )]
    pub circuit_breaker_pause_seconds: Option<u32>,
    /// Commands are judged by the rules of their kind before they are queued. Without it they only
    /// have to be readable, and the system itself judges them.
    pub validation: bool,
}

impl Default for FeatureSettings {
    fn default() -> Self {
        Self {
            batching: true,
            batch_size: BATCH_SIZE,
            circuit_breaker: true,
            circuit_breaker_failures: BreakerLimits::default().failures,
            circuit_breaker_pause_seconds: None,
            validation: true,
        }
    }
}

impl FeatureSettings {
    /// When failures pause the account; none never does.
    pub fn breaker(&self) -> Option<BreakerLimits> {
        let seconds = self.circuit_breaker_pause_seconds;
        self.circuit_breaker.then(|| BreakerLimits {
            failures: self.circuit_breaker_failures,
            pause: seconds.map(|seconds| Duration::from_secs(seconds.into())),
        })
    }

    pub(super) fn check(&self) -> Result<(), String> {
        let within = |field: &str, value: u32, most: u32| {
            super::within(field, i64::from(value), 1, i64::from(most))
        };
        within("batch_size", self.batch_size, 100)?;
        let failures = self.circuit_breaker_failures;
        within("circuit_breaker_failures", failures, 100)?;
        match self.circuit_breaker_pause_seconds {
            Some(seconds) => within("circuit_breaker_pause_seconds", seconds, 3_600),
            None => Ok(()),
        }
    }
}

/// When failures in a row pause an account, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerLimits {
    /// With so many in a row it pauses.
    pub failures: u32,
    /// How long; none leaves it to what is paused.
    pub pause: Option<Duration>,
}

impl Default for BreakerLimits {
    fn default() -> Self {
        Self {
            failures: 3,
            pause: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breaker_has_the_limits_that_are_set_and_none_when_it_is_off() {
        let features = FeatureSettings::default();
        assert_eq!(features.breaker(), Some(BreakerLimits::default()));
        let patient = FeatureSettings {
            circuit_breaker_failures: 5,
            circuit_breaker_pause_seconds: Some(300),
            ..features
        };
        let limits = BreakerLimits {
            failures: 5,
            pause: Some(Duration::from_secs(300)),
        };
        assert_eq!(patient.breaker(), Some(limits));
        let off = FeatureSettings {
            circuit_breaker: false,
            ..patient
        };
        assert_eq!(off.breaker(), None);
    }

    #[test]
    fn batch_and_breaker_have_limits_and_older_settings_keep_todays_values() {
        let read = |features| serde_json::from_value::<FeatureSettings>(features).unwrap();
        let older = read(serde_json::json!({ "batching": false }));
        assert_eq!((older.batch_size, older.circuit_breaker_failures), (8, 3));
        assert_eq!(older.circuit_breaker_pause_seconds, None);
        assert_eq!(older.check(), Ok(()));
        for (field, least, most) in [
            ("batch_size", 1, 100),
            ("circuit_breaker_failures", 1, 100),
            ("circuit_breaker_pause_seconds", 1, 3_600),
        ] {
            let check = |value: u32| read(serde_json::json!({ field: value })).check();
            assert_eq!((check(least), check(most)), (Ok(()), Ok(())), "{field}");
            assert!(check(least - 1).unwrap_err().contains(field));
            assert!(check(most + 1).unwrap_err().contains(field));
        }
    }
}
