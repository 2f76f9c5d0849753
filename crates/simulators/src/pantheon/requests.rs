//! What arrived, when and how it was answered: tests assert pacing and paging on this.

use std::time::{Duration, Instant};

use axum::response::Response;
use serde::Serialize;

use crate::frame::Log;

/// Requests that are remembered.
const KEPT: usize = 100_000;

/// One request to `/login`, `/get` or a legacy method.
#[derive(Clone, Debug)]
pub struct Request {
    /// When the server began to handle it.
    pub at: Instant,
    /// The account, when the request was recognised.
    pub account: Option<String>,
    /// `login`, or the method's wire name as the simulator spells it, or what was asked for.
    pub method: String,
    /// First row asked for.
    pub offset: usize,
    /// Page size asked for.
    pub limit: usize,
    /// Whether filters were sent.
    pub filtered: bool,
    /// HTTP status of the answer, whose body a fault may still spoil; 0 when the client gave up
    /// before it.
    pub status: u16,
    /// Rows in the answer.
    pub rows: usize,
    /// `X-Correlation-ID` of the request.
    pub correlation_id: Option<String>,
}

/// Totals since the start or the last clearing.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Counters {
    /// All requests.
    pub requests: u64,
    /// Logins among them.
    pub logins: u64,
    /// Answers with status 429.
    pub too_fast: u64,
    /// Answers with any other status from 400 on, empty pages excepted.
    pub refused: u64,
    /// Rows sent.
    pub rows: u64,
}

/// What arrived. A request still being handled is not there yet.
pub(crate) struct Requests(Log<Request, Counters>);

/// A request being handled. It is recorded however it ends: a client that gives up leaves status 0.
pub(crate) struct Entry<'a> {
    log: &'a Requests,
    pub request: Request,
}

impl<'a> Entry<'a> {
    pub fn new(log: &'a Requests, method: &str, correlation_id: Option<String>) -> Self {
        let request = Request {
            at: Instant::now(),
            account: None,
            method: method.to_owned(),
            offset: 0,
            limit: 0,
            filtered: false,
            status: 0,
            rows: 0,
            correlation_id,
        };
        Self { log, request }
    }

    pub fn close(mut self, answer: Response) -> Response {
        self.request.status = answer.status().as_u16();
        answer
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        self.log.record(self.request.clone());
    }
}

impl Default for Requests {
    fn default() -> Self {
        Self(Log::keeping(KEPT))
    }
}

impl Requests {
    fn record(&self, request: Request) {
        self.0.record(request, |counters, request| {
            counters.requests += 1;
            counters.logins += u64::from(request.method == "login");
            counters.too_fast += u64::from(request.status == 429);
            counters.refused +=
                u64::from(request.status >= 400 && !matches!(request.status, 404 | 429));
            counters.rows += request.rows as u64;
        });
    }

    /// In order of arrival.
    pub fn all(&self) -> Vec<Request> {
        let mut all = self.0.all();
        all.sort_by_key(|request| request.at);
        all
    }

    pub fn counters(&self) -> Counters {
        self.0.totals()
    }

    pub fn clear(&self) {
        self.0.clear();
    }

    /// Shortest time between two data requests of an account, answered or refused.
    pub fn shortest_gap(&self, account: &str) -> Option<Duration> {
        let mut arrivals: Vec<Instant> = self
            .0
            .all()
            .into_iter()
            .filter(|request| {
                request.method != "login" && request.account.as_deref() == Some(account)
            })
            .map(|request| request.at)
            .collect();
        arrivals.sort();
        arrivals.windows(2).map(|pair| pair[1] - pair[0]).min()
    }
}
