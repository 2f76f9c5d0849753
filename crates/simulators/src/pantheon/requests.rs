//! What arrived, when and how it was answered: tests assert pacing and paging on this.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

/// Older entries are dropped; the counters go on.
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
    /// HTTP status of the answer; a fault may still spoil its body.
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

#[derive(Default)]
pub(crate) struct Requests(Mutex<(VecDeque<Request>, Counters)>);

impl Requests {
    pub fn record(&self, request: Request) {
        let mut guard = self.inner();
        let (log, counters) = &mut *guard;
        counters.requests += 1;
        counters.logins += u64::from(request.method == "login");
        counters.too_fast += u64::from(request.status == 429);
        counters.refused +=
            u64::from(request.status >= 400 && !matches!(request.status, 404 | 429));
        counters.rows += request.rows as u64;
        if log.len() == KEPT {
            log.pop_front();
        }
        log.push_back(request);
    }

    pub fn all(&self) -> Vec<Request> {
        self.inner().0.iter().cloned().collect()
    }

    pub fn counters(&self) -> Counters {
        self.inner().1
    }

    pub fn clear(&self) {
        *self.inner() = Default::default();
    }

    /// Shortest time between two data requests of an account, answered or refused.
    pub fn shortest_gap(&self, account: &str) -> Option<Duration> {
        let guard = self.inner();
        let mut arrivals: Vec<Instant> = guard
            .0
            .iter()
            .filter(|request| {
                request.method != "login" && request.account.as_deref() == Some(account)
            })
            .map(|request| request.at)
            .collect();
        arrivals.sort();
        arrivals.windows(2).map(|pair| pair[1] - pair[0]).min()
    }

    fn inner(&self) -> MutexGuard<'_, (VecDeque<Request>, Counters)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
