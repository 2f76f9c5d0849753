//! What arrived, with totals: tests assert on it, the panel shows the totals.

use std::collections::VecDeque;
use std::sync::Mutex;

use super::open;

/// Requests and their totals. The oldest requests are dropped; the totals go on.
pub(crate) struct Log<R, C> {
    kept: usize,
    inner: Mutex<(VecDeque<R>, C)>,
}

impl<R: Clone, C: Clone + Default> Log<R, C> {
    /// A log that remembers this many requests.
    pub fn keeping(kept: usize) -> Self {
        Self {
            kept,
            inner: Mutex::default(),
        }
    }

    /// Remembers a request and adds it to the totals.
    pub fn record(&self, request: R, count: impl FnOnce(&mut C, &R)) {
        let mut guard = open(&self.inner);
        let (requests, totals) = &mut *guard;
        count(totals, &request);
        if requests.len() == self.kept {
            requests.pop_front();
        }
        requests.push_back(request);
    }

    /// In the order they ended.
    pub fn all(&self) -> Vec<R> {
        open(&self.inner).0.iter().cloned().collect()
    }

    pub fn totals(&self) -> C {
        open(&self.inner).1.clone()
    }

    /// Forgets the requests and their totals.
    pub fn clear(&self) {
        *open(&self.inner) = Default::default();
    }
}
