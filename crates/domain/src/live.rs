//! The live link: what screens and the server say to each other over `/live`.
//!
//! An event is a hint: it names what changed, the screen reads it again. A client that lost the
//! link resumes with the last `position` it saw and misses nothing, although events become visible
//! out of the order of their ids: a position is a PostgreSQL snapshot, and resuming sends every
//! event that was not visible in it. Events may come twice; their `id` tells.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What a screen can listen to. Written `noun` or `noun:id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    /// Any connection's health, schedule or run.
    Connections,
    /// The catalogue changed.
    Items,
    /// Partners changed.
    Partners,
    /// Any document of the site.
    Documents,
    /// One document.
    Document(i64),
    /// Any task of the site.
    Tasks,
    /// The tasks one worker sees.
    WorkerTasks(i64),
    /// Mapping inbox.
    Mappings,
    /// The lead's inbox.
    Exceptions,
    /// Alerts, the queue and the figures of the installation.
    Operations,
    /// Webhook endpoints and their deliveries.
    Webhooks,
    /// Handhelds and how they are.
    Devices,
    /// Teams, shifts and rosters.
    Teams,
    /// Logins, and who signs in.
    Users,
    /// Who did what.
    Audit,
    /// TV screens.
    Screens,
    /// One sync run's figures.
    SyncRun(i64),
    /// Figures of one warehouse.
    Board(i64),
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connections => f.write_str("connections"),
            Self::Items => f.write_str("items"),
            Self::Partners => f.write_str("partners"),
            Self::Documents => f.write_str("documents"),
            Self::Document(id) => write!(f, "document:{id}"),
            Self::Tasks => f.write_str("tasks"),
            Self::WorkerTasks(id) => write!(f, "worker_tasks:{id}"),
            Self::Mappings => f.write_str("mappings"),
            Self::Exceptions => f.write_str("exceptions"),
            Self::Operations => f.write_str("operations"),
            Self::Webhooks => f.write_str("webhooks"),
            Self::Devices => f.write_str("devices"),
            Self::Teams => f.write_str("teams"),
            Self::Users => f.write_str("users"),
            Self::Audit => f.write_str("audit"),
            Self::Screens => f.write_str("screens"),
            Self::SyncRun(id) => write!(f, "sync_run:{id}"),
            Self::Board(id) => write!(f, "board:{id}"),
        }
    }
}

impl FromStr for Topic {
    type Err = crate::document::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || crate::document::UnknownWord(text.to_owned());
        match text.split_once(':') {
            None => match text {
                "connections" => Ok(Self::Connections),
                "items" => Ok(Self::Items),
                "partners" => Ok(Self::Partners),
                "documents" => Ok(Self::Documents),
                "tasks" => Ok(Self::Tasks),
                "mappings" => Ok(Self::Mappings),
                "exceptions" => Ok(Self::Exceptions),
                "operations" => Ok(Self::Operations),
                "webhooks" => Ok(Self::Webhooks),
                "devices" => Ok(Self::Devices),
                "teams" => Ok(Self::Teams),
                "users" => Ok(Self::Users),
                "audit" => Ok(Self::Audit),
                "screens" => Ok(Self::Screens),
                _ => Err(unknown()),
            },
            Some((noun, id)) => {
                let id = id.parse().map_err(|_| unknown())?;
                match noun {
                    "document" => Ok(Self::Document(id)),
                    "worker_tasks" => Ok(Self::WorkerTasks(id)),
                    "sync_run" => Ok(Self::SyncRun(id)),
                    "board" => Ok(Self::Board(id)),
                    _ => Err(unknown()),
                }
            }
        }
    }
}

impl Serialize for Topic {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Topic {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// From the screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum ClientMessage {
    /// Replaces the topics listened to.
    Subscribe {
        /// What to listen to; those not allowed are left out and named in the answer.
        topics: Vec<Topic>,
        /// The last position seen before the link was lost.
        resume: Option<String>,
    },
}

/// To the screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum ServerMessage {
    /// Answers a subscription.
    Subscribed {
        /// What is listened to now.
        topics: Vec<Topic>,
        /// Where the link stands.
        position: String,
        /// The server's build; another one means: reload when idle.
        build: String,
    },
    /// Something changed.
    Event(LiveEvent),
    /// Too much was missed: read everything again, go on from here.
    Resync {
        /// Where the link stands.
        position: String,
    },
    /// Every 20 s: the link is alive.
    Heartbeat {
        /// Where the link stands.
        position: String,
        /// The server's clock.
        at: DateTime<Utc>,
    },
}

/// Something changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveEvent {
    /// Unique; the same id twice is the same event.
    pub id: i64,
    /// Everybody who listens to one of these is told.
    pub topics: Vec<Topic>,
    /// What happened, a stable word (`picked`, `assigned`, `page_committed`).
    pub what: String,
    /// Resume from here.
    pub position: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_survive_the_wire() {
        for topic in [
            Topic::Connections,
            Topic::Document(7),
            Topic::WorkerTasks(3),
            Topic::Board(1),
            Topic::Users,
            Topic::Audit,
            Topic::Screens,
        ] {
            let json = serde_json::to_string(&topic).unwrap();
            assert_eq!(serde_json::from_str::<Topic>(&json).unwrap(), topic);
        }
        assert!("document:x".parse::<Topic>().is_err());
        assert!("secrets".parse::<Topic>().is_err());
    }
}
