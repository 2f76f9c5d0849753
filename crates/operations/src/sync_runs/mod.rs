//! A sync from the wish to the end: requested by a person or schedule, claimed by a worker, committed
//! page by page, finished with the cursor moved.

mod claim;
mod decide_preview;
mod finish;
mod lookup;
mod page;
mod preview;
mod request;
mod told;

pub use claim::{ClaimedRun, claim, note, renew};
pub use decide_preview::{apply_preview, discard_preview, request_preview};
pub use finish::{Finish, cancelled, fail, finish};
pub use lookup::{due_lookups, record_lookup};
pub use page::{Committed, Page, Records, commit_page};
pub(crate) use request::stop;
pub use request::{cancel, decide_deactivation, request};

use told::{lost_lease, tell};
