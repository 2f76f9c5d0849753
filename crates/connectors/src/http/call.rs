//! Who is called, with what, and what comes back.

use bytes::Bytes;
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
