//! The pace of upstream accounts, kept in PostgreSQL: one second means one second over all tasks,
//! nodes and restarts. A turn is taken when its call starts and not before, so that whoever is stopped or
//! killed while waiting takes none along.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use connectors::{Error, ErrorKind, PACE, Pacer};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::Store;
use store::pacing::{Turn, started, take};
use tokio::time::Instant;

/// So much later than its turn a call may start without putting off the next one. Two calls may be that much closer than
/// their interval; many are not, on average. Connectors ask for intervals 2 % longer than allowed, which is more than this
/// over half a second.
const LEEWAY: Duration = Duration::from_millis(10);
/// What a call that started late leaves of it to the next one.
const REST: Duration = Duration::from_millis(5);
/// How often it is tried to start within that: a database may always answer later.
const TRIES: usize = 2;
/// Who had the last turn asks so much later than it could: others who wait come first.
const STEP_BACK: Duration = Duration::from_millis(4);
/// Waiting ends by chance within this, so that of the others nobody always comes first.
const SPREAD: Duration = Duration::from_millis(1);
/// A question that fails after so long failed for all who wait: no connection was to be had.
const OUTAGE: Duration = Duration::from_secs(1);

/// Takes turns from the database. Of those who wait for an account in this process one asks, the first that came.
#[derive(Debug)]
pub struct DatabasePacer {
    store: Store,
    lines: Mutex<HashMap<String, Line>>,
}

type Line = Arc<tokio::sync::Mutex<Front>>;

/// What the first in line is told by those before.
#[derive(Debug, Default)]
struct Front {
    /// When the turn after this process's last one begins.
    next_at: Option<DateTime<Utc>>,
    /// When the database could not be asked.
    failed: Option<Instant>,
}

impl DatabasePacer {
    /// Turns kept in this database.
    pub fn new(store: Store) -> Self {
        Self {
            store,
            lines: Mutex::default(),
        }
    }

    fn line(&self, account: &str) -> Line {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(lines.entry(account.to_owned()).or_default())
    }

    async fn take(
        &self,
        account: &str,
        interval: Duration,
        front: &mut Front,
    ) -> store::Result<()> {
        loop {
            let asked = Instant::now();
            match take(&self.store, account, interval, LEEWAY).await? {
                Turn::Taken { next_at, late } => {
                    let late = late + asked.elapsed();
                    front.next_at = self.start(account, interval, next_at, late).await?;
                    if front.next_at.is_some() {
                        return Ok(());
                    }
                }
                Turn::Later { next_at, wait } => {
                    // However far away the database is, the next question arrives in time.
                    let way = asked.elapsed().min(wait / 2);
                    let back = match front.next_at == Some(next_at) {
                        true => STEP_BACK,
                        false => Duration::ZERO,
                    };
                    let spread = SPREAD.mul_f64(rand::random());
                    tokio::time::sleep(wait.saturating_sub(way) + back + spread).await;
                }
            }
        }
    }

    /// Puts the next turn off when the call of this one starts late; when it begins, or none when the call may not
    /// start any more.
    async fn start(
        &self,
        account: &str,
        interval: Duration,
        mut next_at: DateTime<Utc>,
        mut late: Duration,
    ) -> store::Result<Option<DateTime<Utc>>> {
        let pause = interval.saturating_sub(REST);
        for _ in 0..TRIES {
            if late <= LEEWAY {
                break;
            }
            let told = Instant::now();
            match started(&self.store, account, next_at, pause).await? {
                Some(put_off) => next_at = put_off,
                None => return Ok(None),
            }
            late = REST + told.elapsed();
        }
        Ok(Some(next_at))
    }
}

#[async_trait]
impl Pacer for DatabasePacer {
    async fn acquire(&self, account: &str, interval: Duration) -> Result<(), Error> {
        let message = "The database that paces calls cannot be reached; the call was not made.";
        let unreachable = Error::new(ErrorKind::Unavailable, PACE, message);
        let came = Instant::now();
        let line = self.line(account);
        let mut front = line.lock().await;
        // They need not find out one after the other.
        if front.failed.is_some_and(|failed| failed > came) {
            return Err(unreachable);
        }
        let began = Instant::now();
        let taken = self.take(account, interval, &mut front).await;
        taken.map_err(|error| {
            if began.elapsed() > OUTAGE {
                front.failed = Some(Instant::now());
            }
            unreachable.caused_by(error)
        })
    }
}
