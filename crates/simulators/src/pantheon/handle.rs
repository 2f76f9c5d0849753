//! The inside of a simulated server, for tests, benches and the panel.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, Utc};
use rust_decimal::Decimal;

use super::change::{self, Changes};
use super::clock;
use super::config::Config;
use super::faults::{FaultKind, Faults};
use super::pace::Pace;
use super::records::{Document, DocumentKind, Item, Partner};
use super::requests::{Counters, Request, Requests};
use super::tokens::Tokens;
use super::wire::Method;
use super::world::World;
use crate::frame::{Core, open};

pub(crate) struct State {
    pub config: Config,
    pub core: Core<FaultKind>,
    pub world: RwLock<World>,
    pub tokens: Tokens,
    pub pace: Pace,
    pub requests: Requests,
    pub empties: AtomicUsize,
}

/// Reads and changes a simulated server from inside the process. Clones are the same server.
#[derive(Clone)]
pub struct Handle(Arc<State>);

impl Handle {
    pub(crate) fn new(config: Config) -> io::Result<Self> {
        let core = Core::new(config.now, config.seed);
        let world = World::build(&config, clock::local(core.clock.now()))?;
        Ok(Self(Arc::new(State {
            core,
            world: RwLock::new(world),
            tokens: Tokens::new(),
            pace: Pace::default(),
            requests: Requests::default(),
            empties: AtomicUsize::new(0),
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

    /// Every request so far, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.0.requests.all()
    }

    /// Totals of the requests so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.0.requests.counters()
    }

    /// Forgets the requests and their totals.
    pub fn clear_requests(&self) {
        self.0.requests.clear();
    }

    /// Shortest time between two data requests of an account, answered or refused.
    #[must_use]
    pub fn shortest_gap(&self, account: &str) -> Option<Duration> {
        self.0.requests.shortest_gap(account)
    }

    /// The simulated time.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.0.core.clock.now()
    }

    /// The simulated time as rows show it: local, without a zone.
    #[must_use]
    pub fn local_now(&self) -> NaiveDateTime {
        clock::local(self.now())
    }

    /// Moves the clock; it runs on from there.
    pub fn set_now(&self, now: DateTime<Utc>) {
        self.0.core.clock.set(now);
    }

    /// Makes every token issued so far invalid.
    pub fn expire_tokens(&self) {
        self.0.tokens.revoke_all();
    }

    /// Lets time do its work once: items change, a dispatch appears, quantities are edited.
    pub fn tick(&self) -> Changes {
        let mut random = open(&self.0.core.random);
        change::tick(&mut self.write(), &mut random, self.local_now())
    }

    /// Changes how much of an item a dispatch wants; whether there is such a line.
    pub fn order(&self, number: &str, code: &str, quantity: Decimal) -> bool {
        change::order(&mut self.write().dispatches, number, code, quantity)
    }

    /// Edits this share of the listed items, in thousandths, evenly spread; returns how many.
    pub fn touch_share(&self, per_mille: u16) -> usize {
        change::touch_share(&mut self.write(), per_mille, self.local_now())
    }

    /// Edits the items with these codes; unknown codes are passed over. Returns how many.
    pub fn touch_items(&self, codes: &[&str]) -> usize {
        codes
            .iter()
            .filter(|code| self.edit_item(code, |_| {}))
            .count()
    }

    /// How many items are listed.
    #[must_use]
    pub fn item_count(&self) -> usize {
        self.read().items.len()
    }

    /// A copy of a listed or delisted item.
    #[must_use]
    pub fn item(&self, code: &str) -> Option<Item> {
        let world = self.read();
        let code = code.into();
        world
            .items
            .find(&code)
            .or_else(|| world.delisted.find(&code))
            .cloned()
    }

    /// Copies of all listed items, by code.
    #[must_use]
    pub fn items(&self) -> Vec<Item> {
        self.read().items.iter().cloned().collect()
    }

    /// Copies of the items that only a request by code finds.
    #[must_use]
    pub fn delisted(&self) -> Vec<Item> {
        self.read().delisted.iter().cloned().collect()
    }

    /// Adds or replaces a listed item as it is, change time included.
    pub fn put_item(&self, item: Item) {
        self.write().items.put(item);
    }

    /// Changes a listed item and sets its change time to now. False when there is none.
    pub fn edit_item(&self, code: &str, edit: impl FnOnce(&mut Item)) -> bool {
        let now = self.local_now();
        let mut world = self.write();
        let Some(mut item) = world.items.find(&code.into()).cloned() else {
            return false;
        };
        edit(&mut item);
        item.changed_at = now;
        world.items.put(item);
        true
    }

    /// Takes a listed item away altogether, as a deletion in the ERP does.
    pub fn remove_item(&self, code: &str) -> Option<Item> {
        self.write().items.remove(&code.into())
    }

    /// Sets what a warehouse holds of a listed item, now; `None` takes the warehouse off its row.
    /// False when there is no such item.
    pub fn set_stock(&self, code: &str, warehouse: &str, quantity: Option<Decimal>) -> bool {
        let now = self.local_now();
        let mut world = self.write();
        let code: Arc<str> = code.into();
        if world.items.find(&code).is_none() {
            return false;
        }
        world.moves.set(code, warehouse, quantity, now);
        true
    }

    /// Copies of all partners, by number.
    #[must_use]
    pub fn partners(&self) -> Vec<Partner> {
        self.read().partners.iter().cloned().collect()
    }

    /// Adds or replaces a partner as it is.
    pub fn put_partner(&self, partner: Partner) {
        self.write().partners.put(partner);
    }

    /// Takes a partner away altogether, as a deletion in the ERP does.
    pub fn remove_partner(&self, id: u32) -> Option<Partner> {
        self.write().partners.remove(&id)
    }

    /// Copies of all documents of a kind, by date and number.
    #[must_use]
    pub fn documents(&self, kind: DocumentKind) -> Vec<Document> {
        self.read().documents(kind).iter().cloned().collect()
    }

    /// Adds a document, or replaces the one with the same date, number and type.
    pub fn put_document(&self, kind: DocumentKind, document: Document) {
        self.write().documents_mut(kind).put(document);
    }

    /// Changes the document with this number; its date may move. False when there is none.
    pub fn edit_document(
        &self,
        kind: DocumentKind,
        number: &str,
        edit: impl FnOnce(&mut Document),
    ) -> bool {
        let Some(mut document) = self.remove_document(kind, number) else {
            return false;
        };
        edit(&mut document);
        self.put_document(kind, document);
        true
    }

    /// Sets the quantity of one line. False when the document or the line does not exist.
    pub fn set_quantity(
        &self,
        kind: DocumentKind,
        number: &str,
        position: u32,
        quantity: Decimal,
    ) -> bool {
        let mut found = false;
        self.edit_document(kind, number, |document| {
            for line in document
                .lines
                .iter_mut()
                .filter(|line| line.position == position)
            {
                line.quantity = quantity;
                found = true;
            }
        });
        found
    }

    /// Takes the document with this number away.
    pub fn remove_document(&self, kind: DocumentKind, number: &str) -> Option<Document> {
        let mut world = self.write();
        let documents = world.documents_mut(kind);
        let key = documents
            .iter()
            .find(|document| &*document.number == number)
            .map(super::shelf::Record::key)?;
        documents.remove(&key)
    }

    /// Serves this JSON as the first row of a method, whatever the filter: broken rows for tests.
    pub fn put_raw(&self, method: Method, json: impl Into<String>) {
        self.write().raw.push((method, json.into()));
    }

    /// Takes the rows of [`Self::put_raw`] away.
    pub fn clear_raw(&self) {
        self.write().raw.clear();
    }

    pub(crate) fn state(&self) -> &State {
        &self.0
    }

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, World> {
        self.0.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn next_empty(&self) -> usize {
        self.0.empties.fetch_add(1, Ordering::Relaxed)
    }

    fn write(&self) -> RwLockWriteGuard<'_, World> {
        self.0.world.write().unwrap_or_else(PoisonError::into_inner)
    }
}
