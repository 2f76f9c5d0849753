//! Telling other programs what happened.

use crate::WebhookId;
use crate::outbox::words;
use crate::word;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The version of the body; receivers refuse what they do not know.
pub const BODY_VERSION: u32 = 1;
/// The event of a test delivery; every endpoint may get it.
pub const TEST_EVENT: &str = "webhook.test";

words! {
    /// What an endpoint can be told.
    WebhookEvent {
        /// The floor finished a document, in full or not.
        DocumentFinished = "document.finished",
        /// A line cannot be filled, with the reason.
        DocumentShortage = "document.shortage",
        /// An ERP change contradicts floor work.
        DocumentConflict = "document.conflict",
        /// Operators were told that something is wrong.
        AlertRaised = "alert.raised",
        /// … and that it is over.
        AlertCleared = "alert.cleared",
    }
}

impl WebhookEvent {
    /// What a person reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::DocumentFinished => word!("Document finished"),
            Self::DocumentShortage => word!("Shortage reported"),
            Self::DocumentConflict => word!("Conflict with the ERP"),
            Self::AlertRaised => word!("Alert raised"),
            Self::AlertCleared => word!("Alert cleared"),
        }
    }
}

/// An address that is told. Its secret is never read back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookEndpoint {
    /// Identity.
    pub id: WebhookId,
    /// Chosen by the admin.
    pub name: String,
    /// Where events are posted to.
    pub url: String,
    /// What it is told.
    pub events: Vec<WebhookEvent>,
    /// Off: nothing new is queued, what waits keeps waiting.
    pub active: bool,
    /// When it was set up.
    pub created_at: DateTime<Utc>,
    /// By whom.
    pub created_by: String,
    /// Messages that wait or are under way.
    pub waiting: i64,
    /// Messages that need a person.
    pub dead: i64,
    /// Last accepted delivery.
    pub delivered_at: Option<DateTime<Utc>>,
}

/// What an admin enters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WebhookForm {
    /// Names it.
    pub name: String,
    /// Where events are posted to.
    pub url: String,
    /// What it is told.
    pub events: Vec<WebhookEvent>,
    /// Whether it is told now.
    pub active: bool,
    /// Signing secret; none keeps the one that is set.
    pub secret: Option<String>,
}

/// Fewest characters of a signing secret.
pub const SHORTEST_SECRET: usize = 24;
/// Most characters of a signing secret.
pub const LONGEST_SECRET: usize = 500;

impl WebhookForm {
    /// What is wrong with it, in words; `new` needs a secret. Whether the address is allowed is
    /// asked elsewhere: that depends on the installation.
    pub fn check(&self, new: bool) -> Result<(), String> {
        if self.name.trim().is_empty() || self.name.chars().count() > 100 {
            return Err("Give it a name of at most 100 characters.".to_owned());
        }
        if self.url.chars().count() > 2_000 {
            return Err("The address has at most 2,000 characters.".to_owned());
        }
        if self.events.is_empty() {
            return Err("Choose at least one event.".to_owned());
        }
        match &self.secret {
            None if new => Err("A new endpoint needs a signing secret.".to_owned()),
            None => Ok(()),
            Some(secret) => check_secret(secret),
        }
    }
}

/// What is wrong with a signing secret, in words.
pub fn check_secret(secret: &str) -> Result<(), String> {
    let length = secret.chars().count();
    if (SHORTEST_SECRET..=LONGEST_SECRET).contains(&length) {
        return Ok(());
    }
    Err(format!(
        "The signing secret has {SHORTEST_SECRET} to {LONGEST_SECRET} characters."
    ))
}
