//! What a change means: one public function, one change, one transaction.
//!
//! A change writes its rows, its timeline entries, its audit entry and its live event together, or
//! not at all. Web requests and the engine both come through here; nothing here talks to an ERP.
//! The instant is an argument.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::allow_attributes
    )
)]

pub mod alerts;
pub mod audit;
pub mod companies;
pub mod conflicts;
pub mod connections;
pub mod counts;
pub mod cut_offs;
pub mod devices;
pub mod doc_types;
pub mod documents;
mod error;
pub mod exceptions;
pub mod floor;
mod import;
pub mod locations;
pub mod mappings;
pub mod outbox;
pub mod photos;
pub mod rehearsals;
pub mod reports;
pub mod rests;
pub mod reviews;
pub mod sagas;
pub mod samples;
pub mod saved_views;
pub mod schedules;
pub mod screens;
pub mod secrets;
pub mod sync_runs;
pub mod tasks;
pub mod taught_barcodes;
pub mod teams;
pub mod test_documents;
pub mod users;
pub mod waves;
pub mod webhooks;
mod write_back;

pub use error::Error;

/// What a change returns.
pub type Result<T> = std::result::Result<T, Error>;

use domain::permission::Permission;
use domain::user::Caller;

/// Deny unless granted.
fn require(caller: &Caller, permission: Permission) -> Result<()> {
    if caller.may(permission) {
        Ok(())
    } else {
        Err(Error::Forbidden(permission))
    }
}
