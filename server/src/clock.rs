//! The one place that asks what time it is. Everything else is told; tests freeze it.
//!
//! Nodes go by the database's clock: leases, waits and due times mean the same on all of them, and a
//! machine whose own clock is wrong or jumps sends nothing early and takes nothing from others.

use chrono::{DateTime, TimeDelta, Utc};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};
use store::Store;
use tokio_util::sync::CancellationToken;

/// How often the database is asked.
const EVERY: Duration = Duration::from_secs(10);
/// What a round trip may be off by, milliseconds. Less is not corrected: time does not tremble.
const TOLERANCE_MS: i64 = 250;

/// Tells the time.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// This machine's clock.
    pub fn system() -> Self {
        Self::from_fn(Utc::now)
    }

    /// A clock that says what the function says.
    pub fn from_fn(tell: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    /// Now.
    pub fn now(&self) -> DateTime<Utc> {
        (self.0)()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

/// An instant of the database, and when that was by this machine's steady clock.
#[derive(Debug, Clone, Copy)]
struct Anchor {
    at: DateTime<Utc>,
    since: Instant,
}

impl Anchor {
    async fn read(store: &Store) -> store::Result<Self> {
        let asked = Instant::now();
        let told = store.time().await?;
        let since = Instant::now();
        // It was told half a round trip ago.
        let at = told + lasting((since - asked) / 2);
        Ok(Self { at, since })
    }

    fn now(&self) -> DateTime<Utc> {
        self.at + lasting(self.since.elapsed())
    }
}

fn lasting(time: Duration) -> TimeDelta {
    TimeDelta::from_std(time).unwrap_or(TimeDelta::MAX)
}

/// The database's clock, told by this machine's steady one between two questions.
#[derive(Debug, Clone)]
pub struct DatabaseClock {
    store: Store,
    anchor: Arc<RwLock<Anchor>>,
}

impl DatabaseClock {
    /// Asks the database once.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn read(store: &Store) -> store::Result<Self> {
        let anchor = Anchor::read(store).await?;
        Ok(Self {
            store: store.clone(),
            anchor: Arc::new(RwLock::new(anchor)),
        })
    }

    /// What it shows.
    pub fn clock(&self) -> Clock {
        let anchor = Arc::clone(&self.anchor);
        Clock::from_fn(move || anchor.read().unwrap_or_else(PoisonError::into_inner).now())
    }

    /// Asks again from time to time until stopped: machines sleep, and databases move. While the
    /// database is away, the steady clock goes on.
    pub async fn keep(self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
            self.correct().await;
        }
    }

    /// Asks once more and goes by the answer.
    pub async fn correct(&self) {
        let Ok(read) = Anchor::read(&self.store).await else {
            return;
        };
        let mut anchor = self.anchor.write().unwrap_or_else(PoisonError::into_inner);
        let apart = (read.now() - anchor.now()).num_milliseconds();
        if apart.abs() > TOLERANCE_MS {
            tracing::warn!(apart_ms = apart, "the time is corrected by the database's");
            *anchor = read;
        }
    }
}
