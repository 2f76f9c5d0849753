//! The inside of a simulated server, for tests, benches and the panel.

use super::change::{self, Changes};
use super::config::{Config, Data};
use super::database::Database;
use super::fault::Refusal;
use super::faults::{FaultKind, Faults};
use super::methods::{Call, Server, changes};
use super::{demo, places, stock};
use crate::frame::{Core, open};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex};

/// Times as rows show them.
pub(crate) const TIME: &str = "%Y-%m-%d %H:%M:%S";

/// Totals of the calls so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// All calls of methods.
    pub calls: u64,
    /// Those that change something.
    pub writes: u64,
    /// Those that were refused or answered by a fault.
    pub refused: u64,
    /// By model and method.
    pub by_method: BTreeMap<String, u64>,
}

struct State {
    config: Config,
    core: Core<FaultKind>,
    database: Mutex<Database>,
    denied: Mutex<BTreeSet<(String, String)>>,
    counters: Mutex<Counters>,
}

/// Reads and changes a simulated server from inside the process. Clones are the same server.
#[derive(Clone)]
pub struct Handle(Arc<State>);

impl Handle {
    pub(crate) fn new(config: Config) -> io::Result<Self> {
        let core = Core::new(config.now, config.seed);
        let now = core.clock.now();
        let mut database = Database::new(config.major);
        database.begin(now.format(TIME).to_string());
        places::fill(&mut database);
        match config.data {
            Data::Demo => demo::fill(&mut database, now)?,
            Data::Recorded => demo::fill_recorded(&mut database),
            Data::Empty => {}
        }
        Ok(Self(Arc::new(State {
            core,
            database: Mutex::new(database),
            denied: Mutex::default(),
            counters: Mutex::default(),
            config,
        })))
    }

    /// The settings the server was built with.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The faults in force.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.0.core.faults
    }

    /// Totals of the calls so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        open(&self.0.counters).clone()
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

    /// Sets the decimal accuracy of product units.
    pub fn set_decimals(&self, decimals: u8) {
        open(&self.0.database).decimals = decimals.into();
    }

    /// Takes a right from the user.
    pub fn deny(&self, model: &str, operation: &str) {
        open(&self.0.denied).insert((model.to_owned(), operation.to_owned()));
    }

    /// Records of a model, as a caller who reads every field gets them.
    #[must_use]
    pub fn records(&self, model: &str, domain: Value) -> Vec<Map<String, Value>> {
        let call = Call {
            model: model.to_owned(),
            method: "search_read".into(),
            ids: Vec::new(),
            args: Map::from_iter([("domain".to_owned(), domain)]),
            context: Map::from_iter([("active_test".to_owned(), json!(false))]),
        };
        let mut database = open(&self.0.database);
        let mut server = Server {
            database: &mut database,
            denied: &BTreeSet::new(),
        };
        let rows = server.call(&call, self.time()).unwrap_or_default();
        let rows = rows.as_array().cloned().unwrap_or_default();
        rows.into_iter()
            .filter_map(|row| match row {
                Value::Object(fields) => Some(fields),
                _ => None,
            })
            .collect()
    }

    /// Makes a record as a person in Odoo would; returns its id, or the refusal's text.
    pub fn make(&self, model: &str, values: Value) -> Result<i64, String> {
        let call = Call {
            model: model.to_owned(),
            method: "create".into(),
            ids: Vec::new(),
            args: Map::from_iter([("vals_list".to_owned(), values)]),
            context: Map::new(),
        };
        let made = self.call(&call).map_err(|refusal| refusal.message)?;
        made.as_i64().ok_or_else(|| "no id".to_owned())
    }

    /// Changes a record as a person in Odoo would.
    pub fn edit(&self, model: &str, id: i64, values: Value) -> Result<(), String> {
        let call = Call {
            model: model.to_owned(),
            method: "write".into(),
            ids: vec![id],
            args: Map::from_iter([("vals".to_owned(), values)]),
            context: Map::new(),
        };
        self.call(&call)
            .map(drop)
            .map_err(|refusal| refusal.message)
    }

    /// Calls a method on records as a person in Odoo would.
    pub fn act(&self, model: &str, method: &str, ids: &[i64]) -> Result<Value, String> {
        let call = Call {
            model: model.to_owned(),
            method: method.to_owned(),
            ids: ids.to_vec(),
            args: Map::new(),
            context: Map::new(),
        };
        self.call(&call).map_err(|refusal| refusal.message)
    }

    /// Adds to what lies at a location, without a move.
    pub fn put_stock(&self, product: i64, location: i64, quantity: f64) {
        let mut database = open(&self.0.database);
        database.begin(self.time());
        stock::add(&mut database, product, location, None, quantity);
    }

    /// Lets time do its work once: prices change, an order comes in, one is edited.
    pub fn tick(&self) -> Changes {
        let mut random = open(&self.0.core.random);
        let mut database = open(&self.0.database);
        database.begin(self.time());
        change::tick(&mut database, &mut random)
    }

    /// How many records of a model there are.
    #[must_use]
    pub fn count(&self, model: &str) -> usize {
        let database = open(&self.0.database);
        database.ids(database.stored(model)).len()
    }

    pub(crate) fn knows(&self, model: &str) -> bool {
        open(&self.0.database).model(model).is_some()
    }

    pub(crate) fn call(&self, call: &Call) -> Result<Value, Refusal> {
        let denied = open(&self.0.denied).clone();
        let mut database = open(&self.0.database);
        let mut server = Server {
            database: &mut database,
            denied: &denied,
        };
        server.call(call, self.time())
    }

    pub(crate) fn note(&self, call: &Call, accepted: bool) {
        let mut counters = open(&self.0.counters);
        counters.calls += 1;
        counters.writes += u64::from(changes(&call.method));
        counters.refused += u64::from(!accepted);
        let name = format!("{}/{}", call.model, call.method);
        *counters.by_method.entry(name).or_default() += 1;
    }

    pub(crate) fn inside(&self) -> &Core<FaultKind> {
        &self.0.core
    }

    fn time(&self) -> String {
        self.now().format(TIME).to_string()
    }
}
