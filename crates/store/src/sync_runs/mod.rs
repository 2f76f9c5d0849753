//! `sync_runs`, `rejected_rows`.

mod claim;
mod list;
mod progress;
mod rejected;
mod request;

pub use claim::{Claimed, claim, renew, set_since};
pub use list::{get, list, newest};
pub use progress::{Progress, high_water, note, progress, seen_keys, settle};
pub use rejected::{NewRejection, record_rejected, rejected};
pub use request::{NewRun, cancel, create, decide_deactivation, request, stop};
