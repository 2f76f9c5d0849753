//! What is listened to, what was heard, and who has to read again. No browser in it.

use domain::live::{ClientMessage, LiveEvent, ServerMessage, Topic};
use std::collections::VecDeque;

/// Events remembered, to know one that comes twice: more than a busy site makes between two
/// heartbeats.
const REMEMBERED: usize = 2_048;

/// A place on the page that listens.
pub type ListenerId = u64;

/// The state of the link, apart from the socket.
#[derive(Debug, Default)]
pub struct Feed {
    listeners: Vec<(ListenerId, Vec<Topic>)>,
    last_id: ListenerId,
    position: Option<String>,
    /// The position of the events being heard: safe to resume from once something later came,
    /// because events that share a position may still be under way.
    ahead: Option<String>,
    heard: VecDeque<i64>,
    build: Option<String>,
}

impl Feed {
    /// Adds a listener.
    pub fn listen(&mut self, topics: Vec<Topic>) -> ListenerId {
        self.last_id += 1;
        self.listeners.push((self.last_id, topics));
        self.last_id
    }

    /// Removes a listener.
    pub fn forget(&mut self, id: ListenerId) {
        self.listeners.retain(|(listener, _)| *listener != id);
    }

    /// Everything any listener asked for, each topic once.
    pub fn topics(&self) -> Vec<Topic> {
        let mut all = Vec::new();
        for topic in self.listeners.iter().flat_map(|(_, topics)| topics) {
            if !all.contains(topic) {
                all.push(*topic);
            }
        }
        all
    }

    /// What to tell the server after opening, and whenever the topics changed.
    pub fn subscription(&self) -> ClientMessage {
        ClientMessage::Subscribe {
            topics: self.topics(),
            resume: self.position.clone(),
        }
    }

    /// Takes in a message; answers which listeners have to read again.
    pub fn hear(&mut self, message: ServerMessage) -> Vec<ListenerId> {
        match message {
            ServerMessage::Subscribed {
                position, build, ..
            } => {
                self.build.get_or_insert(build);
                // Resuming: what was missed is still to come, the old position stays until then.
                if self.position.is_some() {
                    return Vec::new();
                }
                self.stand_at(position);
                self.everybody()
            }
            ServerMessage::Resync { position } => {
                self.stand_at(position);
                self.everybody()
            }
            ServerMessage::Heartbeat { position, .. } => {
                self.stand_at(position);
                Vec::new()
            }
            ServerMessage::Event(event) => self.hear_event(event),
        }
    }

    /// Whether a subscription was answered by another build than the first.
    pub fn is_new_build(&self, message: &ServerMessage) -> bool {
        match (message, &self.build) {
            (ServerMessage::Subscribed { build, .. }, Some(first)) => build != first,
            _ => false,
        }
    }

    fn hear_event(&mut self, event: LiveEvent) -> Vec<ListenerId> {
        if self.ahead.as_ref() != Some(&event.position) {
            self.position = self.ahead.take().or_else(|| self.position.take());
            self.ahead = Some(event.position);
        }
        if self.heard.contains(&event.id) {
            return Vec::new();
        }
        if self.heard.len() == REMEMBERED {
            self.heard.pop_front();
        }
        self.heard.push_back(event.id);
        self.listeners
            .iter()
            .filter(|(_, topics)| topics.iter().any(|topic| event.topics.contains(topic)))
            .map(|(id, _)| *id)
            .collect()
    }

    fn stand_at(&mut self, position: String) {
        self.position = Some(position);
        self.ahead = None;
    }

    fn everybody(&self) -> Vec<ListenerId> {
        self.listeners.iter().map(|(id, _)| *id).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subscribed(position: &str) -> ServerMessage {
        ServerMessage::Subscribed {
            topics: Vec::new(),
            position: position.into(),
            build: "1".into(),
        }
    }

    fn event(id: i64, topic: Topic, position: &str) -> ServerMessage {
        ServerMessage::Event(LiveEvent {
            id,
            topics: vec![topic],
            what: "picked".into(),
            position: position.into(),
        })
    }

    fn resume(feed: &Feed) -> Option<String> {
        let ClientMessage::Subscribe { resume, .. } = feed.subscription();
        resume
    }

    #[test]
    fn the_first_subscription_makes_everybody_read_again() {
        let mut feed = Feed::default();
        let board = feed.listen(vec![Topic::Board(1)]);
        assert_eq!(resume(&feed), None);
        assert_eq!(feed.hear(subscribed("5:5:")), [board]);
        assert_eq!(resume(&feed), Some("5:5:".into()));
    }

    #[test]
    fn an_event_reaches_its_listeners_once() {
        let mut feed = Feed::default();
        let board = feed.listen(vec![Topic::Board(1), Topic::Tasks]);
        feed.listen(vec![Topic::Items]);
        feed.hear(subscribed("5:5:"));
        assert_eq!(feed.hear(event(9, Topic::Board(1), "6:6:")), [board]);
        assert!(feed.hear(event(9, Topic::Board(1), "6:6:")).is_empty());
        assert!(feed.hear(event(10, Topic::Board(2), "6:6:")).is_empty());
    }

    #[test]
    fn a_link_lost_among_events_of_one_position_resumes_before_them() {
        let mut feed = Feed::default();
        feed.listen(vec![Topic::Tasks]);
        feed.hear(subscribed("5:5:"));
        feed.hear(event(1, Topic::Tasks, "6:6:"));
        assert_eq!(resume(&feed), Some("5:5:".into()));
        feed.hear(event(2, Topic::Tasks, "7:7:"));
        assert_eq!(resume(&feed), Some("6:6:".into()));
    }

    #[test]
    fn a_link_lost_right_after_resuming_resumes_from_the_old_position() {
        let mut feed = Feed::default();
        feed.listen(vec![Topic::Tasks]);
        feed.hear(subscribed("5:5:"));
        assert!(feed.hear(subscribed("9:9:")).is_empty());
        assert_eq!(resume(&feed), Some("5:5:".into()));
    }

    #[test]
    fn a_listener_that_left_is_not_told_and_not_subscribed() {
        let mut feed = Feed::default();
        let tasks = feed.listen(vec![Topic::Tasks]);
        feed.hear(subscribed("5:5:"));
        feed.forget(tasks);
        assert!(feed.topics().is_empty());
        assert!(feed.hear(event(1, Topic::Tasks, "6:6:")).is_empty());
    }

    #[test]
    fn missing_too_much_makes_everybody_read_again() {
        let mut feed = Feed::default();
        let tasks = feed.listen(vec![Topic::Tasks]);
        feed.hear(subscribed("5:5:"));
        let message = ServerMessage::Resync {
            position: "9:9:".into(),
        };
        assert_eq!(feed.hear(message), [tasks]);
        assert_eq!(resume(&feed), Some("9:9:".into()));
    }

    #[test]
    fn another_build_is_noticed() {
        let mut feed = Feed::default();
        assert!(!feed.is_new_build(&subscribed("5:5:")));
        feed.hear(subscribed("5:5:"));
        assert!(!feed.is_new_build(&subscribed("6:6:")));
        let other = ServerMessage::Subscribed {
            topics: Vec::new(),
            position: "6:6:".into(),
            build: "2".into(),
        };
        assert!(feed.is_new_build(&other));
    }
}
