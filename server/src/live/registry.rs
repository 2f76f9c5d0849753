//! Who listens to what.

use super::client::{Client, Event};
use super::shard::{self, Shard};
use super::stream::Stream;
use bytes::Bytes;
use domain::live::Topic;
use domain::user::Caller;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::available_parallelism;
use std::time::Instant;
use store::live::FeedRow;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use uuid::Uuid;

/// Writers at most: from here on the feed is the limit.
const MOST_WRITERS: usize = 8;

/// All sockets of this process.
#[derive(Debug)]
pub(super) struct Registry {
    next_id: AtomicU64,
    shards: Vec<Arc<Shard>>,
}

impl Default for Registry {
    /// With a writer for every second core: the others read, answer and keep the database.
    fn default() -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        Self::new((cores / 2).clamp(1, MOST_WRITERS))
    }
}

impl Registry {
    /// With that many writers, at least one.
    pub(super) fn new(writers: usize) -> Self {
        let shards = (0..writers.max(1)).map(|_| Arc::default());
        Self {
            next_id: AtomicU64::new(0),
            shards: shards.collect(),
        }
    }

    /// Adds a socket that listens to nothing yet.
    pub(super) fn add(
        &self,
        caller: Arc<Caller>,
        epoch: Uuid,
        session: String,
        stream: Stream,
        now: Instant,
    ) -> Arc<Client> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let client = Arc::new(Client::new(id, caller, epoch, session, stream, now));
        self.shard(&client).add(Arc::clone(&client));
        metrics::gauge!("crossdock_live_sockets").increment(1);
        client
    }

    /// Replaces what a socket listens to.
    pub(super) fn listen(&self, client: &Client, topics: &[Topic]) {
        self.shard(client).listen(client, topics);
    }

    /// Forgets a socket.
    pub(super) fn remove(&self, client: &Client) {
        if self.shard(client).remove(client) {
            metrics::gauge!("crossdock_live_sockets").decrement(1);
        }
    }

    /// Hands events to everybody who listens and may see them; returns when they are written, or
    /// left to the tasks of those who do not take them. So the feed is never read faster than it
    /// is handed out, and what came meanwhile goes out together.
    pub(super) async fn publish(&self, events: Vec<Event>) {
        let Some((first, others)) = self.shards.split_first() else {
            return;
        };
        let events: Arc<[Event]> = events.into();
        let mut writers = JoinSet::new();
        for shard in others.iter().filter(|shard| shard.len() > 0) {
            let (shard, events) = (Arc::clone(shard), Arc::clone(&events));
            writers.spawn(async move { shard.deliver(&events).await });
        }
        first.deliver(&events).await;
        while let Some(written) = writers.join_next().await {
            if let Err(error) = written {
                tracing::error!(%error, "a writer of the live link ended badly");
            }
        }
    }

    /// Whether anybody listens to one of the event's topics.
    pub(super) fn is_wanted(&self, row: &FeedRow) -> bool {
        self.shards.iter().any(|shard| shard.is_wanted(row))
    }

    /// Tells every socket whose turn it is, of so many turns, that the link is alive.
    pub(super) async fn beat(&self, (turn, turns): (u64, u64), frame: &Bytes, now: Instant) {
        let due = self.find(|client| client.id % turns == turn);
        for client in &due {
            client.beat(frame, now);
        }
        shard::flush(&due).await;
    }

    /// Makes every client read everything again.
    pub(super) fn resync(&self) {
        for client in self.all() {
            client.fall_behind();
        }
    }

    /// Ends every socket.
    pub(super) fn close(&self, code: CloseCode, reason: &'static str) {
        for client in self.all() {
            client.close(code, reason);
        }
    }

    /// All sockets at this moment.
    pub(super) fn all(&self) -> Vec<Arc<Client>> {
        self.find(|_| true)
    }

    /// The sockets that this is true of.
    pub(super) fn find(&self, is_meant: impl Fn(&Client) -> bool) -> Vec<Arc<Client>> {
        let mut found = Vec::new();
        for shard in &self.shards {
            shard.find(&mut found, &is_meant);
        }
        found
    }

    /// How many sockets there are.
    pub(super) fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.len()).sum()
    }

    fn shard(&self, client: &Client) -> &Arc<Shard> {
        let place = client.id % self.shards.len() as u64;
        &self.shards[place as usize]
    }
}

#[cfg(test)]
mod tests;
