//! Leaves a failing upstream alone for a while.

use domain::delivery::BreakerLimits;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long it stays open, unless the connection says so.
const PAUSE: Duration = Duration::from_secs(120);
/// How long others are told to wait while a probe is under way.
const PROBE: Duration = Duration::from_secs(1);

/// Whether requests go through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BreakerState {
    /// They do.
    Closed,
    /// They are refused for this long.
    Open {
        /// Time left.
        retry_after: Duration,
        /// What the request said that failed last: a sentence without secrets.
        cause: Arc<str>,
    },
    /// The pause is over: one request may try, the others wait for what becomes of it.
    HalfOpen,
}

impl BreakerState {
    /// The stable word used in logs.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open { .. } => "open",
            Self::HalfOpen => "half_open",
        }
    }

    /// The value of the gauge: 0 closed, 1 open, 2 half open.
    pub fn level(&self) -> u8 {
        match self {
            Self::Closed => 0,
            Self::Open { .. } => 1,
            Self::HalfOpen => 2,
        }
    }
}

/// What a request that was let through says about the upstream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It answers.
    Alive,
    /// It does not, or only with server errors; what that said.
    Failing(Arc<str>),
    /// It answers, but only to say that we are too fast.
    Busy,
}

/// Opens after failed requests in a row, closes after one probe that is answered; one without limits
/// never opens. Measures with tokio's clock, so that tests can move it.
#[derive(Debug)]
pub(crate) struct Breaker {
    limits: Option<BreakerLimits>,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    failures: u32,
    open: Option<Opened>,
    probing: bool,
}

#[derive(Debug)]
struct Opened {
    until: Instant,
    cause: Arc<str>,
}

/// No pass: for how long, and what the request said that failed last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Paused {
    pub retry_after: Duration,
    pub cause: Arc<str>,
}

/// The right to send one request. Dropped unsettled (the caller was cancelled), it says nothing
/// about the upstream and gives the probe back.
#[derive(Debug)]
pub(crate) struct Pass<'a> {
    breaker: &'a Breaker,
    probe: bool,
}

impl Breaker {
    /// A closed one; without limits it stays so.
    pub fn new(limits: Option<BreakerLimits>) -> Self {
        Self {
            limits,
            inner: Mutex::default(),
        }
    }

    /// How it is now.
    pub fn state(&self) -> BreakerState {
        self.lock().state()
    }

    /// A pass, or how long to wait for one.
    pub fn enter(&self) -> Result<Pass<'_>, Paused> {
        let mut inner = self.lock();
        let probe = match (inner.state(), &inner.open) {
            (BreakerState::Open { retry_after, cause }, _) => {
                return Err(Paused { retry_after, cause });
            }
            (BreakerState::HalfOpen, Some(open)) if inner.probing => {
                let (retry_after, cause) = (PROBE, Arc::clone(&open.cause));
                return Err(Paused { retry_after, cause });
            }
            (state, _) => state == BreakerState::HalfOpen,
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
    /// Whether it is the one request that tries after a pause.
    pub fn probes(&self) -> bool {
        self.probe
    }

    /// Says how the request went; returns the states before and after.
    pub fn settle(self, verdict: Verdict) -> (BreakerState, BreakerState) {
        let mut inner = self.breaker.lock();
        let before = inner.state();
        match (verdict, self.breaker.limits) {
            // A late answer of a request sent before the breaker opened closes nothing.
            (Verdict::Alive, _) if self.probe || before == BreakerState::Closed => {
                *inner = Inner::default();
            }
            (Verdict::Failing(cause), Some(limits)) if self.probe => inner.open(cause, limits),
            (Verdict::Failing(cause), Some(limits)) if before == BreakerState::Closed => {
                inner.failures += 1;
                if inner.failures >= limits.failures {
                    inner.open(cause, limits);
                }
            }
            (Verdict::Alive | Verdict::Failing(_) | Verdict::Busy, _) => {}
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
        let Some(open) = &self.open else {
            return BreakerState::Closed;
        };
        match open.until.checked_duration_since(Instant::now()) {
            Some(retry_after) if !retry_after.is_zero() => BreakerState::Open {
                retry_after,
                cause: Arc::clone(&open.cause),
            },
            _ => BreakerState::HalfOpen,
        }
    }

    fn open(&mut self, cause: Arc<str>, limits: BreakerLimits) {
        let until = Instant::now() + limits.pause.unwrap_or(PAUSE);
        *self = Self {
            failures: 0,
            open: Some(Opened { until, cause }),
            probing: false,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failing(cause: &str) -> Verdict {
        Verdict::Failing(cause.into())
    }

    fn fail(breaker: &Breaker, times: u32) {
        for time in 1..=times {
            let verdict = failing(&format!("Failure {time}."));
            breaker.enter().unwrap().settle(verdict);
        }
    }

    /// How long it refuses.
    fn wait(breaker: &Breaker) -> Duration {
        breaker.enter().unwrap_err().retry_after
    }

    #[tokio::test(start_paused = true)]
    async fn while_it_is_open_it_says_what_the_last_failure_was_a_probe_s_too() {
        let breaker = Breaker::new(Some(BreakerLimits::default()));
        fail(&breaker, 3);
        let cause = |breaker: &Breaker| breaker.enter().unwrap_err().cause;
        assert_eq!(&*cause(&breaker), "Failure 3.");
        let open = BreakerState::Open {
            retry_after: PAUSE,
            cause: cause(&breaker),
        };
        assert_eq!(breaker.state(), open);
        tokio::time::advance(PAUSE).await;
        let probe = breaker.enter().unwrap();
        assert_eq!(&*cause(&breaker), "Failure 3.", "until the probe is back");
        probe.settle(failing("Another one."));
        assert_eq!(&*cause(&breaker), "Another one.");
    }

    #[tokio::test(start_paused = true)]
    async fn three_failures_in_a_row_close_the_door_for_two_minutes() {
        let breaker = Breaker::new(Some(BreakerLimits::default()));
        fail(&breaker, 2);
        breaker.enter().unwrap().settle(Verdict::Alive);
        fail(&breaker, 2);
        assert_eq!(breaker.state(), BreakerState::Closed);
        fail(&breaker, 1);
        assert_eq!(wait(&breaker), PAUSE);
        tokio::time::advance(PAUSE - Duration::from_secs(1)).await;
        assert_eq!(wait(&breaker), Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn after_the_pause_one_probe_decides() {
        let breaker = Breaker::new(Some(BreakerLimits::default()));
        fail(&breaker, 3);
        tokio::time::advance(PAUSE).await;
        let probe = breaker.enter().unwrap();
        assert_eq!(wait(&breaker), PROBE);
        probe.settle(failing("Still."));
        assert_eq!(wait(&breaker), PAUSE);
        tokio::time::advance(PAUSE).await;
        breaker.enter().unwrap().settle(Verdict::Alive);
        assert_eq!(breaker.state(), BreakerState::Closed);
        fail(&breaker, 2);
        assert_eq!(breaker.state(), BreakerState::Closed);
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_is_switched_off_lets_everything_through() {
        let breaker = Breaker::new(None);
        fail(&breaker, 9);
        assert_eq!(breaker.state(), BreakerState::Closed);
        assert!(breaker.enter().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn one_with_limits_of_its_own_opens_and_pauses_by_them() {
        let pause = Duration::from_secs(300);
        let breaker = Breaker::new(Some(BreakerLimits {
            failures: 5,
            pause: Some(pause),
        }));
        fail(&breaker, 4);
        assert_eq!(breaker.state(), BreakerState::Closed);
        fail(&breaker, 1);
        assert_eq!(wait(&breaker), pause);
        tokio::time::advance(pause).await;
        breaker.enter().unwrap().settle(failing("Still."));
        assert_eq!(wait(&breaker), pause, "after a probe too");
    }

    #[tokio::test(start_paused = true)]
    async fn a_cancelled_probe_gives_its_place_back() {
        let breaker = Breaker::new(Some(BreakerLimits::default()));
        fail(&breaker, 3);
        tokio::time::advance(PAUSE).await;
        drop(breaker.enter().unwrap());
        assert!(breaker.enter().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn being_told_to_slow_down_is_not_a_failure() {
        let breaker = Breaker::new(Some(BreakerLimits::default()));
        fail(&breaker, 2);
        breaker.enter().unwrap().settle(Verdict::Busy);
        assert_eq!(breaker.state(), BreakerState::Closed);
        fail(&breaker, 1);
        assert_ne!(breaker.state(), BreakerState::Closed);
    }
}
