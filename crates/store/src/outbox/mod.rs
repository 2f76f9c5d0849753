//! `erp_outbox`, `erp_outbox_attempts`: queue, work, settle, look at.

mod claim;
mod enqueue;
mod list;
mod record;
mod settle;

pub use claim::{Claimed, claim, rescue};
pub use enqueue::{NewMessage, Target, enqueue, stored_hashes};
pub use list::{Filter, figures, get, list, waiting};
pub use record::{Done, Verdict, record};
pub use settle::{discard, prune, retry};
