//! The rate limit: one data request per account and interval, without any header that says so.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::frame::open;

#[derive(Default)]
pub(crate) struct Pace {
    last: Mutex<HashMap<String, Instant>>,
}

impl Pace {
    /// Whether a request that arrived at this instant is in time. A refused one does not count.
    pub fn admits(&self, account: &str, at: Instant, interval: Option<Duration>) -> bool {
        let Some(interval) = interval else {
            return true;
        };
        let mut last = open(&self.last);
        let too_soon = last
            .get(account)
            .is_some_and(|before| at.saturating_duration_since(*before) < interval);
        if !too_soon {
            last.insert(account.to_owned(), at);
        }
        !too_soon
    }
}
