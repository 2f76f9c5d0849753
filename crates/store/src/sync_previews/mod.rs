//! `sync_previews`, and rows as they are before and after a page.

mod decide;
mod list;
mod now;
mod record;

pub use decide::{decide, forget, open, prune};
pub use list::list;
pub use now::{Snapshot, document_key, documents_now, items_now, partners_now, stock_now};
pub use record::{record, record_unseen};

/// Rows of each kind that a preview keeps; the run's figures count all of them.
pub const KEPT_ROWS: i64 = 1_000;
