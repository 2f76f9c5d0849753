//! One socket, as the hub sees it: who listens, and the way to them.

use super::frame;
use super::lock;
use super::outbox::{Outbox, Standing};
use super::stream::Stream;
use bytes::Bytes;
use domain::live::Topic;
use domain::user::Caller;
use std::collections::HashSet;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use store::live::FeedRow;
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use uuid::Uuid;

/// A client that takes nothing for this long is gone.
const WRITE_LIMIT: Duration = Duration::from_secs(10);
/// Seconds after which a client that was not heard, pings included, is gone.
const SILENCE: u64 = 65;

/// The client went away, or has to.
#[derive(Debug)]
pub(super) struct Over;

/// An event as it is handed out.
#[derive(Debug)]
pub(super) struct Event {
    /// Whom it concerns.
    pub(super) row: FeedRow,
    /// As it goes over the wire.
    pub(super) frame: Bytes,
}

/// One socket. Anybody may write to it; reading is its own task's.
#[derive(Debug)]
pub(super) struct Client {
    /// Unlike any other's.
    pub(super) id: u64,
    /// Who listens.
    pub(super) caller: Arc<Caller>,
    /// The session's epoch at the upgrade.
    pub(super) epoch: Uuid,
    /// The session's id in the table.
    pub(super) session: String,
    /// Where it is heard and told.
    pub(super) stream: Stream,
    outbox: Mutex<Outbox>,
    wake: Notify,
    last_event: AtomicI64,
    opened_at: Instant,
    /// When it was heard last, in seconds since it was opened.
    heard_after: AtomicU64,
}

impl Client {
    /// A socket that listens to nothing yet.
    pub(super) fn new(
        id: u64,
        caller: Arc<Caller>,
        epoch: Uuid,
        session: String,
        stream: Stream,
        now: Instant,
    ) -> Self {
        Self {
            id,
            caller,
            epoch,
            session,
            stream,
            outbox: Mutex::default(),
            wake: Notify::new(),
            last_event: AtomicI64::new(i64::MIN),
            opened_at: now,
            heard_after: AtomicU64::new(0),
        }
    }

    /// Whether the event concerns a site the client sees and one of these topics.
    pub(super) fn wants(&self, row: &FeedRow, topics: &[Topic]) -> bool {
        self.may_see(row) && row.topics.iter().any(|topic| topics.contains(topic))
    }

    fn may_see(&self, row: &FeedRow) -> bool {
        row.company_id == self.caller.company_id
            && row
                .warehouse_id
                .is_none_or(|warehouse| self.caller.sees_warehouse(warehouse))
    }

    /// An event with several topics reaches a client once. Only the tailer asks.
    fn is_new(&self, event: i64) -> bool {
        self.last_event.swap(event, Ordering::Relaxed) != event
    }

    /// Queues an event for a client that may see it; answers whether the caller has to
    /// [`Self::flush`].
    pub(super) fn tell(&self, event: &Event) -> bool {
        self.may_see(&event.row)
            && self.is_new(event.row.id)
            && lock(&self.outbox).tell(event.row.id, &event.frame, &self.stream)
    }

    /// Queues a sign of life, unless the client itself gives none.
    pub(super) fn beat(&self, frame: &Bytes, now: Instant) {
        let heard_after = self.heard_after.load(Ordering::Relaxed);
        if self.age(now) > heard_after + SILENCE {
            self.give_up();
        } else {
            lock(&self.outbox).beat(frame, &self.stream);
        }
    }

    /// Writes what is queued, without waiting; the rest is left to the socket's task.
    pub(super) fn flush(&self) {
        let mut outbox = lock(&self.outbox);
        let is_empty = outbox.flush(&self.stream);
        if !is_empty || outbox.standing() != Standing::Open {
            self.wake.notify_one();
        }
    }

    /// The client missed something, and is told so as soon as it takes it.
    pub(super) fn fall_behind(&self) {
        lock(&self.outbox).fall_behind();
        self.wake.notify_one();
    }

    /// Ends it at once: what waits is dropped for the reason.
    pub(super) fn close(&self, code: CloseCode, reason: &'static str) {
        self.end(frame::close(Some(code), reason));
    }

    /// Ends it with this frame.
    pub(super) fn end(&self, frame: Bytes) {
        lock(&self.outbox).close(frame);
        self.flush();
    }

    fn give_up(&self) {
        lock(&self.outbox).give_up();
        self.wake.notify_one();
    }

    /// How it stands with the client.
    pub(super) fn standing(&self) -> Standing {
        lock(&self.outbox).standing()
    }

    /// The client was heard.
    pub(super) fn was_heard(&self, now: Instant) {
        self.heard_after.store(self.age(now), Ordering::Relaxed);
    }

    /// Seconds since it was opened.
    fn age(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.opened_at).as_secs()
    }

    /// Resolves when there is something for the socket's task to look after.
    pub(super) async fn woken(&self) {
        self.wake.notified().await;
    }

    /// Holds events back until [`Self::release`].
    pub(super) fn hold(&self) {
        lock(&self.outbox).hold();
    }

    /// Lets the events go that were held, but those with these ids: they were sent.
    pub(super) fn release(&self, sent: HashSet<i64>) {
        lock(&self.outbox).release(sent);
    }

    /// Queues something of the socket's own task, which then waits for [`Self::drained`].
    pub(super) fn say(&self, frame: Bytes) {
        lock(&self.outbox).say(frame);
    }

    /// Tells a client that is behind to read everything again.
    pub(super) fn catch_up(&self, frame: Bytes) {
        lock(&self.outbox).catch_up(frame);
    }

    /// Waits until everything is written.
    ///
    /// # Errors
    /// The client takes nothing any longer.
    pub(super) async fn drained(&self) -> Result<(), Over> {
        while !self.is_flushed() {
            let writable = timeout(WRITE_LIMIT, self.stream.writable()).await;
            if !matches!(writable, Ok(Ok(()))) {
                self.give_up();
            }
        }
        match self.standing() {
            Standing::Gone => Err(Over),
            _ => Ok(()),
        }
    }

    fn is_flushed(&self) -> bool {
        lock(&self.outbox).flush(&self.stream)
    }
}
