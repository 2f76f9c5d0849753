//! Who did what.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One line of the audit list; entries are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Order.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who, or the part of Crossdock that acted.
    pub actor: String,
    /// A stable word, for example `SIGN_IN` or `CATALOG_LOOKUP_API`.
    pub action: String,
    /// What it was done to.
    pub subject: String,
    /// Facts: before, after, device, source address.
    pub details: serde_json::Value,
}
