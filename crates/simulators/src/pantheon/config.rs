//! How a simulated Pantheon is set up.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};

/// Settings of one simulated Pantheon server. `Config::default()` is the demo.
#[derive(Clone, Debug)]
pub struct Config {
    /// Account that may sign in.
    pub username: String,
    /// Its password.
    pub password: String,
    /// Further (user name, password) pairs; each has its own pace.
    pub more_accounts: Vec<(String, String)>,
    /// How long a token is honoured; `exp` in the token says the same, rounded down to seconds.
    pub token_life: Duration,
    /// Shortest time between two data requests of one account; sooner is answered 429.
    /// `None` switches the limit off, for benches. Logins are free.
    pub min_interval: Option<Duration>,
    /// What a request without matching rows is answered.
    pub nothing: Nothing,
    /// Whether partner rows carry `adTimeChg`. It is filterable either way.
    pub partner_change_time: bool,
    /// Whether stock rows carry `adTimeChg`. It is filterable either way.
    pub stock_change_time: bool,
    /// Seed of everything random: changes over time, shares of faults.
    pub seed: u64,
    /// Where the simulated clock starts; `None` is the moment the simulator is built.
    pub now: Option<DateTime<Utc>>,
    /// How often data changes by itself; `None` is never.
    pub mutate_every: Option<Duration>,
    /// Which items are served.
    pub items: ItemSource,
    /// Which documents are served.
    pub documents: DocumentSource,
    /// Display name of the warehouse most documents leave from.
    pub main_warehouse: String,
    /// Lets the first two items of the list share a barcode, as dirty data does.
    pub shared_barcode: bool,
}

/// The catalogue a simulator serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemSource {
    /// The real items of the order lines, about 3,800.
    Demo,
    /// This many generated items of twelve fields each, for benches.
    Synthetic(usize),
}

/// The documents a simulator serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentSource {
    /// December 2010 on the forty days up to today, with returns and purchases. A date keeps its
    /// documents and their numbers when the simulator is started again on a later day.
    Demo,
    /// All 25,900 invoices (541,909 lines) of the file at this path as dispatches, re-dated so
    /// that the last day is today; codes and quantities are as they are, negative ones included.
    FullYear(PathBuf),
    /// No document; tests add their own.
    None,
}

/// The faces "there is no such row" can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nothing {
    /// Documents 404 with error code 3011, items `[]`, partners and stock 204.
    ByMethod,
    /// 404 with error code 3011.
    NotFound,
    /// 204 without a body.
    NoContent,
    /// 200 with `[]`.
    EmptyArray,
    /// The three in turn.
    Rotate,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            username: "wms_user".into(),
            password: "change-me".into(),
            more_accounts: Vec::new(),
            token_life: Duration::from_secs(600),
            min_interval: Some(Duration::from_secs(1)),
            nothing: Nothing::ByMethod,
            partner_change_time: true,
            stock_change_time: true,
            seed: 7,
            now: None,
            mutate_every: None,
            items: ItemSource::Demo,
            documents: DocumentSource::Demo,
            main_warehouse: "VELEPRODAJA".into(),
            shared_barcode: false,
        }
    }
}

impl Config {
    /// A catalogue of this many generated items, no documents and no rate limit.
    #[must_use]
    pub fn synthetic(items: usize) -> Self {
        Self {
            items: ItemSource::Synthetic(items),
            documents: DocumentSource::None,
            min_interval: None,
            ..Self::default()
        }
    }

    pub(crate) fn accepts(&self, username: &str, password: &str) -> bool {
        (self.username == username && self.password == password)
            || self
                .more_accounts
                .iter()
                .any(|(user, secret)| user == username && secret == password)
    }
}
