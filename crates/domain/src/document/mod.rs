//! Receipts and dispatches: header, lines, and how an edit in the ERP meets work already done.

mod conflict;
mod erp_entry;
mod filter;
mod merge;
mod record;
mod source;
mod view;
mod words;

pub use conflict::{
    Conflict, ConflictKind, OpenConflict, Resolution, SeenConflict, check_resolution,
};
pub use erp_entry::{EnteredByHand, ErpEntry, ErpState, NOTE_LENGTH, OnItsWay, UnsentResult};
pub use filter::{DocumentFilter, DocumentSort};
pub use merge::{LineChange, StoredLine, merge_lines};
pub use record::{DocumentRecord, EndedDocument, LineRecord};
pub use source::{DocumentSource, MOST_TEST_LINES, TestDocument, TestLine};
pub use view::{DocumentDetail, DocumentLine, DocumentSummary, PickedGoods};
pub use words::{DocumentKind, DocumentStatus, LineStatus, MatchState, UnknownWord};
