//! `erp_outbox`, `erp_outbox_leases`, `erp_outbox_attempts`, `erp_outbox_steps`: queue, work, settle, look at.

mod claim;
mod dead;
mod edit;
mod enqueue;
mod list;
mod marks;
mod record;
mod rehearsals;
mod results;
mod settle;
mod steps;
pub(crate) mod sums;
mod workers;

pub(crate) use claim::hold_claims;
pub use claim::{Claimed, PLACES, Rescued, Room, claim, renew, rescue};
pub use dead::groups;
pub use edit::{DeadSaga, dead_saga, edit, edit_step};
pub use enqueue::{NewMessage, Target, enqueue, stored_hashes};
pub use list::{Filter, figures, get, list, waiting};
pub use marks::{Mark, Marks, marks};
pub use record::{Done, StepDone, Verdict, Written, record};
pub use rehearsals::{mark_rehearsal, test_systems};
pub use results::{
    ResultHeader, ResultLine, WriteBack, carries_result, header, lines, settle_result, write_back,
};
pub use settle::{Word, dead_ids, discard, hasten, prune, retry, take_back};
pub use steps::{NewStep, StepForWork, add_steps, steps};
pub use sums::{differences, fold, prune_sums, rebuild_sums};
pub use workers::{Session, Worker, abandoned, announce};
