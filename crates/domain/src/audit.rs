//! Who did what.

use crate::UserId;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// One line of the audit list; entries are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    /// What that is called today, where the subject is the id of a site, a connection or a document.
    pub subject_name: Option<String>,
    /// Facts: before, after, source address.
    pub details: serde_json::Value,
    /// Where the person acted: browser or API, and address.
    pub device: Option<String>,
}

crate::sort_keys! {
    /// What the audit list can be sorted by.
    AuditSort {
        /// When.
        At = "at" falling,
    }
}

/// Which entries, in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditFilter {
    /// Only this person's.
    pub user: Option<UserId>,
    /// Only this action.
    pub action: Option<String>,
    /// From this day of the site on.
    pub from: Option<NaiveDate>,
    /// Up to and with this day of the site.
    pub until: Option<NaiveDate>,
    /// Part of what it was done to, of who did it, or of the facts.
    pub q: Option<String>,
    /// Order.
    pub sort: crate::sort::Sort<AuditSort>,
}
