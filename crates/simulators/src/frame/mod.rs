//! What every simulated system has besides its protocol: a server that starts and stops, a clock,
//! faults on demand, a request log, and a panel that shows and changes all of it.
//!
//! A system says what it is by [`System`] and what can go wrong with it by [`Mishap`]; the rest is
//! the same for all.

mod clock;
mod fault;
mod faults;
mod lock;
mod log;
mod panel;
mod server;
pub(crate) mod spoil;

use std::io;
use std::sync::Mutex;
use std::time::Duration;

use axum::Router;
use chrono::{DateTime, Utc};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::Value;

use clock::Clock;
pub use fault::{Fault, Mishap};
pub use faults::Faults;
pub(crate) use faults::Spell;
pub(crate) use lock::open;
pub(crate) use log::Log;
pub use panel::Page;
pub(crate) use panel::{Told, routes, told};
pub use server::{Running, Simulator};

/// A simulated system as the frame sees it. Clones are the same system.
pub trait System: Clone + Send + Sync + 'static {
    /// Its settings.
    type Config: Send + 'static;
    /// What can go wrong with it.
    type Mishap: Mishap;
    /// What its panel has of its own.
    const PAGE: Page;

    /// Builds the data.
    ///
    /// # Errors
    /// When the files the data comes from cannot be read.
    fn build(config: Self::Config) -> io::Result<Self>;

    /// Its protocol, the panel included.
    fn router(self) -> Router;

    /// What every system has inside.
    fn core(&self) -> &Core<Self::Mishap>;

    /// How often data changes by itself; `None` is never.
    fn changes_every(&self) -> Option<Duration>;

    /// Lets time do its work once; what that changed, as the panel tells it.
    fn pass_time(&self) -> Value;

    /// What the panel shows besides clock and faults: an object.
    fn shown(&self) -> Value;
}

/// What every simulated system has inside.
pub struct Core<K: Mishap> {
    pub(crate) clock: Clock,
    pub(crate) faults: Faults<K>,
    /// Decides what changes over time.
    pub(crate) random: Mutex<StdRng>,
}

impl<K: Mishap> Core<K> {
    /// The clock starts at `now`, or at the present moment; the seed is that of everything random.
    pub(crate) fn new(now: Option<DateTime<Utc>>, seed: u64) -> Self {
        Self {
            clock: Clock::starting(now),
            faults: Faults::seeded(seed),
            random: Mutex::new(StdRng::seed_from_u64(seed)),
        }
    }
}
