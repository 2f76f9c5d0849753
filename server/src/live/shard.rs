//! A part of the sockets, with who listens to what. The parts are told events side by side.

use super::client::{Client, Event};
use super::lock;
use domain::CompanyId;
use domain::live::Topic;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use store::live::FeedRow;

/// Sockets written to before other work gets its turn.
const AT_ONCE: usize = 64;

/// Events queued before they are written; fewer than a socket may have waiting, so that nothing is
/// written while the sockets are locked.
const EVENTS_AT_ONCE: usize = 64;

type Listeners = HashMap<u64, Arc<Client>>;

/// Some of the sockets of this process.
#[derive(Debug, Default)]
pub(super) struct Shard(Mutex<Sockets>);

#[derive(Debug, Default)]
struct Sockets {
    all: HashMap<u64, Listener>,
    by_topic: HashMap<(CompanyId, Topic), Listeners>,
}

#[derive(Debug)]
struct Listener {
    client: Arc<Client>,
    topics: Vec<Topic>,
}

impl Shard {
    /// Adds a socket that listens to nothing yet.
    pub(super) fn add(&self, client: Arc<Client>) {
        let topics = Vec::new();
        lock(&self.0)
            .all
            .insert(client.id, Listener { client, topics });
    }

    /// Replaces what a socket listens to.
    pub(super) fn listen(&self, client: &Client, topics: &[Topic]) {
        let mut sockets = lock(&self.0);
        let Sockets { all, by_topic } = &mut *sockets;
        let Some(listener) = all.get_mut(&client.id) else {
            return;
        };
        for topic in listener.topics.drain(..) {
            forget(by_topic, client, topic);
        }
        for topic in topics {
            let key = (client.caller.company_id, *topic);
            let listeners = by_topic.entry(key).or_default();
            listeners.insert(client.id, Arc::clone(&listener.client));
        }
        listener.topics = topics.to_vec();
    }

    /// Forgets a socket; answers whether it was there.
    pub(super) fn remove(&self, client: &Client) -> bool {
        self.listen(client, &[]);
        lock(&self.0).all.remove(&client.id).is_some()
    }

    /// How many sockets there are.
    pub(super) fn len(&self) -> usize {
        lock(&self.0).all.len()
    }

    /// Adds the sockets that this is true of.
    pub(super) fn find(&self, found: &mut Vec<Arc<Client>>, is_meant: impl Fn(&Client) -> bool) {
        let sockets = lock(&self.0);
        let meant = sockets.all.values().map(|listener| &listener.client);
        found.extend(meant.filter(|client| is_meant(client)).cloned());
    }

    /// Whether anybody listens to one of the event's topics.
    pub(super) fn is_wanted(&self, row: &FeedRow) -> bool {
        let sockets = lock(&self.0);
        row.topics
            .iter()
            .any(|topic| sockets.by_topic.contains_key(&(row.company_id, *topic)))
    }

    /// Hands events to everybody who listens and may see them.
    pub(super) async fn deliver(&self, events: &[Event]) {
        for some in events.chunks(EVENTS_AT_ONCE) {
            flush(&self.tell(some)).await;
        }
    }

    /// Queues the events; answers the sockets that have something to write since.
    fn tell(&self, events: &[Event]) -> Vec<Arc<Client>> {
        let sockets = lock(&self.0);
        let mut told = Vec::new();
        for event in events {
            for topic in &event.row.topics {
                let listeners = sockets.by_topic.get(&(event.row.company_id, *topic));
                let listeners = listeners.into_iter().flat_map(HashMap::values);
                told.extend(listeners.filter(|client| client.tell(event)).cloned());
            }
        }
        told
    }
}

/// Writes what is queued for these sockets.
pub(super) async fn flush(clients: &[Arc<Client>]) {
    for some in clients.chunks(AT_ONCE) {
        for client in some {
            client.flush();
        }
        tokio::task::yield_now().await;
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
