//! Being seen by the other workers, seeing which of them are gone, and hearing of what was queued on
//! other nodes.

use super::marks::{CHANGE, Lookout};
use crate::Engine;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use store::Store;
use store::outbox::{Session, Worker};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How often is looked for what gone workers left.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long a worker may be without a session: it may just be opening another one, because the
/// database was restarted.
const ABSENCE: TimeDelta = TimeDelta::seconds(3);
/// The wait before a lost session is opened anew.
const REOPEN_AFTER: Duration = Duration::from_millis(300);
/// The least time between two announcements of a node.
const ANNOUNCE_EVERY: Duration = Duration::from_millis(5);

/// This node's own session, and what is known of the other ones.
#[derive(Debug, Default)]
pub(super) struct Presence {
    worker: Option<Worker>,
    present: bool,
    absent: HashMap<Uuid, DateTime<Utc>>,
}

impl Presence {
    /// A token to claim under; it names this worker only while its session is open.
    pub(super) fn token(&self, id: Uuid) -> Uuid {
        match self.worker {
            Some(worker) if self.present => worker.token(id),
            _ => id,
        }
    }

    /// Which of these tokens were without a session for long enough. This worker's own are never: it
    /// is there.
    fn gone(&mut self, abandoned: &[Uuid], now: DateTime<Utc>) -> Vec<Uuid> {
        let others = abandoned.iter().copied();
        self.absent = others
            .filter(|token| Worker::of(*token) != self.worker)
            .map(|token| (token, self.absent.get(&token).copied().unwrap_or(now)))
            .collect();
        let long = self
            .absent
            .iter()
            .filter(|(_, since)| now - **since >= ABSENCE);
        long.map(|(token, _)| *token).collect()
    }
}

impl Engine {
    /// Keeps a session open until stopped.
    pub(super) async fn keep_present(&self, stop: &CancellationToken) {
        let worker = Worker::new((self.new_id)());
        self.outbox
            .presence(|presence| presence.worker = Some(worker));
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.be_present(worker) => {}
            }
            self.outbox.presence(|presence| presence.present = false);
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(REOPEN_AFTER) => {}
            }
        }
    }

    /// One session, until it is lost.
    async fn be_present(&self, worker: Worker) {
        let mut session = match Session::open(&self.store, worker).await {
            Ok(Some(session)) => session,
            // The one before is not given up by the database yet.
            Ok(None) => return,
            Err(error) => return tracing::debug!(%error, "no session for the outbox"),
        };
        self.outbox.presence(|presence| presence.present = true);
        // What was queued before it listened.
        self.store.wake_outbox();
        loop {
            match session.heard().await {
                Ok(()) => self.store.wake_outbox(),
                Err(error) => {
                    // Another database may be there next, such as an older copy.
                    self.outbox.marks(|marks| *marks = Lookout::default());
                    return tracing::warn!(%error, "the outbox lost its session");
                }
            }
        }
    }

    pub(super) async fn keep_rescuing(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            // What this worker could not write yet comes first.
            if self.store.outage().is_none() {
                self.rescue_messages().await;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Looks where the messages that wait begin.
    async fn mark_messages(&self) {
        let (began, now) = (Instant::now(), self.now());
        let from = self.outbox.marks(|marks| marks.look(began, now));
        match operations::outbox::marks(&self.store, &from, now - CHANGE).await {
            Ok(found) => self.outbox.marks(|marks| marks.learn(&from, found, began)),
            // What comes before a mark would not be found any more.
            Err(error) => {
                self.outbox.marks(|marks| *marks = Lookout::default());
                tracing::debug!(%error, "cannot see where messages begin: claims look at everything");
            }
        }
    }

    /// Takes back what is held past its lease, or by workers that are gone.
    pub(super) async fn rescue_messages(&self) {
        self.mark_messages().await;
        let since = self.outbox.marks(|marks| marks.first_lease());
        let abandoned = match operations::outbox::abandoned(&self.store, since).await {
            Ok(abandoned) => abandoned,
            Err(error) => return tracing::error!(%error, "cannot see which workers are there"),
        };
        let now = self.now();
        let gone = self
            .outbox
            .presence(|presence| presence.gone(&abandoned, now));
        match operations::outbox::rescue(&self.store, &gone, since, now).await {
            Ok(0) => {}
            Ok(count) => tracing::warn!(count, "messages taken back from workers that are gone"),
            Err(error) => tracing::error!(%error, "cannot take messages back"),
        }
    }
}

/// Tells the workers of other nodes whenever messages were queued on this one, many commits at once,
/// until stopped. For a process that has no engine of its own; others would see them at their next
/// look.
pub async fn announce(store: Store, stop: CancellationToken) {
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => return,
            () = store.message_queued() => {}
        }
        if let Err(error) = store::outbox::announce(&store).await {
            tracing::debug!(%error, "queued messages were not announced");
        }
        tokio::time::sleep(ANNOUNCE_EVERY).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> Uuid {
        // Of version 4.
        Uuid::from_u128(0x4000_8000_0000_0000_0000 | number)
    }

    #[test]
    fn a_worker_is_gone_after_being_absent_for_a_while_without_a_break() {
        let (mut presence, now) = (Presence::default(), DateTime::UNIX_EPOCH);
        let token = Worker::new(id(7)).token(id(1));
        assert!(presence.gone(&[token], now).is_empty());
        assert!(presence.gone(&[], now + ABSENCE).is_empty(), "it came back");
        let later = now + ABSENCE * 2;
        assert!(presence.gone(&[token], later).is_empty());
        assert_eq!(presence.gone(&[token], later + ABSENCE), [token]);
    }

    #[test]
    fn a_worker_never_takes_back_what_it_holds_itself() {
        let worker = Worker::new(id(7));
        let mut presence = Presence {
            worker: Some(worker),
            ..Presence::default()
        };
        let now = DateTime::UNIX_EPOCH;
        let own = worker.token(id(1));
        assert!(presence.gone(&[own], now).is_empty());
        assert!(presence.gone(&[own], now + ABSENCE * 2).is_empty());
    }

    #[test]
    fn without_a_session_a_token_names_nobody_and_is_left_to_its_lease() {
        let mut presence = Presence {
            worker: Some(Worker::new(id(7))),
            ..Presence::default()
        };
        assert_eq!(Worker::of(presence.token(id(1))), None);
        presence.present = true;
        assert_eq!(Worker::of(presence.token(id(1))), presence.worker);
    }
}
