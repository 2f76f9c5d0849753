//! Who is called, with what, and what comes back.

use bytes::Bytes;
use domain::delivery::TimeoutSettings;
use reqwest::Request;
use reqwest::header::HeaderMap;
use std::time::Duration;

/// Who is called and what may be asked of them.
#[derive(Debug, Clone)]
pub(crate) struct Upstream {
    /// The connector's kind; the beginning of its metrics' names.
    pub kind: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// Its address, for messages: no secrets.
    pub address: String,
    /// Whose pace it is; the same for all connections of one account.
    pub account: String,
    /// How much, how long, how often.
    pub limits: Limits,
}

/// Limits of one upstream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Least time between two requests.
    pub interval: Duration,
    /// Tries per call, the first included.
    pub attempts: u32,
    /// From the first byte out to the last byte in.
    pub total: Duration,
    /// Silence while waiting for the next bytes.
    pub read: Duration,
    /// Bytes of an unpacked answer.
    pub body_cap: usize,
}

impl Limits {
    /// With what the connection says about times. A call is not silent for longer than it lasts.
    pub fn within(self, timeouts: &TimeoutSettings) -> Self {
        let total = timeouts.request().unwrap_or(self.total);
        // Without a word on silence, a connector that bears all of it bears the new whole.
        let read = match timeouts.idle() {
            Some(idle) => idle,
            None if self.read == self.total => total,
            None => self.read,
        };
        Self {
            total,
            read: read.min(total),
            ..self
        }
    }
}

/// One call: a read that may be repeated, or a write that is sent once.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    /// `login`, `items` …
    pub operation: &'static str,
    /// Sent along and logged.
    pub correlation_id: &'a str,
    /// What is sent.
    pub request: Request,
}

/// A complete answer that is neither a redirect, nor "too many requests", nor a server error.
#[derive(Debug)]
pub(crate) struct Answer {
    /// HTTP status.
    pub status: u16,
    /// As they came.
    pub headers: HeaderMap,
    /// Unpacked.
    pub body: Bytes,
    /// How long it took.
    pub latency: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(read: u64) -> Limits {
        Limits {
            interval: Duration::ZERO,
            attempts: 3,
            total: Duration::from_secs(60),
            read: Duration::from_secs(read),
            body_cap: 1,
        }
    }

    fn seconds(read: u64, request: Option<u32>, idle: Option<u32>) -> (u64, u64) {
        let timeouts = TimeoutSettings {
            request_timeout_seconds: request,
            idle_timeout_seconds: idle,
            ..TimeoutSettings::default()
        };
        let limits = limits(read).within(&timeouts);
        (limits.total.as_secs(), limits.read.as_secs())
    }

    #[test]
    fn what_a_connection_says_about_times_counts_before_its_connectors_limits() {
        assert_eq!(seconds(60, None, None), (60, 60));
        assert_eq!(seconds(60, Some(180), None), (180, 180));
        assert_eq!(seconds(20, Some(180), None), (180, 20));
        assert_eq!(seconds(60, None, Some(5)), (60, 5));
        assert_eq!(seconds(60, Some(10), Some(300)), (10, 10));
    }
}
