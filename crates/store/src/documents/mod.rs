//! `documents`: headers. Lines are in [`crate::document_lines`].

mod filter;
mod read;
mod state;
mod write;

pub(crate) use filter::push_filter;
pub use read::{get, list};
pub use state::{
    backdate, ids_of_warehouse_key, record_end, recount, set_entered, set_status,
    set_warehouse_of_key, settle_status, status,
};
pub use write::{DocumentKey, Header, StoredDocument, end, existing, insert, lock, update_header};
