//! All SQL of Crossdock, one file per noun.
//!
//! Reads take a [`domain::user::Caller`]: company and warehouses are in the query, and forced
//! row-level security by company is the net under them. Writes join a [`Tx`] that `operations`
//! opens and commits. Nothing here decides anything.
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
pub mod backlogs;
pub mod boards;
pub mod companies;
pub mod conflicts;
pub mod connections;
pub mod counts;
pub mod cut_off_plans;
pub mod cut_offs;
pub mod devices;
pub mod doc_types;
pub mod document_lines;
pub mod documents;
pub mod erp;
mod error;
pub mod exceptions;
pub mod exchanges;
pub mod exports;
pub mod floor;
pub mod forecast;
pub mod idempotency_keys;
pub mod installation;
pub mod items;
mod keyset;
pub mod kpis;
pub mod live;
pub mod loads;
pub mod locations;
pub mod login_failures;
pub mod lookups;
pub mod mappings;
pub mod outbox;
pub mod pacing;
mod paging;
pub mod partners;
pub mod photos;
pub mod put_aways;
mod reading;
pub mod refresh_tokens;
mod restock;
pub mod rests;
pub mod reviews;
pub mod rosters;
pub mod samples;
pub mod saved_views;
pub mod schedules;
pub mod screens;
pub mod sessions;
pub mod shifts;
pub mod shortages;
pub mod sources;
pub mod stock;
pub mod sync_previews;
pub mod sync_runs;
pub mod sync_seen;
pub mod tasks;
pub mod taught_barcodes;
pub mod teams;
pub mod test_documents;
pub mod timeline;
mod trace;
mod tx;
pub mod unexpected;
pub mod user_list;
pub mod users;
pub mod warehouses;
pub mod waves;
pub mod webhooks;
pub mod why;

pub use error::Error;
pub use trace::{can_trace, traced};
pub use tx::{Scope, Store, Tx};

/// What reading and writing returns.
pub type Result<T> = std::result::Result<T, Error>;
