//! The pace of upstream accounts, kept in PostgreSQL: one second means one second over all tasks,
//! nodes and restarts. A turn is taken when its call starts and not before, so that whoever is stopped or
//! killed while waiting takes none along.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use connectors::{Error, ErrorKind, Pacer};
use operations::pacing::Turn;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::Store;
use tokio::time::Instant;

/// So much later than its turn a call may start without putting off the next one. Connectors ask for intervals 2 % longer
/// than allowed, which covers it over half a second and more.
const LEEWAY: Duration = Duration::from_millis(10);
/// Who had the last turn asks so much later than it could: others who wait come first.
const STEP_BACK: Duration = Duration::from_millis(4);
/// Waiting ends by chance within this, so that of the others nobody always comes first.
const SPREAD: Duration = Duration::from_millis(1);

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
    ) -> operations::Result<()> {
        let store = &self.store;
        loop {
            let asked = Instant::now();
            match operations::pacing::take(store, account, interval, LEEWAY).await? {
                Turn::Taken { next_at, late } => {
                    front.next_at = Some(next_at);
                    if late + asked.elapsed() <= LEEWAY {
                        return Ok(());
                    }
                    front.next_at =
                        operations::pacing::started(store, account, interval, next_at).await?;
                    if front.next_at.is_some() {
                        return Ok(());
                    }
                }
                Turn::Later { next_at, wait } => {
                    // As far from the database as anybody is, the next question arrives in time.
                    let way = asked.elapsed().min(LEEWAY);
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
}

#[async_trait]
impl Pacer for DatabasePacer {
    async fn acquire(&self, account: &str, interval: Duration) -> Result<(), Error> {
        let message = "The database that paces calls cannot be reached; the call was not made.";
        let unreachable = Error::new(ErrorKind::Unavailable, "pace", message);
        let came = Instant::now();
        let line = self.line(account);
        let mut front = line.lock().await;
        // They need not find out one after the other.
        if front.failed.is_some_and(|failed| failed > came) {
            return Err(unreachable);
        }
        let taken = self.take(account, interval, &mut front).await;
        taken.map_err(|error| {
            front.failed = Some(Instant::now());
            unreachable.caused_by(error)
        })
    }
}
