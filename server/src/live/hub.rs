//! The tailer: reads the feed in order of visibility and hands it out.

use super::client::Event;
use super::frame;
use super::registry::Registry;
use super::revocation;
use crate::clock::Clock;
use bytes::Bytes;
use domain::live::{LiveEvent, ServerMessage};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::Store;
use store::live::FeedRow;
use store::sessions::Limits;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_util::sync::CancellationToken;

/// Events taken at once; more than this since the last read, and screens read everything again.
const BATCH: i64 = 5_000;
/// Pause between two reads that found something: under load, reading for every commit would take
/// from the writers what it gives to the screens.
const BETWEEN_READS: Duration = Duration::from_millis(5);
/// How long a commit of another node may go unnoticed.
const FLOOR: Duration = Duration::from_millis(100);
/// The same while nobody listens.
const IDLE_FLOOR: Duration = Duration::from_secs(1);
/// Pause after a failed read.
const AFTER_FAILURE: Duration = Duration::from_millis(500);
/// A socket hears something every so many turns; in each turn others do, so that signs of life do
/// not hold events up.
const TURNS: u64 = 20;
/// From one turn to the next.
const TURN: Duration = Duration::from_secs(1);

/// The live link of this process.
#[derive(Clone)]
pub struct Hub {
    pub(super) store: Store,
    pub(super) registry: Arc<Registry>,
    pub(super) build: Arc<str>,
    clock: Clock,
    limits: Limits,
    position: watch::Sender<Option<Arc<str>>>,
}

impl Hub {
    /// Nobody is connected yet, nothing is read until [`Hub::run`].
    pub fn new(store: Store, clock: Clock, limits: Limits) -> Self {
        Self {
            store,
            clock,
            limits,
            registry: Arc::default(),
            build: build().into(),
            position: watch::Sender::new(None),
        }
    }

    /// Reads the feed until stopped.
    pub async fn run(self, stop: CancellationToken) {
        let work = async {
            tokio::join!(self.tail(), self.beat(), revocation::watch(&self));
        };
        tokio::select! {
            () = work => {}
            () = stop.cancelled() => {}
        }
        self.registry.close(CloseCode::Away, "the server stops");
    }

    /// Ends the sockets of a session at once.
    pub fn close_session(&self, session: &str) {
        for client in self.registry.find(|client| client.session == session) {
            revocation::close(&client);
        }
    }

    /// Notes that a session is in use; answers whether it is still kept.
    pub(super) async fn session_used(&self, session: &str) -> Result<bool, store::Error> {
        let now = self.clock.now();
        let kept = store::sessions::load_used(&self.store, session, self.limits, now).await?;
        Ok(kept.is_some())
    }

    /// How many sockets are open.
    pub fn sockets(&self) -> usize {
        self.registry.len()
    }

    /// Whether a session is still kept.
    pub(super) async fn session_lives(&self, session: &str) -> Result<bool, store::Error> {
        let found = store::sessions::load(&self.store, session, self.clock.now()).await?;
        Ok(found.is_some())
    }

    /// Everything up to here was handed out; waits for the tailer's start.
    pub(super) async fn position(&self) -> Arc<str> {
        let mut position = self.position.subscribe();
        match position.wait_for(Option::is_some).await {
            Ok(known) => known.clone().unwrap_or_else(|| "".into()),
            // The sender lives in `self`.
            Err(_) => "".into(),
        }
    }

    async fn tail(&self) {
        let mut position = self.start().await;
        loop {
            let floor = if self.registry.len() == 0 {
                IDLE_FLOOR
            } else {
                FLOOR
            };
            tokio::select! {
                () = self.store.feed_written() => {}
                () = tokio::time::sleep(floor) => {}
            }
            match self.read_on(&mut position).await {
                Ok(0) => {}
                Ok(_) => tokio::time::sleep(BETWEEN_READS).await,
                Err(error) => {
                    tracing::warn!(error = %crate::telemetry::chain(&error), "the live feed could not be read");
                    tokio::time::sleep(AFTER_FAILURE).await;
                }
            }
        }
    }

    async fn start(&self) -> Arc<str> {
        loop {
            match store::live::current_position(&self.store).await {
                Ok(position) => {
                    let position: Arc<str> = position.into();
                    self.position.send_replace(Some(Arc::clone(&position)));
                    return position;
                }
                Err(error) => {
                    tracing::warn!(error = %crate::telemetry::chain(&error), "the live feed is not reachable");
                    tokio::time::sleep(AFTER_FAILURE).await;
                }
            }
        }
    }

    /// Hands out what became visible since the position; returns how many events there were.
    async fn read_on(&self, position: &mut Arc<str>) -> Result<usize, store::Error> {
        let batch = store::live::read_after(&self.store, position, BATCH).await?;
        let count = batch.events.len();
        if !batch.gap {
            self.publish(batch.events, position).await;
        }
        if **position != *batch.position {
            *position = batch.position.into();
            self.position.send_replace(Some(Arc::clone(position)));
        }
        if batch.gap {
            self.registry.resync();
        }
        Ok(count)
    }

    async fn publish(&self, rows: Vec<FeedRow>, position: &str) {
        let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        metrics::counter!("crossdock_live_events_total").increment(count);
        let wanted = rows.into_iter().filter(|row| self.registry.is_wanted(row));
        let framed = wanted.map(|row| Event {
            frame: event(&row, position),
            row,
        });
        let events: Vec<Event> = framed.collect();
        if !events.is_empty() {
            self.registry.publish(events).await;
        }
    }

    async fn beat(&self) {
        let mut ticks = tokio::time::interval(TURN);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for turn in (0..TURNS).cycle() {
            ticks.tick().await;
            let position = self.position().await;
            let message = frame::message(&ServerMessage::Heartbeat {
                position: position.to_string(),
                at: self.clock.now(),
            });
            let frame = frame::with_ping(&message);
            self.registry
                .beat((turn, TURNS), &frame, Instant::now())
                .await;
        }
    }
}

/// An event as sent. Its position is the one before its batch: a client that loses the link in the
/// middle of a batch resumes before it, and meets some events twice rather than missing one.
pub(super) fn event(row: &FeedRow, before: &str) -> Bytes {
    frame::message(&ServerMessage::Event(LiveEvent {
        id: row.id,
        topics: row.topics.clone(),
        what: row.what.clone(),
        position: before.to_owned(),
    }))
}

/// Names this build: another one means that an open page is older than the server.
fn build() -> String {
    let made = std::env::current_exe()
        .and_then(std::fs::metadata)
        .and_then(|file| file.modified())
        .ok()
        .and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok())
        .map_or(0, |age| age.as_secs());
    format!("{}-{made:x}", env!("CARGO_PKG_VERSION"))
}
