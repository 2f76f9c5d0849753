//! What the engine may ask of an upstream system, in our words.

use crate::{BreakerState, Error, ErrorKind};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::document::{DocumentRecord, EndedDocument};
use domain::item::ItemRecord;
use domain::partner::PartnerRecord;
use domain::push::{Push, PushKind};
use domain::stock::StockRecord;
use domain::sync::Entity;
use std::time::Duration;

/// One configured account at an upstream system.
#[async_trait]
pub trait Connector: Send + Sync {
    /// What it can do; asking for anything else is answered `unsupported`.
    fn capabilities(&self) -> &'static [Capability];

    /// Signs in afresh and reads one row, so that a wrong password and a wrong address both show.
    async fn check(&self) -> Result<CheckReport, Error>;

    /// Reads one page. Pages of one pass are asked for in order, each with the `next` of the page
    /// before it.
    async fn pull(&self, request: &PullRequest) -> Result<PulledPage, Error>;

    /// Looks one item up by its code, now, under the id of what it is asked for. `None` means the
    /// upstream does not know it.
    async fn find_item(
        &self,
        code: &str,
        correlation_id: &str,
    ) -> Result<Option<ItemRecord>, Error>;

    /// Writes one command into the upstream, or takes it back. Called once per attempt; the
    /// reference goes into a searchable field of the upstream wherever it has one, and a command
    /// that was written before under the same reference is answered, not written twice.
    async fn push(&self, request: &PushRequest) -> Result<Acceptance, Error> {
        Err(cannot_push(&request.push))
    }

    /// Looks up by its reference whether an earlier attempt was written. `None` means it certainly
    /// was not. Asked after an attempt whose outcome is unknown, before the next one.
    async fn find_push(&self, request: &PushRequest) -> Result<Option<Acceptance>, Error> {
        Err(cannot_push(&request.push))
    }

    /// How long one call may take.
    fn longest_call(&self) -> Duration;

    /// Whether calls go through at this moment.
    fn breaker(&self) -> BreakerState;
}

fn cannot_push(push: &Push) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        "push",
        format!("This system does not accept '{}'.", push.kind().as_str()),
    )
}

/// Something a connector can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Capability {
    /// Reads the catalogue.
    PullItems,
    /// Reads trading parties.
    PullPartners,
    /// Reads what is on hand.
    PullStock,
    /// Reads outbound documents.
    PullDispatches,
    /// Reads inbound documents.
    PullReceipts,
    /// Looks an item up by its code.
    FindItem,
    /// Writes commands of this kind.
    Push(PushKind),
}

impl Capability {
    /// The capability that pulling this entity needs.
    pub fn to_pull(entity: Entity) -> Self {
        match entity {
            Entity::Items => Self::PullItems,
            Entity::Partners => Self::PullPartners,
            Entity::Stock => Self::PullStock,
            Entity::Dispatches => Self::PullDispatches,
            Entity::Receipts => Self::PullReceipts,
        }
    }
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// Time the upstream took for both calls, without the waiting for the pace.
    pub latency_ms: u64,
    /// What was seen, in a sentence.
    pub detail: String,
}

/// A command to write.
#[derive(Debug, Clone)]
pub struct PushRequest {
    /// Ours, at most 64 characters, the same for every attempt of one step.
    pub reference: String,
    /// What is written.
    pub push: Push,
    /// Write it, or take it back as far as the upstream allows.
    pub direction: Direction,
    /// What the step answered when it was written, for taking it back.
    pub accepted: Option<Acceptance>,
    /// Travels with every call this request causes, and into logs and exchanges.
    pub correlation_id: String,
}

/// Which way a step of a saga goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// It is written.
    Do,
    /// It is taken back because a later step was refused.
    Undo,
}

/// The upstream took a command.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Acceptance {
    /// The upstream's own number or id of what was written; what people search for there.
    pub number: String,
    /// Warnings of the upstream, which do not stop anything.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// What else taking it back or looking it up needs.
    #[serde(default)]
    pub detail: serde_json::Value,
}

/// Which page is wanted.
#[derive(Debug, Clone)]
pub struct PullRequest {
    /// What is read.
    pub entity: Entity,
    /// Rows changed at or after this instant; `None` reads everything. Pass the cursor as it is
    /// kept: the connector takes off the overlap its system needs (change times are second-exact,
    /// documents are filtered by day and edited late).
    pub since: Option<DateTime<Utc>>,
    /// Where to go on inside this pass: the last page's `next`. Opaque.
    pub position: Option<String>,
    /// Rows wanted; the connector lowers it to what its settings allow. 0 leaves it to them.
    pub page_size: u32,
    /// Travels with every call this page causes, and into logs and exchanges.
    pub correlation_id: String,
}

/// One page, in our words.
#[derive(Debug, Clone)]
pub struct PulledPage {
    /// What could be read. No key appears twice.
    pub records: Records,
    /// Documents that are no work any more. Those that are known get their status; the others were done
    /// elsewhere and stay unknown.
    pub ended: Vec<EndedDocument>,
    /// Rows that could not, each with its reason.
    pub refused: Vec<RefusedRow>,
    /// Where the next page begins; `None` when the pass is complete.
    pub next: Option<String>,
    /// The highest change time seen on this page, never later than now. For documents, the
    /// highest document date, at midnight in the site's time zone. `None` when rows carry none.
    pub high_water: Option<DateTime<Utc>>,
    /// Rows on the wire, refused ones included.
    pub rows: usize,
    /// As asked.
    pub correlation_id: String,
}

/// Records of one kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Records {
    /// The catalogue.
    Items(Vec<ItemRecord>),
    /// Trading parties.
    Partners(Vec<PartnerRecord>),
    /// What is on hand, whole per item.
    Stock(Vec<StockRecord>),
    /// Dispatches or receipts.
    Documents(Vec<DocumentRecord>),
}

impl Records {
    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Self::Items(items) => items.len(),
            Self::Partners(partners) => partners.len(),
            Self::Stock(stock) => stock.len(),
            Self::Documents(documents) => documents.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// None of the same kind.
    pub(crate) fn emptied(&self) -> Self {
        match self {
            Self::Items(_) => Self::Items(Vec::new()),
            Self::Partners(_) => Self::Partners(Vec::new()),
            Self::Stock(_) => Self::Stock(Vec::new()),
            Self::Documents(_) => Self::Documents(Vec::new()),
        }
    }
}

/// A row that is not among the records, or only in part.
#[derive(Debug, Clone, PartialEq)]
pub struct RefusedRow {
    /// The upstream's key as far as it could be read; empty when it could not.
    pub external_key: String,
    /// Why, in a sentence for people.
    pub reason: String,
    /// The row as it came.
    pub payload: serde_json::Value,
}
