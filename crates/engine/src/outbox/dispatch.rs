//! Claiming what is due, starting attempts, and writing what came of them. The three go on at the
//! same time: while a batch is written, the next one is on its way and another one is claimed.

use crate::Engine;
use std::sync::Arc;
use store::outbox::{Claimed, Done};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Messages that one node holds at once: on their way, or waiting to be written.
const HELD: usize = 512;
/// Claimed in one transaction at most.
const CLAIMED: usize = 128;
/// Written in one transaction at most.
const WRITTEN: usize = 256;

/// An attempt that ended, with its place among the held ones.
struct Ended {
    done: Done,
    place: Option<OwnedSemaphorePermit>,
}

/// What the parts of the dispatcher share.
struct Floor {
    places: Arc<Semaphore>,
    written: Notify,
    attempts: TaskTracker,
}

impl Engine {
    /// Delivers until stopped; what is on its way is finished and written first.
    pub(crate) async fn keep_delivering(self, stop: CancellationToken) {
        let floor = Floor {
            places: Arc::new(Semaphore::new(HELD)),
            written: Notify::new(),
            attempts: TaskTracker::new(),
        };
        let (done, ended) = unbounded_channel();
        let over = CancellationToken::new();
        let work = async {
            tokio::join!(
                self.keep_claiming(&floor, done, &stop),
                self.keep_writing(&floor, ended)
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
            self.write_messages(&done).await;
        }
    }

    async fn keep_claiming(
        &self,
        floor: &Floor,
        done: UnboundedSender<Ended>,
        stop: &CancellationToken,
    ) {
        while !stop.is_cancelled() {
            self.claim_all(floor, &done).await;
            tokio::select! {
                () = stop.cancelled() => {}
                () = floor.written.notified() => {}
                () = self.store.message_queued() => {}
                () = tokio::time::sleep(self.options.poll) => {}
            }
        }
    }

    async fn claim_all(&self, floor: &Floor, done: &UnboundedSender<Ended>) {
        loop {
            let room = floor.places.available_permits().min(CLAIMED);
            if room == 0 {
                return;
            }
            let claimed = self.claim_messages(room).await;
            let all = claimed.len() < room;
            for message in claimed {
                // There is room: nobody else takes places.
                let place = Arc::clone(&floor.places).acquire_owned().await.ok();
                let (engine, done) = (self.clone(), done.clone());
                floor.attempts.spawn(async move {
                    let ended = Ended {
                        done: engine.attempt(message).await,
                        place,
                    };
                    // It is received until the last sender is gone.
                    let _ = done.send(ended);
                });
            }
            if all {
                return;
            }
        }
    }

    async fn claim_messages(&self, limit: usize) -> Vec<Claimed> {
        let (id, now) = ((self.new_id)(), self.now());
        let token = self.outbox.presence(|presence| presence.token(id));
        let rooms = self.outbox.lanes(|lanes| lanes.rooms(now));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let lease = self.options.outbox.lease;
        let claim = operations::outbox::claim(&self.store, token, limit, &rooms, lease, now).await;
        let claimed = claim.unwrap_or_else(|error| {
            tracing::error!(%error, "cannot look for messages to deliver");
            Vec::new()
        });
        self.outbox
            .lanes(|lanes| claimed.iter().for_each(|m| lanes.start(&m.lane)));
        claimed
    }

    /// Writes until the last sender is gone: as many at once as ended meanwhile.
    async fn keep_writing(&self, floor: &Floor, mut ended: UnboundedReceiver<Ended>) {
        let mut batch = Vec::with_capacity(WRITTEN);
        while ended.recv_many(&mut batch, WRITTEN).await > 0 {
            let (done, places): (Vec<Done>, Vec<Option<OwnedSemaphorePermit>>) =
                batch.drain(..).map(|one| (one.done, one.place)).unzip();
            self.write_messages(&done).await;
            drop(places);
            floor.written.notify_one();
        }
    }

    /// One message whose outcome cannot be stored harms only itself. What is not written comes back
    /// when its lease ends.
    async fn write_messages(&self, done: &[Done]) {
        match self.write(done).await {
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
