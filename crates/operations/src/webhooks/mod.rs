//! Programs that are told what happened: their endpoints, and what they are told.

mod address;
mod endpoints;
mod tell;

pub use address::{AddressPolicy, is_public};
pub use endpoints::{Sealing, create, delete, request_test, rotate_secret, secret_of, update};
pub(crate) use tell::{News, conflicts_found, document_finished, shortage_reported, tell};
