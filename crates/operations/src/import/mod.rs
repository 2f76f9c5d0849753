//! Writing what a page brought, in the page's transaction.

mod documents;
mod ended;
mod items;
mod partners;
mod sites;
mod stock;

use chrono::{DateTime, Utc};
use domain::sync::SyncCounts;
use domain::{CompanyId, SyncRunId};
use store::connections::ConnectionForWork;
use store::sync_runs::NewRejection;

pub(crate) use documents::import_documents;
pub(crate) use ended::{follow_ended, key as key_of_ended};
pub(crate) use items::{import_items, import_looked_up};
pub(crate) use partners::import_partners;
pub(crate) use stock::import_stock;

/// What every import of a page knows.
pub(crate) struct Context<'a> {
    /// Tenant.
    pub company: CompanyId,
    /// The account it comes from.
    pub connection: &'a ConnectionForWork,
    /// The run, when its pass is full and keys must be remembered.
    pub remember: Option<SyncRunId>,
    /// The upstream call behind the page.
    pub correlation_id: &'a str,
    /// The instant of the change.
    pub now: DateTime<Utc>,
}

/// What an import did.
#[derive(Debug, Default)]
pub(crate) struct Imported {
    /// Figures of the page, without pages and rows.
    pub counts: SyncCounts,
    /// Rows not accepted.
    pub rejected: Vec<NewRejection>,
    /// Keys added to `sync_seen`.
    pub seen_keys: i64,
}

impl Imported {
    /// Counts documents that ended upstream: so many got another status, of all that came.
    pub fn count_ended(&mut self, changed: usize, all: usize) {
        self.counts.updated += count(changed);
        self.counts.unchanged += count(all.saturating_sub(changed));
    }

    /// Refuses a row with its reason.
    fn reject(&mut self, key: &str, reason: String, row: &impl serde::Serialize) {
        self.rejected.push(NewRejection {
            external_key: key.to_owned(),
            reason,
            payload: serde_json::to_value(row).unwrap_or(serde_json::Value::Null),
        });
    }
}

/// A length as the counters have it.
pub(crate) fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// Keeps the last of several rows with one key, in the order of the page; the others are returned
/// when their content differs.
fn last_of_each<R: Clone + PartialEq>(rows: &[R], key: impl Fn(&R) -> String) -> (Vec<R>, Vec<R>) {
    let mut kept: Vec<R> = Vec::with_capacity(rows.len());
    let mut index = std::collections::HashMap::with_capacity(rows.len());
    let mut replaced = Vec::new();
    for row in rows {
        let position = *index.entry(key(row)).or_insert(kept.len());
        match kept.get_mut(position) {
            None => kept.push(row.clone()),
            Some(earlier) => {
                let earlier = std::mem::replace(earlier, row.clone());
                if earlier != *row {
                    replaced.push(earlier);
                }
            }
        }
    }
    (kept, replaced)
}
