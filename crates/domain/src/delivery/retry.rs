//! How failures are tried again, per connection.

use crate::outbox::words;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How failures are tried again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RetryPolicy {
    /// With so many failed attempts a message is dead, 1 to 10.
    #[cfg_attr(
        feature = "schema",
        schemars(title = "Attempts", range(min = 1, max = 10))
    )]
    pub max_attempts: i16,
    /// How the waits grow.
    #[cfg_attr(feature = "schema", schemars(title = "Waits between attempts"))]
    pub strategy: RetryStrategy,
    /// Waits after the first, second and further failures, seconds, where they are listed; the last
    /// one serves all that follow.
    #[cfg_attr(
        feature = "schema",
        schemars(
            title = "Listed waits (s)",
            length(max = 10),
            inner(range(min = 1, max = 86_400))
        )
    )]
    pub delays_seconds: Vec<u32>,
    /// The first wait where they are not listed, seconds.
    #[cfg_attr(
        feature = "schema",
        schemars(title = "First wait (s)", range(min = 1, max = 86_400))
    )]
    pub initial_delay_seconds: u32,
    /// What each wait is multiplied by where it is a multiple of the one before.
    #[cfg_attr(
        feature = "schema",
        schemars(title = "Multiplied by", range(min = 2, max = 10))
    )]
    pub base: u32,
    /// No wait is longer, seconds.
    #[cfg_attr(
        feature = "schema",
        schemars(title = "Longest wait (s)", range(min = 1, max = 86_400))
    )]
    pub max_delay_seconds: u32,
    /// Waits are spread by so much either way, percent, so that what failed together does not come
    /// back together.
    #[cfg_attr(feature = "schema", schemars(title = "Spread (%)", range(max = 50)))]
    pub jitter_percent: u8,
}

words! {
    /// How waits grow with the failures.
    RetryStrategy {
        /// Each is the one before times the base.
        Exponential = "exponential",
        /// Each is longer by the first.
        Linear = "linear",
        /// All are the same.
        Fixed = "fixed",
        /// As listed.
        Custom = "custom",
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for RetryStrategy {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RetryStrategy".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let words = Self::ALL.iter().map(
            |word| serde_json::json!({ "const": word.as_str(), "description": word.meaning() }),
        );
        let words: Vec<serde_json::Value> = words.collect();
        schemars::json_schema!({ "type": "string", "oneOf": words })
    }
}

#[cfg(feature = "schema")]
impl RetryStrategy {
    /// What it is, for who chooses.
    fn meaning(self) -> &'static str {
        match self {
            Self::Exponential => "Each a multiple of the one before.",
            Self::Linear => "Each longer by the first wait.",
            Self::Fixed => "All as long as the first.",
            Self::Custom => "As listed.",
        }
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: crate::outbox::MAX_ATTEMPTS,
            strategy: RetryStrategy::Custom,
            delays_seconds: crate::outbox::WAITS.to_vec(),
            initial_delay_seconds: 30,
            base: 4,
            max_delay_seconds: 3_600,
            jitter_percent: 10,
        }
    }
}

impl RetryPolicy {
    /// The wait after so many failed attempts, before it is spread.
    pub fn delay(&self, failed: i32) -> Duration {
        let nth = u32::try_from(failed.max(1)).unwrap_or(1);
        let first = u64::from(self.initial_delay_seconds);
        let seconds = match self.strategy {
            RetryStrategy::Fixed => first,
            RetryStrategy::Linear => first.saturating_mul(u64::from(nth)),
            RetryStrategy::Exponential => {
                first.saturating_mul(u64::from(self.base).saturating_pow(nth - 1))
            }
            RetryStrategy::Custom => {
                let index = usize::try_from(nth - 1).unwrap_or(usize::MAX);
                let listed = self.delays_seconds.get(index);
                let listed = listed.or(self.delays_seconds.last());
                listed.copied().map_or(first, u64::from)
            }
        };
        Duration::from_secs(seconds.min(u64::from(self.max_delay_seconds)))
    }

    /// How long to wait after so many failed attempts. `unit`, from 0 to 1, spreads the wait, so
    /// that what failed together does not come back together.
    pub fn wait(&self, failed: i32, unit: f64) -> Duration {
        let spread = f64::from(self.jitter_percent) / 100.0;
        let factor = 1.0 - spread + 2.0 * spread * unit.clamp(0.0, 1.0);
        self.delay(failed).mul_f64(factor)
    }

    pub(super) fn check(&self) -> Result<(), String> {
        super::within("max_attempts", i64::from(self.max_attempts), 1, 10)?;
        let first = i64::from(self.initial_delay_seconds);
        super::within("initial_delay_seconds", first, 1, 86_400)?;
        let longest = i64::from(self.max_delay_seconds);
        super::within("max_delay_seconds", longest, 1, 86_400)?;
        super::within("base", i64::from(self.base), 2, 10)?;
        super::within("jitter_percent", i64::from(self.jitter_percent), 0, 50)?;
        if self.delays_seconds.len() > 10 {
            return Err("delays_seconds lists at most 10 waits.".to_owned());
        }
        for seconds in &self.delays_seconds {
            super::within("delays_seconds", i64::from(*seconds), 1, 86_400)?;
        }
        if self.strategy == RetryStrategy::Custom && self.delays_seconds.is_empty() {
            return Err("delays_seconds is empty: list the waits of 'custom'.".to_owned());
        }
        Ok(())
    }
}
