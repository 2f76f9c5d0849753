//! Server functions, one file per noun: caller, permission, one call, the error mapped.
//!
//! Their endpoints are named, so that a tab left open survives a deploy.
#![expect(
    missing_docs,
    reason = "the server macro makes fields of arguments; the functions say what they take"
)]

pub mod audit;
pub mod boards;
pub mod conflicts;
pub mod connections;
pub mod counts;
pub mod cut_offs;
pub mod deliveries;
pub mod devices;
pub mod doc_types;
pub mod documents;
pub mod exceptions;
pub mod items;
pub mod kpis;
pub mod locations;
pub mod mappings;
pub mod monitoring;
pub mod partners;
pub mod photos;
pub mod saved_views;
pub mod schedules;
pub mod screens;
pub mod session;
pub mod shortages;
pub mod sources;
pub mod sync_runs;
pub mod tasks;
pub mod taught_barcodes;
pub mod teams;
pub mod test_documents;
pub mod text;
pub mod users;
pub mod waves;
pub mod webhooks;
pub mod why;

/// Rows of a page of a list.
pub const PAGE: i64 = 50;
