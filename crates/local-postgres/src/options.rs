//! How a cluster is to be started.

use std::{path::PathBuf, time::Duration};

/// What [`crate::Cluster::start`] needs to know.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where Crossdock keeps its data; PostgreSQL gets the folder `postgres` in it.
    pub data_dir: PathBuf,
    /// Server settings, name and value, on top of PostgreSQL's defaults.
    pub settings: Vec<(String, String)>,
    /// How many connections the server accepts.
    pub max_connections: u16,
    /// The account that runs the server when the caller is root and the directory is new.
    /// [`Options::new`] takes it from `CROSSDOCK_PG_USER`.
    pub account: Option<String>,
    /// How long a start may take, recovery after a crash included.
    pub start_limit: Duration,
}

impl Options {
    /// Durable, 100 connections, ten minutes to start (a recovery after a crash may need some).
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            settings: Vec::new(),
            max_connections: 100,
            account: std::env::var("CROSSDOCK_PG_USER")
                .ok()
                .filter(|name| !name.is_empty()),
            start_limit: Duration::from_secs(600),
        }
    }

    /// Adds a server setting; the last one of a name counts.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Gives up durability for speed. For tests only: a power cut can lose the whole cluster. A
    /// killed server still loses nothing, since every commit reaches the system's memory.
    #[must_use]
    pub fn fast(self) -> Self {
        self.with("fsync", "off").with("full_page_writes", "off")
    }

    /// Whether the data may be lost at a power cut, which makes syncing it pointless.
    pub(crate) fn is_fast(&self) -> bool {
        let value = self
            .settings
            .iter()
            .rfind(|(name, _)| name == "fsync")
            .map(|(_, value)| value.as_str());
        value == Some("off")
    }

    /// The settings as text; equal text means that a running server need not be restarted.
    pub(crate) fn fingerprint(&self) -> String {
        let mut text = format!("max_connections = {}\n", self.max_connections);
        for (name, value) in &self.settings {
            text.push_str(&format!("{name} = {value}\n"));
        }
        text
    }
}
