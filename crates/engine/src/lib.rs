//! What runs by itself: syncs, checks, schedules, pruning.
//!
//! Work is claimed with a lease in a short transaction, the upstream is called with no transaction
//! open, and the result is written fenced by the lease. Any number of nodes may run an engine
//! against one database; a killed one is replaced when its lease runs out.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::allow_attributes
    )
)]

pub mod alerts;
pub mod capture;
pub mod check;
pub mod figures;
mod kpis;
pub mod outbox;
pub mod pacer;
pub mod prune;
mod roster;
pub mod samples;
pub mod schedule;
mod sums;
pub mod sync;
pub mod watch;

use chrono::{DateTime, Utc};
use connectors::Connector;
use domain::ConnectionId;
use operations::secrets::SecretKey;
use roster::Roster;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

/// The least time between two looks for syncs and checks. Every commit that tells something wakes the
/// engine, and a site at work commits hundreds of times a second.
const LOOK_EVERY: Duration = Duration::from_millis(25);

/// The time of day, as an argument.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;
/// Fresh ids, as an argument.
pub type NewId = Arc<dyn Fn() -> Uuid + Send + Sync>;

/// How the engine behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// Syncs at work at the same time.
    pub workers: usize,
    /// How long a claimed run stays with a silent worker.
    pub lease: Duration,
    /// Rows asked for per page; 0 leaves it to the connection's settings.
    pub page_size: u32,
    /// On-demand look-ups per document sync.
    pub lookups: i64,
    /// How long a run waits for an upstream that does not answer before it fails.
    pub patience: Duration,
    /// How often the queues are looked at when nothing wakes the engine.
    pub poll: Duration,
    /// How messages to other systems are delivered.
    pub outbox: outbox::Settings,
    /// When and whom alerts are told.
    pub alerts: operations::alerts::Policy,
    /// Days that delivered messages are kept.
    pub outbox_days: u32,
    /// Days that the figures of minutes are kept.
    pub sample_days: u32,
    /// Counts calls to upstream systems.
    pub meter: samples::Meter,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            workers: 4,
            lease: Duration::from_secs(30),
            page_size: 1_000,
            lookups: 200,
            patience: Duration::from_secs(30 * 60),
            poll: Duration::from_millis(500),
            outbox: outbox::Settings::default(),
            alerts: operations::alerts::Policy::default(),
            outbox_days: 30,
            sample_days: 30,
            meter: samples::Meter::default(),
        }
    }
}

/// The engine of one node; cheap to clone.
#[derive(Clone)]
pub struct Engine {
    store: Store,
    options: Options,
    clock: Clock,
    new_id: NewId,
    roster: Arc<Roster>,
    outbox: Arc<outbox::Outbox>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine that has not started. Call inside a tokio runtime.
    pub fn new(
        store: Store,
        key: SecretKey,
        options: Options,
        clock: Clock,
        new_id: NewId,
    ) -> Self {
        let meter = options.meter.clone();
        let opener = key.clone();
        let roster = Roster::new(store.clone(), opener, clock.clone(), new_id.clone(), meter);
        let roster = Arc::new(roster);
        let outbox = outbox::Outbox::new(&store, &key, &options.outbox, &clock, &roster);
        Self {
            store,
            options,
            clock,
            new_id,
            roster,
            outbox: Arc::new(outbox),
        }
    }

    /// Talks to this connection through a connector of the caller's instead of one of the registry's.
    #[must_use]
    pub fn with_connector(self, id: ConnectionId, connector: Arc<dyn Connector>) -> Self {
        self.roster.give(id, connector);
        self
    }

    fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }

    /// Works until cancelled; a page under way is finished first. A run cut off keeps its place and
    /// goes on when its lease runs out.
    pub async fn run(&self, stop: CancellationToken) {
        let tracker = TaskTracker::new();
        let places = Arc::new(Semaphore::new(self.options.workers));
        tracker.spawn(self.clone().keep_schedules(stop.clone()));
        tracker.spawn(self.clone().keep_pruning(stop.clone()));
        tracker.spawn(self.clone().keep_delivering(stop.clone()));
        tracker.spawn(self.clone().keep_alerting(stop.clone()));
        tracker.spawn(self.clone().keep_folding(stop.clone()));
        tracker.spawn(self.clone().keep_summing(stop.clone()));
        tracker.spawn(self.clone().keep_watching(stop.clone()));
        tracker.spawn(self.clone().keep_checking(stop.clone()));
        while !stop.is_cancelled() {
            let next = tokio::time::Instant::now() + LOOK_EVERY;
            self.start_syncs(&tracker, &places, &stop).await;
            self.start_checks(&tracker).await;
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.work_after(next) => {}
                () = tokio::time::sleep(self.options.poll) => {}
            }
        }
        tracker.close();
        tracker.wait().await;
    }

    /// Resolves when there may be work, not before then.
    async fn work_after(&self, then: tokio::time::Instant) {
        self.store.work_arrived().await;
        tokio::time::sleep_until(then).await;
    }

    async fn start_syncs(
        &self,
        tracker: &TaskTracker,
        places: &Arc<Semaphore>,
        stop: &CancellationToken,
    ) {
        while let Ok(place) = Arc::clone(places).try_acquire_owned() {
            match self.claim_sync().await {
                Ok(Some(claimed)) => {
                    let (engine, stop) = (self.clone(), stop.clone());
                    tracker.spawn(async move {
                        engine.sync(claimed, &stop).await;
                        drop(place);
                    });
                }
                Ok(None) => return,
                Err(error) => return tracing::error!(%error, "cannot look for syncs to run"),
            }
        }
    }

    async fn start_checks(&self, tracker: &TaskTracker) {
        loop {
            match operations::connections::claim_check(&self.store, self.options.lease, self.now())
                .await
            {
                Ok(Some(connection)) => {
                    let engine = self.clone();
                    tracker.spawn(async move { engine.check(connection).await });
                }
                Ok(None) => return,
                Err(error) => return tracing::error!(%error, "cannot look for checks to make"),
            }
        }
    }

    /// Does everything that is due now and returns when nothing is left: for tests and one-off runs.
    pub async fn run_until_idle(&self) {
        loop {
            let mut idle = true;
            if let Ok(Some(claimed)) = self.claim_sync().await {
                self.sync(claimed, &CancellationToken::new()).await;
                idle = false;
            }
            let check =
                operations::connections::claim_check(&self.store, self.options.lease, self.now());
            if let Ok(Some(connection)) = check.await {
                self.check(connection).await;
                idle = false;
            }
            if idle {
                return;
            }
        }
    }
}
