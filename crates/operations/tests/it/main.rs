//! What changes promise, against a real database.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot go on says so by failing"
)]

mod audit;
mod board;
mod conflicts;
mod counts;
mod counts_and_picks;
mod cut_offs;
mod devices;
mod doc_types;
mod documents;
mod dry_run;
mod erp_entry;
mod exceptions;
mod floor;
mod forecast;
mod import;
mod interleavings;
mod item_codes;
mod kpis;
mod labels;
mod live;
mod mapping;
mod offline;
mod parallel;
mod photos;
mod put_away;
mod receiving;
mod rests;
mod saved_views;
mod scope;
mod screens;
mod shortages;
mod stock;
mod suggestions;
mod support;
mod tasks;
mod taught_barcodes;
mod teams;
mod test_documents;
mod unsent_results;
mod users;
mod walks;
mod waves;
mod webhooks;
mod why;
