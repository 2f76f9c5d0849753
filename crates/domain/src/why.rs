//! Where a row from upstream went: what is known of a key, told in sentences.

mod explain;
mod facts;
mod reading;

pub use explain::explain;
pub use facts::{
    DocumentFact, EntityFact, Facts, ItemFact, LineFacts, LookupFact, MappingFact, PartnerFact,
    RejectedFact,
};

use crate::document::DocumentKind;
use crate::sync::Entity;
use crate::{ConnectionId, DocumentId, ItemId, SyncRunId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What a finding means for the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Verdict {
    /// It is here.
    Here,
    /// It waits for somebody.
    Waits,
    /// It was kept out, or left out.
    Missing,
    /// Good to know.
    Note,
}

/// Where a finding leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Lead {
    /// The item.
    Item(ItemId),
    /// The partners with this code.
    Partner(String),
    /// The document.
    Document(DocumentKind, DocumentId),
    /// The run.
    Run(SyncRunId),
    /// The mapping inbox.
    Mappings,
    /// The account.
    Connection(ConnectionId),
}

/// An account that a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Place {
    /// The account.
    pub connection_id: ConnectionId,
    /// Its name.
    pub connection: String,
    /// What of it; nothing where all of it is meant.
    pub kinds: Vec<Entity>,
}

/// One thing that is known about a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Finding {
    /// What it means.
    pub verdict: Verdict,
    /// A sentence.
    pub text: String,
    /// What to do about it.
    pub todo: Option<String>,
    /// Since when.
    pub at: Option<DateTime<Utc>>,
    /// Where it leads.
    pub lead: Option<Lead>,
    /// The accounts it is about, where several may be.
    #[serde(default)]
    pub places: Vec<Place>,
}

impl Finding {
    fn new(verdict: Verdict, text: impl Into<String>) -> Self {
        Self {
            verdict,
            text: text.into(),
            todo: None,
            at: None,
            lead: None,
            places: Vec::new(),
        }
    }

    fn todo(mut self, todo: impl Into<String>) -> Self {
        self.todo = Some(todo.into());
        self
    }

    fn at(mut self, at: Option<DateTime<Utc>>) -> Self {
        self.at = at;
        self
    }

    fn lead(mut self, lead: Lead) -> Self {
        self.lead = Some(lead);
        self
    }

    fn places(mut self, places: Vec<Place>) -> Self {
        self.places = places;
        self
    }
}
