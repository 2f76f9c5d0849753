//! Claiming what is due, starting attempts, and writing what came of them. The three go on at the
//! same time: while a batch is written, the next one is on its way and another one is claimed.

use super::floor::{Flight, Floor};
use crate::Engine;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use store::outbox::{Claimed, Done};
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;

/// Claimed in one transaction at most; more than one system takes, so that a full claim means that
/// others wait still.
const CLAIMED: usize = 256;
/// Written in one transaction at most.
const WRITTEN: usize = 256;

/// An attempt that ended, with its place among the held ones.
struct Ended {
    done: Done,
    place: Option<OwnedSemaphorePermit>,
}

/// What all attempts need.
struct Senders {
    engine: Engine,
    floor: Arc<Floor>,
    done: UnboundedSender<Ended>,
}

impl Senders {
    fn start(self: &Arc<Self>, message: Claimed) {
        // There is room: nobody else takes places.
        let place = Arc::clone(&self.floor.places).try_acquire_owned().ok();
        let (senders, flight) = (Arc::clone(self), Flight::begin(&self.floor));
        self.floor.attempts.spawn(async move {
            let done = senders.engine.attempt(message).await;
            // It is received until the last sender is gone.
            let _ = senders.done.send(Ended { done, place });
            drop(flight);
        });
    }
}

impl Engine {
    /// Delivers until stopped; what is on its way is finished and written first.
    pub(crate) async fn keep_delivering(self, stop: CancellationToken) {
        let floor = Arc::new(Floor::new());
        let (done, ended) = unbounded_channel();
        let senders = Arc::new(Senders {
            engine: self.clone(),
            floor: Arc::clone(&floor),
            done,
        });
        let over = CancellationToken::new();
        let work = async {
            tokio::join!(
                self.keep_claiming(senders, &stop),
                self.keep_writing(&floor, ended, &stop)
            );
            over.cancel();
        };
        // The session stays until nothing is held any more.
        tokio::join!(work, self.keep_present(&over), self.keep_rescuing(&over));
    }

    /// Delivers everything that is due now, one batch after the other; returns how many attempts
    /// were made. For tests and one-off runs.
    pub async fn deliver_due(&self) -> usize {
        let mut attempts = 0;
        self.rescue_messages().await;
        loop {
            let claimed = self.claim_messages(CLAIMED).await;
            if claimed.is_empty() {
                return attempts;
            }
            let tried = claimed.into_iter().map(|message| self.attempt(message));
            let done = futures::future::join_all(tried).await;
            attempts += done.len();
            if !self.write_messages(&done).await {
                return attempts;
            }
        }
    }

    async fn keep_claiming(&self, senders: Arc<Senders>, stop: &CancellationToken) {
        let floor = &senders.floor;
        while !stop.is_cancelled() {
            self.claim_all(&senders, stop).await;
            tokio::select! {
                () = stop.cancelled() => {}
                // Systems have room again, also before what ended is written.
                () = floor.lulls.notified() => {}
                () = floor.lull_after(floor.written.notified()) => {}
                () = floor.lull_after(self.store.message_queued()) => {}
                () = tokio::time::sleep(self.options.poll) => {}
            }
        }
    }

    async fn claim_all(&self, senders: &Arc<Senders>, stop: &CancellationToken) {
        let floor = &senders.floor;
        loop {
            let room = floor.places.available_permits().min(CLAIMED);
            if room == 0 || floor.waits.load(Ordering::Relaxed) || stop.is_cancelled() {
                return;
            }
            let claimed = self.claim_messages(room).await;
            let all = claimed.len() < room;
            claimed
                .into_iter()
                .for_each(|message| senders.start(message));
            if all {
                return;
            }
        }
    }

    async fn claim_messages(&self, limit: usize) -> Vec<Claimed> {
        let (id, now) = ((self.new_id)(), self.now());
        let token = self.outbox.presence(|presence| presence.token(id));
        let known = self.outbox.marks(|marks| marks.known(now));
        let rooms = self.outbox.lanes(|lanes| lanes.rooms(&known, now));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let lease = self.options.outbox.lease;
        let (store, since) = (&self.store, known.lease);
        let claim = operations::outbox::claim(store, token, limit, &rooms, since, lease, now).await;
        let away = self.note_outage(&claim);
        let claimed = claim.unwrap_or_else(|error| {
            if !away {
                tracing::error!(%error, "cannot look for messages to deliver");
            }
            Vec::new()
        });
        self.outbox
            .lanes(|lanes| claimed.iter().for_each(|m| lanes.start(&m.lane, m.at_once)));
        claimed
    }

    /// Writes until the last sender is gone: as many at once as ended by the next lull.
    async fn keep_writing(
        &self,
        floor: &Floor,
        mut ended: UnboundedReceiver<Ended>,
        stop: &CancellationToken,
    ) {
        let mut batch = Vec::with_capacity(WRITTEN);
        while ended.recv_many(&mut batch, WRITTEN).await > 0 {
            floor.lull().await;
            while batch.len() < WRITTEN
                && let Ok(one) = ended.try_recv()
            {
                batch.push(one);
            }
            let (done, places): (Vec<Done>, Vec<Option<OwnedSemaphorePermit>>) =
                batch.drain(..).map(|one| (one.done, one.place)).unzip();
            self.write_once_possible(floor, &done, stop).await;
            drop(places);
            floor.written.notify_one();
        }
    }

    /// While the database is away or full, what came of attempts is kept: what was sent and is not
    /// written down would be sent again. A stop is not held up by it.
    async fn write_once_possible(&self, floor: &Floor, done: &[Done], stop: &CancellationToken) {
        while !self.write_messages(done).await && !stop.is_cancelled() {
            floor.waits.store(true, Ordering::Relaxed);
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(self.options.poll) => {}
            }
        }
        floor.waits.store(false, Ordering::Relaxed);
    }

    /// False when the database takes nothing now. One message whose outcome cannot be stored harms
    /// only itself: it comes back when its lease ends.
    async fn write_messages(&self, done: &[Done]) -> bool {
        let written = self.write(done).await;
        if self.note_outage(&written) {
            return false;
        }
        match written {
            Ok(()) => {}
            Err(error) if error.is_lasting() => {
                for one in done {
                    if let Err(error) = self.write(std::slice::from_ref(one)).await {
                        tracing::error!(%error, message.id = %one.id, "what came of a message could not be written");
                    }
                }
            }
            Err(error) => tracing::error!(%error, "what came of messages could not be written"),
        }
        true
    }

    /// Tells once that the database stores nothing, and once that it does again; true while it does
    /// not.
    fn note_outage<T>(&self, outcome: &operations::Result<T>) -> bool {
        let outage = outcome.as_ref().err().and_then(operations::Error::outage);
        match (self.store.note_outage(outage), outage) {
            (true, Some(reason)) => {
                tracing::error!(reason, "the database stores nothing: messages wait");
            }
            (true, None) => tracing::info!("the database stores again: messages go on"),
            (false, _) => {}
        }
        outage.is_some()
    }

    async fn write(&self, done: &[Done]) -> operations::Result<()> {
        let written = operations::outbox::record(&self.store, done, self.now()).await?;
        if written < done.len() {
            let lost = done.len() - written;
            tracing::warn!(lost, "messages were taken over by another worker");
        }
        Ok(())
    }
}
