//! The inside of a simulated system, for tests, benches and the panel.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use chrono::{DateTime, Utc};
use rand::Rng;
use serde::Serialize;

use super::config::Config;
use super::faults::{FaultKind, Faults};
use super::orders::ProcessOrder;
use super::recipes::Recipe;
use super::sessions::Sessions;
use super::world::{Bom, Product, World};
use crate::frame::{Core, Log, open};

/// Requests that are remembered.
const KEPT: usize = 20_000;
/// Products that change at once.
const TOUCHED: usize = 3;

/// One request.
#[derive(Clone, Debug)]
pub struct Request {
    /// HTTP method.
    pub method: String,
    /// Path, encoded.
    pub path: String,
    /// Function module, when one was called.
    pub module: Option<String>,
    /// HTTP status of the answer, whose body a fault may still spoil.
    pub status: u16,
    /// Whether something was written.
    pub wrote: bool,
    /// `X-Correlation-ID` of the request.
    pub correlation_id: Option<String>,
}

/// Totals since the start.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Counters {
    /// All requests.
    pub requests: u64,
    /// Those that wrote something.
    pub writes: u64,
    /// Answers with a status from 400 on.
    pub refused: u64,
    /// CSRF tokens that were not accepted.
    pub tokens_refused: u64,
}

pub(crate) struct State {
    pub config: Config,
    pub core: Core<FaultKind>,
    pub sessions: Sessions,
    world: Mutex<World>,
    locks: Mutex<Vec<(String, String)>>,
    log: Log<Request, Counters>,
}

/// Reads and changes a simulated system from inside the process. Clones are the same system.
#[derive(Clone)]
pub struct Handle(Arc<State>);

impl Handle {
    pub(crate) fn new(config: Config) -> io::Result<Self> {
        let core = Core::new(config.now, config.seed);
        let world = World::build(&config, core.clock.now())?;
        Ok(Self(Arc::new(State {
            core,
            sessions: Sessions::default(),
            world: Mutex::new(world),
            locks: Mutex::default(),
            log: Log::keeping(KEPT),
            config,
        })))
    }

    /// The settings the system was built with.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The faults in force.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.0.core.faults
    }

    /// Every request so far, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.0.log.all()
    }

    /// Totals of the requests so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.0.log.totals()
    }

    /// The simulated time.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.0.core.clock.now()
    }

    /// Moves the clock; it runs on from there.
    pub fn set_now(&self, now: DateTime<Utc>) {
        self.0.core.clock.set(now);
    }

    /// Ends every session with its CSRF token.
    pub fn expire_sessions(&self) {
        self.0.sessions.end_all();
    }

    /// Copies of all products, by number.
    #[must_use]
    pub fn products(&self) -> Vec<Product> {
        self.world().products.values().cloned().collect()
    }

    /// Changes a product and sets its change time to now. False when there is none.
    pub fn edit_product(&self, code: &str, edit: impl FnOnce(&mut Product)) -> bool {
        let now = self.now();
        let mut world = self.world();
        let Some(product) = world.products.get_mut(code) else {
            return false;
        };
        edit(product);
        product.changed_at = now;
        true
    }

    /// Adds or replaces a product as it is.
    pub fn put_product(&self, product: Product) {
        self.world().products.insert(product.code.clone(), product);
    }

    /// Copies of all bills of materials, oldest first.
    #[must_use]
    pub fn boms(&self) -> Vec<Bom> {
        self.world().boms.clone()
    }

    /// Copies of all process orders, oldest first.
    #[must_use]
    pub fn process_orders(&self) -> Vec<ProcessOrder> {
        self.world().orders.clone()
    }

    /// Copies of all recipes, oldest first.
    #[must_use]
    pub fn recipes(&self) -> Vec<Recipe> {
        self.world().recipes.clone()
    }

    /// Copies of the bills of one material.
    #[must_use]
    pub fn boms_of(&self, material: &str) -> Vec<Bom> {
        let world = self.world();
        let boms = world.boms.iter().filter(|bom| bom.material == material);
        boms.cloned().collect()
    }

    /// Changes the bills of a material, as somebody at the system does.
    pub fn edit_boms(&self, material: &str, edit: impl Fn(&mut Bom)) {
        let mut world = self.world();
        let version = world.version();
        for bom in world.boms.iter_mut().filter(|bom| bom.material == material) {
            edit(bom);
            bom.version = version;
        }
    }

    /// Takes the bills of a material away.
    pub fn remove_boms(&self, material: &str) {
        self.world().boms.retain(|bom| bom.material != material);
    }

    /// Somebody works on a material until it is unlocked.
    pub fn lock(&self, material: &str, user: &str) {
        open(&self.0.locks).push((material.to_owned(), user.to_owned()));
    }

    /// Nobody works on anything any more.
    pub fn unlock_all(&self) {
        open(&self.0.locks).clear();
    }

    /// Lets time do its work once: a few products change. Their numbers.
    pub fn tick(&self) -> Vec<String> {
        let now = self.now();
        let mut world = self.world();
        let count = world.products.len().max(1);
        let mut random = open(&self.0.core.random);
        let mut touched = Vec::new();
        for _ in 0..TOUCHED {
            let at = random.random_range(0..count);
            if let Some(product) = world.products.values_mut().nth(at) {
                product.changed_at = now;
                touched.push(product.code.clone());
            }
        }
        touched
    }

    pub(crate) fn state(&self) -> &State {
        &self.0
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        open(&self.0.world)
    }

    pub(crate) fn locks(&self) -> Vec<(String, String)> {
        open(&self.0.locks).clone()
    }

    pub(crate) fn record(&self, request: Request, token_refused: bool) {
        self.0.log.record(request, |counters, request| {
            counters.requests += 1;
            counters.writes += u64::from(request.wrote);
            counters.refused += u64::from(request.status >= 400);
            counters.tokens_refused += u64::from(token_refused);
        });
    }
}
