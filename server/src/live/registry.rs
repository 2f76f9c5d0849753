//! Who listens to what.

use axum::extract::ws::Utf8Bytes;
use domain::CompanyId;
use domain::live::Topic;
use domain::user::Caller;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::live::FeedRow;
use tokio::sync::mpsc;
use uuid::Uuid;

/// Messages a socket may be behind.
const QUEUE: usize = 256;

/// Something for a socket to send.
#[derive(Debug, Clone)]
pub(super) enum Outgoing {
    /// An event, already written as JSON.
    Event {
        /// Its id.
        id: i64,
        /// The message.
        text: Utf8Bytes,
    },
    /// The link is alive.
    Heartbeat(Utf8Bytes),
    /// Read everything again.
    Resync,
    /// The session is over.
    Close,
}

/// One socket.
#[derive(Debug)]
pub(super) struct Client {
    id: u64,
    /// Who listens.
    pub(super) caller: Arc<Caller>,
    /// The session's epoch at the upgrade.
    pub(super) epoch: Uuid,
    /// The session's id in the table.
    pub(super) session: String,
    queue: mpsc::Sender<Outgoing>,
    lagging: AtomicBool,
    last_event: AtomicI64,
    topics: Mutex<HashSet<Topic>>,
}

impl Client {
    /// Queues without waiting; a full queue marks the client as lagging.
    pub(super) fn offer(&self, message: Outgoing) {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.queue.try_send(message) {
            self.lagging.store(true, Ordering::Release);
        }
    }

    /// Whether messages were dropped since the last call.
    pub(super) fn take_lag(&self) -> bool {
        self.lagging.swap(false, Ordering::AcqRel)
    }

    /// Whether the event concerns a site the client sees and a topic it listens to.
    pub(super) fn wants(&self, row: &FeedRow) -> bool {
        self.may_see(row) && {
            let topics = lock(&self.topics);
            row.topics.iter().any(|topic| topics.contains(topic))
        }
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
}

type Listeners = HashMap<u64, Arc<Client>>;

/// All sockets of this process.
#[derive(Debug, Default)]
pub(super) struct Registry {
    next_id: AtomicU64,
    by_topic: Mutex<HashMap<(CompanyId, Topic), Listeners>>,
    clients: Mutex<Listeners>,
}

impl Registry {
    /// Adds a socket that listens to nothing yet.
    pub(super) fn add(
        &self,
        caller: Arc<Caller>,
        epoch: Uuid,
        session: String,
    ) -> (Arc<Client>, mpsc::Receiver<Outgoing>) {
        let (queue, messages) = mpsc::channel(QUEUE);
        let client = Arc::new(Client {
            id: self.next_id.fetch_add(1, Ordering::Relaxed),
            caller,
            epoch,
            session,
            queue,
            lagging: AtomicBool::new(false),
            last_event: AtomicI64::new(i64::MIN),
            topics: Mutex::default(),
        });
        let mut clients = lock(&self.clients);
        clients.insert(client.id, Arc::clone(&client));
        metrics::gauge!("crossdock_live_sockets").increment(1);
        (client, messages)
    }

    /// Replaces what a socket listens to.
    pub(super) fn listen(&self, client: &Arc<Client>, topics: &[Topic]) {
        let wanted: HashSet<Topic> = topics.iter().copied().collect();
        let mut by_topic = lock(&self.by_topic);
        let mut current = lock(&client.topics);
        for topic in current.difference(&wanted) {
            forget(&mut by_topic, client, *topic);
        }
        for topic in wanted.difference(&current) {
            by_topic
                .entry((client.caller.company_id, *topic))
                .or_default()
                .insert(client.id, Arc::clone(client));
        }
        *current = wanted;
    }

    /// Forgets a socket.
    pub(super) fn remove(&self, client: &Arc<Client>) {
        self.listen(client, &[]);
        if lock(&self.clients).remove(&client.id).is_some() {
            metrics::gauge!("crossdock_live_sockets").decrement(1);
        }
    }

    /// Hands an event to everybody who listens and may see it.
    pub(super) fn publish(&self, row: &FeedRow, text: &Utf8Bytes) {
        let by_topic = lock(&self.by_topic);
        for topic in &row.topics {
            let Some(listeners) = by_topic.get(&(row.company_id, *topic)) else {
                continue;
            };
            for client in listeners.values() {
                if client.may_see(row) && client.is_new(row.id) {
                    client.offer(Outgoing::Event {
                        id: row.id,
                        text: text.clone(),
                    });
                }
            }
        }
    }

    /// Whether anybody listens to one of the event's topics.
    pub(super) fn is_wanted(&self, row: &FeedRow) -> bool {
        let by_topic = lock(&self.by_topic);
        row.topics
            .iter()
            .any(|topic| by_topic.contains_key(&(row.company_id, *topic)))
    }

    /// Hands a message to every socket.
    pub(super) fn broadcast(&self, message: &Outgoing) {
        for client in lock(&self.clients).values() {
            client.offer(message.clone());
        }
    }

    /// All sockets at this moment.
    pub(super) fn all(&self) -> Vec<Arc<Client>> {
        lock(&self.clients).values().cloned().collect()
    }

    /// Whether nobody is connected.
    pub(super) fn is_empty(&self) -> bool {
        lock(&self.clients).is_empty()
    }
}

fn forget(by_topic: &mut HashMap<(CompanyId, Topic), Listeners>, client: &Client, topic: Topic) {
    let key = (client.caller.company_id, topic);
    if let Some(listeners) = by_topic.get_mut(&key) {
        listeners.remove(&client.id);
        if listeners.is_empty() {
            by_topic.remove(&key);
        }
    }
}

/// A panic elsewhere leaves these maps usable.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::permission::Role;
    use domain::{UserId, WarehouseId};

    fn caller(company: i64, warehouse: i64) -> Arc<Caller> {
        Arc::new(Caller {
            user_id: UserId(1),
            company_id: CompanyId(company),
            warehouses: vec![WarehouseId(warehouse)],
            role: Role::Lead,
            name: "Luka".into(),
            login: "luka".into(),
            team_id: None,
            device: None,
        })
    }

    fn row(id: i64, company: i64, warehouse: Option<i64>, topics: &[Topic]) -> FeedRow {
        FeedRow {
            id,
            company_id: CompanyId(company),
            warehouse_id: warehouse.map(WarehouseId),
            topics: topics.to_vec(),
            what: "picked".into(),
        }
    }

    fn received(messages: &mut mpsc::Receiver<Outgoing>) -> Vec<i64> {
        let mut ids = Vec::new();
        while let Ok(Outgoing::Event { id, .. }) = messages.try_recv() {
            ids.push(id);
        }
        ids
    }

    #[test]
    fn an_event_reaches_its_company_and_site_once() {
        let registry = Registry::default();
        let join = |company, warehouse| {
            let (client, messages) =
                registry.add(caller(company, warehouse), Uuid::nil(), String::new());
            registry.listen(&client, &[Topic::Documents, Topic::Document(5)]);
            messages
        };
        let mut ours = join(1, 1);
        let mut other_site = join(1, 2);
        let mut stranger = join(2, 1);
        let both = [Topic::Documents, Topic::Document(5)];
        registry.publish(&row(7, 1, Some(1), &both), &"{}".into());
        registry.publish(&row(8, 1, None, &[Topic::Documents]), &"{}".into());
        assert_eq!(received(&mut ours), [7, 8]);
        assert_eq!(received(&mut other_site), [8]);
        assert_eq!(received(&mut stranger), [0; 0]);
    }

    #[test]
    fn a_new_subscription_replaces_the_old_one() {
        let registry = Registry::default();
        let (client, mut messages) = registry.add(caller(1, 1), Uuid::nil(), String::new());
        registry.listen(&client, &[Topic::Items]);
        registry.listen(&client, &[Topic::Tasks]);
        registry.publish(&row(1, 1, None, &[Topic::Items]), &"{}".into());
        registry.publish(&row(2, 1, None, &[Topic::Tasks]), &"{}".into());
        assert_eq!(received(&mut messages), [2]);
        registry.remove(&client);
        assert!(registry.is_empty());
        assert!(!registry.is_wanted(&row(3, 1, None, &[Topic::Tasks])));
    }

    #[test]
    fn a_client_too_slow_is_marked_and_the_others_are_not_held_up() {
        let registry = Registry::default();
        let (slow, _messages) = registry.add(caller(1, 1), Uuid::nil(), String::new());
        registry.listen(&slow, &[Topic::Items]);
        for id in 0..=256 {
            registry.publish(&row(id, 1, None, &[Topic::Items]), &"{}".into());
        }
        assert!(slow.take_lag());
        assert!(!slow.take_lag());
    }
}
