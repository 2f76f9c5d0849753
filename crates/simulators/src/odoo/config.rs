//! Settings of a simulated server.

use chrono::{DateTime, Utc};
use serde_json::Value;
use std::time::Duration;

/// How a simulated server behaves.
#[derive(Clone, Debug)]
pub struct Config {
    /// Main version, 14 to 19; JSON-2 is there from 19 on.
    pub major: u32,
    /// Name of its only database.
    pub database: String,
    /// Login of its only user, whose number is 2.
    pub login: String,
    /// Password of the user, accepted over JSON-RPC.
    pub password: String,
    /// Key of the user, accepted over both protocols.
    pub api_key: String,
    /// Seed of everything random: changes over time, shares of faults.
    pub seed: u64,
    /// Where the simulated clock starts; `None` is the moment the simulator is built.
    pub now: Option<DateTime<Utc>>,
    /// How often data changes by itself; `None` is never.
    pub mutate_every: Option<Duration>,
    /// Which records are there.
    pub data: Data,
}

/// The records a simulator begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Data {
    /// Real products and suppliers, transfers of the last days.
    Demo,
    /// Company, user, units and warehouses; tests add their own.
    Empty,
    /// What the recorded server held before the first recorded exchange.
    Recorded,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            major: 19,
            database: "demo".into(),
            login: "admin".into(),
            password: "admin".into(),
            api_key: "0123456789abcdef0123456789abcdef01234567".into(),
            seed: 7,
            now: None,
            mutate_every: None,
            data: Data::Demo,
        }
    }
}

impl Config {
    pub(crate) fn accepts(&self, secret: Option<&Value>) -> bool {
        let secret = secret.and_then(Value::as_str);
        secret.is_some_and(|secret| secret == self.password || secret == self.api_key)
    }
}
