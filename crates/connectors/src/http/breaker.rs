//! Leaves a failing upstream alone for a while.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Failed requests in a row that open it.
const FAILURES: u32 = 3;
/// How long it stays open.
const PAUSE: Duration = Duration::from_secs(120);
/// How long others are told to wait while a probe is under way.
const PROBE: Duration = Duration::from_secs(1);

/// Whether requests go through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// They do.
    Closed,
    /// They are refused for this long.
    Open {
        /// Time left.
        retry_after: Duration,
    },
    /// The pause is over: one request may try, the others wait for what becomes of it.
    HalfOpen,
}

impl BreakerState {
    /// The stable word used in logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open { .. } => "open",
            Self::HalfOpen => "half_open",
        }
    }

    /// The value of the gauge: 0 closed, 1 open, 2 half open.
    pub fn level(self) -> u8 {
        match self {
            Self::Closed => 0,
            Self::Open { .. } => 1,
            Self::HalfOpen => 2,
        }
    }
}

/// What a request that was let through says about the upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It answers.
    Alive,
    /// It does not, or only with server errors.
    Failing,
    /// It answers, but only to say that we are too fast.
    Busy,
}

/// Opens after three failed requests in a row, closes after one probe that is answered; one that is
/// switched off never opens. Measures with tokio's clock, so that tests can move it.
#[derive(Debug)]
pub(crate) struct Breaker {
    opens: bool,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    failures: u32,
    open_until: Option<Instant>,
    probing: bool,
}

/// The right to send one request. Dropped unsettled (the caller was cancelled), it says nothing
/// about the upstream and gives the probe back.
#[derive(Debug)]
pub(crate) struct Pass<'a> {
    breaker: &'a Breaker,
    probe: bool,
}

impl Breaker {
    /// A closed one; without `opens` it stays so.
    pub fn new(opens: bool) -> Self {
        Self {
            opens,
            inner: Mutex::default(),
        }
    }

    /// How it is now.
    pub fn state(&self) -> BreakerState {
        self.lock().state()
    }

    /// A pass, or how long to wait for one.
    pub fn enter(&self) -> Result<Pass<'_>, Duration> {
        let mut inner = self.lock();
        let probe = match inner.state() {
            BreakerState::Closed => false,
            BreakerState::Open { retry_after } => return Err(retry_after),
            BreakerState::HalfOpen if inner.probing => return Err(PROBE),
            BreakerState::HalfOpen => true,
        };
        inner.probing = probe;
        Ok(Pass {
            breaker: self,
            probe,
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass<'_> {
    /// Says how the request went; returns the states before and after.
    pub fn settle(self, verdict: Verdict) -> (BreakerState, BreakerState) {
        let mut inner = self.breaker.lock();
        let before = inner.state();
        match verdict {
            Verdict::Failing if !self.breaker.opens => {}
            // A late answer of a request sent before the breaker opened closes nothing.
            Verdict::Alive if self.probe || before == BreakerState::Closed => {
                *inner = Inner::default();
            }
            Verdict::Failing if self.probe => inner.open(),
            Verdict::Failing if before == BreakerState::Closed => {
                inner.failures += 1;
                if inner.failures >= FAILURES {
                    inner.open();
                }
            }
            Verdict::Alive | Verdict::Failing | Verdict::Busy => {}
        }
        (before, inner.state())
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.probe {
            self.breaker.lock().probing = false;
        }
    }
}

impl Inner {
    fn state(&self) -> BreakerState {
        let Some(until) = self.open_until else {
            return BreakerState::Closed;
        };
        match until.checked_duration_since(Instant::now()) {
            Some(retry_after) if !retry_after.is_zero() => BreakerState::Open { retry_after },
            _ => BreakerState::HalfOpen,
        }
    }

    fn open(&mut self) {
        *self = Self {
            failures: 0,
            open_until: Some(Instant::now() + PAUSE),
            probing: false,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(breaker: &Breaker, times: u32) {
        for _ in 0..times {
            breaker.enter().unwrap().settle(Verdict::Failing);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn three_failures_in_a_row_close_the_door_for_two_minutes() {
        let breaker = Breaker::new(true);
        fail(&breaker, 2);
        breaker.enter().unwrap().settle(Verdict::Alive);
        fail(&breaker, 2);
        assert_eq!(breaker.state(), BreakerState::Closed);
        fail(&breaker, 1);
        assert_eq!(breaker.enter().unwrap_err(), PAUSE);
        tokio::time::advance(PAUSE - Duration::from_secs(1)).await;
        assert_eq!(breaker.enter().unwrap_err(), Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn after_the_pause_one_probe_decides() {
        let breaker = Breaker::new(true);
        fail(&breaker, 3);
        tokio::time::advance(PAUSE).await;
        let probe = breaker.enter().unwrap();
        assert_eq!(breaker.enter().unwrap_err(), PROBE);
        probe.settle(Verdict::Failing);
        assert_eq!(breaker.enter().unwrap_err(), PAUSE);
        tokio::time::advance(PAUSE).await;
        breaker.enter().unwrap().settle(Verdict::Alive);
        assert_eq!(breaker.state(), BreakerState::Closed);
        fail(&breaker, 2);
        assert_eq!(breaker.state(), BreakerState::Closed);
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_is_switched_off_lets_everything_through() {
        let breaker = Breaker::new(false);
        fail(&breaker, 9);
        assert_eq!(breaker.state(), BreakerState::Closed);
        assert!(breaker.enter().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_cancelled_probe_gives_its_place_back() {
        let breaker = Breaker::new(true);
        fail(&breaker, 3);
        tokio::time::advance(PAUSE).await;
        drop(breaker.enter().unwrap());
        assert!(breaker.enter().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn being_told_to_slow_down_is_not_a_failure() {
        let breaker = Breaker::new(true);
        fail(&breaker, 2);
        breaker.enter().unwrap().settle(Verdict::Busy);
        assert_eq!(breaker.state(), BreakerState::Closed);
        fail(&breaker, 1);
        assert_ne!(breaker.state(), BreakerState::Closed);
    }
}
