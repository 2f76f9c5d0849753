//! What the database knows of a key.

use crate::document::{DocumentKind, DocumentStatus};
use crate::mapping::MappingKind;
use crate::sync::{Entity, RunState};
use crate::{ConnectionId, DocumentId, ItemId, SyncRunId};
use chrono::{DateTime, NaiveDate, Utc};

/// Everything that was found for a key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Items with this code or barcode.
    pub items: Vec<ItemFact>,
    /// Partners with this code.
    pub partners: Vec<PartnerFact>,
    /// Documents with this number, newest first.
    pub documents: Vec<DocumentFact>,
    /// Lines that name this item code.
    pub lines: LineFacts,
    /// Rows with this key that runs did not accept, newest first.
    pub rejected: Vec<RejectedFact>,
    /// Questions this key, or one of its documents, waits for.
    pub mappings: Vec<MappingFact>,
    /// On-demand look-ups of this code.
    pub lookups: Vec<LookupFact>,
    /// How far each entity was read.
    pub entities: Vec<EntityFact>,
}

/// An item that is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemFact {
    /// Identity.
    pub id: ItemId,
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Still in use.
    pub active: bool,
    /// The account it comes from.
    pub connection: String,
    /// Last time a sync wrote it.
    pub synced_at: DateTime<Utc>,
}

/// A partner that is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerFact {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Still in use.
    pub active: bool,
    /// The account it comes from.
    pub connection: String,
    /// Last time a sync wrote it.
    pub synced_at: DateTime<Utc>,
}

/// A document that is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentFact {
    /// Identity.
    pub id: DocumentId,
    /// Receipt or dispatch.
    pub kind: DocumentKind,
    /// Number.
    pub number: String,
    /// Type.
    pub doc_type: String,
    /// Date.
    pub dated_on: NaiveDate,
    /// Where the floor stands.
    pub status: DocumentStatus,
    /// The warehouse as the ERP names it.
    pub warehouse_name: String,
    /// Its warehouse is known here.
    pub warehouse_known: bool,
    /// Its warehouse is the one its connection is set up for.
    pub warehouse_ours: bool,
    /// Lines.
    pub lines: i32,
    /// Lines that are floor work.
    pub floor_lines: i32,
    /// Lines whose item is not here.
    pub unmatched: i64,
    /// When it came.
    pub imported_at: DateTime<Utc>,
}

/// Lines that name an item code and wait for the item.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LineFacts {
    /// Documents with such a line.
    pub documents: i64,
    /// The lines.
    pub unmatched: i64,
    /// Documents of another warehouse than their connection is set up for.
    pub elsewhere: i64,
}

/// A row that was not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedFact {
    /// By this run.
    pub run: SyncRunId,
    /// Which only looked.
    pub dry: bool,
    /// What it brought.
    pub entity: Entity,
    /// The account's name.
    pub connection: String,
    /// Why, and what to do.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What a person was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingFact {
    /// About what.
    pub kind: MappingKind,
    /// The name upstream.
    pub external: String,
    /// The answer was to leave it out.
    pub ignored: bool,
    /// When it was met first.
    pub first_seen_at: DateTime<Utc>,
}

/// An on-demand look-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupFact {
    /// The account's name.
    pub connection: String,
    /// Whether it is there upstream.
    pub found: bool,
    /// When it was asked for.
    pub at: DateTime<Utc>,
}

/// How far an entity was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityFact {
    /// The account.
    pub connection_id: ConnectionId,
    /// Its name.
    pub connection: String,
    /// What.
    pub entity: Entity,
    /// Documents dated before this day are not read, as the connection is set.
    pub documents_from: Option<NaiveDate>,
    /// Last complete run.
    pub completed_at: Option<DateTime<Utc>>,
    /// The newest real run and where it stands.
    pub newest: Option<(SyncRunId, RunState)>,
}
