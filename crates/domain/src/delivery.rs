//! How messages to an account are retried, held back and watched; set per connection.

mod retry;
mod treatment;

pub use retry::{RetryPolicy, RetryStrategy};
pub use treatment::{BATCH_SIZE, BreakerLimits, FeatureSettings, TimeoutSettings};

use crate::word;
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What an admin sets for a connection; what is left out keeps its default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeliverySettings {
    /// Results of the floor are written into the system.
    pub write_back: bool,
    /// It is a test system: copies of messages can be tried there, and nothing goes there by itself.
    pub test_system: bool,
    /// How failures are tried again.
    pub retry_policy: RetryPolicy,
    /// How long things may take.
    pub timeout_settings: TimeoutSettings,
    /// Which precautions are taken.
    pub features: FeatureSettings,
    /// What operators are told.
    pub monitoring: MonitoringSettings,
    /// When nothing is sent, in the site's time, every day. A window may pass midnight.
    #[cfg_attr(
        feature = "schema",
        schemars(title = "Maintenance windows", length(max = 10))
    )]
    pub maintenance: Vec<MaintenanceWindow>,
}

/// What operators are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MonitoringSettings {
    /// A message is dead.
    pub alert_on_dead: bool,
    /// More messages than this wait; none never tells.
    pub backlog_threshold: Option<u32>,
    /// More than this share of the attempts of the last hour failed, of at least 20, percent; none
    /// never tells.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 100)))]
    pub failure_rate_percent: Option<u8>,
    /// What is sent and answered is written to the log as well.
    pub log_payloads: bool,
}

impl Default for MonitoringSettings {
    fn default() -> Self {
        Self {
            alert_on_dead: true,
            backlog_threshold: Some(100),
            failure_rate_percent: Some(20),
            log_payloads: false,
        }
    }
}

/// A daily time of rest; it may pass midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MaintenanceWindow {
    /// Its beginning, for example `22:00:00`.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "22:00:00"))]
    pub from: NaiveTime,
    /// Its end.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "23:30:00"))]
    pub until: NaiveTime,
}

impl MaintenanceWindow {
    /// How long it still lasts at this time of day; none outside.
    pub fn left(&self, at: NaiveTime) -> Option<Duration> {
        let since = wrapped(at - self.from);
        let long = wrapped(self.until - self.from);
        if since >= long {
            return None;
        }
        (long - since).to_std().ok()
    }
}

fn wrapped(span: TimeDelta) -> TimeDelta {
    if span < TimeDelta::zero() {
        span + TimeDelta::days(1)
    } else {
        span
    }
}

impl DeliverySettings {
    /// What is wrong with them, in words.
    ///
    /// # Errors
    /// The sentence names the field and what is allowed.
    pub fn check(&self) -> Result<(), String> {
        if self.test_system && self.write_back {
            return Err(word!(
                "A test system takes no results of the floor: choose one of the two."
            )
            .to_owned());
        }
        self.retry_policy.check()?;
        self.timeout_settings.check()?;
        self.features.check()?;
        if let Some(percent) = self.monitoring.failure_rate_percent {
            within("failure_rate_percent", i64::from(percent), 1, 100)?;
        }
        if self.maintenance.len() > 10 {
            return Err("There are at most 10 maintenance windows.".to_owned());
        }
        if self.maintenance.iter().any(|span| span.from == span.until) {
            return Err("A maintenance window ends at another time than it begins.".to_owned());
        }
        Ok(())
    }

    /// How long the maintenance at this time of day still lasts.
    pub fn resting(&self, at: NaiveTime) -> Option<Duration> {
        self.maintenance
            .iter()
            .filter_map(|span| span.left(at))
            .max()
    }

    /// From when on messages may go, seen at this time of day: the end of the maintenance that lasts, else of
    /// the one that ended last; none without any.
    pub fn free_at(&self, now: DateTime<Utc>, at: NaiveTime) -> Option<DateTime<Utc>> {
        if let Some(left) = self.resting(at) {
            return Some(now + TimeDelta::from_std(left).ok()?);
        }
        let ago = (self.maintenance.iter()).map(|span| wrapped(at - span.until));
        ago.min().map(|ago| now - ago)
    }
}

fn within(field: &str, value: i64, least: i64, most: i64) -> Result<(), String> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(format!("{field} is a number from {least} to {most}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(strategy: RetryStrategy) -> RetryPolicy {
        RetryPolicy {
            strategy,
            ..RetryPolicy::default()
        }
    }

    fn seconds(policy: &RetryPolicy) -> Vec<u64> {
        (1..=6)
            .map(|failed| policy.delay(failed).as_secs())
            .collect()
    }

    #[test]
    fn every_strategy_waits_as_it_says_and_no_longer_than_its_limit() {
        let custom = policy(RetryStrategy::Custom);
        assert_eq!(seconds(&custom), [30, 120, 600, 1_800, 3_600, 3_600]);
        assert_eq!(seconds(&policy(RetryStrategy::Fixed)), [30; 6]);
        let linear = policy(RetryStrategy::Linear);
        assert_eq!(seconds(&linear), [30, 60, 90, 120, 150, 180]);
        let exponential = policy(RetryStrategy::Exponential);
        assert_eq!(seconds(&exponential), [30, 120, 480, 1_920, 3_600, 3_600]);
        assert_eq!(exponential.delay(i32::MAX).as_secs(), 3_600);
    }

    #[test]
    fn custom_waits_are_those_listed_and_the_last_one_serves_what_follows() {
        let custom = RetryPolicy {
            delays_seconds: vec![5, 1, 9_000],
            ..policy(RetryStrategy::Custom)
        };
        assert_eq!(seconds(&custom), [5, 1, 3_600, 3_600, 3_600, 3_600]);
        let longest = RetryPolicy {
            max_delay_seconds: 86_400,
            ..custom
        };
        assert_eq!(longest.delay(4).as_secs(), 9_000);
    }

    #[test]
    fn waits_are_spread_by_the_jitter_and_no_more() {
        let policy = RetryPolicy::default();
        for (unit, wanted) in [(0.0, 27.0), (0.5, 30.0), (1.0, 33.0)] {
            assert!((policy.wait(1, unit).as_secs_f64() - wanted).abs() < 0.001);
        }
    }

    #[test]
    fn a_window_may_pass_midnight() {
        let at = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
        let night = MaintenanceWindow {
            from: at(22, 0),
            until: at(1, 30),
        };
        assert_eq!(night.left(at(23, 0)), Some(Duration::from_secs(9_000)));
        assert_eq!(night.left(at(1, 0)), Some(Duration::from_secs(1_800)));
        assert_eq!(night.left(at(1, 30)), None);
        assert_eq!(night.left(at(12, 0)), None);
    }

    #[test]
    fn messages_may_go_from_the_end_of_a_rest_on() {
        let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
        let now = DateTime::UNIX_EPOCH;
        let window = |from, until| MaintenanceWindow {
            from: at(from),
            until: at(until),
        };
        let settings = DeliverySettings {
            maintenance: vec![window(22, 1), window(4, 5)],
            ..DeliverySettings::default()
        };
        let hours = |hour| (settings.free_at(now, at(hour)).unwrap() - now).num_hours();
        assert_eq!([23, 0, 1, 3, 4].map(hours), [2, 1, 0, -2, 1]);
        assert_eq!([5, 8, 21].map(hours), [0, -3, -16]);
        assert_eq!(DeliverySettings::default().free_at(now, at(3)), None);
    }

    #[test]
    fn an_attempt_may_take_as_long_as_one_of_its_calls() {
        let attempt = |call, sync| {
            let settings = TimeoutSettings {
                sync_timeout_seconds: sync,
                ..TimeoutSettings::default()
            };
            settings.attempt(Duration::from_secs(call)).as_secs()
        };
        assert_eq!(attempt(30, None), 120);
        assert_eq!(attempt(300, None), 300);
        assert_eq!(attempt(300, Some(400)), 400);
        assert_eq!(attempt(300, Some(200)), 200);
    }

    #[test]
    fn what_is_not_allowed_is_refused_by_name() {
        let mut settings = DeliverySettings::default();
        assert_eq!(settings.check(), Ok(()));
        settings.retry_policy.max_attempts = 11;
        assert!(settings.check().unwrap_err().contains("max_attempts"));
        settings = DeliverySettings::default();
        settings.retry_policy.delays_seconds.clear();
        assert!(settings.check().unwrap_err().contains("delays_seconds"));
        settings = DeliverySettings::default();
        settings.retry_policy.delays_seconds = vec![30, 0];
        assert!(settings.check().unwrap_err().contains("delays_seconds"));
        settings = DeliverySettings::default();
        settings.timeout_settings.idle_timeout_seconds = Some(0);
        assert!(settings.check().unwrap_err().contains("idle_timeout"));
        settings = DeliverySettings {
            write_back: true,
            test_system: true,
            ..DeliverySettings::default()
        };
        assert!(settings.check().unwrap_err().contains("test system"));
        for unknown in [
            serde_json::json!({ "write_bak": true }),
            serde_json::json!({ "features": { "breaker": false } }),
        ] {
            assert!(serde_json::from_value::<DeliverySettings>(unknown).is_err());
        }
    }
}
