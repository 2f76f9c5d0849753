//! What the schema promises, read from the database's own catalogue.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on says so by failing"
)]

mod backfill;
mod carried_figures;
mod claims;
mod counted;
mod full_pass;
mod history;
mod pacing;
mod patience;
mod schema;
mod soundness;
mod through;
