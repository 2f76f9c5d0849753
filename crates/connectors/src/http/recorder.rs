//! What is told about calls: to operators who look for the cause of something.

use super::breaker::BreakerState;
use chrono::{DateTime, Utc};

/// Receives what happened. Both functions are called on the way of a request: they must not wait.
pub trait Recorder: Send + Sync {
    /// One request and its answer.
    fn exchange(&self, exchange: Exchange);

    /// The breaker changed its mind.
    fn breaker_changed(&self, change: BreakerChange);
}

/// One request and its answer, without secrets. Repeats of a request are exchanges of their own
/// under the same correlation id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// Ties together log lines, the header sent upstream and what the page or the check caused.
    pub correlation_id: String,
    /// What was being done: `login`, `items` …
    pub operation: &'static str,
    /// 1 for the first try.
    pub attempt: u32,
    /// When the request went out.
    pub at: DateTime<Utc>,
    /// HTTP method.
    pub method: String,
    /// Without user info and without secrets in the query.
    pub url: String,
    /// HTTP status, if an answer came.
    pub status: Option<u16>,
    /// From the first byte out to the last byte in.
    pub latency_ms: u64,
    /// Redacted, at most 2,000 characters.
    pub request_body: Option<String>,
    /// Beginning of the answer, redacted, at most 2,000 characters.
    pub response_head: Option<String>,
    /// Size of the unpacked answer.
    pub response_bytes: usize,
    /// What went wrong, in words.
    pub error: Option<String>,
}

/// The breaker opened, lets a probe through, or closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakerChange {
    /// The account whose calls it guards.
    pub account: String,
    /// How it was.
    pub from: BreakerState,
    /// How it is.
    pub to: BreakerState,
    /// When.
    pub at: DateTime<Utc>,
}

/// Forgets everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoRecording;

impl Recorder for NoRecording {
    fn exchange(&self, _exchange: Exchange) {}
    fn breaker_changed(&self, _change: BreakerChange) {}
}
